package slackdesk

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"retour/rules"
)

// languages are those that the staff can choose.
func languages() []string { return []string{"en", "fr", "nl", "it", "de"} }

func wordsIn(t testing.TB, language string) words {
	t.Helper()
	w, err := wordsOf(language)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func english() words {
	w, err := wordsOf("en")
	if err != nil {
		panic(err)
	}
	return w
}

func TestWordsAreComplete(t *testing.T) {
	w := english()
	need := func(group, name string) {
		if _, ok := w[group+"."+name]; !ok {
			t.Errorf("no word for %s.%s", group, name)
		}
	}
	for _, s := range rules.States() {
		need("state", string(s))
		need("wait", string(s))
	}
	for _, e := range rules.Events() {
		need("event", string(e))
	}
	for _, n := range rules.Notices() {
		need("notice", string(n))
	}
	for _, f := range append(wholeFacts(), itemFacts()...) {
		need("fact", string(f))
	}
	for _, state := range rules.States() {
		for _, e := range rules.Actions(rules.Case{State: state, Undelivered: "x", Items: make([]rules.Item, 2)}) {
			need("button", string(e))
			if hasForm(e) {
				need("modal", string(e))
			}
		}
	}
	for _, verb := range verbs {
		need("command", "help_"+verb)
		need("command", "args_"+verb)
	}
	for _, by := range []string{"number", "unit", "reference", "customer", "words"} {
		need("found", by)
	}
	for _, do := range []rules.HeldDo{rules.HeldCase, rules.HeldJoin, rules.HeldDismiss, rules.HeldBlock} {
		need("held", "button_"+string(do))
		need("held", "done_"+string(do))
	}
	for _, which := range []List{ListMine, ListLate} {
		need("command", "none_"+string(which))
		need("command", "list_"+string(which))
	}
	if _, err := wordsOf("xx"); err == nil || !strings.Contains(err.Error(), `"xx"`) {
		t.Errorf("unknown language: %v", err)
	}
}

// placeholders are what must be the same in every language: what is filled in,
// by its place, and the emoji and the marks of bold text.
func placeholders(text string) []string {
	var list []string
	next := 1
	for _, m := range regexp.MustCompile(`%(?:\[(\d+)\])?([a-z%])|:[a-z_]+:|\*`).FindAllStringSubmatch(text, -1) {
		switch {
		case m[2] == "" || m[2] == "%":
			list = append(list, m[0])
		case m[1] != "":
			list = append(list, m[1]+m[2])
		default:
			list = append(list, fmt.Sprint(next)+m[2])
			next++
		}
	}
	slices.Sort(list)
	return list
}

func TestLanguagesSayTheSame(t *testing.T) {
	en := english()
	for _, language := range languages() {
		w := wordsIn(t, language)
		for key, text := range en {
			own, ok := w[key]
			switch {
			case !ok:
				t.Errorf("%s lacks %s", language, key)
			case strings.TrimSpace(own) == "" && strings.TrimSpace(text) != "":
				t.Errorf("%s: %s is empty", language, key)
			case !slices.Equal(placeholders(own), placeholders(text)):
				t.Errorf("%s: %s has %q, English has %q", language, key, placeholders(own), placeholders(text))
			case strings.HasPrefix(own, " ") != strings.HasPrefix(text, " ") || strings.HasSuffix(own, " "):
				t.Errorf("%s: %s begins or ends with a space: %q", language, key, own)
			}
		}
		for key := range w {
			if _, ok := en[key]; !ok {
				t.Errorf("%s has %s, which English has not", language, key)
			}
		}
	}
}

// Slack takes 75 characters on a button and shows about 30; the titles and
// buttons of a window have 24.
// https://docs.slack.dev/reference/block-kit/block-elements/button-element
func TestWordsFit(t *testing.T) {
	limits := []struct {
		keys string // as a pattern
		most int
	}{
		{`button\..*`, 30}, {`modal\.(loading|sending|done_text)`, maxSection}, {`modal\..*`, 24},
		{`(verdict|outcome|resolution|fact)\..*`, maxOption}, {`form\.(commercial|technical|choose)`, maxOption},
		{`confirm\.title`, 100}, {`confirm\.(yes|no)`, 30}, {`confirm\..*`, 300},
		{`card\.menu`, 30}, {`window\..*`, 24}, {`held\.button_.*`, 30}, {`command\.(show|back|next|unblock)`, 30},
		{`home\.(open|receive|refresh)`, 30}, {`open\.tell_(yes|no)`, maxOption}, {`command\.unblock_sure`, 200}, {`.*`, 600},
	}
	for _, language := range languages() {
		for key, text := range wordsIn(t, language) {
			for _, l := range limits {
				if !regexp.MustCompile(`^` + l.keys + `$`).MatchString(key) {
					continue
				}
				if n := utf8.RuneCountInString(text); n > l.most {
					t.Errorf("%s: %s has %d characters, at most %d fit: %q", language, key, n, l.most, text)
				}
				break
			}
		}
	}
}

// Every word that the code asks for by its full key must be there.
func TestNoWordIsForgotten(t *testing.T) {
	key := regexp.MustCompile(`(?:w|words)(?:\[|\.say\()"([a-z_.]*[a-z])"|denied\("([a-z_.]+)"\)|View\("([a-z_.]+)"`)
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range key.FindAllStringSubmatch(string(src), -1) {
			k := found[1] + found[2] + found[3]
			if _, ok := english()[k]; !ok {
				t.Errorf("%s: no word %q", file, k)
			}
		}
	}
}
