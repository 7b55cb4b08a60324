package planfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/stormbell/stormbell/domain/plan"
)

// Options says where references lead. The zero value reads the real environment and files.
type Options struct {
	// Env looks up an environment variable; nil means os.LookupEnv.
	Env func(name string) (value string, ok bool)
	// ReadFile reads the target of a file: reference; nil means os.ReadFile.
	ReadFile func(path string) ([]byte, error)
	// Dir is where relative file: references start; empty means the folder of the plan.
	Dir string
	// Lenient turns references that lead nowhere into warnings and leaves their values empty:
	// for checking a plan where its secrets are not, and for solo, whose phone lab needs none.
	Lenient bool
	// Now is the clock, for what the coming weeks bring; nil means time.Now.
	Now func() time.Time
}

// maxSize bounds a plan; a bigger file is somebody's mistake.
const maxSize = 4 << 20

// Load reads the plan at path. The error is a *Findings when the file could be opened.
func Load(path string, o Options) (plan.Plan, error) {
	p, found := CheckFile(path, o)
	return p, found.Err()
}

// Parse reads a plan from memory; name stands for it in messages. The error is a *Findings.
// Warnings are no error; Check returns them too.
func Parse(name string, data []byte, o Options) (plan.Plan, error) {
	p, found := Check(name, data, o)
	return p, found.Err()
}

// CheckFile is Check for the plan at path. A file that cannot be read is a finding as well,
// one for which errors.Is tells fs.ErrNotExist and its like.
func CheckFile(path string, o Options) (plan.Plan, *Findings) {
	data, err := readFile(path)
	if err != nil {
		return plan.Plan{}, &Findings{Name: path, Cause: err, Problems: []Problem{{Severity: Error, Message: err.Error()}}}
	}
	return Check(path, data, o)
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the plan: %w", err)
	}
	if info.Size() > maxSize {
		return nil, errors.New("the plan is larger than 4 MiB; leave out what does not belong to it")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the plan: %w", err)
	}
	return data, nil
}

// Check reads a plan and returns it with everything there is to say about the file, warnings
// included. The plan is whole only if there is no error among the findings.
func Check(name string, data []byte, o Options) (plan.Plan, *Findings) {
	if o.Env == nil {
		o.Env = os.LookupEnv
	}
	if o.ReadFile == nil {
		o.ReadFile = os.ReadFile
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Dir == "" {
		o.Dir = filepath.Dir(name)
	}
	d := newDoc(data, o)
	b := builder{doc: d}
	if root := d.parse(); root != nil {
		d.fill(&b.file, root, "")
		b.build()
	}
	sum := sha256.Sum256(data)
	b.plan.Hash = hex.EncodeToString(sum[:16])
	return b.plan, d.findings(name)
}
