package casebook

import (
	"database/sql"
	"time"

	"retour/rules"
)

// money adds up what happened to amounts.
func (c *counting) money(f *rules.Figures) error {
	m := &f.Money
	sums := map[rules.MoneyKind]map[string]int64{}
	err := c.rows("SELECT what, currency, count(*), sum(cents) FROM v_money WHERE ms >= $1 AND ms < $2 GROUP BY what, currency", between(f.Period), func(r *sql.Rows) error {
		var what rules.MoneyKind
		var currency string
		var n int
		var cents int64
		if err := r.Scan(&what, &currency, &n, &cents); err != nil {
			return err
		}
		if count := map[rules.MoneyKind]*int{rules.QuoteSent: &m.Quoted, rules.QuoteAccepted: &m.Accepted,
			rules.QuoteDeclined: &m.Declined, rules.QuoteSilent: &m.Silent}[what]; count != nil {
			*count += n
		}
		if what == rules.FeeForTest {
			what = rules.RestockingFee // both are fees
		}
		if sums[what] == nil {
			sums[what] = map[string]int64{}
		}
		sums[what][currency] += cents
		return nil
	})
	if err != nil {
		return err
	}
	m.Sent, m.Taken = rules.Amounts(sums[rules.QuoteSent]), rules.Amounts(sums[rules.QuoteAccepted])
	m.Credits, m.Fees = rules.Amounts(sums[rules.CreditGiven]), rules.Amounts(sums[rules.RestockingFee])
	if m.Warranty, err = c.covered(f.Period); err != nil {
		return err
	}
	m.WarrantyPast, err = c.covered(f.Past)
	return err
}

// covered counts the units that left and that the warranty paid for.
func (c *counting) covered(p rules.Period) (int, error) {
	n, err := c.number("SELECT count(*) FROM v_item_events WHERE ms >= $1 AND ms < $2 AND what = 'left' AND covered = 1", between(p)...)
	return int(n), err
}

// mailPatience is how long a mail may be in work.
const mailPatience = 10 * time.Minute

// mails accounts for the mails.
func (c *counting) mails(f *rules.Figures) error {
	m := &f.Mails
	fates, err := tally[string](c.ctx, c.q, "SELECT fate, count(*) FROM v_mails WHERE seen_ms >= $1 AND seen_ms < $2 GROUP BY fate", between(f.Period)...)
	if err != nil {
		return err
	}
	for _, n := range fates {
		m.Seen += n
	}
	m.Unread = fates[""]
	delete(fates, "")
	m.Fates = fates
	for _, count := range []struct {
		into  *int
		query string
		args  []any
	}{
		{&m.Held, "SELECT count(*) FROM v_mails WHERE fate = 'hold'", nil},
		{&m.Unaccounted, "SELECT count(*) FROM v_mails WHERE fate = '' AND seen_ms < $1", []any{c.now.Add(-mailPatience).UnixMilli()}},
		{&m.Undelivered, "SELECT count(*) FROM v_outbox WHERE status = 'failed' AND failed_ms >= $1 AND failed_ms < $2 AND kind = 'mail'", between(f.Period)},
		{&m.Waiting, "SELECT count(*) FROM v_outbox WHERE status = 'pending' AND kind = 'mail'", nil},
	} {
		n, err := c.number(count.query, count.args...)
		if err != nil {
			return err
		}
		*count.into = int(n)
	}
	m.LastRead, err = c.moment("SELECT seen_ms FROM v_mails WHERE fate <> 'before_start' ORDER BY seen_ms DESC LIMIT 1")
	return err
}

// forStaff is true of rows that are posts for staff.
const forStaff = "kind <> 'mail' AND NOT (" + webhookKinds + ")"

// health says how the desk itself does.
func (c *counting) health(f *rules.Figures) error {
	h := &f.Health
	for _, m := range []struct {
		into  *time.Time
		query string
	}{
		{&h.OldestWaiting, "SELECT min(created_ms) FROM v_outbox WHERE status = 'pending' AND kind = 'mail'"},
		{&h.LastSent, "SELECT sent_ms FROM v_outbox WHERE status = 'sent' AND kind = 'mail' ORDER BY sent_ms DESC LIMIT 1"},
		{&h.Register, "SELECT max(finished_at) FROM imports WHERE kind = 'register'"},
		{&h.Directory, "SELECT max(finished_at) FROM imports WHERE kind = 'directory'"},
	} {
		at, err := c.moment(m.query)
		if err != nil {
			return err
		}
		*m.into = at
	}
	for _, count := range []struct {
		into  *int
		query string
	}{
		{&h.Failed, "SELECT count(*) FROM v_outbox WHERE status = 'failed' AND kind = 'mail'"},
		{&h.StaffWaiting, "SELECT (SELECT count(*) FROM v_outbox WHERE status = 'pending' AND " + forStaff + ") + (SELECT count(*) FROM v_outbox WHERE status = 'aside' AND " + forStaff + ")"},
		{&h.StaffFailed, "SELECT count(*) FROM v_outbox WHERE status = 'failed' AND " + forStaff},
	} {
		n, err := c.number(count.query)
		if err != nil {
			return err
		}
		*count.into = int(n)
	}
	var err error
	h.Size, err = c.number(c.size)
	return err
}
