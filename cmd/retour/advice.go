package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"regexp"
	"strings"
	"syscall"
)

// What servers answer to a wrong login, and to a folder that is not there (RFC
// 5530, RFC 4954 and what Dovecot, Exchange and Gmail write in their place).
var (
	loginRefused  = regexp.MustCompile(`(?i)authenticationfailed|authentication (?:failed|unsuccessful)|\b535\b|invalid credentials|login failed`)
	folderMissing = regexp.MustCompile(`(?i)nonexistent|doesn'?t exist|does not exist|unknown mailbox|no such (?:mailbox|folder)`)
	wrongTLS      = regexp.MustCompile(`(?i)first record does not look like a TLS handshake|STARTTLS: connection lost|STARTTLS.*(?:not|un)\s?support|no STARTTLS|unsupported.*STARTTLS`)
	senderRefused = regexp.MustCompile(`(?i)\b5\d\d\b.*(?:sender|send as|sendas|not owned|5\.7\.)`)
)

// advice says what a person can do about a server that cannot be used: section is
// its part of the configuration. Empty: the error says all that is known.
func advice(section string, err error) string {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var dns *net.DNSError
	var network net.Error
	text := err.Error()
	switch {
	case strings.Contains(text, "get the password") && strings.Contains(text, "no such file"):
		return "write the password into that file, and let nobody else read it (chmod 600)"
	case strings.Contains(text, "get the password") && strings.Contains(text, "permission denied"):
		return "this user may not read it: run the command by sudo"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired || strings.Contains(text, "certificate has expired"):
		return "the server's certificate is too old: let its operator renew it; if it is not, this machine's clock is wrong"
	case errors.As(err, &name) || strings.Contains(text, "certificate is valid for"):
		return "write the name that the certificate has into " + section + ".host"
	case errors.As(err, &unknown) || strings.Contains(text, "unknown authority"):
		return "if the server has a certificate of your own authority, name its PEM file in " + section + ".ca"
	case errors.As(err, new(tls.RecordHeaderError)) || wrongTLS.MatchString(text):
		return section + ".port and " + section + ".tls do not fit: " + portsOf[section]
	case loginRefused.MatchString(text):
		return "look at " + section + ".user and " + section + ".password; Microsoft 365 wants OAuth, Gmail an app password (see the README)"
	case folderMissing.MatchString(text):
		return "look at " + section + ".folder: it must be written as the server writes it, such as INBOX/Returns or INBOX.Returns"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "look at " + section + ".host: this machine knows no such name"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers there: look at " + section + ".host and " + section + ".port: " + portsOf[section]
	case errors.As(err, &network) && network.Timeout():
		return "no answer: look at " + section + ".host, and whether a firewall lets this machine through"
	case section == "smtp" && senderRefused.MatchString(text):
		return "the server does not let smtp.user send as desk.address: allow it there, or write the address that it may use"
	}
	return ""
}

// portsOf are the usual ports.
var portsOf = map[string]string{
	"mailbox": "IMAP is 993 with implicit, or 143 with starttls",
	"smtp":    "SMTP is 587 with starttls, or 465 with implicit",
}
