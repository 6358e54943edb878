//go:build !rig

package mailbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"pgregory.net/rapid"
)

// expunge deletes one mail behind the watcher's back.
func (r *rig) expunge(folder string, uid imap.UID) {
	s := imapmemserver.NewUserSession(r.user)
	if _, err := s.Select(folder, nil); err != nil {
		r.t.Error(err)
		return
	}
	defer s.Close()
	set := imap.UIDSetNum(uid)
	if err := s.Store(nil, set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil); err != nil {
		r.t.Error(err)
	}
	if err := s.Expunge(nil, &set); err != nil {
		r.t.Error(err)
	}
}

// deleted counts the mails of a folder that are marked as deleted.
func (r *rig) deleted(folder string) int {
	d, err := r.user.Status(folder, &imap.StatusOptions{NumDeleted: true})
	if err != nil {
		r.t.Fatal(err)
	}
	return int(*d.NumDeleted)
}

// denies answers NO to every command that names the UID.
func denies(uid imap.UID) func(imap.NumSet, *imapserver.Conn) error {
	return func(set imap.NumSet, _ *imapserver.Conn) error {
		if contains(set, uid) {
			return refusalOf("internal error", "")
		}
		return nil
	}
}

func TestOneUnfetchableAmongThousand(t *testing.T) {
	for _, command := range []string{"body", "meta"} {
		t.Run(command, func(t *testing.T) {
			r := newRig(t, rigOptions{})
			all := subjects(1000)
			for _, s := range all {
				r.append("INBOX", letter(s, 0))
			}
			r.fault(command, denies(500))
			d := begunDesk(t)
			start(t, newWatcher(t, r.config(), d))
			d.untilFiled(999)
			d.once(slices.Delete(slices.Clone(all), 499, 500)...)
			d.until("a second refusal", func() bool { return d.rows[[2]uint32{1, 500}].refused >= 2 })
			if why := d.rows[[2]uint32{1, 500}].why; why != "NO internal error" {
				t.Errorf("why: %q", why)
			}
			r.fault(command, nil) // the server is well again
			d.untilFiled(1000)
			d.once(all...)
		})
	}
}

func TestConnectionLostAtOneMailEachTime(t *testing.T) {
	r := newRig(t, rigOptions{})
	all := subjects(30)
	for _, s := range all {
		r.append("INBOX", letter(s, 0))
	}
	r.fault("body", func(set imap.NumSet, c *imapserver.Conn) error {
		if contains(set, 7) {
			c.NetConn().Close()
		}
		return nil
	})
	d := begunDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.untilFiled(29)
	d.until("reported", func() bool { return d.rows[[2]uint32{1, 7}].refused > 0 })
	d.once(slices.Delete(slices.Clone(all), 6, 7)...)
}

func TestWithoutMove(t *testing.T) {
	r := newRig(t, rigOptions{caps: capsWithout(imap.CapMove)})
	all := subjects(20)
	for _, s := range all {
		r.append("INBOX", letter(s, 0))
	}
	r.append("INBOX", letter("foreign", 0), imap.FlagDeleted)
	r.fault("copy", func(imap.NumSet, *imapserver.Conn) error { return refusalOf("quota", imap.ResponseCodeOverQuota) })
	d := begunDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.until("all handled", func() bool { return len(d.handled) == 20 })
	if n := r.count("INBOX"); n != 21 {
		t.Fatalf("%d mails in INBOX: mails were deleted that had not been copied", n)
	}
	if n := r.calledTimes("store"); n != 0 {
		t.Fatalf("%d mails were marked as deleted that had not been copied", n)
	}
	r.fault("copy", nil)
	d.untilFiled(20)
	d.once(all...)
	if in, done := r.count("INBOX"), r.count("Retour/Done"); in != 1 || done != 20 {
		t.Errorf("INBOX %d, Done %d", in, done)
	}
	if n := r.calledTimes("expunge"); n != 0 {
		t.Errorf("%d bare EXPUNGE", n)
	}
}

func TestWithoutUIDPlusNothingIsExpunged(t *testing.T) {
	r := newRig(t, rigOptions{caps: capsWithout(imap.CapMove, imap.CapUIDPlus)})
	r.append("INBOX", letter("foreign", 0), imap.FlagDeleted)
	all := subjects(5)
	for _, s := range all {
		r.append("INBOX", letter(s, 0))
	}
	d := begunDesk(t)
	stop := start(t, newWatcher(t, r.config(), d))
	d.untilFiled(5)
	_ = stop()
	again := begunDesk(t) // without any memory: what is marked stays alone
	start(t, newWatcher(t, r.config(), again))
	r.append("INBOX", letter("later", 0))
	again.untilFiled(1)
	again.once("later")
	d.once(all...)
	if in, del, done := r.count("INBOX"), r.deleted("INBOX"), r.count("Retour/Done"); in != 7 || del != 7 || done != 6 {
		t.Errorf("INBOX %d (%d deleted), Done %d", in, del, done)
	}
}

func TestStoreRefusedMakesNoSecondCopy(t *testing.T) {
	r := newRig(t, rigOptions{caps: capsWithout(imap.CapMove)})
	r.append("INBOX", letter("one", 0))
	var refused atomic.Int32
	r.fault("store", func(set imap.NumSet, c *imapserver.Conn) error {
		if refused.Load() < 5 && r.count("Retour/Done") > 0 {
			refused.Add(1)
			return refusalOf("read-only", "")
		}
		return nil
	})
	d := begunDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.untilFiled(1)
	d.once("one")
	if n := r.count("Retour/Done"); n != 1 {
		t.Errorf("%d copies", n)
	}
	if refused.Load() != 5 {
		t.Errorf("the fault was met %d times", refused.Load())
	}
}

func TestMoveRefusedIsRetriedWithoutSecondHandle(t *testing.T) {
	r := newRig(t, rigOptions{})
	all := subjects(10)
	for _, s := range all {
		r.append("INBOX", letter(s, 0))
	}
	var n atomic.Int32
	r.fault("move", func(set imap.NumSet, _ *imapserver.Conn) error {
		if n.Add(1) <= 15 {
			return refusalOf("busy", "")
		}
		return nil
	})
	d := begunDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.untilFiled(10)
	d.once(all...)
}

func TestFolderDeletedWhileRunning(t *testing.T) {
	r := newRig(t, rigOptions{})
	d := begunDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.until("started", func() bool { return len(d.started) == 1 })
	r.remove("Retour/Done")
	r.append("INBOX", letter("one", 0))
	d.untilFiled(1)
	if n := r.count("Retour/Done"); n != 1 {
		t.Errorf("Done: %d", n)
	}
}

func TestByeInTheMiddle(t *testing.T) {
	r := newRig(t, rigOptions{})
	all := subjects(100)
	for _, s := range all {
		r.append("INBOX", letter(s, 1000))
	}
	var calls atomic.Int32
	bye := func(_ imap.NumSet, c *imapserver.Conn) error {
		if calls.Add(1)%2 == 0 && calls.Load() < 14 {
			c.Bye("shutting down")
		}
		return nil
	}
	for _, command := range []string{"meta", "body", "move"} {
		r.fault(command, bye)
	}
	d := begunDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.untilFiled(100)
	d.once(all...)
	if n := r.count("Retour/Done"); n != 100 {
		t.Errorf("Done: %d", n)
	}
}

func TestDeletedBeforeItIsFetched(t *testing.T) {
	r := newRig(t, rigOptions{})
	for _, s := range subjects(3) {
		r.append("INBOX", letter(s, 0))
	}
	var once sync.Once
	r.fault("body", func(imap.NumSet, *imapserver.Conn) error {
		once.Do(func() { r.expunge("INBOX", 2) })
		return nil
	})
	d := begunDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.untilFiled(2)
	d.until("gone", func() bool { return d.rows[[2]uint32{1, 2}].gone })
	d.once("mail-0001", "mail-0003")
}

func TestHandleErrorIsRetriedAndOthersGoOn(t *testing.T) {
	r := newRig(t, rigOptions{})
	all := subjects(10)
	for _, s := range all {
		r.append("INBOX", letter(s, 0))
	}
	d := begunDesk(t)
	failures := 0
	d.fail = func(s string) error {
		if s == "mail-0004" && failures < 3 {
			failures++
			return errors.New("database is busy")
		}
		return nil
	}
	start(t, newWatcher(t, r.config(), d))
	d.untilFiled(10)
	d.once(all...)
	if d.order[len(d.order)-1] != "mail-0004" {
		t.Errorf("order %v", d.order)
	}
}

// The server tells of a mail in its answer to a FETCH, and not again in IDLE.
func TestLostWakeUp(t *testing.T) {
	r := newRig(t, rigOptions{})
	var once sync.Once
	r.fault("body", func(imap.NumSet, *imapserver.Conn) error {
		once.Do(func() { r.append("INBOX", letter("second", 0)) })
		return nil
	})
	d := begunDesk(t)
	w := newWatcher(t, r.config(), d)
	w.timing.idle = time.Hour
	r.append("INBOX", letter("first", 0))
	start(t, w)
	d.untilFiled(2)
	d.once("first", "second")
}

func TestIdleRefusedIsPolled(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.fault("idle", func(imap.NumSet, *imapserver.Conn) error { return refusalOf("not now", "") })
	d := begunDesk(t)
	start(t, newWatcher(t, r.config(), d))
	d.until("started", func() bool { return len(d.started) == 1 })
	for _, s := range subjects(3) {
		r.append("INBOX", letter(s, 0))
		d.until(s, func() bool { return d.handled[s] == 1 })
	}
}

// proxy is a TCP proxy that can change what the server says, and fall silent.
type proxy struct {
	port     int
	silent   atomic.Bool
	rewrite  func([]byte) []byte
	accepted chan struct{} // one for each connection
}

func newProxy(t *testing.T, target int, rewrite func([]byte) []byte) *proxy {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{port: ln.Addr().(*net.TCPAddr).Port, rewrite: rewrite, accepted: make(chan struct{}, 1000)}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			p.accepted <- struct{}{}
			s, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", target))
			if err != nil {
				c.Close()
				continue
			}
			t.Cleanup(func() { c.Close(); s.Close() })
			go p.pump(s, c, nil)
			go p.pump(c, s, p.rewrite)
		}
	}()
	return p
}

func (p *proxy) pump(dst, src net.Conn, rewrite func([]byte) []byte) {
	defer dst.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := src.Read(buf)
		if err != nil {
			return
		}
		if p.silent.Load() {
			continue
		}
		out := buf[:n]
		if rewrite != nil {
			out = rewrite(bytes.Clone(out))
		}
		if _, err := dst.Write(out); err != nil {
			return
		}
	}
}

func TestServerWithoutIdle(t *testing.T) {
	r := newRig(t, rigOptions{})
	p := newProxy(t, r.port, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(" IDLE"), nil) })
	cfg := r.config()
	cfg.Port = p.port
	d := begunDesk(t)
	start(t, newWatcher(t, cfg, d))
	d.until("started", func() bool { return len(d.started) == 1 })
	r.append("INBOX", letter("polled", 0))
	d.untilFiled(1)
	if n := r.calledTimes("idle"); n != 0 {
		t.Errorf("IDLE was used %d times", n)
	}
}

func TestDeadConnectionIsNoticed(t *testing.T) {
	r := newRig(t, rigOptions{})
	p := newProxy(t, r.port, nil)
	cfg := r.config()
	cfg.Port = p.port
	d := begunDesk(t)
	w := newWatcher(t, cfg, d)
	w.timing.silence = 300 * time.Millisecond
	start(t, w)
	d.until("started", func() bool { return len(d.started) == 1 })
	<-p.accepted
	p.silent.Store(true)
	r.append("INBOX", letter("during the silence", 0))
	select {
	case <-p.accepted: // the watcher has given the dead connection up
	case <-time.After(30 * time.Second):
		t.Fatal("the dead connection is still waited for")
	}
	p.silent.Store(false)
	d.untilFiled(1)
	d.once("during the silence")
	if def := defaultTiming(); def.idle+def.silence > time.Minute {
		t.Errorf("a dead connection is noticed only after %s", def.idle+def.silence)
	}
}

// TestLargeMailIsNotHeldInMemory speaks with a server that makes the mail up
// as it goes, so that only the client's memory is measured.
func TestLargeMailIsNotHeldInMemory(t *testing.T) {
	const size = 60 << 20
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go serveLarge(ln, size)
	cfg := Config{Host: "127.0.0.1", Port: ln.Addr().(*net.TCPAddr).Port, TLS: TLSNone, User: "u", MaxMailSize: size,
		Password: func() (string, error) { return "p", nil }}
	w := newWatcher(t, cfg, newDesk(t))
	w.spool = t.TempDir()
	s, err := w.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.book = newBook(1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	files, err := s.fetchBodies(t.Context(), []Ref{{UID: 7, Size: size}})
	runtime.ReadMemStats(&after)
	if err != nil || files[7].size != size {
		t.Fatalf("%v, %v", files, err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
		t.Errorf("%d MB were allocated for a mail of 60 MB", got>>20)
	}
}

func serveLarge(ln net.Listener, size int) {
	c, err := ln.Accept()
	if err != nil {
		return
	}
	defer c.Close()
	io.WriteString(c, "* OK [CAPABILITY IMAP4rev1] hello\r\n")
	line := make([]byte, 4096)
	chunk := bytes.Repeat([]byte("x"), 64<<10)
	for {
		n, err := c.Read(line)
		if err != nil {
			return
		}
		tag, command, _ := strings.Cut(string(line[:n]), " ")
		switch {
		case strings.Contains(command, "CAPABILITY"):
			io.WriteString(c, "* CAPABILITY IMAP4rev1\r\n")
		case strings.Contains(command, "FETCH"):
			fmt.Fprintf(c, "* 1 FETCH (UID 7 BODY[] {%d}\r\n", size)
			for range size / len(chunk) {
				c.Write(chunk)
			}
			io.WriteString(c, ")\r\n")
		}
		io.WriteString(c, tag+" OK done\r\n")
	}
}

// TestEveryMailOnceWhateverHappens lets the server answer NO or close the
// connection at random, and asks that nothing is lost or done twice.
func TestEveryMailOnceWhateverHappens(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		caps := rapid.SampledFrom([]imap.CapSet{fullCaps, capsWithout(imap.CapMove), capsWithout(imap.CapMove, imap.CapUIDPlus)}).Draw(rt, "caps")
		faults := rapid.IntRange(0, 25).Draw(rt, "faults")
		seed := rapid.Uint64().Draw(rt, "seed")
		n := rapid.IntRange(1, 60).Draw(rt, "mails")
		r := newRig(t, rigOptions{caps: caps})
		var mu sync.Mutex
		dice := rand.New(rand.NewPCG(seed, 1))
		trouble := func(_ imap.NumSet, c *imapserver.Conn) error {
			mu.Lock()
			defer mu.Unlock()
			if faults == 0 {
				return nil
			}
			switch dice.IntN(6) {
			case 0:
				faults--
				c.NetConn().Close()
			case 1:
				faults--
				return refusalOf("no luck", "")
			}
			return nil
		}
		for _, command := range []string{"meta", "body", "copy", "move", "store", "uid expunge", "idle", "login"} {
			r.fault(command, trouble)
		}
		all := subjects(n)
		for _, s := range all[:n/2] {
			r.append("INBOX", letter(s, 0))
		}
		d := begunDesk(t)
		w := newWatcher(t, r.config(), d)
		w.timing.retryMin, w.timing.retryMax = time.Millisecond, 5*time.Millisecond
		w.timing.backoffMin, w.timing.backoffMax = time.Millisecond, 5*time.Millisecond
		stop := start(t, w)
		for _, s := range all[n/2:] {
			r.append("INBOX", letter(s, 0))
		}
		d.untilFiled(n)
		d.once(all...)
		if err := stop(); err != nil {
			rt.Fatal(err)
		}
		if left := r.count("INBOX") - r.deleted("INBOX"); left != 0 {
			rt.Fatalf("%d mails left in INBOX", left)
		}
	})
}

func TestLogins(t *testing.T) {
	token := func(s string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return s, nil }
	}
	password := func(s string) func() (string, error) { return func() (string, error) { return s, nil } }
	for name, c := range map[string]struct {
		tls, mechanism string
		token          func(context.Context) (string, error)
		password       func() (string, error)
		want           string // in the error
	}{
		"plain, implicit TLS": {tls: TLSImplicit, mechanism: mechPlain, password: password(testPassword)},
		"login, STARTTLS":     {tls: TLSStart, mechanism: mechLogin, password: password(testPassword)},
		"chosen, STARTTLS":    {tls: TLSStart, password: password(testPassword)},
		"xoauth2":             {tls: TLSStart, mechanism: mechXOAuth2, token: token(testToken)},
		"oauthbearer":         {tls: TLSImplicit, mechanism: mechOAuthBearer, token: token(testToken)},
		"token, chosen":       {tls: TLSStart, token: token(testToken)},
		"wrong password":      {tls: TLSStart, mechanism: mechLogin, password: password("wr0ng-secret"), want: "Authentication failed"},
		"wrong token":         {tls: TLSStart, mechanism: mechXOAuth2, token: token("wr0ng-secret"), want: `{"status":"expired"}`},
		"wrong bearer":        {tls: TLSStart, mechanism: mechOAuthBearer, token: token("wr0ng-secret"), want: `{"status":"expired"}`},
		"no token":            {tls: TLSStart, token: func(context.Context) (string, error) { return "", errors.New("token endpoint says 400") }, want: "token endpoint says 400"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, rigOptions{tls: c.tls})
			cfg := r.config()
			cfg.TLS, cfg.Mechanism, cfg.Password, cfg.Token = c.tls, c.mechanism, c.password, c.token
			w := newWatcher(t, cfg, newDesk(t))
			err := w.Check(t.Context())
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "wr0ng")):
				t.Fatalf("error %v, want %q and no secret", err, c.want)
			}
		})
	}
}

// A token that the server takes no more must not be given until it expires.
func TestRefusedTokenIsTold(t *testing.T) {
	r := newRig(t, rigOptions{tls: TLSStart})
	cfg := r.config()
	give := "st4le"
	cfg.TLS, cfg.Mechanism = TLSStart, mechXOAuth2
	cfg.Token = func(context.Context) (string, error) { return give, nil }
	cfg.TokenRefused = func(refused string) {
		if refused != give {
			t.Errorf("%q was given, and %q refused", give, refused)
		}
		give = testToken
	}
	w := newWatcher(t, cfg, newDesk(t))
	if err := w.Check(t.Context()); err == nil {
		t.Fatal("a stale token was taken")
	}
	if err := w.Check(t.Context()); err != nil {
		t.Errorf("after another token was given: %v", err)
	}
}

func TestSecretEchoedByTheServerIsScrubbed(t *testing.T) {
	r := newRig(t, rigOptions{})
	r.fault("login", func(imap.NumSet, *imapserver.Conn) error { return refusalOf("bad password "+testPassword, "") })
	err := newWatcher(t, r.config(), newDesk(t)).Check(t.Context())
	if err == nil || strings.Contains(err.Error(), testPassword) || !strings.Contains(err.Error(), "<secret>") {
		t.Fatal(err)
	}
}

func TestUntrustedCertificate(t *testing.T) {
	r := newRig(t, rigOptions{tls: TLSImplicit})
	cfg := r.config()
	cfg.TLS, cfg.TLSConfig = TLSImplicit, nil
	if err := newWatcher(t, cfg, newDesk(t)).Check(t.Context()); err == nil {
		t.Fatal("an unknown authority was trusted")
	}
}

func TestLockLifetime(t *testing.T) {
	write := func(t *testing.T, r *rig, instance, holder string, at time.Time) {
		w := newWatcher(t, func() Config { c := r.config(); c.Instance, c.Holder = instance, holder; return c }(), newDesk(t))
		w.now = func() time.Time { return at }
		r.append("Retour-Lock", w.lockText(0))
	}
	now := time.Now()
	for name, c := range map[string]struct {
		instance string
		age      time.Duration
		locked   bool
	}{
		"fresh, another instance":        {"instance-2", 2 * time.Minute, true},
		"stale, another instance":        {"instance-2", 4 * time.Minute, false},
		"fresh, own instance, a crash":   {"instance-1", time.Second, false},
		"from a clock that is a bit off": {"instance-2", -time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, rigOptions{})
			r.create("Retour-Lock")
			write(t, r, c.instance, "somebody", now.Add(-c.age))
			d := begunDesk(t)
			w := newWatcher(t, r.config(), d)
			if c.locked {
				err := w.Run(t.Context())
				if locked, ok := err.(*LockedError); !ok || locked.Holder != "somebody" {
					t.Fatalf("got %v", err)
				}
				return
			}
			start(t, w)
			d.until("started", func() bool { return len(d.started) == 1 })
			if n := r.count("Retour-Lock"); n != 1 {
				t.Errorf("%d lock mails", n)
			}
		})
	}
}

func TestHolderKeepsTheLockAndNoticesItsLoss(t *testing.T) {
	for _, caps := range []imap.CapSet{fullCaps, capsWithout(imap.CapUIDPlus, imap.CapMove)} {
		r := newRig(t, rigOptions{caps: caps})
		d := begunDesk(t)
		w := newWatcher(t, r.config(), d)
		w.timing.lockEvery = 20 * time.Millisecond
		w.timing.idle = 10 * time.Millisecond
		done := make(chan error, 1)
		go func() { done <- w.Run(t.Context()) }()
		d.until("started", func() bool { return len(d.started) == 1 })
		r.untilCalled("header", 8) // the lock has been read, and written anew, several times
		if n := r.count("Retour-Lock"); n > 2 {
			t.Errorf("%d lock mails: old ones are not removed", n)
		}
		r.append("INBOX", letter("while it is locked", 0))
		d.untilFiled(1)

		other := newWatcher(t, func() Config { c := r.config(); c.Instance, c.Holder = "instance-2", "usurper"; return c }(), newDesk(t))
		r.remove("Retour-Lock")
		r.create("Retour-Lock")
		r.append("Retour-Lock", other.lockText(0))
		select {
		case err := <-done:
			if locked, ok := err.(*LockedError); !ok || locked.Holder != "usurper" {
				t.Errorf("got %v", err)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("the loss of the lock is not noticed")
		}
	}
}

func TestWrongSizesAreBelievedInTheEnd(t *testing.T) {
	w := newWatcher(t, Config{Host: "h", User: "u", Password: func() (string, error) { return "", nil }}, newDesk(t))
	s := &session{w: w, book: newBook(1)}
	group := []Ref{{UID: 1, Size: 10}, {UID: 2, Size: 5}}
	answer := func() map[uint32]spooled {
		return map[uint32]spooled{1: {path: "/nonexistent/1", size: 12}, 2: {path: "/nonexistent/2", size: 5}}
	}
	for i, want := range []int{1, 2, 2} {
		files := answer()
		if s.checkSizes(group, files); len(files) != want {
			t.Errorf("answer %d: %d mails taken, want %d", i+1, len(files), want)
		}
	}
}
