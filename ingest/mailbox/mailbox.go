// Package mailbox watches one IMAP folder (RFC 3501, RFC 9051): it fetches
// each mail to a file, hands it over, and files it away once it is dealt with.
// What is known of a mail is not its business: the ledger behind the Hooks
// decides what is fetched, and a mail is moved only after Handle has returned.
package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The values of Config.TLS.
const (
	TLSImplicit = "implicit" // TLS from the first byte, usually port 993
	TLSStart    = "starttls" // STARTTLS, which must succeed, usually port 143
	TLSNone     = "none"     // no TLS: only to this machine
)

// The steps that Config.Step is told of.
const (
	StepLedger  = "ledger"  // the ledger row is written, the mail is not fetched yet
	StepFetched = "fetched" // the mail lies in a file, nothing is decided
	StepMove    = "move"    // it is dealt with, and about to be moved
	StepMoved   = "moved"   // it has left the folder, and the ledger does not know
)

// Config says which folder is watched, and how.
type Config struct {
	Host string
	Port int    // 0: 993 with TLSImplicit, else 143
	TLS  string // TLSImplicit (also when empty), TLSStart, TLSNone

	User     string
	Password func() (string, error)                    // asked at each login, so that it can change
	Token    func(ctx context.Context) (string, error) // OAuth 2.0 access token; goes before Password
	// TokenRefused is told of a token that the server did not take, so that it is
	// not given again though its time is not over; nil: nobody is told.
	TokenRefused func(token string)
	// Mechanism is plain, login, xoauth2 or oauthbearer; empty: what the
	// server offers.
	Mechanism string

	Folder string // watched; empty: INBOX
	Done   string // folder for mails that are dealt with; '/' separates levels
	Hold   string // folder for mails that wait for a person
	// LockFolder holds the mail by which a second daemon learns of the first;
	// empty: Retour-Lock. It must be the same for all daemons of the account.
	LockFolder string

	// ReadOnly leaves the account as it is: the folder is opened by EXAMINE
	// (RFC 3501 section 6.3.2), nothing is moved, no folder is made and no lock
	// is written. What is new is told by the hooks alone.
	ReadOnly bool

	MaxMailSize int64         // bytes; of a larger mail the header alone is fetched; 0: 40 MB
	Poll        time.Duration // the folder is looked at this often even with IDLE; 0: 30 s; never above 30 s
	TLSConfig   *tls.Config   // nil: the system's CAs
	SpoolDir    string        // for the files of mails; empty: the system's directory for temporary files

	Instance string         // identity of the database behind the hooks: one instance per mailbox
	Holder   string         // who runs, for people: host and process number
	Rand     func() float64 // in [0,1), for jitter; nil: math/rand

	// Step is told where the work stands, at StepLedger, StepFetched, StepMove and
	// StepMoved, for each mail. Nil: nobody is told.
	Step func(step string, uid uint32)
}

// Ref names one mail on the server.
type Ref struct {
	ID           int64  // of its ledger row, as Hooks.Seen has told; 0: not told yet
	Mailbox      string // user@host/folder
	UIDValidity  uint32
	UID          uint32
	Size         int64     // bytes, as the server says
	InternalDate time.Time // when the server received it
	Flags        []string
}

// Mail is one fetched mail.
type Mail struct {
	Ref
	Path       string // file with the raw bytes; it is deleted when the mail was handled
	HeaderOnly bool   // above MaxMailSize: the file has the header alone
}

// Place says where a mail belongs once it has been handled.
type Place int

// The places.
const (
	Stay Place = iota // leave it where it is
	Done              // Config.Done
	Hold              // Config.Hold
)

// Todo says what is to be done with a mail that is on the server.
type Todo int

// What can be done with a mail.
const (
	Skip     Todo = iota // leave it alone
	Fetch                // fetch and handle it
	FileDone             // handled before: move it to Config.Done
	FileHold             // handled before: move it to Config.Hold
)

// Known is what the ledger says of a mail.
type Known struct {
	ID   int64 // of its row
	Todo Todo
}

// Hooks are the calls upward. They come from one goroutine, one at a time. A
// hook that returns an error is called again later for the same mails.
type Hooks struct {
	// Started is told what is in the folder, once for each UIDVALIDITY that a
	// Run meets. When it says first, the existing mails are left alone.
	Started func(ctx context.Context, mailbox string, uidvalidity uint32, existing []Ref) (first bool, err error)
	// Seen is told of the mails before anything else is done with them, and says
	// of each what is to be done.
	Seen func(ctx context.Context, refs []Ref) ([]Known, error)
	// Handle takes a mail in, and calls done once, from any goroutine: while it is
	// read and decided, the next ones are fetched. It holds the fetching up where
	// too much is under way. When done is told no error, the mail is dealt with for
	// good, and is moved to the Place.
	Handle func(ctx context.Context, mail Mail, done func(Place, error))
	// Filed is told that the mails have left the watched folder.
	Filed func(ctx context.Context, refs []Ref, folder string) error
	// Gone is told that a mail was deleted on the server before it was fetched.
	Gone func(ctx context.Context, ref Ref) error
	// Refused is told that the server does not give out this mail. It returns
	// how often that has happened; the mail is asked for again, ever later.
	Refused func(ctx context.Context, ref Ref, why string) (attempts int, err error)
	// Misplaced lists the mails in Config.Hold that wait for nobody any more: they
	// are moved to Config.Done. It is asked at each look at the folder; nil: there
	// are none.
	Misplaced func(ctx context.Context, mailbox string) ([]Misplaced, error)
	// Replaced is told where such a mail was moved to; an empty folder says that it
	// was not there.
	Replaced func(ctx context.Context, id int64, folder string) error
}

// LockedError says that another daemon, with another database, reads this
// mailbox.
type LockedError struct {
	Mailbox string
	Holder  string    // host and process number of the other
	Since   time.Time // when the other said so last
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("mailbox %s is read by another daemon: %s (last sign of life %s)",
		e.Mailbox, e.Holder, e.Since.UTC().Format(time.RFC3339))
}

// Watcher watches one folder.
type Watcher struct {
	cfg    Config
	hooks  Hooks
	log    *slog.Logger
	now    func() time.Time
	timing timing
	kick   chan struct{}
	gate   sync.Mutex // held by Run and Backfill: one of them at a time

	lastRead atomic.Int64 // Unix nanoseconds
	trouble  atomic.Pointer[error]

	spool string // directory of this run's files
	book  *book  // what Run knows of the mails, from one connection to the next

	heldBook *book // the same of the folder for held mails
	refiling late  // when mails there are looked for again
}

// timing holds the waits; the tests shorten them.
type timing struct {
	silence    time.Duration // a command without a byte of answer for so long: the connection is dead
	command    time.Duration // the longest that a command may take, however it trickles
	idle       time.Duration // IDLE is left and begun again after so long
	resync     time.Duration // the whole folder is compared after so long
	backoffMin time.Duration
	backoffMax time.Duration
	retryMin   time.Duration // a mail that could not be had is asked for again
	retryMax   time.Duration
	ownMin     time.Duration // the same where it is the desk that fails
	ownMax     time.Duration
	lockEvery  time.Duration
	lockStale  time.Duration
	grace      time.Duration // what a running command gets when the context ends
}

func defaultTiming() timing {
	return timing{
		silence: 25 * time.Second, command: 5 * time.Minute,
		idle: 30 * time.Second, resync: 10 * time.Minute,
		backoffMin: time.Second, backoffMax: time.Minute,
		retryMin: 30 * time.Second, retryMax: 6 * time.Hour, ownMin: 2 * time.Second, ownMax: 2 * time.Minute,
		lockEvery: time.Minute, lockStale: 3 * time.Minute,
		grace: 2 * time.Second,
	}
}

// New checks the configuration and fills in what is empty. It does not connect.
func New(cfg Config, hooks Hooks, log *slog.Logger, now func() time.Time) (*Watcher, error) {
	cfg.fill()
	if err := errors.Join(cfg.validate(), hooks.validate()); err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	w := &Watcher{cfg: cfg, hooks: hooks, log: log, now: now, timing: defaultTiming(), kick: make(chan struct{}, 1)}
	w.timing.idle = cfg.Poll
	return w, nil
}

func (c *Config) fill() {
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	set(&c.TLS, TLSImplicit)
	set(&c.Folder, "INBOX")
	set(&c.LockFolder, "Retour-Lock")
	set(&c.SpoolDir, os.TempDir())
	set(&c.Holder, "unknown")
	if c.Port == 0 {
		c.Port = 143
		if c.TLS == TLSImplicit {
			c.Port = 993
		}
	}
	if c.MaxMailSize == 0 {
		c.MaxMailSize = 40 << 20
	}
	if c.Poll == 0 || c.Poll > 30*time.Second {
		c.Poll = 30 * time.Second
	}
	if c.Step == nil {
		c.Step = func(string, uint32) {}
	}
	if c.Rand == nil {
		c.Rand = rand.Float64
	}
}

func (c *Config) validate() error {
	var errs []error
	fault := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	fault(c.Host == "", "host is empty")
	fault(c.User == "", "user is empty")
	fault(c.Password == nil && c.Token == nil, "neither a password nor a token is given")
	fault(c.Instance == "", "instance is empty")
	fault(c.Done == "" || c.Hold == "", "the folders done and hold must be named")
	fault(strings.EqualFold(c.Done, c.Folder) || strings.EqualFold(c.Hold, c.Folder), "done and hold must not be the watched folder %s", c.Folder)
	fault(!oneOf(c.TLS, TLSImplicit, TLSStart, TLSNone), "tls %q: want implicit, starttls or none", c.TLS)
	fault(c.TLS == TLSNone && !loopbackHost(c.Host), "tls none would send the password in the clear to %s: it is allowed to this machine only", c.Host)
	fault(!oneOf(c.Mechanism, "", mechPlain, mechLogin, mechXOAuth2, mechOAuthBearer), "mechanism %q: want plain, login, xoauth2 or oauthbearer", c.Mechanism)
	return errors.Join(errs...)
}

func (h Hooks) validate() error {
	if h.Started == nil || h.Seen == nil || h.Handle == nil || h.Filed == nil || h.Gone == nil || h.Refused == nil {
		return errors.New("a hook is missing")
	}
	return nil
}

func oneOf(s string, list ...string) bool {
	for _, v := range list {
		if s == v {
			return true
		}
	}
	return false
}

// loopbackHost says that the name is an address of this machine. A name that
// would have to be looked up is not one, but for "localhost" (RFC 6761).
func loopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Name is the name of the watched folder in each Ref: user@host/folder.
func (w *Watcher) Name() string { return w.cfg.User + "@" + w.cfg.Host + "/" + w.cfg.Folder }

// Kick makes Run look at the folder at once.
func (w *Watcher) Kick() {
	select {
	case w.kick <- struct{}{}:
	default:
	}
}

// LastRead is when the folder was last looked at with success; zero: never.
func (w *Watcher) LastRead() time.Time {
	ns := w.lastRead.Load()
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}

// Trouble is why the folder cannot be read at present; nil while it can. It
// holds no secret.
func (w *Watcher) Trouble() error {
	if p := w.trouble.Load(); p != nil {
		return *p
	}
	return nil
}
