package slackdesk

import (
	"embed"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"retour/rules"
)

// words are the texts that the staff read, in one language. Keys are
// "group.name"; a name is the constant of package rules where there is one.
type words map[string]string

// Every file has the same groups, names and placeholders; a test holds them to it.
//
//go:embed words/*.yaml
var wordFiles embed.FS

// wordsOf returns the words of a language: en, fr, nl, it or de.
func wordsOf(language string) (words, error) {
	src, err := wordFiles.ReadFile("words/" + language + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("slack: no staff texts in language %q", language)
	}
	var groups map[string]map[string]string
	if err := yaml.Unmarshal(src, &groups); err != nil {
		return nil, fmt.Errorf("slack: staff texts in %s: %w", language, err)
	}
	w := words{}
	for group, names := range groups {
		for name, text := range names {
			w[group+"."+name] = text
		}
	}
	return w, nil
}

// of returns the word for a name in a group; a name without a word is shown as
// it is, without underscores.
func (w words) of(group, name string) string {
	if s, ok := w[group+"."+name]; ok {
		return s
	}
	return strings.ReplaceAll(name, "_", " ")
}

// say fills a text.
func (w words) say(key string, args ...any) string {
	return fmt.Sprintf(w[key], args...)
}

func (w words) action(e rules.EventKind) string { return w.of("button", string(e)) }
