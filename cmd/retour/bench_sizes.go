package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"retour/cmd/internal/bench"
)

const (
	fewCases  = 1_000
	manyCases = 1_000_000
)

// sizes measures the desk with few cases and with a million, in turn.
func (m *measuring) sizes() error {
	few, many := filepath.Join(m.dir, "few.db"), manyCases
	if m.cmd.Quick {
		many = 10 * fewCases
	}
	for _, store := range []struct {
		path  string
		cases int
	}{{few, fewCases}, {m.cmd.Big, many}} {
		if err := m.grow(store.path, store.cases); err != nil {
			return err
		}
	}
	for n := range m.cmd.Rounds {
		mails, err := m.writer(int(time.Now().UnixNano() % 1e9)) // the file may know the others
		if err != nil {
			return err
		}
		if err := m.post.Stock(m.report.Profile.Mails, mails.Mail); err != nil {
			return err
		}
		small, err := m.desk(filepath.Join(m.dir, "desk"), few)
		if err != nil {
			return fmt.Errorf("round %d, few cases: %w", n+1, err)
		}
		large, err := m.desk(filepath.Join(m.dir, "desk"), m.cmd.Big)
		if err != nil {
			return fmt.Errorf("round %d, a million cases: %w", n+1, err)
		}
		m.report.Desk, m.report.Big = append(m.report.Desk, small), append(m.report.Big, large)
		fmt.Fprintf(m.stderr, "round %d: few cases %.2f s, a million %.2f s\n", n+1, small.Seconds, large.Seconds)
	}
	return nil
}

// grow makes the casebook of a desk that has worked for years, unless it is there.
func (m *measuring) grow(path string, cases int) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	begin, making := time.Now(), path+".making"
	config, err := m.configure(filepath.Join(m.dir, "grow"), making, m.servers.Servers)
	if err != nil {
		return err
	}
	if err := m.first(config); err != nil {
		return err
	}
	if err := bench.Grow(m.ctx, making, cases); err != nil {
		return fmt.Errorf("make a casebook of %d cases: %w", cases, err)
	}
	for _, end := range []string{"-wal", "-shm", ".lock"} {
		if err := os.Remove(making + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	fmt.Fprintf(m.stderr, "%s: %d cases made in %s\n", path, cases, time.Since(begin).Round(time.Second))
	return os.Rename(making, path)
}
