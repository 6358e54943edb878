package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"retour/notify"
	"retour/rules/casebook"
)

// What real servers answer leads to what to do about it.
func TestAdvice(t *testing.T) {
	for _, tc := range []struct{ section, said, want string }{
		{"mailbox", "login by plain: imap: NO [AUTHENTICATIONFAILED] Authentication failed.", "look at mailbox.user and mailbox.password"},
		{"mailbox", "login: imap: NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "look at mailbox.user"}, // Gmail
		{"smtp", "log in: 535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "look at smtp.user and smtp.password"},
		{"mailbox", "SELECT Returns: imap: NO [NONEXISTENT] Unknown Mailbox: Returns (Failure)", "look at mailbox.folder"},
		{"mailbox", "SELECT Returns: imap: NO Returns doesn't exist.", "look at mailbox.folder"}, // Exchange
		{"smtp", "TLS: tls: first record does not look like a TLS handshake", "smtp.port and smtp.tls do not fit"},
		{"smtp", "send as a@b.example: 553 5.7.1 <a@b.example>: Sender address rejected: not owned by user rma", "does not let smtp.user send as desk.address"},
		{"smtp", "452 4.3.1 insufficient system storage", ""},
	} {
		if got := advice(tc.section, errors.New(tc.said)); !strings.Contains(got, tc.want) || (tc.want == "") != (got == "") {
			t.Errorf("%s\n→ %q, want %q", tc.said, got, tc.want)
		}
	}
	dial := func(address string) error {
		_, err := net.DialTimeout("tcp", address, 5*time.Second)
		return fmt.Errorf("connect: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if got := advice("smtp", dial(closed)); !strings.Contains(got, "nothing answers there: look at smtp.host and smtp.port") {
		t.Errorf("a closed port: %q", got)
	}
	if got := advice("mailbox", fmt.Errorf("connect: %w", &net.OpError{Err: &net.DNSError{IsNotFound: true}})); !strings.Contains(got, "knows no such name") {
		t.Errorf("an unknown name: %q", got)
	}
	if got := advice("mailbox", os.ErrDeadlineExceeded); !strings.Contains(got, "firewall") {
		t.Errorf("no answer: %q", got)
	}
}

// certificate is a self-signed one for 127.0.0.1, until a time.
func certificate(t *testing.T, until time.Time) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.AddDate(-1, 0, 0), NotAfter: until, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, path
}

// A certificate that has expired, an unknown one, one of another name: each has its
// own advice, for the mailbox and for SMTP.
func TestDoctorOnCertificates(t *testing.T) {
	d := openDesk(t)
	for _, tc := range []struct {
		name, host string
		until      time.Time
		known      bool
		want       string
	}{
		{"expired", "127.0.0.1", time.Now().AddDate(0, 0, -1), true, "the server's certificate is too old"},
		{"unknown", "127.0.0.1", time.Now().AddDate(0, 0, 1), false, "of your own authority"},
		{"another name", "localhost", time.Now().AddDate(0, 0, 1), true, "write the name that the certificate has into"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cert, ca := certificate(t, tc.until)
			l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					_ = conn.(*tls.Conn).Handshake() // the client gives it up
					conn.Close()
				}
			}()
			port := l.Addr().(*net.TCPAddr).Port
			text := fmt.Sprintf("  host: %s\n  port: %d\n  tls: implicit\n", tc.host, port)
			if tc.known {
				text += "  ca: " + ca + "\n"
			}
			config := fmt.Sprintf("desk: {address: rma@retour.example, return_address: [Dock 7]}\ndatabase: %s\nmailbox:\n%s  user: rma\n  password: {file: %s}\nsmtp:\n%sslack: {mode: off}\n",
				filepath.Join(t.TempDir(), "none.db"), text, filepath.Join(d.dir, "password"), text)
			path := filepath.Join(t.TempDir(), "retour.yaml")
			if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			code, out := d.cli("doctor", "-c", path)
			if code != exitFailed || strings.Count(out, tc.want) != 2 {
				t.Errorf("%d\n%s", code, out)
			}
		})
	}
}

// What lies in the casebook and a person must see to.
func TestDoctorOnTheCasebook(t *testing.T) {
	n := startNeighbour(t, secretOf("erp"))
	d := openFollowedDesk(t, false, nil, map[string]*neighbour{"erp": n})
	n.answer(503)
	d.write(grandstream("ann@shop.example", "one@shop.example"))
	if _, out := d.cli("doctor", "--offline"); !strings.Contains(out, "ok    webhooks erp      2 waiting") {
		t.Errorf("%s", out)
	}
	err := d.app.book.Write(d.ctx, time.Now().Add(-72*time.Hour), func(tx *casebook.Tx) error {
		kind := string(notify.Endpoint{Name: "old"}.Kind())
		_, _, err := tx.Enqueue(d.ctx, casebook.Row{Lane: kind, Kind: kind, Key: "old"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.advance(d.ctx, 14*24*time.Hour); err != nil {
		t.Fatal(err)
	}
	d.until("the case is late", func() bool { return d.onlyCase("ann@shop.example").Late })
	c := d.onlyCase("ann@shop.example")
	_, out := d.cli("doctor")
	for _, want := range []string{"FAIL  webhooks erp      503 Service Unavailable", "warn  webhooks old      1 webhook for an endpoint that is not in the configuration",
		"→ put it back, or: retour webhooks drop old", "warn  late cases        1 case: staff let a deadline pass; the worst is " + c.Number, "warn  alerts            nobody is told by mail"} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %s\n%s", want, out)
		}
	}
	if code, out := d.cli("webhooks", "drop", "old"); code != exitOK || !strings.Contains(out, "1 webhook for old would never be sent: 1 wait, 0 were given up") {
		t.Errorf("%d %s", code, out)
	}
	if code, out := d.cli("webhooks", "drop", "old", "--yes"); code != exitOK || !strings.Contains(out, "1 webhook for old withdrawn") {
		t.Errorf("%d %s", code, out)
	}
	if _, out := d.cli("webhooks"); strings.Contains(out, "old") {
		t.Errorf("%s", out)
	}
}
