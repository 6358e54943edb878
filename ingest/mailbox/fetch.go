package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// spooled is one mail on disk.
type spooled struct {
	path       string
	size       int64
	headerOnly bool
}

// fetchBodies fetches mails into files, without marking them as read. A mail
// above MaxMailSize comes alone in its group, and only its header is asked for.
// The files that came are returned also with an error that is a refusal.
func (s *session) fetchBodies(ctx context.Context, group []Ref) (map[uint32]spooled, error) {
	headerOnly := len(group) == 1 && group[0].Size > s.w.cfg.MaxMailSize
	files, err := s.fetchInto(ctx, group, headerOnly)
	if len(group) == 1 && errors.Is(err, errTooLarge) {
		return s.fetchInto(ctx, group, true)
	}
	return files, err
}

// errTooLarge says that a mail is larger than announced, and than allowed.
var errTooLarge = errors.New("the mail is larger than the server had said")

func (s *session) fetchInto(ctx context.Context, group []Ref, headerOnly bool) (map[uint32]spooled, error) {
	section := &imap.FetchItemBodySection{Peek: true}
	if headerOnly {
		section.Specifier = imap.PartSpecifierHeader
	}
	var uids []uint32
	var total int64
	for _, ref := range group {
		uids, total = append(uids, ref.UID), total+ref.Size
	}
	files := map[uint32]spooled{}
	var diskErr error
	err := s.doFor(ctx, "UID FETCH", s.bodyTime(total), func() error {
		cmd := s.client.Fetch(uidSet(uids), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			uid, f, err := s.spoolOne(msg)
			diskErr = errors.Join(diskErr, err)
			if f.path != "" {
				f.headerOnly = headerOnly
				files[uid] = f
			}
		}
		return cmd.Close()
	})
	if err != nil && refusal(err) == "" {
		s.crash(err, uids)
		return nil, err
	}
	for _, uid := range uids {
		delete(s.book.crashes, uid)
	}
	if diskErr != nil && (len(group) == 1 || !errors.Is(diskErr, errTooLarge)) {
		return nil, diskErr
	}
	if !headerOnly {
		s.checkSizes(group, files)
	}
	return files, err
}

// spoolOne writes what one FETCH response holds to a file. A literal is always
// read to its end: the connection waits for that.
func (s *session) spoolOne(msg *imapclient.FetchMessageData) (uid uint32, f spooled, err error) {
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = uint32(item.UID)
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue
			}
			f, err = s.spoolLiteral(item.Literal)
			_, _ = io.Copy(io.Discard, item.Literal)
		}
	}
	return uid, f, err
}

func (s *session) spoolLiteral(lit imap.LiteralReader) (spooled, error) {
	if lit.Size() > s.w.cfg.MaxMailSize {
		return spooled{}, errTooLarge
	}
	file, err := os.CreateTemp(s.w.spool, "mail-*.eml") // mode 0600
	if err != nil {
		return spooled{}, fmt.Errorf("make a spool file: %w", err)
	}
	if s.buffer == nil {
		s.buffer = make([]byte, 64<<10)
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{file}, lit, s.buffer) // a file would take a buffer of its own
	err = errors.Join(err, file.Close())
	if err == nil && n != lit.Size() {
		err = io.ErrUnexpectedEOF // the command itself says what has happened
	}
	if err != nil {
		os.Remove(file.Name())
		return spooled{}, fmt.Errorf("write a spool file: %w", err)
	}
	return spooled{path: file.Name(), size: n}, nil
}

// checkSizes drops mails of another length than announced, once: they are
// fetched again. A server that gives the same length again is believed from
// then on: some count line ends in their own way.
func (s *session) checkSizes(group []Ref, files map[uint32]spooled) {
	for _, ref := range group {
		f, ok := files[ref.UID]
		if !ok || f.size == ref.Size || s.book.liar {
			continue
		}
		if s.book.oddSize[ref.UID] == f.size {
			s.w.log.Warn("mailbox: the server announces wrong sizes", "uid", ref.UID, "announced", ref.Size, "came", f.size)
			s.book.liar = true
			continue
		}
		s.book.oddSize[ref.UID] = f.size
		os.Remove(f.path)
		delete(files, ref.UID)
	}
}
