package main

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"retour/rules/casebook"
)

// archived is one mail to be explained.
type archived struct {
	source     string
	raw        []byte
	headerOnly bool  // its body was never fetched
	fault      error // why it could not be had
}

// eachInOrder judges the mails of all paths on all cores and shows the results
// one by one, in the order of the mails.
func eachInOrder[T any](w *world, cfg Config, paths []string, judge func(archived) T, show func(T) error) error {
	bar := progress(w, "reading mails", w.piped)
	queue := make(chan chan T, 2*runtime.GOMAXPROCS(0)) // so many mails are in memory at most
	stop := make(chan struct{})
	unopened := make(chan error, 1)
	go func() {
		defer close(queue)
		unopened <- eachArchived(w, cfg, paths, func(m archived) error {
			done := make(chan T, 1)
			select {
			case queue <- done:
			case <-stop:
				return errStopped
			}
			go func() { done <- judge(m) }()
			return w.ctx.Err()
		})
	}()
	var failed error
	for done := range queue {
		result := <-done
		if failed == nil {
			if failed = errors.Join(bar.Add(1), show(result)); failed != nil {
				close(stop)
			}
		}
	}
	err := <-unopened
	if failed = errors.Join(failed, bar.Finish(), w.ctx.Err()); failed != nil {
		return failed
	}
	if err != nil {
		return usageError{err}
	}
	return nil
}

// errStopped ends the reading of mails that nobody waits for any more.
var errStopped = errors.New("stopped")

// eachArchived gives every mail of every path. Paths that cannot be opened are
// its error; the others are read all the same.
func eachArchived(w *world, cfg Config, paths []string, fn func(archived) error) error {
	var unopened []error
	for _, path := range paths {
		var err error
		if path == "casebook" {
			err = eachKept(w, cfg, fn)
		} else {
			err = eachMail(w, path, func(source string, raw []byte, fault error) error {
				return fn(archived{source: source, raw: raw, fault: fault})
			})
		}
		switch {
		case errors.Is(err, errStopped) || w.ctx.Err() != nil:
			return errStopped
		case err != nil:
			unopened = append(unopened, err)
		}
	}
	return errors.Join(unopened...)
}

// eachKept gives the mails that the desk has kept, the oldest first. A mail that
// came twice was kept once.
func eachKept(w *world, cfg Config, fn func(archived) error) error {
	book, err := openBook(w.ctx, cfg)
	if err != nil {
		return err
	}
	rows, err := book.Ledger(w.ctx, casebook.LedgerFilter{})
	slices.Reverse(rows)
	given := map[string]bool{}
	for _, row := range rows {
		if row.Hash == "" || given[row.Hash] || err != nil {
			continue
		}
		given[row.Hash] = true
		m := archived{source: fmt.Sprintf("casebook#%d", row.ID), headerOnly: row.HeaderOnly}
		m.raw, m.fault = book.Raw(w.ctx, row.Hash)
		err = fn(m)
	}
	return errors.Join(err, book.Close())
}
