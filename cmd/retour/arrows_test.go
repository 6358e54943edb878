package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows is the design: which packages of ours each package may import.
var arrows = map[string][]string{
	"cmd/retour":              {"*"},
	"cmd/internal/loopback":   {},
	"cmd/internal/demopage":   {"cmd/internal/loopback"},
	"cmd/internal/bench":      {},
	"cmd/internal/faultproxy": {},
	"cmd/internal/tabular":    {},
	"cmd/internal/simulation": {"ingest/intake", "notify", "notify/courier", "rules", "rules/casebook"},
	"ingest":                  {},
	"ingest/mailbox":          {},
	"ingest/dkim":             {},
	"ingest/attached":         {"ingest"},
	"ingest/lookup":           {"rules"},
	"ingest/intake":           {"ingest", "ingest/attached", "ingest/lookup", "rules", "rules/casebook", "notify"},
	"rules":                   {},
	"rules/casebook":          {"rules", "rules/casebook/postgres"},
	"rules/casebook/postgres": {},
	"rules/casebook/bucket":   {},
	"notify":                  {"rules", "templates"},
	"notify/courier":          {"notify", "rules", "rules/casebook"},
	"notify/mailout":          {"notify", "rules"},
	"notify/slackdesk":        {"notify", "rules"},
	"notify/webhook":          {"notify"},
	"templates":               {},
}

// pure packages may not even name what touches the world.
var pure = []string{"ingest", "rules", "notify", "templates"}

var worldly = []string{"net", "net/http", "net/smtp", "os", "os/exec", "database/sql", "log", "math/rand", "math/rand/v2", "crypto/rand", "testing"}

func TestArrows(t *testing.T) {
	for dir, imports := range packagesOf(t, "../..") {
		allowed, ok := arrows[dir]
		if !ok {
			t.Errorf("package %s stands nowhere in the design: add its arrows here and in the README", dir)
			continue
		}
		for _, path := range imports {
			ours, isOurs := strings.CutPrefix(path, "retour/")
			if isOurs && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s, against the arrows of the design", dir, ours)
			}
			if slices.Contains(pure, dir) && slices.Contains(worldly, path) {
				t.Errorf("%s is pure and imports %s", dir, path)
			}
			if path == "testing" {
				t.Errorf("%s links the test machinery into the product", dir)
			}
		}
	}
}

// The README's list of folders is that of the packages.
func TestTheHouseIsWhole(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, house, _ := strings.Cut(string(text), "\n## The house\n")
	_, house, _ = strings.Cut(house, "```\n")
	house, _, _ = strings.Cut(house, "```\n")
	listed := map[string]bool{}
	for line := range strings.Lines(house) {
		dir, _, _ := strings.Cut(strings.TrimSpace(line), "/ ")
		listed[dir] = true
	}
	there := packagesOf(t, "../..")
	for dir := range there {
		if !listed[dir] {
			t.Errorf("%s is not in the README's list", dir)
		}
	}
	for dir := range listed {
		if there[dir] == nil {
			t.Errorf("the README lists %q, which there is not", dir)
		}
	}
}

func TestTopLevel(t *testing.T) {
	want := []string{"LICENSE", "README.md", "cmd", "go.mod", "go.sum", "ingest", "notify", "rules", "templates"}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(want, e.Name()) {
			t.Errorf("%s stands at the top level, which is fixed", e.Name())
		}
	}
}

// packagesOf maps each folder with Go code to what its non-test files import.
func packagesOf(t *testing.T, root string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		found[dir] = append(found[dir], "")
		for _, imp := range f.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			found[dir] = append(found[dir], p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
