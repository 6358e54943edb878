package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"retour/rules/casebook"
)

type doctorCmd struct {
	Offline bool `help:"Ask no server."`
}

// Help says what is looked at.
func (doctorCmd) Help() string {
	return `Looks at everything that the desk lives by, changes nothing (but for folders of the
mailbox that are missing, which it makes), and says of each fault what to do about
it: configuration, policy and texts, the files and their modes, the casebook and the room on its disk,
whether the desk runs, the mailbox and that no mail of it is unaccounted for, what waits to be sent,
SMTP, Slack, webhooks (each endpoint gets a test), the clock, how senders are proven, late cases, the
last backup. It may run beside the desk.

Exit codes: 0 all is well, or there are only warnings; 1 something is wrong; 2 the configuration is.`
}

// doctor gathers what is found.
type doctor struct {
	checkReport
	cfg Config
	now time.Time
}

// bad tells a fault, and what to do about it.
func (d *doctor) bad(what, finding, todo string) {
	d.failed++
	fmt.Fprintf(d.out, "FAIL  %-17s %s\n      %-17s → %s\n", what, clean(finding), "", clean(todo))
}

// doubt tells what works and may be a fault.
func (d *doctor) doubt(what, finding, todo string) {
	d.warnings++
	fmt.Fprintf(d.out, "warn  %-17s %s\n      %-17s → %s\n", what, clean(finding), "", clean(todo))
}

func (d *doctor) fine(what, finding string) { d.line(what, nil, finding) }

func (k *doctorCmd) Run(w *world, c *cli) error {
	cfg, err := loadConfig(c.Config)
	if err != nil {
		return err
	}
	d := &doctor{checkReport: checkReport{out: w.stdout}, cfg: cfg, now: time.Now()}
	d.fine("configuration", c.Config)
	faults, err := d.policy(cfg.policyPath())
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return faults
	}
	if err := d.texts(cfg, true); err != nil {
		return err
	}
	d.secretFiles()
	d.senders()
	d.readers()
	if err := d.casebook(w.ctx, !k.Offline); err != nil {
		return err
	}
	if !k.Offline {
		d.parts(w.ctx, cfg, true)
		d.clock(w.ctx)
	}
	if d.failed == 0 {
		fmt.Fprintf(w.stdout, "%s\n", map[bool]string{true: "All is well.", false: "The desk works; look at the warnings."}[d.warnings == 0])
		return nil
	}
	return fmt.Errorf("%s wrong", map[bool]string{true: "one thing is", false: fmt.Sprint(d.failed, " things are")}[d.failed == 1])
}

const runAsRoot = "run the doctor as the desk's own user, or as root: sudo retour doctor"

// secretFiles looks at who can read the secrets.
func (d *doctor) secretFiles() {
	open, seen := 0, map[string]bool{}
	for _, s := range d.cfg.allSecrets() {
		if _, err := d.cfg.secret(s.key, s.Secret); err != nil {
			todo := "put the secret there, or name another place in " + s.key
			if strings.Contains(err.Error(), "permission denied") { // the error has lost its kind with its secrets
				todo = runAsRoot
			}
			d.bad("secrets", err.Error(), todo)
			open++
			continue
		}
		if s.File == "" {
			continue
		}
		path := d.cfg.at(s.File)
		if seen[path] {
			continue
		}
		seen[path] = true
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			d.doubt("secrets", fmt.Sprintf("%s can be read by others (%v)", path, info.Mode().Perm()), "chmod 600 "+path)
			open++
		}
	}
	if open == 0 {
		d.fine("secrets", "all are there, and for the desk alone")
	}
}

// senders looks at how the desk knows who has written a mail.
func (d *doctor) senders() {
	m := d.cfg.Mailbox
	switch {
	case m.AuthServ != "":
		d.fine("senders", "proven by what "+m.AuthServ+" says of DKIM, SPF and DMARC")
	case m.CheckDKIM:
		d.doubt("senders", "only their own signatures are looked at, and what SPF and DMARC say is not known: a forged sender without a signature is not recognised as forged",
			"look at the Authentication-Results field of a mail in the mailbox, and set mailbox.trusted_authserv_id to its first word if it is of your own server")
	default:
		d.bad("senders", "nothing proves who has written a mail, so no quote is ever accepted by mail", "set mailbox.trusted_authserv_id, or mailbox.check_dkim to true")
	}
}

// casebook looks at the store and at what is in it.
func (d *doctor) casebook(ctx context.Context, online bool) error {
	if !casebook.IsServer(d.cfg.Store) && !d.file(d.cfg.store()) {
		return nil
	}
	if !d.schema(ctx) {
		return nil
	}
	book, err := d.cfg.openStore(ctx)
	if err != nil {
		d.unopened(err)
		return nil
	}
	size, err := book.Bytes(ctx)
	if err != nil {
		return errors.Join(err, book.Close())
	}
	d.sound(ctx, book, size)
	if !casebook.IsServer(d.cfg.Store) {
		d.room(d.cfg.folder(), size)
	}
	err = errors.Join(d.running(ctx, book), d.outbox(ctx, book), d.neighbours(ctx, book), d.cases(ctx, book), d.history(ctx, book), d.backup(ctx, book), d.bucket(ctx, book, online), d.ledger(ctx, book, online))
	return errors.Join(err, book.Close())
}

// file looks at the file before it is opened; there is false when it is not.
func (d *doctor) file(path string) (there bool) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrPermission) {
		d.bad("casebook", "this user may not look at "+path, runAsRoot)
		return false
	}
	if err != nil {
		d.doubt("casebook", "there is none yet at "+path, "start the desk: retour serve")
		d.room(filepath.Dir(path), 0)
		return false
	}
	if info.Mode().Perm()&0o077 != 0 {
		d.bad("casebook", fmt.Sprintf("%s can be read by others (%v)", path, info.Mode().Perm()), "chmod 600 "+path)
	}
	return true
}

// schema looks whether this program may open the casebook: it would bring an old one up
// to date, and a doctor changes nothing.
func (d *doctor) schema(ctx context.Context) bool {
	has, newest, err := casebook.Schema(ctx, d.cfg.store())
	switch {
	case err != nil:
		d.unopened(err)
	case has > newest:
		d.bad("casebook", fmt.Sprintf("a newer version of this program has written to it (schema %d, this one knows %d)", has, newest), "install that version again; or restore the backup that was made before it: retour restore")
	case has < newest:
		d.doubt("casebook", fmt.Sprintf("it is of an older version (schema %d, this one makes %d); nothing in it was looked at", has, newest), "copy it first (retour backup, of the old version); the next start of the desk brings it up to date")
	}
	return err == nil && has == newest
}

// unopened tells of a casebook that cannot be opened.
func (d *doctor) unopened(err error) {
	todo := "run this as the user whom the desk runs as; a damaged file is replaced by the last copy: retour restore"
	if errors.Is(err, casebook.ErrNoRoom) {
		todo = "make room on the disk, and nothing else: the casebook is as it was, and new mails wait in the mailbox"
	}
	d.bad("casebook", err.Error(), todo)
}

func (d *doctor) sound(ctx context.Context, book *casebook.Book, size int64) {
	if err := book.Verify(ctx); err != nil {
		d.bad("casebook", err.Error(), "stop the desk, move the file away and put the last copy in its place: retour restore COPY")
		return
	}
	d.fine("casebook", "sound, "+sizeText(size))
	if stray, err := book.StrayRows(ctx); err != nil {
		d.bad("casebook", err.Error(), "let the owner of the tables run this: it updates them")
	} else if stray > 0 {
		d.doubt("casebook", fmt.Sprintf("%d rows lie in no part of their month (months.…_other): no desk ran to make it, or the server's clock was wrong", stray), "nothing is lost; keep the server's clock by NTP, and let a desk run at least once a month")
	}
}

// room looks at the disk under a folder.
func (d *doctor) room(folder string, size int64) {
	free, err := casebook.RoomIn(folder)
	if err != nil {
		d.bad("disk", fmt.Sprintf("%s: %v", folder, err), "make the folder, for the desk alone")
		return
	}
	text := sizeText(free) + " are free in " + folder
	switch {
	case free < 100<<20:
		d.bad("disk", text, "make room: without it no mail can be taken in (none is lost, they wait in the mailbox)")
	case free < 1<<30 || free < 2*size:
		d.doubt("disk", text, "make room: a backup needs as much as the casebook, and so does retour forget")
	default:
		d.fine("disk", text)
	}
}

// running looks whether a desk has the casebook, and who does what.
func (d *doctor) running(ctx context.Context, book *casebook.Book) error {
	members, err := book.Members(ctx)
	if err != nil {
		return err
	}
	nobody := casebook.Parts()
	for _, m := range members {
		nobody = slices.DeleteFunc(nobody, func(p casebook.Part) bool { return slices.Contains(m.Parts, p) })
		if len(m.Parts) == 0 {
			d.fine("desk", m.Holder+" stands by, and sends mails")
		} else {
			d.fine("desk", fmt.Sprintf("%s has %s, and sends mails", m.Holder, partsText(m.Parts)))
		}
	}
	if d.cfg.Slack.Mode == "off" {
		nobody = slices.DeleteFunc(nobody, func(p casebook.Part) bool { return p == casebook.PartSlack })
	}
	if len(members) > 0 && len(nobody) > 0 {
		d.bad("desk", "no process has "+partsText(nobody), "wait half a minute; where it stays so, the logs say why")
	}
	if len(members) > 0 {
		return nil
	}
	unlock, err := book.Lock("retour doctor")
	var locked casebook.ErrLocked
	switch {
	case errors.As(err, &locked):
		d.fine("desk", "it runs: "+locked.Holder)
		return nil
	case err != nil:
		return err
	}
	d.bad("desk", "it does not run", "start it: retour serve, or systemctl start retour; why it ended is in its log")
	return unlock()
}

// stuck is how long a mail may wait before somebody should look.
const stuck = 15 * time.Minute

func (d *doctor) outbox(ctx context.Context, book *casebook.Book) error {
	s, err := book.Delivery(ctx)
	if err != nil {
		return err
	}
	switch waits := d.now.Sub(s.Oldest); {
	case !s.Oldest.IsZero() && waits > stuck:
		d.bad("outbox", fmt.Sprintf("a mail waits for %s: %s", waits.Round(time.Minute), s.Problem), "look at SMTP below; what waits goes out by itself when the server takes it")
	default:
		d.fine("outbox", fmt.Sprintf("%d waiting", s.Waiting))
	}
	if s.Undelivered > 0 {
		d.doubt("outbox", number(s.Undelivered, "case")+" with a mail that did not arrive", "put the address right on the card, or: retour case resend NUMBER --to ADDRESS")
	}
	erase, err := book.Outbox(ctx, casebook.OutboxFilter{Kind: "erase", Status: casebook.Failed})
	if err == nil && len(erase) > 0 {
		d.bad("outbox", "Slack did not let the desk delete messages about somebody who was forgotten: "+erase[0].LastError, "delete them in Slack by hand")
	}
	return err
}

// neighbours looks at what is sent to systems that follow the desk.
func (d *doctor) neighbours(ctx context.Context, book *casebook.Book) error {
	all, err := endpointReports(ctx, d.cfg, book)
	for _, r := range all {
		what := "webhooks " + r.Name
		switch waits := d.now.Sub(r.Oldest); {
		case !r.Configured:
			d.doubt(what, fmt.Sprintf("%s for an endpoint that is not in the configuration", number(r.Waiting+r.Dead, "webhook")), "put it back, or: retour webhooks drop "+r.Name)
		case !r.ShutAt.IsZero():
			d.bad(what, fmt.Sprintf("it said that it wants none any more (410 Gone); %s", number(r.Waiting, "webhook waits", "webhooks wait")), "take it out of the configuration, or: retour webhooks enable "+r.Name)
		case r.Dead > 0:
			d.doubt(what, number(r.Dead, "webhook")+" given up", "retour webhooks dead; and when it works again: retour webhooks retry --endpoint "+r.Name)
		case r.Waiting > 0 && waits > stuck:
			d.bad(what, fmt.Sprintf("one waits for %s: %s", waits.Round(time.Minute), r.Problem), "look at it below; what waits goes out by itself, for three days")
		default:
			d.fine(what, fmt.Sprintf("%d waiting", r.Waiting))
		}
	}
	return err
}

// cases looks for what staff have let lie.
func (d *doctor) cases(ctx context.Context, book *casebook.Book) error {
	late, total, err := book.Late(ctx, d.now, 0, 1)
	if err != nil || total == 0 {
		return err
	}
	d.doubt("late cases", fmt.Sprintf("%s: staff let a deadline pass; the worst is %s", number(total, "case"), late[0].Number), "deal with them in Slack (/rma late); retour cases lists the open ones")
	return nil
}

// readers looks whether somebody is told of trouble, and of how the desk does.
func (d *doctor) readers() {
	if len(d.cfg.Desk.Alerts) == 0 {
		d.doubt("alerts", "nobody is told by mail when the mailbox or Slack is out of reach", "name an address in desk.alerts, one that another server serves")
	} else {
		d.fine("alerts", "to "+strings.Join(d.cfg.Desk.Alerts, ", "))
	}
	if len(d.cfg.Digests) == 0 {
		d.fine("digest", "no manager gets one: digests in the configuration names readers")
	}
}

// history looks whether the casebook knows of a later time than now.
func (d *doctor) history(ctx context.Context, book *casebook.Book) error {
	last, err := book.Ledger(ctx, casebook.LedgerFilter{Limit: 1})
	if err != nil || len(last) == 0 {
		return err
	}
	if ahead := last[0].SeenAt.Sub(d.now); ahead > time.Minute {
		d.bad("clock", fmt.Sprintf("the last mail came %s after now: the clock was set back", ahead.Round(time.Second)), "set the clock, and keep it by NTP: deadlines hang on it")
	}
	return nil
}

func (d *doctor) backup(ctx context.Context, book *casebook.Book) error {
	at, err := book.LastDone(ctx, casebook.ChoreBackup)
	if err != nil {
		return err
	}
	todo := "let this run every night: retour backup FOLDER --keep 14"
	if casebook.IsServer(d.cfg.Store) {
		todo += "; it is the desk alone, whether the database is copied is not looked at"
	}
	switch age := d.now.Sub(at); {
	case at.IsZero():
		d.doubt("backup", "none was ever made", todo)
	case age > 48*time.Hour:
		d.doubt("backup", fmt.Sprintf("the last one is %.0f days old", age.Hours()/24), todo)
	default:
		d.fine("backup", "the last one is of "+at.In(zone(d.cfg)).Format("2006-01-02 15:04"))
	}
	if kept := d.cfg.Retention.on(); len(kept) > 0 {
		at, err := book.LastDone(ctx, casebook.ChoreRetention)
		if err != nil {
			return err
		}
		if d.now.Sub(at) > 48*time.Hour {
			d.doubt("retention", "old data was not forgotten these two nights", "the running desk does it at three; or at once: retour retention")
		}
	}
	return nil
}

// ledger looks for mails that nobody has accounted for, and that wait for people.
func (d *doctor) ledger(ctx context.Context, book *casebook.Book, online bool) error {
	l := &ledgerCmd{Limit: 1, Offline: !online}
	r, err := l.report(ctx, d.cfg, book)
	if err != nil && online { // IMAP below says why
		d.doubt("ledger", "not compared with the server, which cannot be asked", "look at IMAP below")
		return d.ledger(ctx, book, false)
	}
	if err != nil {
		return err
	}
	switch {
	case r.Unaccounted != nil && *r.Unaccounted > 0:
		d.bad("ledger", number(*r.Unaccounted, "mail")+" on the server that the desk has not seen", "start the desk; if it runs, its log says why it does not read them")
	case r.Unfinished > 0:
		d.doubt("ledger", number(r.Unfinished, "mail")+" without a fate yet", "wait a minute; where it stays so, the log says why")
	default:
		d.fine("ledger", fmt.Sprintf("%s seen, each has its fate", number(r.Total, "mail")))
	}
	if n := r.Counts[casebook.FateHold]; n > 0 {
		d.doubt("held mails", number(n, "mail")+" before a person", "deal with them: `retour hold`, or /rma held in Slack")
	}
	return nil
}

// clock compares with a server's: Slack refuses what is five minutes off, and so
// does OAuth.
func (d *doctor) clock(ctx context.Context) {
	if d.cfg.Slack.Mode == "off" {
		return
	}
	url := strings.TrimSuffix(d.cfg.Slack.APIURL, "/")
	if url == "" {
		url = "https://slack.com/api"
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url+"/api.test", nil)
	if err != nil {
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // the line of Slack says so
	}
	defer resp.Body.Close()
	theirs, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	if off := time.Since(theirs).Abs(); off > 30*time.Second {
		d.bad("clock", fmt.Sprintf("it is %s off Slack's", off.Round(time.Second)), "keep it by NTP: timedatectl set-ntp true")
		return
	}
	d.fine("clock", "right")
}
