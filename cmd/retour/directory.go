package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"retour/cmd/internal/tabular"
	"retour/ingest/lookup"
	"retour/rules"
	"retour/rules/casebook"
)

type directoryCmd struct {
	Import directoryImportCmd `cmd:"" help:"Bring lists of customers in."`
	Find   directoryFindCmd   `cmd:"" help:"Show who writes from an address, or a customer by number."`
	Status directoryStatusCmd `cmd:"" help:"Show how large the directory is and what was imported last."`
}

type directoryImportCmd struct {
	importFlags
}

// Help teaches what a file needs.
func (directoryImportCmd) Help() string {
	return `The directory is the list of customers: it tells who writes, in which language, and who sells to him.
A file needs a column for the customer's number; name, mail addresses and domains, language, role
(customer, distributor, end user) and representative as far as they are there. Several rows of one
customer, one for each contact, add up. For the customers whom a file names, its addresses and domains
are all they have: what is no longer given is taken away.
` + importHelp
}

func (d *directoryImportCmd) Run(w *world, c *cli) error {
	options := func(cfg Config) (tabular.Options, tabular.Order) { return cfg.Directory.options() }
	return importFiles(w, c, d.importFlags, options, directoryKind)
}

func directoryKind(cfg Config) (importKind, error) {
	policy, err := loadPolicy(cfg)
	if err != nil {
		return importKind{}, err
	}
	return importKind{kind: casebook.KindDirectory, fields: withHeaders(directoryFields, cfg.Directory.Columns), needs: directoryNeeds,
		reader: func(run *importRun) taker {
			return &accountTaker{accountReader: accountReader{columns: run.columns, providers: policy.MailProviders, strange: strangers{}}}
		}}, nil
}

// accountTaker brings accounts in.
type accountTaker struct {
	accountReader
	accounts []rules.Account
	rows     []int
	said     string
}

func (a *accountTaker) take(r tabular.Row) (int, error) {
	account, note, err := a.account(r)
	if err != nil {
		return len(a.accounts), err
	}
	a.rows = append(a.rows, len(a.accounts))
	a.accounts = append(a.accounts, account)
	a.said = note
	return len(a.accounts), nil
}

func (a *accountTaker) note() string { return a.said }

func (a *accountTaker) bring(ctx context.Context, im *casebook.Import, now time.Time) ([]casebook.Effect, []int, error) {
	effects, err := im.Accounts(ctx, now, a.accounts, a.columns.Has("address"), a.columns.Has("domain"))
	rows := a.rows
	a.accounts, a.rows = nil, nil
	return effects, rows, err
}

func (a *accountTaker) strangers() strangers { return a.strange }

type directoryFindCmd struct {
	Who  string `arg:"" name:"who" help:"A mail address, or a customer number."`
	JSON bool   `help:"As JSON." name:"json"`
}

func (f *directoryFindCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		accounts, err := f.find(w.ctx, cfg, book)
		if err != nil {
			return err
		}
		if err := printAccounts(w, accounts, f.JSON); err != nil {
			return err
		}
		switch {
		case len(accounts) == 0:
			return fmt.Errorf("%s is not in the directory", clean(f.Who))
		case len(accounts) > 1:
			return fmt.Errorf("%d customers write from %s: the directory alone does not tell which", len(accounts), clean(f.Who))
		}
		return nil
	})
}

func (f *directoryFindCmd) find(ctx context.Context, cfg Config, book *casebook.Book) ([]rules.Account, error) {
	if !strings.Contains(f.Who, "@") {
		return book.AccountsByNumber(ctx, f.Who)
	}
	policy, err := loadPolicy(cfg)
	if err != nil {
		return nil, err
	}
	return book.AccountsOf(ctx, f.Who, policy.MailProviders...)
}

func printAccounts(w *world, accounts []rules.Account, asJSON bool) error {
	if asJSON {
		all := []lookup.Account{}
		for _, a := range accounts {
			all = append(all, lookup.Account(a))
		}
		return writeJSON(w.stdout, all)
	}
	var b strings.Builder
	for _, a := range accounts {
		fmt.Fprintf(&b, "%s\n", clean(strings.Join(nonEmpty(a.Number, a.Name), ", ")))
		for _, r := range [][2]string{{"addresses", strings.Join(a.Addresses, ", ")}, {"domains", strings.Join(a.Domains, ", ")},
			{"language", a.Language}, {"role", string(a.Role)}, {"representative", a.Representative}} {
			if r[1] != "" {
				fmt.Fprintf(&b, "  %-14s %s\n", r[0], clean(r[1]))
			}
		}
	}
	_, err := fmt.Fprint(w.stdout, b.String())
	return err
}

type directoryStatusCmd struct{}

func (directoryStatusCmd) Run(w *world, c *cli) error {
	return printStatus(w, c, casebook.KindDirectory, "customers")
}
