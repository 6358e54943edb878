//go:build rig

package mailbox

import (
	"crypto/tls"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// With the build tag rig the tests of watch_test.go run against a real server:
// MAILSERVERS_HOST, MAILSERVERS_IMAP and MAILSERVERS_PASSWORD, as .ci/mailservers
// prints them, name a server on this machine whose account rma may be emptied. MAILSERVERS_IMAP_TLS is none
// (the default), starttls or implicit; the certificate is not checked. The
// tests are not to be run in parallel with others on the same account.

type rig struct {
	t      testing.TB
	cfg    Config
	client *imapclient.Client
}

type rigOptions struct{}

func newRig(t testing.TB, _ rigOptions) *rig {
	t.Helper()
	need := func(name string) string {
		v := os.Getenv(name)
		if v == "" {
			t.Fatalf("%s is not set: the build tag rig needs a server", name)
		}
		return v
	}
	port, err := strconv.Atoi(need("MAILSERVERS_IMAP"))
	if err != nil {
		t.Fatal(err)
	}
	password := need("MAILSERVERS_PASSWORD")
	r := &rig{t: t, cfg: Config{
		Host: need("MAILSERVERS_HOST"), Port: port, User: "rma", TLS: TLSNone,
		Password: func() (string, error) { return password, nil }, TLSConfig: &tls.Config{InsecureSkipVerify: true},
	}}
	if mode := os.Getenv("MAILSERVERS_IMAP_TLS"); mode != "" {
		r.cfg.TLS = mode
	}
	r.client = r.dial(password)
	t.Cleanup(func() { r.client.Close() })
	r.wipe()
	return r
}

func (r *rig) dial(password string) *imapclient.Client {
	r.t.Helper()
	addr := net.JoinHostPort(r.cfg.Host, strconv.Itoa(r.cfg.Port))
	dial := map[string]func(string, *imapclient.Options) (*imapclient.Client, error){
		TLSNone: imapclient.DialInsecure, TLSStart: imapclient.DialStartTLS, TLSImplicit: imapclient.DialTLS,
	}[r.cfg.TLS]
	c, err := dial(addr, &imapclient.Options{TLSConfig: r.cfg.TLSConfig})
	r.must(err)
	r.must(c.Login(r.cfg.User, password).Wait())
	return c
}

func (r *rig) must(err error) {
	if err != nil {
		r.t.Helper()
		r.t.Fatal(err)
	}
}

// wipe empties INBOX and deletes the folders that the tests make.
func (r *rig) wipe() {
	list, err := r.client.List("", "*", nil).Collect()
	r.must(err)
	for i := len(list) - 1; i >= 0; i-- {
		if name := list[i].Mailbox; strings.HasPrefix(name, "Retour") || name == "Watched" {
			_ = r.client.Delete(name).Wait() // of a level without mails there is nothing to delete
		}
	}
	data, err := r.client.Select("INBOX", nil).Wait()
	r.must(err)
	if data.NumMessages > 0 {
		flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
		r.must(r.client.Store(imap.SeqSet{{Start: 1, Stop: 0}}, flags, nil).Close())
		r.must(r.client.Expunge().Close())
	}
	r.must(r.client.Unselect().Wait())
}

func (r *rig) config() Config { return r.cfg }

func (r *rig) create(name string) { r.must(r.client.Create(name, nil).Wait()) }

func (r *rig) remove(name string) { r.must(r.client.Delete(name).Wait()) }

func (r *rig) folder(name string) string {
	r.create(name)
	return name
}

func (r *rig) append(folder string, raw []byte, flags ...imap.Flag) {
	r.t.Helper()
	r.appendAt(folder, raw, time.Time{}, flags...)
}

func (r *rig) appendAt(folder string, raw []byte, at time.Time, flags ...imap.Flag) {
	r.t.Helper()
	cmd := r.client.Append(folder, int64(len(raw)), &imap.AppendOptions{Flags: flags, Time: at})
	_, err := cmd.Write(raw)
	r.must(err)
	r.must(cmd.Close())
	_, err = cmd.Wait()
	r.must(err)
}

func (r *rig) count(folder string) int {
	data, err := r.client.Status(folder, &imap.StatusOptions{NumMessages: true}).Wait()
	if err != nil {
		return -1
	}
	return int(*data.NumMessages)
}

// untilIdle need not wait: a mail that comes before IDLE must be seen as well.
func (r *rig) untilIdle() {}
