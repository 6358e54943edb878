package rules

import (
	"slices"
	"strings"
	"testing"
)

func TestPrefixesBelongToOneManufacturer(t *testing.T) {
	p, err := DefaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]string{}
	for _, m := range p.Manufacturers {
		for _, prefix := range m.MACs {
			if other := owner[prefix]; other != "" {
				t.Errorf("%s is of %s and of %s", prefix, other, m.ID)
			}
			owner[prefix] = m.ID
		}
	}
	for prefix, want := range map[string]string{"000B82": "grandstream", "805EC0": "yealink", "000413": "snom", "788A20": "ubiquiti"} {
		if owner[prefix] != want {
			t.Errorf("%s is of %q, want %s", prefix, owner[prefix], want)
		}
	}
}

func TestPrefixesAreRead(t *testing.T) {
	p := &Policy{Manufacturers: []Manufacturer{{ID: "snom", MACs: []string{"000413"}}}}
	if err := p.addPrefixes("# head\n\nnobody:\n  111111\nsnom:\n  000413 1C7126 # two\n  00AABBCCD\n"); err != nil {
		t.Fatal(err)
	}
	if got := p.Manufacturers[0].MACs; !slices.Equal(got, []string{"000413", "1C7126", "00AABBCCD"}) {
		t.Errorf("%v", got)
	}
	if err := p.addPrefixes("snom:\n  00041\n"); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v", err)
	}
}
