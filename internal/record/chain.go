package record

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// BrokenChainError says where a timeline was changed after it was written.
type BrokenChainError struct {
	Incident int
	// Position is the first one that is not what it was.
	Position int64
	// Why is the end of a sentence about it.
	Why string
}

// Error implements error.
func (e *BrokenChainError) Error() string {
	return fmt.Sprintf("the timeline of incident %d was changed: position %d %s", e.Incident, e.Position, e.Why)
}

// canonical returns JSON with sorted keys and no spaces, characters as they are. Nothing stays nothing.
func canonical(raw json.RawMessage) (json.RawMessage, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	if !json.Valid(raw) {
		return nil, errors.New("the data is not JSON")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // a large number must not lose its last digits
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	return encode(v)
}

func encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("write JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// fields is the entry as it is hashed and exported; without a hash it is what the hash is about.
func (e StoredEntry) fields() map[string]any {
	f := map[string]any{
		"incident": e.Incident, "position": e.Position, "workflow": e.Workflow, "run": e.Run, "seq": e.Seq,
		"at": e.At.Format(time.RFC3339Nano), "kind": e.Kind, "actor": e.Actor, "text": e.Text,
	}
	if len(e.Data) > 0 {
		f["data"] = e.Data
	}
	return f
}

// hash is SHA-256 over the hash before it (in hex, empty for the first entry) and the
// entry's canonical JSON.
func (e StoredEntry) hash(previous string) (string, error) {
	line, err := encode(e.fields())
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte(previous), line...))
	return hex.EncodeToString(sum[:]), nil
}

// Verify recomputes the incident's hash chain. A *BrokenChainError names the first
// position that was changed, removed or added.
func (r *Record) Verify(ctx context.Context, incident int) error {
	return r.walk(ctx, incident, func(StoredEntry) error { return nil })
}

// Export writes the incident's timeline as JSON lines, one entry each with its hash, and
// at last {"entries":…,"head":…,"incident":…}. To check it elsewhere: take "hash" out of a
// line, write the rest with sorted keys and no spaces, and hash it after the hash before.
// It stops at the first broken position with a *BrokenChainError.
func (r *Record) Export(ctx context.Context, incident int, w io.Writer) error {
	head, entries := "", int64(0)
	put := func(fields map[string]any) error {
		line, err := encode(fields)
		if err != nil {
			return err
		}
		_, err = w.Write(append(line, '\n'))
		return err
	}
	if err := r.walk(ctx, incident, func(e StoredEntry) error {
		head, entries = e.Hash, e.Position
		f := e.fields()
		f["hash"] = e.Hash
		return put(f)
	}); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := put(map[string]any{"incident": incident, "entries": entries, "head": head}); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// walk verifies the chain and shows every entry that is sound. It reads in pieces, so that
// a slow reader keeps no transaction open.
func (r *Record) walk(ctx context.Context, number int, visit func(StoredEntry) error) error {
	broken := func(position int64, why string) error {
		return &BrokenChainError{Incident: number, Position: position, Why: why}
	}
	position, previous := int64(0), ""
	for missing := false; ; {
		entries, err := r.Timeline(ctx, number, position, 500)
		if err != nil {
			return err
		}
		for _, e := range entries {
			position++
			if e.Position != position {
				return broken(position, "is missing")
			}
			hash, err := e.hash(previous)
			if err != nil || hash != e.Hash {
				return broken(position, "does not fit its hash")
			}
			if err := visit(e); err != nil {
				return err
			}
			previous, missing = hash, false
		}
		if len(entries) > 0 {
			continue
		}
		i, err := r.Incident(ctx, number)
		switch {
		case err != nil:
			return err
		case i.head < position:
			return broken(i.head+1, "was added")
		case i.head > position && missing:
			return broken(position+1, "is missing")
		case i.head > position: // appended just now? Look once more
			missing = true
		case i.headHash != previous:
			return broken(position, "is not the end that was recorded")
		default:
			return nil
		}
	}
}
