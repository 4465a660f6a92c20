package nexuslite_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A snippet that is no program stands in a function of this one.
const program = `package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/nexuslite/nexuslite-go"
	"github.com/nexuslite/nexuslite-go/options"
	"go.mongodb.org/mongo-driver/v2/bson"
)

var _ = errors.Is
var _ = slog.New
var _ = os.Stdout
var _ = options.Find
var _ = time.Now

func snippet(ctx context.Context, db *nexuslite.Database, orders *nexuslite.Collection) error {
	{
%s
	}
	return nil
}

func run(ctx context.Context) error {
	db, err := nexuslite.Open(":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	orders := db.Collection("orders")
	_, err = orders.InsertMany(ctx, []bson.M{
		{"_id": 1, "customer": "Ada", "total": 42}, {"_id": 2, "customer": "Grace", "total": 7},
	})
	if err != nil {
		return err
	}
	return snippet(ctx, db, orders)
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
	if left := nexuslite.LiveHandles(); left != 0 {
		fmt.Println(left, "handles are left")
	}
}
`

// A project of its own imports the module, and has every snippet of the guide and the README for a program.
func TestEverySnippetDoesWhatItSays(t *testing.T) {
	if testing.Short() {
		t.Skip("the snippets are compiled once")
	}
	own, err := filepath.Abs(".")
	must(t, err)
	project := t.TempDir()
	sums, err := os.ReadFile("go.sum")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(project, "go.sum"), sums, 0o600))
	module, err := os.ReadFile("go.mod")
	must(t, err)
	text := strings.Replace(string(module), "module github.com/nexuslite/nexuslite-go", "module example.com/shop", 1)
	text += fmt.Sprintf("\nrequire github.com/nexuslite/nexuslite-go v0.0.0\n\nreplace github.com/nexuslite/nexuslite-go => %s\n", own)
	must(t, os.WriteFile(filepath.Join(project, "go.mod"), []byte(text), 0o600))

	wanted := map[string]string{}
	for _, page := range []string{"README.md", "../../README.md", "../../docs/guide/go.md"} {
		for _, one := range snippetsOf(t, page) {
			name := fmt.Sprintf("snippet%d", len(wanted))
			wanted[name] = one.prints
			must(t, os.MkdirAll(filepath.Join(project, name), 0o700))
			must(t, os.WriteFile(filepath.Join(project, name, "main.go"), []byte(one.source), 0o600))
		}
	}
	if len(wanted) < 8 {
		t.Errorf("only %d snippets", len(wanted))
	}
	bin := filepath.Join(project, "bin") + string(filepath.Separator)
	must(t, os.MkdirAll(bin, 0o700))
	run(t, project, "go", "build", "-o", bin, "./...")
	for name, prints := range wanted {
		folder := filepath.Join(project, name)
		if got := run(t, folder, bin+name); got != prints {
			t.Errorf("%s prints %q, wanted %q", name, got, prints)
		}
	}
}

type snippet struct{ source, prints string }

func snippetsOf(t *testing.T, page string) []snippet {
	text, err := os.ReadFile(page)
	must(t, err)
	var all []snippet
	blocks := strings.Split(string(text), "\n```")
	for i := 1; i < len(blocks); i += 2 {
		kind, body, _ := strings.Cut(blocks[i], "\n")
		switch {
		case kind == "go" && strings.HasPrefix(body, "package main"):
			all = append(all, snippet{source: body})
		case kind == "go":
			all = append(all, snippet{source: fmt.Sprintf(program, body)})
		case kind == "text" && len(all) > 0:
			all[len(all)-1].prints = body + "\n"
		}
	}
	return all
}

// run runs a command, which must succeed, and answers what it prints.
func run(t *testing.T, folder, name string, arguments ...string) string {
	t.Helper()
	command := exec.Command(name, arguments...)
	command.Dir = folder
	var said, complained bytes.Buffer
	command.Stdout, command.Stderr = &said, &complained
	if err := command.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, arguments, err, said.String(), complained.String())
	}
	return said.String()
}
