package casebook

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"retour/rules"
)

// Accounts brings lines of a directory file in, in one transaction; the effects
// are in the order of the lines. Several lines may speak of one customer: each
// adds its addresses and domains. An empty field changes nothing. addresses and
// domains say whether the file has a column for them: if so, what it does not
// give to a customer whom it names is taken from him by [Import.Finish].
func (im *Import) Accounts(ctx context.Context, now time.Time, accounts []rules.Account, addresses, domains bool) (effects []Effect, err error) {
	im.stated = map[bool]bool{false: addresses, true: domains}
	effects = make([]Effect, len(accounts))
	err = im.write(ctx, now, func(tx *Tx) error {
		if err := im.copyAccounts(ctx, tx, accounts); err != nil {
			return err
		}
		for i, a := range accounts {
			if effects[i], err = im.account(ctx, tx, a); err != nil {
				return fmt.Errorf("customer %s: %w", a.Number, err)
			}
			im.row.count(effects[i])
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("import %d lines of %s: %w", len(accounts), im.row.File, err)
	}
	return effects, nil
}

// account brings one line in.
func (im *Import) account(ctx context.Context, tx *Tx, a rules.Account) (Effect, error) {
	query := "SELECT " + names(storedAccount(&accountRow{})) + " FROM accounts WHERE number = $1"
	r, ok, err := first(ctx, tx.tx, query, []any{a.Number}, storedAccount)
	if err != nil {
		return Effect{}, err
	}
	effect := Effect{Made: Same}
	merged := r
	if !ok {
		merged.id = im.next
		im.next++
	}
	effect.Note = im.mergeAccount(&merged, a)
	if !ok {
		effect.Made, merged.importID = Added, im.row.ID
		merged.Role = cmp.Or(merged.Role, rules.RoleCustomer)
		if err := insertAccount(ctx, tx, merged, ""); err != nil {
			return effect, err
		}
	} else if !sameAccount(merged, r) {
		effect.Made, merged.importID = Changed, im.row.ID
		cols := accountColumns(&merged)
		if _, err := tx.exec(ctx, fmt.Sprintf("UPDATE accounts SET %s WHERE id = $%d", assignments(cols), len(cols)+1), append(places(cols), merged.id)...); err != nil {
			return effect, err
		}
	}
	im.touched.add(merged.id)
	added, err := im.addMails(ctx, tx, merged.id, a)
	if added > 0 && effect.Made == Same {
		effect.Made = Changed
	}
	return effect, err
}

func sameAccount(a, b accountRow) bool {
	return a.Name == b.Name && a.Language == b.Language && a.Role == b.Role && a.Representative == b.Representative
}

// mergeAccount takes what a line says over, except where an earlier line of the
// same file has said otherwise: that is the note.
func (im *Import) mergeAccount(r *accountRow, a rules.Account) (note string) {
	r.Number = a.Number
	role, says := string(r.Role), string(a.Role)
	var notes []string
	for i, f := range []field[string]{{"name", &r.Name, &a.Name}, {"language", &r.Language, &a.Language}, {"role", &role, &says},
		{"representative", &r.Representative, &a.Representative}} {
		if *f.from == "" {
			continue
		}
		if bit := fieldBit(r.id, i); !im.spoken.has(bit) {
			*f.to = *f.from
			im.spoken.add(bit)
		} else if *f.from != *f.to {
			notes = append(notes, fmt.Sprintf("%s: an earlier line of this file says %q, and that stands", f.name, *f.to))
		}
	}
	r.Role = rules.Role(role)
	return strings.Join(notes, "; ")
}

// addMails adds the addresses and domains that an account lacks.
func (im *Import) addMails(ctx context.Context, tx *Tx, accountID int64, a rules.Account) (added int, err error) {
	has, err := mailsOf(ctx, tx.tx, accountID)
	if err != nil {
		return 0, err
	}
	for _, m := range mailRows(accountID, a) {
		same := func(h mailRow) bool { return h.Address == m.Address && h.Domain == m.Domain }
		if i := slices.IndexFunc(has, same); i >= 0 {
			im.mails.add(has[i].id)
			continue
		}
		m.id = im.nextOf
		im.nextOf++
		if err := insertMail(ctx, tx, m, ""); err != nil {
			return added, err
		}
		im.mails.add(m.id)
		has = append(has, m)
		added++
	}
	return added, nil
}

func mailRows(accountID int64, a rules.Account) []mailRow {
	var all []mailRow
	for _, address := range a.Addresses {
		_, domain, _ := strings.Cut(address, "@")
		all = append(all, mailRow{accountID: accountID, Address: address, Domain: domain})
	}
	for _, domain := range a.Domains {
		all = append(all, mailRow{accountID: accountID, Domain: domain})
	}
	return all
}

// sweep takes from the customers whom the file names what it no longer gives them.
func (im *Import) sweep(ctx context.Context, tx *Tx) error {
	rows, err := tx.tx.QueryContext(ctx, "SELECT "+names(storedMail(&mailRow{}))+" FROM account_mails")
	if err != nil {
		return err
	}
	defer rows.Close()
	var gone []int64
	for rows.Next() {
		m, err := scanWith(storedMail)(rows)
		if err != nil {
			return err
		}
		if im.touched.has(m.accountID) && !im.mails.has(m.id) && im.stated[m.Address == ""] {
			gone = append(gone, m.id)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range gone {
		if _, err := tx.exec(ctx, "DELETE FROM account_mails WHERE id = $1", id); err != nil {
			return err
		}
	}
	im.row.Removed = len(gone)
	return nil
}

// copyAccounts brings the rows that a rehearsal needs.
func (im *Import) copyAccounts(ctx context.Context, tx *Tx, accounts []rules.Account) error {
	if im.base == nil {
		return nil
	}
	return im.base.view(ctx, func(q querier) error {
		for _, a := range accounts {
			query := "SELECT " + names(storedAccount(&accountRow{})) + " FROM accounts WHERE number = $1"
			r, ok, err := first(ctx, q, query, []any{a.Number}, storedAccount)
			if err != nil {
				return err
			}
			if !ok || im.touched.has(r.id) {
				continue
			}
			if err := insertAccount(ctx, tx, r, keepOld); err != nil {
				return err
			}
			mails, err := mailsOf(ctx, q, r.id)
			if err != nil {
				return err
			}
			for _, m := range mails {
				if err := insertMail(ctx, tx, m, keepOld); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// keepOld leaves a row as it is that is there already.
const keepOld = " ON CONFLICT DO NOTHING"

func insertAccount(ctx context.Context, tx *Tx, r accountRow, conflict string) error {
	cols := storedAccount(&r)
	_, err := tx.exec(ctx, insertInto("accounts", cols)+conflict, places(cols)...)
	return err
}

func insertMail(ctx context.Context, tx *Tx, m mailRow, conflict string) error {
	cols := storedMail(&m)
	_, err := tx.exec(ctx, insertInto("account_mails", cols)+conflict, places(cols)...)
	return err
}
