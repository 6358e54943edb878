package postgres

import (
	"strings"
	"testing"
)

// Of the servers that take writes the one counts that was promoted last, and none that
// is older than what is known.
func TestLatestPrimary(t *testing.T) {
	s, err := At("postgres://u@/r?host=/a,/b,/c")
	if err != nil {
		t.Fatal(err)
	}
	at := addresses(&s.config.Config)
	if len(at) != 3 {
		t.Fatalf("the servers are %v", at)
	}
	old, promoted, again := primary{at[0], "1", "00000009"}, primary{at[1], "1", "0000000A"}, primary{at[2], "1", "00000010"}
	other := primary{at[2], "2", "00000001"}
	for name, c := range map[string]struct {
		found []primary
		known primary
		want  string
	}{
		"the first start":                       {found: []primary{old}, want: "/a"},
		"an old primary beside the new one":     {found: []primary{old, promoted}, want: "/b"},
		"in another order":                      {found: []primary{again, promoted, old}, want: "/c"},
		"one server by two names":               {found: []primary{old, {at[1], "1", "00000009"}}, want: "/a"},
		"after a promotion":                     {found: []primary{promoted}, known: old, want: "/b"},
		"an old primary while the new is away":  {found: []primary{old}, known: promoted, want: "/a takes writes and should not"},
		"a database that was made anew":         {found: []primary{other}, known: again, want: "/c"},
		"two databases that have the same name": {found: []primary{old, other}, want: "no copies of each other"},
	} {
		got, err := latest(c.found, c.known)
		if err == nil && got.at.String() != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %v; want %s", name, got.at, err, c.want)
		}
	}
}

// Ways to encrypt are kept with their server.
func TestAddresses(t *testing.T) {
	s, err := At("postgres://u@a:1,[::1]:2,a:3/r?sslmode=prefer")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range addresses(&s.config.Config) {
		config := s.with(nil)
		a.only(&config.Config)
		if a[0].TLSConfig == nil || config.TLSConfig != a[0].TLSConfig || len(config.Fallbacks) != 1 || config.Fallbacks[0].TLSConfig != nil {
			t.Errorf("%v has lost its encryption", a)
		}
		got = append(got, a.String())
	}
	if all := strings.Join(got, " "); all != "a:1 [::1]:2 a:3" {
		t.Errorf("the servers are %s", all)
	}
}
