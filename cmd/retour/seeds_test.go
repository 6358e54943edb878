package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// policyHeading is the README's section on the two policy documents.
const policyHeading = "## The policy, sentence by sentence"

// Each rule of the two policy documents names what proves it, and that is there.
func TestEveryRuleOfThePolicyIsProven(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := policyRows(string(readme))
	if want := 22; len(rows["The distributor's RMA page"]) < want {
		t.Errorf("the distributor's page has %d rules, want %d", len(rows["The distributor's RMA page"]), want)
	}
	if want := 60; len(rows["The manufacturer's RMA policy"]) < want {
		t.Errorf("the manufacturer's policy has %d rules, want %d", len(rows["The manufacturer's RMA policy"]), want)
	}
	known := provings(t)
	for document, rules := range rows {
		for _, fault := range unproven(rules, known) {
			t.Errorf("%s: %s", document, fault)
		}
	}
}

// A row without a proof, or with one that is not there, is noticed.
func TestUnprovenRulesAreNoticed(t *testing.T) {
	known := map[string][]string{"TestA": {"sub"}, "story.txtar": nil}
	readme := policyHeading + "\n\n### One\n\n| what the policy says | how the desk does it | proven by |\n| --- | --- | --- |\n" +
		"| fine | `x` | `TestA`, `TestA/sub`, `story.txtar` |\n| gone | x | `TestB` |\n| sub gone | x | `TestA/other` |\n| story gone | x | `old.txtar` |\n| nothing | `TestA` | by faith |\n| short | `TestA` |\n\n## Next\n\n| outside | x | `TestZ` |\n"
	want := []string{
		"gone: there is no TestB", "sub gone: there is no TestA/other", "story gone: there is no old.txtar",
		"nothing: nothing proves it", "short: the row has 2 cells, want 3",
	}
	if got := unproven(policyRows(readme)["One"], known); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// policyRows are the rows of the section's tables, cell by cell, by the heading
// above them.
func policyRows(readme string) map[string][][]string {
	_, section, _ := strings.Cut(readme, policyHeading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	rows, heading := map[string][][]string{}, ""
	for line := range strings.Lines(section) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "### "); ok {
			heading = title
		}
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| what the policy says") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows[heading] = append(rows[heading], cells)
	}
	return rows
}

var quoted = regexp.MustCompile("`([^`]+)`")

// unproven tells of each row what lacks: the last cell names tests, subtests
// and stories, and each of them must be known.
func unproven(rows [][]string, known map[string][]string) (faults []string) {
	for _, cells := range rows {
		if len(cells) != 3 {
			faults = append(faults, fmt.Sprintf("%s: the row has %d cells, want 3", cells[0], len(cells)))
			continue
		}
		names := quoted.FindAllStringSubmatch(cells[2], -1)
		if len(names) == 0 {
			faults = append(faults, cells[0]+": nothing proves it")
		}
		for _, n := range names {
			test, sub, deep := strings.Cut(n[1], "/")
			words, ok := known[test]
			if !ok || deep && !slices.Contains(words, sub) {
				faults = append(faults, cells[0]+": there is no "+n[1])
			}
		}
	}
	return faults
}

// provings are the tests of the module, each with the words that stand in it
// (among them the names of its rows), and the stories.
func provings(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasSuffix(path, "_test.go"):
			return testsOf(path, found)
		case filepath.Ext(path) == ".txtar" && filepath.Base(filepath.Dir(path)) == "stories":
			found[d.Name()] = nil
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// testsOf adds the tests of one file.
func testsOf(path string, found map[string][]string) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") {
			continue
		}
		words := found[fn.Name.Name]
		ast.Inspect(fn, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					words = append(words, text)
				}
			}
			return true
		})
		found[fn.Name.Name] = words
	}
	return nil
}
