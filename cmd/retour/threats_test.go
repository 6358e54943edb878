package main

import (
	"go/ast"
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

// Every guard and every test that the threat model names is there.
func TestThreatsAreGuarded(t *testing.T) {
	rows := tableRows(t, "THREATS.md", "threat")
	if len(rows) < 45 {
		t.Errorf("%d threats: the table was not read", len(rows))
	}
	tests, guards := provings(t), declared(t)
	for _, fault := range unproven(rows, tests) {
		t.Error(fault)
	}
	for _, cells := range rows {
		names := quoted.FindAllStringSubmatch(cells[1], -1)
		if len(names) == 0 {
			t.Errorf("%s: nothing guards it", cells[0])
		}
		for _, n := range names {
			if !guards[n[1]] {
				t.Errorf("%s: there is no %s", cells[0], n[1])
			}
		}
	}
}

// Each of the incidents of other desks has its test.
func TestIncidentsHaveTests(t *testing.T) {
	rows := tableRows(t, "INCIDENTS.md", "what happened")
	if len(rows) != 45 {
		t.Errorf("%d incidents, want 45", len(rows))
	}
	for i, cells := range rows {
		if cells[0] != strconv.Itoa(i+1) {
			t.Errorf("incident %s stands at place %d", cells[0], i+1)
		}
		rows[i] = cells[1:]
	}
	for _, fault := range unproven(rows, provings(t)) {
		t.Error(fault)
	}
}

// A guard or a test that is not there is noticed.
func TestUnguardedThreatsAreNoticed(t *testing.T) {
	guards := declared(t)
	for _, there := range []string{"ingest.Authenticate", "Reader.authenticate", "ingest.longField", "main.clean"} {
		if !guards[there] {
			t.Errorf("%s is not found", there)
		}
	}
	for _, gone := range []string{"ingest.Believe", "Authenticate", "ingest.TestAuthenticate"} {
		if guards[gone] {
			t.Errorf("%s is found", gone)
		}
	}
	known := map[string][]string{"TestA": {"sub"}}
	if got := unproven([][]string{{"fine", "`g`", "`TestA/sub`"}, {"gone", "`g`", "`TestB`"}}, known); !slices.Equal(got, []string{"gone: there is no TestB"}) {
		t.Errorf("%q", got)
	}
}

// tableRows are the rows of a document's tables, cell by cell, without the heads
// and the lines that only part them.
func tableRows(t *testing.T, file, head string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| **") || strings.Contains(line, "| "+head+" |") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

// declared are the names of the product's code: a method by its type, all else by
// its package.
func declared(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			for _, name := range namesOf(decl) {
				if !strings.Contains(name, ".") {
					name = f.Name.Name + "." + name
				}
				found[name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// namesOf are what a declaration declares; a method is "Type.Method".
func namesOf(decl ast.Decl) (names []string) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []string{d.Name.Name}
		}
		of := d.Recv.List[0].Type
		if star, ok := of.(*ast.StarExpr); ok {
			of = star.X
		}
		if generic, ok := of.(*ast.IndexExpr); ok {
			of = generic.X
		}
		if id, ok := of.(*ast.Ident); ok {
			return []string{id.Name + "." + d.Name.Name}
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.ValueSpec:
				for _, id := range s.Names {
					names = append(names, id.Name)
				}
			case *ast.TypeSpec:
				names = append(names, s.Name.Name)
			}
		}
	}
	return names
}
