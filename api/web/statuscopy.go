package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"time"

	"github.com/stormbell/stormbell/api/web/sheet"
)

const (
	// copyAgain is how old the copy becomes while nothing changes: its age then says that we are well.
	copyAgain = 5 * time.Minute
	// copyPoll is how often the record is looked at for what other processes wrote.
	copyPoll = 15 * time.Second
	// copyRest keeps a storm of alerts from becoming a storm of files.
	copyRest = time.Second
)

// copyName is the file of the status page in a language.
func copyName(lang string) string { return "status." + lang + ".html" }

// KeepCopy keeps the status page as files in Config.Copy until ctx ends: whatever serves files can
// show them while everything of ours is down. It follows the record, so that a copy that was
// missed while nobody was running is written at the next start. It does nothing without a folder.
func (p *Pages) KeepCopy(ctx context.Context) {
	if p.Copy == "" {
		return
	}
	notices, stop := p.Record.Watch(0)
	defer stop()
	poll := time.NewTicker(copyPoll)
	defer poll.Stop()
	for {
		if err := p.SaveCopy(ctx); err != nil && ctx.Err() == nil {
			p.Logger.WarnContext(ctx, "the copy of the status page could not be written; check its folder", "reason", err.Error())
		}
		rest := time.NewTimer(copyRest)
		select {
		case <-rest.C:
		case <-ctx.Done():
			rest.Stop()
			return
		}
		select {
		case <-notices:
		case <-poll.C:
		case <-ctx.Done():
			return
		}
	}
}

// SaveCopy writes the files if there is news, or if they have become old.
func (p *Pages) SaveCopy(ctx context.Context) error {
	status, err := p.Views.Status(ctx)
	if err != nil {
		return err
	}
	current := p.Plan()
	compared := status
	compared.AsOf = time.Time{}
	news, err := json.Marshal([]any{compared, current.Hash})
	if err != nil {
		return fmt.Errorf("compare the status page with its copy: %w", err)
	}
	p.copied.Lock()
	defer p.copied.Unlock()
	if string(news) == p.copied.what && status.AsOf.Sub(p.copied.at) < copyAgain {
		return nil
	}
	if err := os.MkdirAll(p.Copy, 0o755); err != nil { //nolint:gosec // whatever serves files may run as somebody else
		return fmt.Errorf("make the folder of the copy: %w", err)
	}
	files := map[string][]byte{}
	for _, lang := range sheet.Languages() {
		page := p.statusPage(status, lang)
		page.Saved, page.Still = true, true
		page.Inline = template.CSS(p.press.Asset(sheet.PageStyle)) //nolint:gosec // our own style sheet
		page.Subscribe, page.Atom, page.JSON = current.Company.URL+page.Subscribe, "status.atom", "status.json"
		page.Languages = map[string]string{}
		for _, l := range sheet.Languages() {
			page.Languages[l] = copyName(l)
		}
		if files[copyName(lang)], err = p.set.Render("status", page); err != nil {
			return fmt.Errorf("draw the copy: %w", err)
		}
	}
	company := sheet.Preferred(current.Company.Languages...)
	files["index.html"] = files[copyName(company)]
	s := p.press.Blank(company, sheet.PageStyle)
	if files["status.json"], err = jsonFeed(s, status); err != nil {
		return err
	}
	if files["status.atom"], err = atomFeed(s, status); err != nil {
		return err
	}
	for name, content := range files {
		if err := replace(filepath.Join(p.Copy, name), content); err != nil {
			return err
		}
	}
	p.copied.what, p.copied.at = string(news), status.AsOf
	return nil
}

// replace puts a whole file in the place of another: nobody ever reads half of it.
func replace(path string, content []byte) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".saving-*")
	if err != nil {
		return fmt.Errorf("write the copy: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write the copy: %w", err), os.Remove(file.Name()))
		}
	}()
	_, err = file.Write(content)
	if err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
