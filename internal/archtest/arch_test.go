package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestArrows_everyPackage_pointsDown(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, sentence := range violations(p) {
			t.Error(sentence)
		}
	}
}

func TestProductionBinary_everyDependency_isForProduction(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.Name == "main" && strings.TrimPrefix(p.ImportPath, module) != "cmd/stormbell-solo" {
			for _, sentence := range linked(p) {
				t.Error(sentence)
			}
		}
	}
}

func TestClock_pureLayers_neverReadIt(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if l, _ := layerOf(p.ImportPath); !l.pure {
			continue
		}
		for _, name := range p.GoFiles {
			readings, err := clockReadings(filepath.Join(p.Dir, name), nil)
			require.NoError(t, err)
			for _, sentence := range readings {
				t.Error(sentence)
			}
		}
	}
}

// packages asks the go command once for every package of the module.
func packages(t *testing.T) []pkg {
	t.Helper()
	all, err := listOnce()
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

var listOnce = sync.OnceValues(func() ([]pkg, error) {
	// -e: a package that does not build still has imports; that it does not build is said elsewhere.
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Doc,Dir,GoFiles,Imports,Deps", "./...")
	cmd.Dir = filepath.Join("..", "..")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.New("go list: " + stderr.String())
	}
	var all []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, p)
	}
})
