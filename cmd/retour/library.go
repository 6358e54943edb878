package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"weak"

	"retour/ingest"
	"retour/ingest/intake"
	"retour/rules"
	"retour/templates"
)

// library is what many desks of one process read and none of them changes: what is
// equal is made once, and goes when no desk uses it any more. Of a nil library
// everything is made anew.
type library struct {
	mu       sync.Mutex
	policies map[content]weak.Pointer[judgement]
	texts    map[content]weak.Pointer[templates.Set]
}

// content is the hash of what something is made of.
type content [sha256.Size]byte

func newLibrary() *library {
	return &library{policies: map[content]weak.Pointer[judgement]{}, texts: map[content]weak.Pointer[templates.Set]{}}
}

// judgement is a policy, with what is compiled of it when it is first needed.
type judgement struct {
	policy    *rules.Policy
	catalogue func() (*ingest.Catalogue, error)
}

func newJudgement(p *rules.Policy) *judgement {
	return &judgement{p, sync.OnceValues(func() (*ingest.Catalogue, error) { return intake.Catalogue(p) })}
}

// judgement is that of a policy file, or of the shipped one.
func (l *library) judgement(cfg Config) (*judgement, error) {
	src, err := policyText(cfg)
	if err != nil {
		return nil, err
	}
	return once(l, l.ofPolicies(), sha256.Sum256(fmt.Appendf(nil, "%t %s", src == nil, src)), func() (*judgement, error) {
		p, err := policyOf(cfg, src)
		if err != nil {
			return nil, err
		}
		return newJudgement(p), nil
	})
}

// set are the texts of a configuration.
func (l *library) set(cfg Config) (*templates.Set, error) {
	if l == nil {
		return loadTexts(cfg)
	}
	key, err := textsKey(cfg)
	if err != nil {
		return nil, err
	}
	return once(l, l.texts, key, func() (*templates.Set, error) { return loadTexts(cfg) })
}

func (l *library) ofPolicies() map[content]weak.Pointer[judgement] {
	if l == nil {
		return nil
	}
	return l.policies
}

// once makes something unless it is there.
func once[T any](l *library, there map[content]weak.Pointer[T], key content, make func() (*T, error)) (*T, error) {
	if l == nil {
		return make()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if v := there[key].Value(); v != nil {
		return v, nil
	}
	for old, p := range there {
		if p.Value() == nil {
			delete(there, old)
		}
	}
	v, err := make()
	if err == nil {
		there[key] = weak.Make(v)
	}
	return v, err
}

// textsKey is that of the files that replace shipped texts.
func textsKey(cfg Config) (key content, err error) {
	if cfg.Templates == "" {
		return key, nil
	}
	h := sha256.New()
	folder := os.DirFS(cfg.at(cfg.Templates))
	err = fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(folder, path)
		fmt.Fprintf(h, "%q %d\n%s", path, len(text), text)
		return err
	})
	if err != nil {
		return key, usageError{fmt.Errorf("templates: %w", err)}
	}
	return content(h.Sum(nil)), nil
}
