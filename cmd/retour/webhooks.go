package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"retour/notify"
	"retour/rules/casebook"
)

type webhooksCmd struct {
	List   webhooksListCmd   `cmd:"" default:"1" help:"Every endpoint: what waits, what was given up, what is wrong."`
	Dead   webhooksDeadCmd   `cmd:"" help:"Webhooks that were given up."`
	Retry  webhooksRetryCmd  `cmd:"" help:"Send webhooks again that were given up."`
	Enable webhooksEnableCmd `cmd:"" help:"Send to an endpoint again that said it wants no webhooks any more (410 Gone)."`
	Drop   webhooksDropCmd   `cmd:"" help:"Withdraw what waits for an endpoint, or was given up."`
	Test   webhooksTestCmd   `cmd:"" name:"send-test" help:"Send a webhook that means nothing, at once, and say what the endpoint answers."`
}

// Help says what webhooks are.
func (webhooksCmd) Help() string {
	return `A helpdesk or an ERP follows the cases by webhooks: see "webhooks" in the configuration, and
"retour print webhook-schema" for what they say. They are signed by the Standard Webhooks specification,
sent in order for each case, and tried ten times within three days; what is given up then is dead until
"retour webhooks retry".`
}

type webhooksListCmd struct {
	JSON bool `help:"As JSON." name:"json"`
}

// endpointReport is how one endpoint does.
type endpointReport struct {
	Name       string    `json:"name"`
	Configured bool      `json:"configured"`
	Waiting    int       `json:"waiting"`
	Dead       int       `json:"dead"`
	Oldest     time.Time `json:"oldest,omitzero"`
	LastSent   time.Time `json:"last_sent,omitzero"`
	ShutAt     time.Time `json:"shut_at,omitzero"`
	Problem    string    `json:"problem,omitempty"`
}

// endpointReports are those of the configuration, in its order, and of others that
// something waits for.
func endpointReports(ctx context.Context, cfg Config, book *casebook.Book) ([]endpointReport, error) {
	standing, err := book.Neighbours(ctx)
	if err != nil {
		return nil, err
	}
	var all []endpointReport
	for _, w := range cfg.Webhooks {
		all = append(all, endpointReport{Name: w.Name, Configured: true})
	}
	for _, n := range standing {
		name := notify.EndpointOf(n.Kind)
		i := slices.IndexFunc(all, func(r endpointReport) bool { return r.Name == name })
		if i < 0 {
			i, all = len(all), append(all, endpointReport{Name: name})
		}
		r := &all[i]
		r.Waiting, r.Dead, r.Oldest, r.Problem, r.ShutAt = n.Waiting, n.Dead, n.Oldest, n.Problem, n.ShutAt
	}
	for i := range all {
		if all[i].LastSent, err = book.LastSentOf(ctx, string(notify.Endpoint{Name: all[i].Name}.Kind())); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (l *webhooksListCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		all, err := endpointReports(w.ctx, cfg, book)
		if err != nil {
			return err
		}
		if l.JSON {
			return writeJSON(w.stdout, append([]endpointReport{}, all...))
		}
		if len(all) == 0 {
			_, err := fmt.Fprintln(w.stdout, "no endpoints: name them under webhooks in the configuration")
			return err
		}
		t := &table{header: []string{"ENDPOINT", "WAITING", "DEAD", "OLDEST", "LAST SENT", "STATE"}}
		for _, r := range all {
			t.add(r.Name, strconv.Itoa(r.Waiting), strconv.Itoa(r.Dead), stamp(r.Oldest, zone(cfg)), stamp(r.LastSent, zone(cfg)), r.state())
		}
		return t.print(w.stdout)
	})
}

func (r endpointReport) state() string {
	switch {
	case !r.Configured:
		return "not configured: retour webhooks drop " + r.Name
	case !r.ShutAt.IsZero():
		return "410 Gone: retour webhooks enable " + r.Name
	case r.Problem != "":
		return r.Problem
	case r.Dead > 0:
		return "given up: retour webhooks dead"
	}
	return "ok"
}

type webhooksDeadCmd struct {
	Endpoint string `arg:"" optional:"" help:"Only of this endpoint."`
	JSON     bool   `help:"As JSON, with what they say." name:"json"`
}

// deadWebhook is one that was given up.
type deadWebhook struct {
	ID        int64           `json:"id"`
	WebhookID string          `json:"webhook_id"`
	Endpoint  string          `json:"endpoint"`
	Tries     int             `json:"tries"`
	Why       string          `json:"why"`
	Webhook   json.RawMessage `json:"webhook"`
}

// deadRows are the rows of webhooks that were given up, the oldest first.
func deadRows(ctx context.Context, cfg Config, book *casebook.Book, endpoint string) ([]casebook.Row, error) {
	if err := knownEndpoint(ctx, cfg, book, endpoint); err != nil {
		return nil, err
	}
	rows, err := book.Outbox(ctx, casebook.OutboxFilter{Status: casebook.Failed})
	rows = slices.DeleteFunc(rows, func(r casebook.Row) bool {
		name := notify.EndpointOf(r.Kind)
		return name == "" || endpoint != "" && name != endpoint
	})
	slices.Reverse(rows)
	return rows, err
}

// knownEndpoint refuses a name that is neither configured nor in the outbox.
func knownEndpoint(ctx context.Context, cfg Config, book *casebook.Book, name string) error {
	if name == "" {
		return nil
	}
	all, err := endpointReports(ctx, cfg, book)
	if err != nil {
		return err
	}
	var names []string
	for _, r := range all {
		names = append(names, r.Name)
	}
	if slices.Contains(names, name) {
		return nil
	}
	return usageError{fmt.Errorf("there is no endpoint %q%s", name, mistaken(name, names))}
}

func (d *webhooksDeadCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		rows, err := deadRows(w.ctx, cfg, book, d.Endpoint)
		if err != nil {
			return err
		}
		if d.JSON {
			list := []deadWebhook{}
			for _, r := range rows {
				list = append(list, deadWebhook{r.ID, r.MessageID, notify.EndpointOf(r.Kind), r.Attempts, r.LastError, r.Body})
			}
			return writeJSON(w.stdout, list)
		}
		t := &table{header: []string{"ID", "HAPPENED", "ENDPOINT", "TYPE", "CASE", "TRIES", "WHY"}}
		for _, r := range rows {
			var said notify.Webhook
			if err := json.Unmarshal(r.Body, &said); err != nil {
				return fmt.Errorf("outbox row %d: %w", r.ID, err)
			}
			t.add(strconv.FormatInt(r.ID, 10), stamp(said.Timestamp, zone(cfg)), notify.EndpointOf(r.Kind), string(said.Type), said.Data.Case.Number, strconv.Itoa(r.Attempts), r.LastError)
		}
		if len(rows) > 0 {
			err = t.print(w.stdout)
		}
		_, last := fmt.Fprintf(w.stdout, "%s given up\n", number(len(rows), "webhook"))
		return errors.Join(err, last)
	})
}

type webhooksRetryCmd struct {
	ID       []int64 `arg:"" optional:"" help:"Of the list that retour webhooks dead prints."`
	All      bool    `help:"All of them."`
	Endpoint string  `help:"All of this endpoint."`
}

func (r *webhooksRetryCmd) Run(w *world, c *cli) error {
	if len(r.ID) > 0 == (r.All || r.Endpoint != "") {
		return usageError{errors.New("say which: the IDs of `retour webhooks dead`, --endpoint NAME, or --all")}
	}
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		rows, err := deadRows(w.ctx, cfg, book, r.Endpoint)
		if err != nil {
			return err
		}
		if len(r.ID) > 0 {
			rows = slices.DeleteFunc(rows, func(row casebook.Row) bool { return !slices.Contains(r.ID, row.ID) })
			for _, id := range r.ID {
				if !slices.ContainsFunc(rows, func(row casebook.Row) bool { return row.ID == id }) {
					return usageError{fmt.Errorf("%d is no webhook that was given up: retour webhooks dead lists them", id)}
				}
			}
		}
		err = book.Write(w.ctx, time.Now(), func(tx *casebook.Tx) error {
			for _, row := range rows {
				if err := tx.Resend(w.ctx, row.ID, ""); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s in the outbox again; the running desk sends them within a minute\n", number(len(rows), "webhook"))
		return err
	})
}

type webhooksEnableCmd struct {
	Endpoint string `arg:"" help:"Its name."`
}

func (e *webhooksEnableCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		if err := knownEndpoint(w.ctx, cfg, book, e.Endpoint); err != nil {
			return err
		}
		var was bool
		err := book.Write(w.ctx, time.Now(), func(tx *casebook.Tx) (err error) {
			was, err = tx.Unshut(w.ctx, string(notify.Endpoint{Name: e.Endpoint}.Kind()))
			return err
		})
		if err != nil {
			return err
		}
		text := "gets webhooks again; the running desk sends what waits within a minute"
		if !was {
			text = "was not shut: nothing is changed"
		}
		_, err = fmt.Fprintf(w.stdout, "%s %s\n", e.Endpoint, text)
		return err
	})
}

type webhooksDropCmd struct {
	Endpoint string `arg:"" help:"Its name."`
	Yes      bool   `help:"Do it; without this it is only counted."`
}

func (d *webhooksDropCmd) Run(w *world, c *cli) error {
	return withBook(w, c, func(cfg Config, book *casebook.Book) error {
		if err := knownEndpoint(w.ctx, cfg, book, d.Endpoint); err != nil {
			return err
		}
		if !d.Yes {
			return d.count(w, cfg, book)
		}
		var n int64
		err := book.Write(w.ctx, time.Now(), func(tx *casebook.Tx) (err error) {
			kind := string(notify.Endpoint{Name: d.Endpoint}.Kind())
			if n, err = tx.Drop(w.ctx, kind, "withdrawn by hand"); err == nil {
				_, err = tx.Unshut(w.ctx, kind)
			}
			return err
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w.stdout, "%s for %s withdrawn\n", number(int(n), "webhook"), d.Endpoint)
		return err
	})
}

func (d *webhooksDropCmd) count(w *world, cfg Config, book *casebook.Book) error {
	all, err := endpointReports(w.ctx, cfg, book)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Name == d.Endpoint {
			_, err = fmt.Fprintf(w.stdout, "%s for %s would never be sent: %d wait, %d were given up. To do it: retour webhooks drop %s --yes\n",
				number(r.Waiting+r.Dead, "webhook"), r.Name, r.Waiting, r.Dead, r.Name)
		}
	}
	return err
}

type webhooksTestCmd struct {
	Endpoint string `arg:"" optional:"" help:"Its name; left out: all of them."`
}

func (t *webhooksTestCmd) Run(w *world, c *cli) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	var names []string
	failed := 0
	for i, e := range cfg.Webhooks {
		names = append(names, e.Name)
		if t.Endpoint != "" && t.Endpoint != e.Name {
			continue
		}
		if err := cfg.testWebhook(w, i); err != nil {
			failed++
		}
	}
	switch {
	case len(names) == 0:
		return usageError{errors.New("no endpoints: name them under webhooks in the configuration")}
	case t.Endpoint != "" && !slices.Contains(names, t.Endpoint):
		return usageError{fmt.Errorf("there is no endpoint %q%s", t.Endpoint, mistaken(t.Endpoint, names))}
	case failed > 0:
		return fmt.Errorf("%s did not take it", number(failed, "endpoint"))
	}
	return nil
}

// testWebhook sends one test at once, and prints what came of it.
func (c *Config) testWebhook(w *world, i int) error {
	name := c.Webhooks[i].Name
	answer, took, err := c.sendTest(w.ctx, i)
	if err != nil {
		fmt.Fprintf(w.stdout, "FAIL  %-12s %s\n", name, clean(err.Error()))
		return err
	}
	_, err = fmt.Fprintf(w.stdout, "ok    %-12s %s, in %s\n", name, clean(answer), took.Round(time.Millisecond))
	return err
}

func (c *Config) sendTest(ctx context.Context, i int) (answer string, took time.Duration, err error) {
	s, err := c.webhookSender(i)
	if err != nil {
		return "", 0, err
	}
	defer s.Close()
	begin := time.Now()
	body, err := json.Marshal(notify.TestWebhook(cmp.Or(c.Desk.Name, c.Desk.Address), begin))
	if err != nil {
		return "", 0, err
	}
	id := "msg_test_" + strings.ToLower(strconv.FormatInt(begin.UnixNano(), 36))
	r, err := s.Send(ctx, notify.Delivery{Attempt: 1, Webhook: &notify.Request{ID: id, Body: body}})
	return r.Text, time.Since(begin), err
}
