package casebook

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"retour/rules"
)

type accountRow struct {
	id       int64
	importID int64
	rules.Account
}

func accountColumns(a *accountRow) []column {
	return []column{
		{"number", &a.Number},
		{"name", &a.Name},
		{"language", &a.Language},
		{"role", &a.Role},
		{"representative", &a.Representative},
		{"import_id", reference{&a.importID}},
	}
}

func storedAccount(a *accountRow) []column {
	return append(accountColumns(a), column{"id", &a.id})
}

// AccountOf returns the customer who writes from an address; ok is false where
// the directory has none, or several among whom nothing decides: see
// [Book.AccountsOf].
func (s *queries) AccountOf(ctx context.Context, address string, providers ...string) (account rules.Account, ok bool, err error) {
	all, err := s.AccountsOf(ctx, address, providers...)
	if err != nil || len(all) != 1 {
		return rules.Account{}, false, err
	}
	return all[0], true, nil
}

// AccountsOf returns the customers who may write from an address, in the order
// of their numbers: those to whom the directory gives the address itself; else
// those with its domain or the nearest one above it; else those with another
// address in its very domain. A domain of mail providers tells nothing of who
// writes from there.
func (s *queries) AccountsOf(ctx context.Context, address string, providers ...string) (all []rules.Account, err error) {
	address = strings.ToLower(strings.TrimSpace(address))
	_, domain, ok := strings.Cut(address, "@")
	if !ok || domain == "" {
		return nil, nil
	}
	err = s.view(ctx, func(q querier) error {
		ids, err := accountIDs(ctx, q, address, domain, providers)
		if err != nil || len(ids) == 0 {
			return err
		}
		all, err = readAccounts(ctx, q, ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for the account of %s: %w", address, err)
	}
	return all, nil
}

// AccountsByNumber returns the account with a number, if there is one.
func (s *queries) AccountsByNumber(ctx context.Context, number string) (all []rules.Account, err error) {
	err = s.view(ctx, func(q querier) error {
		ids, err := list(ctx, q, "SELECT id FROM accounts WHERE number = $1", []any{strings.TrimSpace(number)}, scanOne[int64])
		if err == nil && len(ids) > 0 {
			all, err = readAccounts(ctx, q, ids)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for account %s: %w", number, err)
	}
	return all, nil
}

// accountIDs goes from the most specific to the least.
func accountIDs(ctx context.Context, q querier, address, domain string, providers []string) ([]int64, error) {
	const exact = "SELECT account_id FROM account_mails WHERE domain = $1 AND address = $2"
	ids, err := list(ctx, q, exact, []any{domain, address}, scanOne[int64])
	if err != nil || len(ids) > 0 {
		return ids, err
	}
	for at := domain; strings.Contains(at, "."); _, at, _ = strings.Cut(at, ".") {
		if slices.Contains(providers, at) {
			return nil, nil
		}
		if ids, err = list(ctx, q, exact, []any{at, ""}, scanOne[int64]); err != nil || len(ids) > 0 {
			return ids, err
		}
	}
	return list(ctx, q, "SELECT DISTINCT account_id FROM account_mails WHERE domain = $1", []any{domain}, scanOne[int64])
}

// readAccounts reads accounts with their addresses and domains.
func readAccounts(ctx context.Context, q querier, ids []int64) ([]rules.Account, error) {
	var w where
	oneOf(&w, "id", ids)
	rows, err := list(ctx, q, "SELECT "+names(storedAccount(&accountRow{}))+" FROM accounts"+w.String()+" ORDER BY number", w.args, scanWith(storedAccount))
	if err != nil {
		return nil, err
	}
	all := make([]rules.Account, len(rows))
	for i, r := range rows {
		mails, err := mailsOf(ctx, q, r.id)
		if err != nil {
			return nil, err
		}
		for _, m := range mails {
			if m.Address == "" {
				r.Domains = append(r.Domains, m.Domain)
			} else {
				r.Addresses = append(r.Addresses, m.Address)
			}
		}
		all[i] = r.Account
	}
	return all, nil
}

// mailRow is an address of an account, or a domain.
type mailRow struct {
	id        int64
	accountID int64
	Address   string // empty: the whole domain
	Domain    string
}

func mailColumns(m *mailRow) []column {
	return []column{
		{"account_id", &m.accountID},
		{"address", &m.Address},
		{"domain", &m.Domain},
	}
}

func storedMail(m *mailRow) []column { return append(mailColumns(m), column{"id", &m.id}) }

func mailsOf(ctx context.Context, q querier, accountID int64) ([]mailRow, error) {
	return list(ctx, q, "SELECT "+names(storedMail(&mailRow{}))+" FROM account_mails WHERE account_id = $1 ORDER BY domain, address",
		[]any{accountID}, scanWith(storedMail))
}
