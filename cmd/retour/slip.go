package main

import (
	"cmp"
	"fmt"
	"os"

	"retour/rules"
	"retour/rules/casebook"
)

type caseSlipCmd struct {
	Number string `arg:"" help:"RMA number."`
	To     string `help:"File to write; - is the standard output. Without it: NUMBER.pdf in this folder." type:"path" placeholder:"FILE"`
}

// Help says what for.
func (caseSlipCmd) Help() string {
	return `Writes the return slip that went with the approval mail once more: one A4 page with the number, its
barcodes, the warehouse's address and the units. The same case gives the same file.`
}

func (s *caseSlipCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		found, err := findCase(w.ctx, book, s.Number)
		if err != nil {
			return err
		}
		if found.AcceptedAt.IsZero() {
			return usageError{fmt.Errorf("%s is not approved: there is no return slip for it", found.Number)}
		}
		secret, err := book.Secret(w.ctx)
		if err != nil {
			return err
		}
		b, err := newBrain(cfg, secret)
		if err != nil {
			return err
		}
		return s.write(w, b, found)
	})
}

func (s *caseSlipCmd) write(w *world, b *brain, c rules.Case) error {
	slip, err := b.composer.Slip(c.Customer, c.Language, c)
	if err != nil {
		return err
	}
	if s.To == "-" {
		_, err := w.stdout.Write(slip.Data)
		return err
	}
	path := cmp.Or(s.To, slip.Name)
	if err := os.WriteFile(path, slip.Data, 0o600); err != nil {
		return usageError{fmt.Errorf("write the return slip: %w", err)}
	}
	_, err = fmt.Fprintln(w.stdout, path)
	return err
}
