//go:build chaos

package main

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"retour/cmd/internal/faultproxy"
	"retour/cmd/internal/loopback"
	"retour/ingest/intake"
)

// fault is one thing that goes wrong. throw begins it and returns what ends it,
// which may be nil; how says what exactly was drawn.
type fault struct {
	name  string
	throw func(f *faults) (how string, end func())
}

// faults throws what a seed draws.
type faults struct {
	trial *trial
	rand  *rand.Rand

	mu       sync.Mutex
	commands map[string][]thrown // what becomes of the next commands, by "imap " or "smtp " and verb
	grey     map[string]bool     // recipients that were refused once; nil: no greylisting
	tokens   tokens
	counts   map[string]int
	refused  int // commands that were answered with 5xx about a mail
	lost     int // answers lost after a mail was accepted
	validity int
}

// thrown is what becomes of the next n commands.
type thrown struct {
	left   int
	action faultproxy.Action
}

// tokens are the OAuth 2.0 tokens that were handed out.
type tokens struct {
	n      int
	refuse bool // the endpoint hands none out
	valid  map[string]bool
}

// endpoint is the token endpoint (RFC 6749 section 6).
func (f *faults) endpoint() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		if f.tokens.refuse {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":"invalid_grant","error_description":"the user must log in again"}`)
			return
		}
		f.tokens.n++
		token := fmt.Sprintf("access-%d", f.tokens.n)
		f.tokens.valid[token] = true
		fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-%d"}`, token, f.tokens.n)
	}))
}

// imapFilter lets the thrown faults happen, and stands for a server that takes
// tokens, which Dovecot does not do here.
func (f *faults) imapFilter(c faultproxy.Command) faultproxy.Action {
	if a, ok := f.take("imap " + c.Verb); ok {
		return a
	}
	credentials, ok := strings.CutPrefix(c.Line, c.Tag+" AUTHENTICATE XOAUTH2 ")
	if !ok {
		return faultproxy.Action{}
	}
	text, _ := base64.StdEncoding.DecodeString(credentials)
	_, token, _ := strings.Cut(strings.TrimRight(string(text), "\x01"), "auth=Bearer ")
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.tokens.valid[token] {
		why := base64.StdEncoding.EncodeToString([]byte(`{"status":"400","schemes":"Bearer"}`))
		return faultproxy.Action{Challenge: "+ " + why, Answer: "$ NO [AUTHENTICATIONFAILED] Invalid credentials"}
	}
	secret := base64.StdEncoding.EncodeToString([]byte("\x00rma\x00" + f.trial.password))
	return faultproxy.Action{Pass: c.Tag + " AUTHENTICATE PLAIN " + secret}
}

func (f *faults) smtpFilter(c faultproxy.Command) faultproxy.Action {
	if a, ok := f.take("smtp " + c.Verb); ok {
		return a
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.Verb == "RCPT" && f.grey != nil && !f.grey[c.Line] {
		f.grey[c.Line] = true
		return faultproxy.Action{Answer: "450 4.2.0 greylisted, come again in a minute"}
	}
	return faultproxy.Action{}
}

func (f *faults) take(key string) (faultproxy.Action, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := f.commands[key]
	if len(list) == 0 {
		return faultproxy.Action{}, false
	}
	a := list[0].action
	if list[0].left--; list[0].left <= 0 {
		f.commands[key] = list[1:]
	}
	if key[:4] == "smtp" && strings.HasPrefix(a.Answer, "5") && slices.Contains([]string{"smtp MAIL", "smtp RCPT", "smtp DATA", "smtp .", "smtp AUTH"}, key) {
		f.refused++
	}
	f.counts["= "+key+" happened"]++
	return a, true
}

func (f *faults) next(key string, n int, a faultproxy.Action) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.commands[key] = append(f.commands[key], thrown{n, a})
}

// lostAfterData is told that the server took a mail and the desk did not hear it.
func (f *faults) lostAfterData(answer string) {
	if !strings.HasPrefix(answer, "250") {
		return
	}
	f.mu.Lock()
	f.lost++
	f.mu.Unlock()
	f.trial.note(lostAnswer)
}

// off ends everything.
func (f *faults) off() {
	f.mu.Lock()
	f.commands, f.grey, f.tokens.refuse = map[string][]thrown{}, nil, false
	f.mu.Unlock()
	for _, p := range []*faultproxy.Proxy{f.trial.imap, f.trial.smtp} {
		p.Shut(false)
		p.Silence(false)
		p.Slow(0)
		p.Cut()
	}
	f.trial.slack.Mend()
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func (f *faults) proxy() (*faultproxy.Proxy, string) {
	if f.rand.IntN(2) == 0 {
		return f.trial.imap, "imap"
	}
	return f.trial.smtp, "smtp"
}

var imapCommands = []string{"CAPABILITY", "AUTHENTICATE", "LIST", "SELECT", "STATUS", "APPEND", "IDLE", "UID SEARCH", "UID FETCH", "UID MOVE", "UID STORE", "UID EXPUNGE"}

var smtpStages = []string{faultproxy.Connect, "EHLO", "AUTH", "MAIL", "RCPT", "DATA", faultproxy.Dot}

// everyFault is what may go wrong at any time.
var everyFault = []fault{
	{"connections cut", func(f *faults) (string, func()) {
		p, which := f.proxy()
		return fmt.Sprintf("%s, %d of them", which, p.Cut()), nil
	}},
	{"server away", func(f *faults) (string, func()) {
		p, which := f.proxy()
		p.Shut(true)
		p.Cut()
		return which, func() { p.Shut(false) }
	}},
	{"connections slow", func(f *faults) (string, func()) {
		p, which := f.proxy()
		pace := pick(f.rand, 2_000, 20_000, 100_000)
		p.Slow(pace)
		return fmt.Sprintf("%s, %d bytes a second", which, pace), func() { p.Slow(0) }
	}},
	{"connections half-open", func(f *faults) (string, func()) {
		p, which := f.proxy()
		up, down := f.rand.IntN(2) == 0, f.rand.IntN(2) == 0
		if !up && !down {
			up, down = true, true
		}
		p.Deafen(up, down)
		return fmt.Sprintf("%s, to the server %t, to the desk %t", which, up, down), nil
	}},
	{"server silent", func(f *faults) (string, func()) {
		p, which := f.proxy()
		p.Silence(true)
		p.Cut()
		return which, func() { p.Silence(false) }
	}},
	{"imap command refused", func(f *faults) (string, func()) {
		verb, n := pick(f.rand, imapCommands...), 1+f.rand.IntN(3)
		answer := pick(f.rand, "$ NO [UNAVAILABLE] not now", "$ BAD internal error", "$ NO [SERVERBUG] try again", "$ NO [INUSE] locked")
		f.next("imap "+verb, n, faultproxy.Action{Answer: answer})
		return fmt.Sprintf("%s, %d times: %s", verb, n, answer), nil
	}},
	{"imap says good-bye", func(f *faults) (string, func()) {
		verb := pick(f.rand, imapCommands...)
		f.next("imap "+verb, 1, faultproxy.Action{Answer: "* BYE server is going down", Hang: true})
		return verb, nil
	}},
	{"imap answer lost", func(f *faults) (string, func()) {
		verb := pick(f.rand, imapCommands...)
		f.next("imap "+verb, 1, faultproxy.Action{Lose: true})
		return verb, nil
	}},
	{"smtp refuses for now", func(f *faults) (string, func()) {
		stage, n := pick(f.rand, smtpStages...), 1+f.rand.IntN(3)
		a := pick(f.rand, faultproxy.Action{Answer: "421 4.3.2 shutting down", Hang: true}, faultproxy.Action{Answer: "451 4.3.0 try again later"}, faultproxy.Action{Answer: "452 4.3.1 out of room"})
		f.next("smtp "+stage, n, a)
		return fmt.Sprintf("%s, %d times: %s", stage, n, a.Answer), nil
	}},
	{"smtp refuses for good", func(f *faults) (string, func()) {
		stage := pick(f.rand, smtpStages...)
		answer := pick(f.rand, "550 5.7.1 no", "554 5.3.0 no", "535 5.7.8 authentication failed")
		f.next("smtp "+stage, 1, faultproxy.Action{Answer: answer})
		return stage + ": " + answer, nil
	}},
	{"smtp answer lost after DATA", func(f *faults) (string, func()) {
		n := 1 + f.rand.IntN(2)
		f.next("smtp "+faultproxy.Dot, n, faultproxy.Action{Lose: true, Lost: f.lostAfterData})
		return fmt.Sprintf("%d times", n), nil
	}},
	{"greylisting", func(f *faults) (string, func()) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.grey = map[string]bool{}
		return "", func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.grey = nil
		}
	}},
	{"token refused", func(f *faults) (string, func()) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.tokens.refuse = f.rand.IntN(2) == 0
		f.tokens.valid = map[string]bool{}
		f.trial.imap.Cut()
		return fmt.Sprintf("all revoked, new ones refused: %t", f.tokens.refuse), func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.tokens.refuse = false
		}
	}},
	{"slack calls fail", func(f *faults) (string, func()) {
		method := pick(f.rand, "*", "chat.postMessage", "chat.update", "views.open", "conversations.history", "conversations.replies", "apps.connections.open")
		n := 1 + f.rand.IntN(4)
		how := pick(f.rand, loopback.SlackFault{Status: 429, RetryAfter: time.Second}, loopback.SlackFault{Drop: true}, loopback.SlackFault{Drop: true},
			loopback.SlackFault{Status: 500}, loopback.SlackFault{Status: 503}, loopback.SlackFault{Error: "internal_error"}, loopback.SlackFault{Error: "ratelimited"})
		f.trial.slack.Fail(method, n, how)
		return fmt.Sprintf("%s, %d times: %+v", method, n, how), nil
	}},
	{"slack sockets", func(f *faults) (string, func()) {
		switch f.rand.IntN(4) {
		case 0:
			f.trial.slack.Drop()
			return "dropped", nil
		case 1:
			f.trial.slack.HalfOpen()
			return "half-open", nil
		case 2:
			f.trial.slack.Disconnect("refresh_requested")
			return "refresh requested", nil
		}
		f.trial.slack.Disconnect("warning")
		return "warned", nil
	}},
	{"slack envelopes doubled", func(f *faults) (string, func()) {
		f.trial.slack.Double(true)
		return "", func() { f.trial.slack.Double(false) }
	}},
	{"slack triggers expired", func(f *faults) (string, func()) {
		f.trial.slack.ExpireTriggers(2)
		return "", nil
	}},
	{"mailbox renumbered", func(f *faults) (string, func()) {
		f.validity++
		return fmt.Sprint(f.validity), f.trial.renumber(f.validity)
	}},
	{"mails deleted by another", func(f *faults) (string, func()) { return f.trial.takeAway(f.rand, ""), nil }},
	{"mails moved by another", func(f *faults) (string, func()) { return f.trial.takeAway(f.rand, elsewhere), nil }},
	{"folder made again", func(f *faults) (string, func()) { return f.trial.renameFolder(f.rand), nil }},
	{"disk full", func(f *faults) (string, func()) {
		f.trial.order("disk 0")
		return "", func() { f.trial.order("disk -1") }
	}},
	{"disk nearly full", func(f *faults) (string, func()) {
		bytes := f.trial.walSize() + int64(f.rand.IntN(200_000))
		f.trial.order("disk %d", bytes)
		return fmt.Sprint(bytes), func() { f.trial.order("disk -1") }
	}},
	{"disk slow", func(f *faults) (string, func()) {
		by := time.Duration(50+f.rand.IntN(500)) * time.Millisecond
		f.trial.order("hold %s %s", intake.StepCommit, by)
		f.trial.order("hold %s %s", intake.StepCommitted, by)
		return by.String(), func() {
			f.trial.order("hold %s 0s", intake.StepCommit)
			f.trial.order("hold %s 0s", intake.StepCommitted)
		}
	}},
	{"clock set", func(f *faults) (string, func()) {
		ahead := time.Duration(f.rand.IntN(14400)-7200) * time.Second
		f.trial.setClock(ahead)
		return ahead.String(), nil
	}},
}

// throwAll throws faults, one after the other, until done is closed.
func (f *faults) throwAll(done <-chan struct{}, which []fault) {
	for {
		one := which[f.rand.IntN(len(which))]
		gap := time.Duration(f.rand.IntN(300)) * time.Millisecond
		long := time.Duration(100+f.rand.IntN(900)) * time.Millisecond
		how, end := one.throw(f)
		f.trial.logf("fault: %s %s", one.name, how)
		f.mu.Lock()
		f.counts[one.name]++
		f.mu.Unlock()
		ended := wait(done, long)
		if end != nil {
			end()
		}
		if ended || wait(done, gap) {
			return
		}
	}
}

// wait is how long a fault lasts, or the gap between two; true when all is over.
func wait(done <-chan struct{}, d time.Duration) bool {
	select {
	case <-done:
		return true
	case <-time.After(d):
		return false
	}
}

// elsewhere is a folder that is none of the desk's.
const elsewhere = "Elsewhere"

// renumber gives the mailbox a new UIDVALIDITY.
func (x *trial) renumber(n int) func() {
	x.doveadm("mailbox", "update", "-u", "rma", "--uid-validity", fmt.Sprint(2_000_000_000+n), "INBOX")
	x.mu.Lock()
	x.renumbered = true
	x.mu.Unlock()
	return nil
}

func (x *trial) doveadm(args ...string) {
	conf := filepath.Join(filepath.Dir(x.env["MAILSERVERS_LOG"]), "dovecot", "dovecot.conf")
	if out, err := exec.Command("doveadm", append([]string{"-c", conf}, args...)...).CombinedOutput(); err != nil {
		x.complain("doveadm %v: %v: %s", args, err, out)
	}
}

// takeAway deletes one or two mails that lie in the mailbox, or moves them, as a
// colleague does with his own program.
func (x *trial) takeAway(r *rand.Rand, to string) string {
	n := 1 + r.IntN(2)
	c, err := x.dial("rma")
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	selected, err := c.Select("INBOX", nil).Wait()
	if err != nil || selected.NumMessages == 0 {
		return "none lay there"
	}
	set := imap.SeqSet{imap.SeqRange{Start: 1, Stop: uint32(min(n, int(selected.NumMessages)))}}
	body := &imap.FetchItemBodySection{Peek: true}
	got, err := c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{body}}).Collect()
	if err != nil {
		return err.Error()
	}
	var uids imap.UIDSet
	var markers []string
	x.mu.Lock()
	for _, m := range got {
		marker := markerOf(m.FindBodySection(body))
		if marker == "" {
			continue // a delivery report that nobody has read is missed by nobody but the accountant
		}
		uids.AddNum(m.UID)
		markers = append(markers, marker)
		x.taken[marker] = true
	}
	x.mu.Unlock()
	if len(markers) == 0 {
		return "none of a customer lay there"
	}
	if to != "" {
		_, err = c.Move(uids, to).Wait()
	} else if err = c.Store(uids, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close(); err == nil {
		err = c.UIDExpunge(uids).Close()
	}
	return fmt.Sprint(markers, err)
}

// renameFolder takes the folder for done mails away, with all that lies in it.
func (x *trial) renameFolder(r *rand.Rand) string {
	c, err := x.dial("rma")
	if err != nil {
		return err.Error()
	}
	defer c.Close()
	x.mu.Lock()
	defer x.mu.Unlock()
	from, to := pick(r, "done", "hold"), fmt.Sprintf("Archive%d", len(x.archives))
	if err := c.Rename(from, to, nil).Wait(); err != nil {
		return err.Error()
	}
	x.archives = append(x.archives, to)
	return from + " is " + to
}

func (x *trial) dial(user string) (*imapclient.Client, error) {
	c, err := imapclient.DialInsecure("127.0.0.1:"+x.env["MAILSERVERS_IMAP"], nil)
	if err != nil {
		return nil, err
	}
	if err := c.Login(user, x.password).Wait(); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}
