package main

import (
	"fmt"
	"time"

	"retour/cmd/internal/bench"
	"retour/ingest"
	"retour/ingest/intake"
)

// alone measures the desk's stages that need no server and no file, one after the
// other and each by itself: in the running desk they overlap. It gives the
// milliseconds of each mail.
func (m *measuring) alone() (map[string][]float64, error) {
	const most = 300
	cfg := defaultConfig()
	cfg.Desk.Address, cfg.Desk.Company, cfg.Desk.ReturnAddress = bench.Desk, "Retour Distribution", []string{"Dock 7"}
	cfg.Mailbox.AuthServ = bench.AuthServ
	b, err := newBrain(cfg, make([]byte, 32))
	if err != nil {
		return nil, err
	}
	x, err := b.explainer("en")
	if err != nil {
		return nil, err
	}
	mails, err := m.writer(0)
	if err != nil {
		return nil, err
	}
	took := map[string][]float64{}
	for n := range min(m.report.Profile.Mails, most) {
		if err := m.aloneOne(x, b.desk, mails.Mail(n), took); err != nil {
			return nil, fmt.Errorf("mail %d: %w", n+1, err)
		}
	}
	return took, nil
}

func (m *measuring) aloneOne(x *intake.Explainer, desk ingest.Desk, raw []byte, took map[string][]float64) error {
	begin := time.Now()
	lap := func(stage string) {
		now := time.Now()
		took[stage] = append(took[stage], now.Sub(begin).Seconds()*1000)
		begin = now
	}
	message := ingest.Parse(raw, ingest.DefaultLimits())
	lap("parse")
	reading := x.Reader.Reread(m.ctx, intake.Reading{Message: message, Auth: ingest.Authenticate(message, desk)}, message.Date)
	lap("extract")
	e, err := x.Judge(m.ctx, reading, message.Date)
	lap("decide")
	if err == nil && e.Reply == nil {
		err = fmt.Errorf("it would get no answer: %s", e.Withheld)
	}
	return err
}
