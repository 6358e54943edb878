package rules

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// Each file of testdata/bad is a policy with faults and the exact messages.
func TestBadPolicies(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad policies", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = LoadPolicy("policy.yaml", archive.Files[0].Data)
			var faults Faults
			if !errors.As(err, &faults) {
				t.Fatalf("no faults: %v", err)
			}
			got := faults.Error() + "\n"
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "faults", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

type testConfig struct {
	Mailbox struct {
		Host string            `yaml:"host"`
		Port int               `yaml:"port"`
		TLS  bool              `yaml:"tls"`
		Tags map[string]string `yaml:"tags"`
	} `yaml:"mailbox"`
	Poll    *Span    `yaml:"poll"`
	Rate    float64  `yaml:"rate"`
	Folders []string `yaml:"folders"`
	Hidden  string
}

func TestDecodeYAML(t *testing.T) {
	var c testConfig
	c.Mailbox.Host, c.Mailbox.Port, c.Folders = "old", 993, []string{"a", "b", "c"}
	src := "mailbox:\n  host: no\n  tls: yes\n  tags: {x: '1'}\npoll: 1 hour\nrate: 0.5\nfolders: [INBOX]\n"
	if err := DecodeYAML("retour.yaml", []byte(src), &c); err != nil {
		t.Fatal(err)
	}
	if c.Mailbox.Host != "no" || c.Mailbox.Port != 993 || !c.Mailbox.TLS || c.Mailbox.Tags["x"] != "1" || c.Poll.N != 1 || c.Rate != 0.5 || len(c.Folders) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestDecodeYAMLFaults(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"unknown keys, all at once", "mialbox: {}\nmailbox:\n  prot: 1\n  host: x\n  host: y\n",
			"c.yaml:1:1: mialbox: unknown key (did you mean mailbox?)\n" +
				"c.yaml:3:3: mailbox.prot: unknown key (did you mean port?)\n" +
				"c.yaml:5:3: mailbox.host: named twice, first in line 4"},
		{"wrong kinds", "mailbox: 3\nfolders: INBOX\nrate: much\npoll: soon\n",
			"c.yaml:1:10: mailbox: this should be keys with values, not one value\n" +
				"c.yaml:2:10: folders: this should be a list, not one value\n" +
				"c.yaml:3:7: rate: \"much\" is no number (write a point for decimals: 12.5)\n" +
				"c.yaml:4:7: poll: \"soon\" is no length of time: write a number and a unit, such as 12 hours or 2 working days"},
		{"wrong values", "mailbox: {port: 99x, tls: maybe, host: [1]}\n",
			"c.yaml:1:17: mailbox.port: \"99x\" is no whole number\n" +
				"c.yaml:1:27: mailbox.tls: \"maybe\" is neither yes nor no (write true or false)\n" +
				"c.yaml:1:40: mailbox.host: this should be one value, not a list"},
		{"a field without a tag takes no part", "Hidden: x\n", "c.yaml:1:1: Hidden: unknown key (known are folders, mailbox, poll, rate)"},
		{"two documents", "rate: 1\n---\nrate: 2\n", "c.yaml:2:1: a second document begins here (one file holds one document; remove the ---)"},
		{"not a mapping", "- a\n", "c.yaml:1:1: this should be keys with values, not a list"},
		{"an alias within itself", "mailbox: &m\n  tags: *m\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := DecodeYAML("c.yaml", []byte(c.src), &testConfig{})
			if err == nil || c.want != "" && err.Error() != c.want {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

// A page of aliases to lists of aliases ends in a fault, not in all memory.
func TestAliasesMakeNoBomb(t *testing.T) {
	thousand := func(s string) string { return "[" + strings.Repeat(s+",", 1000) + "]" }
	src := "rows: " + thousand("*r") + "\n"
	src = "x: &e " + thousand("a") + "\ny: &r {cells: " + thousand("*c") + "}\n" + src
	src = strings.Replace(src, "y: ", "z: &c {words: *e}\ny: ", 1)
	var into struct {
		X []string `yaml:"x"`
		Z struct {
			Words []string `yaml:"words"`
		} `yaml:"z"`
		Y struct {
			Cells []struct {
				Words []string `yaml:"words"`
			} `yaml:"cells"`
		} `yaml:"y"`
		Rows []struct {
			Cells []struct {
				Words []string `yaml:"words"`
			} `yaml:"cells"`
		} `yaml:"rows"`
	}
	err := DecodeYAML("c.yaml", []byte(src), &into)
	if err == nil || strings.Count(err.Error(), "\n") > 0 || !strings.Contains(err.Error(), "more than 500000 values") {
		t.Errorf("%.500v", err)
	}
}

func TestDecodeYAMLOfNothing(t *testing.T) {
	for _, src := range []string{"", "# only words\n", "---\n"} {
		if err := DecodeYAML("c.yaml", []byte(src), &testConfig{}); err != nil {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func TestSyntaxFaultNamesItsLine(t *testing.T) {
	err := DecodeYAML("c.yaml", []byte("mailbox:\n  host: x\n\tport: 1\n"), &testConfig{})
	if err == nil || !strings.HasPrefix(err.Error(), "c.yaml:3:") || !strings.Contains(err.Error(), "spaces") {
		t.Errorf("%v", err)
	}
}

func FuzzLoadPolicy(f *testing.F) {
	f.Add([]byte("version: x\nrules: [{id: a, when: 'len(items) > 1', then: open, why: b}]\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("rules: [{id: a, when: 'any(items, .model == \"x\") and age_days in [1, 2]', then: hold, why: b}, {id: b, when: 'false', then: hold, why: b}]\n"))
	f.Add([]byte("manufacturers: [{id: acme, name: A, macs: ['000413'], requires: [unused], serials: [{expr: '.+', examples: [x]}]}]\nlimits: {per_case_hour: 99}\n"))
	f.Add([]byte("manufacturers: [{id: snom, serials: [{expr: '(', examples: [x]}]}, 3]\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := LoadPolicy("p.yaml", src)
		var faults Faults
		if err != nil && (!errors.As(err, &faults) || len(faults) == 0) {
			t.Fatalf("%v is no Faults", err)
		}
		if err == nil && p.Version == "" {
			t.Fatal("a policy without version")
		}
		_, all, checkErr := CheckPolicy("p.yaml", src)
		if checkErr != nil {
			t.Fatal(checkErr)
		}
		if wrong := slices.DeleteFunc(slices.Clone(all), func(f Fault) bool { return f.Warning }); len(wrong) != len(faults) {
			t.Fatalf("check finds %d faults, load %d", len(wrong), len(faults))
		}
	})
}
