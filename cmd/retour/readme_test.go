package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v4"
)

func readme(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// blockAfter is the first fenced block behind a text.
func blockAfter(t *testing.T, text, after string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, after)
	_, rest, begun := strings.Cut(rest, "```\n")
	block, _, ended := strings.Cut(rest, "```")
	if !ok || !begun || !ended {
		t.Fatalf("the README has no block after %q", after)
	}
	return block
}

// output is what a command prints, run in the folder of the README.
func output(t *testing.T, args ...string) string {
	t.Helper()
	t.Chdir("../..")
	t.Setenv("RETOUR_CONFIG", "")
	var out, errs bytes.Buffer
	if code := run(&world{ctx: t.Context(), stdout: &out, stderr: &errs}, args); code != exitOK {
		t.Fatalf("retour %s: %d\n%s", strings.Join(args, " "), code, errs.String())
	}
	return out.String()
}

// What the README says that explain and the demo print is what they print.
func TestReadmeShowsWhatIsPrinted(t *testing.T) {
	text := readme(t)
	const sample = "cmd/retour/samples/07-grandstream-sans-ticket.eml"
	t.Run("explain", func(t *testing.T) {
		inOrder(t, blockAfter(t, text, "`retour explain "+sample), output(t, "explain", sample))
	})
	t.Run("demo", func(t *testing.T) {
		inOrder(t, blockAfter(t, text, "`retour demo --once`"), output(t, "demo", "--once"))
	})
}

// changing is what is otherwise in each year or run: the year and check digit of a
// number, and how long something took.
var changing = regexp.MustCompile(`RMA-(\d\d)-\d{5}-(\d)|\d+\.\d s$|…$`)

// inOrder wants every line of an excerpt in what was printed, one after the other.
func inOrder(t *testing.T, excerpt, printed string) {
	t.Helper()
	same := func(l string) string { return changing.ReplaceAllString(strings.TrimRight(l, " "), "") }
	rest := strings.Split(printed, "\n")
	for line := range strings.Lines(excerpt) {
		line = strings.TrimRight(line, "\n")
		if same(line) == "" { // an empty one, or … for those that are left out
			continue
		}
		at := slices.IndexFunc(rest, func(l string) bool { return same(l) == same(line) })
		if at < 0 {
			t.Errorf("not printed, or not there: %q", line)
			continue
		}
		rest = rest[at+1:]
	}
}

// Every link of the README leads somewhere.
func TestReadmeLinks(t *testing.T) {
	text := readme(t)
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		anchors["#"+strings.ReplaceAll(regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")] = true
	}
	links := regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1)
	if len(links) < 20 {
		t.Fatalf("%d links", len(links))
	}
	for _, m := range links {
		if strings.HasPrefix(m[1], "https://") {
			continue
		}
		if strings.HasPrefix(m[1], "#") && !anchors[m[1]] {
			t.Errorf("%s: no such heading", m[1])
		} else if _, err := os.Stat(filepath.Join("../..", m[1])); !strings.HasPrefix(m[1], "#") && err != nil {
			t.Error(err)
		}
	}
}

// What the README shows of configurations can be written so: each block, put over
// the configuration to begin with, is read without a fault. One with … is no text
// to be copied.
func TestReadmeConfigurations(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readme(t), -1)
	if len(blocks) < 9 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for _, m := range blocks {
		if strings.Contains(m[1], "…") {
			continue
		}
		var whole map[string]any
		if err := yaml.Unmarshal([]byte(filledIn(t)), &whole); err != nil {
			t.Fatal(err)
		}
		var part map[string]any
		if err := yaml.Unmarshal([]byte(m[1]), &part); err != nil {
			t.Errorf("%v\n%s", err, m[1])
			continue
		}
		src, err := yaml.Marshal(over(whole, part))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "retour.yaml")
		if err := os.WriteFile(path, src, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadConfig(path); err != nil {
			t.Errorf("%v\n%s", err, m[1])
		}
	}
}

// over puts the keys of part into whole, deeper ones one by one.
func over(whole, part map[string]any) map[string]any {
	for key, v := range part {
		old, was := whole[key].(map[string]any)
		if deeper, is := v.(map[string]any); was && is && key != "password" {
			v = over(old, deeper)
		}
		whole[key] = v
	}
	return whole
}

// The table of commands has every command, and no other.
func TestReadmeCommands(t *testing.T) {
	_, table, _ := strings.Cut(readme(t), "\n## Commands\n")
	table, _, _ = strings.Cut(table, "\n## ")
	first, named := map[string]bool{}, map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?) \\|").FindAllStringSubmatch(table, -1) {
		for i, name := range regexp.MustCompile("`([a-z]+)").FindAllStringSubmatch(row[1], -1) {
			named[name[1]] = true
			if i == 0 {
				first[name[1]] = true
			}
		}
	}
	parser, err := kong.New(&cli{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range parser.Model.Children {
		if !c.Hidden && !named[c.Name] {
			t.Errorf("retour %s stands nowhere", c.Name)
		}
		delete(first, c.Name)
	}
	for name := range first {
		t.Errorf("there is no command %s", name)
	}
}
