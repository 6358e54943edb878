package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"retour/rules"
	"retour/rules/casebook"
)

// deskFile is one file of a folder of desks. A file with a fault concerns nobody
// but its desk.
type deskFile struct {
	name, path string
	cfg        Config
	err        error // why the desk cannot be opened by it
}

// readDesks reads a folder of desks: each file NAME.yaml is a desk, and common.yaml,
// which may be left out, is what they have in common. Of two desks that name the
// same thing the one that has it already, else the first by name, keeps it.
func readDesks(folder string, has func(name, claim string) bool) ([]deskFile, error) {
	if _, err := commonOf(folder); err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read folder of desks: %w", err)
	}
	var files []deskFile
	for _, path := range paths {
		if filepath.Base(path) == commonFile || strings.HasPrefix(filepath.Base(path), ".") {
			continue
		}
		f := deskFile{name: deskOfFile(path), path: path}
		f.cfg, f.err = loadConfig(path)
		f.err = f.cfg.inFolder(f.err)
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b deskFile) int { return strings.Compare(a.name, b.name) })
	claimed(files, has)
	return files, nil
}

// commonOf is what the desks of a folder have in common, without the desks.
func commonOf(folder string) (Config, error) {
	cfg := defaultConfig()
	cfg.dir = folder
	faults, err := cfg.readCommon()
	if err == nil && len(faults) > 0 {
		err = faults
	}
	if err == nil {
		var bad rules.Faults
		path := filepath.Join(folder, commonFile)
		cfg.Metrics.validate(func(key, format string, args ...any) {
			bad = append(bad, rules.Fault{File: path, Path: key, Text: fmt.Sprintf(format, args...)})
		})
		if len(bad) > 0 {
			err = bad
		}
	}
	return cfg, err
}

// inFolder adds to what is wrong with a desk that beside others it may be no file.
func (c *Config) inFolder(err error) error {
	var faults rules.Faults
	if casebook.IsServer(c.Store) || err != nil && !errors.As(err, &faults) {
		return err
	}
	return located(append(faults, rules.Fault{File: c.path, Path: "store", Text: fmt.Sprintf("%s is a file: several desks in one process need a PostgreSQL database, postgres://user@host/database", c.Store),
		Hint: "a desk in a file runs alone: retour serve --config FILE"}), c.path)
}

// claims are what no two desks may have at once, each with its key.
func (c *Config) claims() map[string]string {
	all := map[string]string{"mailbox": fmt.Sprintf("the mailbox %s at %s, folder %s", strings.ToLower(c.Mailbox.User), strings.ToLower(c.Mailbox.Host), c.Mailbox.Folder)}
	if database, desk, err := casebook.DeskOf(c.Store); err == nil {
		all["store"] = fmt.Sprintf("the desk %s in %s", desk, database)
	}
	all["desk.address"] = "the address " + strings.ToLower(c.Desk.Address)
	return all
}

// claimed refuses what is another's. What a desk has already stays with it.
func claimed(files []deskFile, has func(name, claim string) bool) {
	owners := map[string]string{}
	for _, f := range files {
		for _, claim := range f.cfg.claims() {
			if has(f.name, claim) {
				owners[claim] = f.name
			}
		}
	}
	for i := range files {
		f := &files[i]
		if f.err != nil {
			continue
		}
		var faults rules.Faults
		claims := f.cfg.claims()
		for _, key := range slices.Sorted(maps.Keys(claims)) {
			if owner := owners[claims[key]]; owner != "" && owner != f.name {
				faults = append(faults, rules.Fault{File: f.path, Path: key, Text: fmt.Sprintf("%s is that of %s.yaml already: two desks cannot share it", claims[key], owner)})
			}
		}
		if len(faults) > 0 {
			f.err = located(faults, f.path)
			continue
		}
		for _, claim := range claims {
			owners[claim] = f.name
		}
	}
}

// located gives faults of a file their lines.
func located(faults rules.Faults, path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return faults
	}
	return locate(faults, src)
}

// faultsOf are the faults of an error, a line each.
func faultsOf(err error) []string {
	var faults rules.Faults
	if !errors.As(err, &faults) {
		return []string{err.Error()}
	}
	var lines []string
	for _, f := range faults {
		lines = append(lines, f.String())
	}
	return lines
}
