package rules

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// The manufacturers' prefixes as the IEEE's registry has them: a line "id:",
// then prefixes on indented lines; '#' begins a comment.
//
//go:embed oui.txt
var shippedPrefixes string

// addPrefixes gives the catalogue's manufacturers the prefixes of the registry.
// A block of a manufacturer that the catalogue does not hold is passed over.
func (p *Policy) addPrefixes(registry string) error {
	at := -1
	for n, line := range strings.Split(registry, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if id, isHead := strings.CutSuffix(line, ":"); isHead {
			at = slices.IndexFunc(p.Manufacturers, func(m Manufacturer) bool { return m.ID == id })
			continue
		}
		for _, prefix := range strings.Fields(line) {
			switch {
			case !macForm.MatchString(prefix):
				return fmt.Errorf("line %d: %q is no MAC prefix", n+1, prefix)
			case at >= 0 && !slices.Contains(p.Manufacturers[at].MACs, prefix):
				p.Manufacturers[at].MACs = append(p.Manufacturers[at].MACs, prefix)
			}
		}
	}
	return nil
}
