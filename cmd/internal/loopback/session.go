package loopback

import (
	"bytes"
	"crypto/subtle"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-sasl"
)

// session is one IMAP connection.
type session struct {
	server *IMAP
	*account
	box  *box // selected, or nil
	view *imapserver.SessionTracker
}

var (
	_ imapserver.SessionIMAP4rev2 = (*session)(nil)
	_ imapserver.SessionSASL      = (*session)(nil)
)

func (s *session) Close() error { return s.Unselect() }

func (s *session) Login(user, password string) error {
	a := s.server.accounts[user]
	if a == nil || subtle.ConstantTimeCompare([]byte(a.password), []byte(password)) != 1 {
		return imapserver.ErrAuthFailed
	}
	s.account = a
	return nil
}

func (s *session) AuthenticateMechanisms() []string {
	if s.server.token == "" {
		return []string{"PLAIN"}
	}
	return []string{"PLAIN", "XOAUTH2", "OAUTHBEARER"}
}

func (s *session) Authenticate(mech string) (sasl.Server, error) {
	switch {
	case mech == "PLAIN":
		return sasl.NewPlainServer(func(_, user, password string) error { return s.Login(user, password) }), nil
	case slices.Contains(s.AuthenticateMechanisms(), mech):
		return &bearer{s: s, mech: mech}, nil
	}
	return nil, no("", "mechanism not supported")
}

// bearer is the server's half of XOAUTH2 and OAUTHBEARER (RFC 7628): on a wrong
// token it says why in a challenge, waits for the answer, and refuses then.
type bearer struct {
	s      *session
	mech   string
	failed bool
}

func (b *bearer) Next(resp []byte) ([]byte, bool, error) {
	if b.failed {
		return nil, true, imapserver.ErrAuthFailed
	}
	if len(resp) == 0 {
		return []byte{}, false, nil
	}
	user, token := bearerParts(string(resp))
	a := b.s.server.accounts[user]
	if a == nil || subtle.ConstantTimeCompare([]byte(token), []byte(b.s.server.token)) != 1 {
		b.failed = true
		return []byte(`{"status":"invalid_token"}`), false, nil
	}
	b.s.account = a
	return nil, true, nil
}

func bearerParts(resp string) (user, token string) {
	for _, field := range strings.Split(resp, "\x01") {
		if v, ok := strings.CutPrefix(field, "user="); ok {
			user = v
		}
		if v, ok := strings.CutPrefix(field, "auth=Bearer "); ok {
			token = v
		}
		for _, part := range strings.Split(field, ",") {
			if v, ok := strings.CutPrefix(part, "a="); ok && user == "" {
				user = v
			}
		}
	}
	return user, token
}

func (s *session) Select(name string, _ *imap.SelectOptions) (*imap.SelectData, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.get(name, imap.ResponseCodeNonExistent)
	if err != nil {
		return nil, err
	}
	s.box, s.view = b, b.tracker.NewSession()
	flags := []imap.Flag{imap.FlagSeen, imap.FlagAnswered, imap.FlagFlagged, imap.FlagDeleted, imap.FlagDraft}
	return &imap.SelectData{
		Flags: flags, PermanentFlags: append(slices.Clone(flags), imap.FlagWildcard),
		NumMessages: uint32(len(b.list)), UIDNext: b.next, UIDValidity: b.validity,
	}, nil
}

func (s *session) Unselect() error {
	if s.view != nil {
		s.view.Close()
	}
	s.box, s.view = nil, nil
	return nil
}

func (s *session) Create(name string, _ *imap.CreateOptions) error { return s.create(name) }
func (s *session) Delete(name string) error                        { return s.remove(name) }
func (s *session) Rename(from, to string, _ *imap.RenameOptions) error {
	return s.rename(from, to)
}
func (s *session) Subscribe(name string) error   { return s.subscribe(name, true) }
func (s *session) Unsubscribe(name string) error { return s.subscribe(name, false) }

func (s *session) Namespace() (*imap.NamespaceData, error) {
	return &imap.NamespaceData{Personal: []imap.NamespaceDescriptor{{Delim: delimiter}}}, nil
}

func (s *session) List(w *imapserver.ListWriter, ref string, patterns []string, o *imap.ListOptions) error {
	if len(patterns) == 0 {
		return w.WriteList(&imap.ListData{Attrs: []imap.MailboxAttr{imap.MailboxAttrNoSelect}, Delim: delimiter})
	}
	for _, name := range s.names() {
		if !slices.ContainsFunc(patterns, func(p string) bool { return imapserver.MatchList(name, delimiter, ref, p) }) {
			continue
		}
		data := &imap.ListData{Mailbox: name, Delim: delimiter}
		if o.ReturnStatus != nil {
			status, err := s.status(name, o.ReturnStatus)
			if err != nil {
				continue // deleted meanwhile
			}
			data.Status = status
		}
		if err := w.WriteList(data); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) Status(name string, o *imap.StatusOptions) (*imap.StatusData, error) {
	return s.status(name, o)
}

func (s *session) Append(name string, r imap.LiteralReader, o *imap.AppendOptions) (*imap.AppendData, error) {
	raw, err := readLiteral(r)
	if err != nil {
		return nil, err
	}
	return s.append(name, raw, o.Time, o.Flags)
}

func (s *session) Poll(w *imapserver.UpdateWriter, allowExpunge bool) error {
	if s.view == nil {
		return nil
	}
	return s.view.Poll(w, allowExpunge)
}

// idleSweep is how often IDLE looks for updates that came between the last
// command and the beginning of IDLE: the tracker alone tells of later ones.
const idleSweep = 20 * time.Millisecond

func (s *session) Idle(w *imapserver.UpdateWriter, stop <-chan struct{}) error {
	view := s.view
	if view == nil {
		<-stop
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- view.Idle(w, stop) }()
	sweep := time.NewTicker(idleSweep)
	defer sweep.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-sweep.C:
			if err := view.Poll(w, true); err != nil {
				<-done
				return err
			}
		}
	}
}

func (s *session) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.box.drop(func(m *mail) bool {
		return m.flags[canonicalFlag(imap.FlagDeleted)] && (uids == nil || uids.Contains(m.uid))
	})
	return nil
}

// picked is a mail that a command names, with its number in the client's view.
type picked struct {
	seq uint32
	*mail
}

// pick resolves a set; the caller holds the mutex. A mail of which the client
// has not been told yet has no number and is left out.
func (s *session) pick(set imap.NumSet) []picked {
	set = s.resolve(set)
	var out []picked
	for i, m := range s.box.list {
		seq := s.view.EncodeSeqNum(uint32(i) + 1)
		if seq != 0 && inSet(set, seq, m.uid) {
			out = append(out, picked{seq, m})
		}
	}
	return out
}

func inSet(set imap.NumSet, seq uint32, uid imap.UID) bool {
	switch set := set.(type) {
	case imap.SeqSet:
		return set.Contains(seq)
	case imap.UIDSet:
		return set.Contains(uid)
	}
	return false
}

// resolve replaces "*", by a copy: it stands for the last mail, and n:* for a
// range in either direction.
func (s *session) resolve(set imap.NumSet) imap.NumSet {
	switch set := set.(type) {
	case imap.SeqSet:
		var out imap.SeqSet
		for _, r := range set {
			start, stop := star(r.Start, r.Stop, uint32(len(s.box.list)))
			out.AddRange(start, stop)
		}
		return out
	case imap.UIDSet:
		var out imap.UIDSet
		for _, r := range set {
			start, stop := star(uint32(r.Start), uint32(r.Stop), uint32(s.box.next)-1)
			out.AddRange(imap.UID(start), imap.UID(stop))
		}
		return out
	}
	return set
}

func star(start, stop, last uint32) (uint32, uint32) {
	last = max(last, 1)
	if start == 0 {
		start = last
	}
	if stop == 0 {
		stop = last
	}
	return min(start, stop), max(start, stop)
}

func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, op *imap.StoreFlags, _ *imap.StoreOptions) error {
	s.mu.Lock()
	for _, p := range s.pick(set) {
		p.store(op)
		s.box.tracker.QueueMessageFlags(s.view.DecodeSeqNum(p.seq), p.uid, p.flagList(), s.view)
	}
	s.mu.Unlock()
	if op.Silent {
		return nil
	}
	return s.Fetch(w, set, &imap.FetchOptions{UID: true, Flags: true})
}

func (s *session) Copy(set imap.NumSet, dest string) (*imap.CopyData, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, _, err := s.copyTo(set, dest)
	return data, err
}

func (s *session) copyTo(set imap.NumSet, dest string) (*imap.CopyData, map[*mail]bool, error) {
	to, err := s.get(dest, imap.ResponseCodeTryCreate)
	if err != nil {
		return nil, nil, err
	}
	if to == s.box {
		return nil, nil, no("", "source and destination are the same mailbox")
	}
	data, copied := &imap.CopyData{UIDValidity: to.validity}, map[*mail]bool{}
	for _, p := range s.pick(set) {
		c := &mail{raw: p.raw, received: p.received, flags: map[imap.Flag]bool{}}
		for f := range p.flags {
			c.flags[f] = true
		}
		data.SourceUIDs.AddNum(p.uid)
		data.DestUIDs.AddNum(to.add(c))
		copied[p.mail] = true
	}
	return data, copied, nil
}

func (s *session) Move(w *imapserver.MoveWriter, set imap.NumSet, dest string) error {
	s.mu.Lock()
	data, copied, err := s.copyTo(set, dest)
	if err == nil {
		s.box.drop(func(m *mail) bool { return copied[m] })
	}
	s.mu.Unlock()
	if err != nil || len(copied) == 0 {
		return err
	}
	return w.WriteCopyData(data) // the expunges follow with the poll after the command
}

// Fetch works on a snapshot, so that a slow client holds up nobody.
func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	s.mu.Lock()
	var snapshot []picked
	for _, p := range s.pick(set) {
		if slices.ContainsFunc(o.BodySection, func(b *imap.FetchItemBodySection) bool { return !b.Peek }) {
			p.store(&imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}})
		}
		flags := map[imap.Flag]bool{}
		for f := range p.flags {
			flags[f] = true
		}
		snapshot = append(snapshot, picked{p.seq, &mail{uid: p.uid, raw: p.raw, received: p.received, flags: flags}})
	}
	s.mu.Unlock()
	for _, p := range snapshot {
		if err := p.write(w.CreateMessage(p.seq), o); err != nil {
			return err
		}
	}
	return nil
}

func (p picked) write(w *imapserver.FetchResponseWriter, o *imap.FetchOptions) error {
	w.WriteUID(p.uid)
	if o.Flags {
		w.WriteFlags(p.flagList())
	}
	if o.InternalDate {
		w.WriteInternalDate(p.received)
	}
	if o.RFC822Size {
		w.WriteRFC822Size(int64(len(p.raw)))
	}
	if o.BodyStructure != nil {
		w.WriteBodyStructure(imapserver.ExtractBodyStructure(bytes.NewReader(p.raw)))
	}
	for _, section := range o.BodySection {
		body := p.section(section)
		lit := w.WriteBodySection(section, int64(len(body)))
		if _, err := lit.Write(body); err != nil {
			return err
		}
		if err := lit.Close(); err != nil {
			return err
		}
	}
	return w.Close()
}

// section gives the whole mail and its header as they came, without parsing.
func (p picked) section(o *imap.FetchItemBodySection) []byte {
	whole := len(o.Part) == 0 && o.Partial == nil && len(o.HeaderFields)+len(o.HeaderFieldsNot) == 0
	switch {
	case whole && o.Specifier == imap.PartSpecifierNone:
		return p.raw
	case whole && o.Specifier == imap.PartSpecifierHeader:
		return headerOf(p.raw)
	}
	return imapserver.ExtractBodySection(bytes.NewReader(p.raw), o)
}

// headerOf is the raw header with the empty line that ends it.
func headerOf(raw []byte) []byte {
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 {
		return raw[:i+4]
	}
	if i := bytes.Index(raw, []byte("\n\n")); i >= 0 {
		return raw[:i+2]
	}
	return raw
}

func (s *session) Search(kind imapserver.NumKind, c *imap.SearchCriteria, _ *imap.SearchOptions) (*imap.SearchData, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var data imap.SearchData
	var uids imap.UIDSet
	var seqs imap.SeqSet
	for i, m := range s.box.list {
		seq := s.view.EncodeSeqNum(uint32(i) + 1)
		if !s.match(picked{seq, m}, c) || kind == imapserver.NumKindSeq && seq == 0 {
			continue
		}
		num := uint32(m.uid)
		if kind == imapserver.NumKindSeq {
			num = seq
			seqs.AddNum(seq)
		} else {
			uids.AddNum(m.uid)
		}
		if data.Count == 0 {
			data.Min = num
		}
		data.Max = num
		data.Count++
	}
	if data.All = uids; kind == imapserver.NumKindSeq {
		data.All = seqs
	}
	return &data, nil
}

func (s *session) match(p picked, c *imap.SearchCriteria) bool {
	for _, set := range c.SeqNum {
		if !inSet(s.resolve(set), p.seq, p.uid) {
			return false
		}
	}
	for _, set := range c.UID {
		if !inSet(s.resolve(set), p.seq, p.uid) {
			return false
		}
	}
	for _, not := range c.Not {
		if s.match(p, &not) {
			return false
		}
	}
	for _, or := range c.Or {
		if !s.match(p, &or[0]) && !s.match(p, &or[1]) {
			return false
		}
	}
	return p.matchFlags(c) && p.matchDate(c) && p.matchText(c)
}

func (p picked) matchFlags(c *imap.SearchCriteria) bool {
	has := func(f imap.Flag) bool { return p.flags[canonicalFlag(f)] }
	return !slices.ContainsFunc(c.Flag, func(f imap.Flag) bool { return !has(f) }) && !slices.ContainsFunc(c.NotFlag, has)
}

// matchDate compares days without regard to the zone (RFC 3501, section 6.4.4).
func (p picked) matchDate(c *imap.SearchCriteria) bool {
	y, m, d := p.received.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return (c.Since.IsZero() || !day.Before(c.Since)) && (c.Before.IsZero() || day.Before(c.Before)) &&
		(c.Larger == 0 || int64(len(p.raw)) > c.Larger) && (c.Smaller == 0 || int64(len(p.raw)) < c.Smaller)
}

func (p picked) matchText(c *imap.SearchCriteria) bool {
	header := strings.ToLower(string(headerOf(p.raw)))
	for _, h := range c.Header {
		if !matchHeader(header, strings.ToLower(h.Key), strings.ToLower(h.Value)) {
			return false
		}
	}
	for _, text := range append(slices.Clone(c.Text), c.Body...) {
		if !strings.Contains(strings.ToLower(string(p.raw)), strings.ToLower(text)) {
			return false
		}
	}
	return true
}

func matchHeader(header, key, value string) bool {
	for _, line := range strings.Split(header, "\n") {
		if name, rest, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == key && strings.Contains(rest, value) {
			return true
		}
	}
	return false
}
