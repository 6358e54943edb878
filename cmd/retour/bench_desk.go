package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"retour/cmd/internal/bench"
	"retour/cmd/internal/loopback"
)

// desk measures one desk: a process that begins with a full mailbox, until every
// mail is filed and every answer sent. The database is made new, or is the given
// one.
func (m *measuring) desk(dir, database string) (r benchRound, err error) {
	config, err := m.configure(dir, database, m.servers.Servers)
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	if err := m.first(config); err != nil {
		return r, err
	}
	if database == "" {
		database = filepath.Join(dir, "retour.db")
	}
	if err := m.fill(); err != nil {
		return r, err
	}
	progress, err := bench.OpenProgress(m.ctx, database)
	if err != nil {
		return r, err
	}
	defer progress.Close()
	ctx, cancel := context.WithTimeout(m.ctx, longest)
	defer cancel()
	begin := time.Now()
	p, err := startDesk(m.world, config)
	if err != nil {
		return r, err
	}
	err = progress.Wait(ctx, m.report.Profile.Mails, p.stopped)
	r.Seconds, r.Memory = time.Since(begin).Seconds(), p.peak()
	if err = errors.Join(err, p.end()); err != nil {
		return r, fmt.Errorf("%w\n%s", err, p.said())
	}
	r.CPU = p.cpu()
	done, err := progress.Done(ctx)
	if err != nil {
		return r, err
	}
	r.Mails, r.Answers, r.Held = done.Mails, done.Answers, done.Held
	if r.Mails != m.report.Profile.Mails || r.Answers+r.Held < r.Mails {
		return r, fmt.Errorf("of %d mails %d were filed, %d answered, %d put before a person", m.report.Profile.Mails, r.Mails, r.Answers, r.Held)
	}
	return r, m.post.Answers(ctx, r.Answers)
}

// first opens a desk on the empty mailbox: what a first start finds there it
// leaves alone.
func (m *measuring) first(config string) error {
	if err := m.post.Clear(); err != nil {
		return err
	}
	p, err := startDesk(m.world, config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(m.ctx, time.Minute)
	defer cancel()
	err = p.open(ctx)
	if err = errors.Join(err, p.end()); err != nil {
		return fmt.Errorf("%w\n%s", err, p.said())
	}
	return nil
}

// configure writes what an operator would write. The caps would rightly stop so
// many answers.
func (m *measuring) configure(dir, database string, s bench.Servers) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if database == "" {
		database = "retour.db"
	}
	config := filepath.Join(dir, "retour.yaml")
	for path, text := range map[string]string{
		"password": s.Password, "bot-token": m.servers.BotToken, "app-token": m.servers.AppToken,
		"policy.yaml": "version: bench\nlimits: {per_address_hour: 1000000, per_domain_hour: 1000000, per_case_hour: 100, total_hour: 1000000}\n",
		"retour.yaml": fmt.Sprintf(benchConfig, database, s.Host, s.IMAP, s.User, s.Host, s.SMTP, loopback.SlackChannel, loopback.SlackDesk, m.servers.Slack),
	} {
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("write the desk's configuration: %w", err)
		}
	}
	return config, nil
}

const benchConfig = `desk:
  name: Retour returns desk
  address: ` + bench.Desk + `
  company: Retour Distribution
  return_address: [Retour Distribution, Returns, Dock 7, 1000 Brussels, Belgium]
store: %s
policy: policy.yaml
mailbox:
  host: %s
  port: %d
  tls: none
  user: %s
  password: {file: password}
  trusted_authserv_id: ` + bench.AuthServ + `
smtp:
  host: %s
  port: %d
  tls: none
slack:
  bot_token: {file: bot-token}
  app_token: {file: app-token}
  channel: %s
  groups: [%s]
  api_url: %s
log: {level: info}
`
