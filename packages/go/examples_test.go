package nexuslite_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The examples print what their twins in the other languages print.
func TestEveryExamplePrintsWhatItPrintsInEveryLanguage(t *testing.T) {
	if testing.Short() {
		t.Skip("the examples are compiled once")
	}
	outputs, err := filepath.Glob("../../examples/output/*.txt")
	must(t, err)
	programs, err := filepath.Glob("../../examples/go/*/main.go")
	must(t, err)
	equal(t, len(outputs) >= 5, true)
	equal(t, len(programs), len(outputs))
	bin := t.TempDir()
	run(t, "../../examples/go", "go", "build", "-o", bin+string(filepath.Separator), "./...")
	for _, output := range outputs {
		name := strings.TrimSuffix(filepath.Base(output), ".txt")
		equal(t, slices.Contains(programs, "../../examples/go/"+name+"/main.go"), true)
		wanted, err := os.ReadFile(output)
		must(t, err)
		equal(t, run(t, t.TempDir(), filepath.Join(bin, name)), string(wanted))
	}
}
