// Package loopback has the servers that the desk talks to, on 127.0.0.1 alone:
// an IMAP server (RFC 3501) with its mailboxes in memory, an SMTP server (RFC
// 5321) that delivers into them, and a stand-in for Slack. The demo and the
// tests run the real program against them.
package loopback
