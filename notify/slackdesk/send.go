package slackdesk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"retour/notify"
)

// metadataType marks our messages. The metadata of a message is visible to the
// whole workspace: it holds a key and no personal data.
const metadataType = "retour"

// uploadWithin bounds the upload of one file: cards wait for it.
const uploadWithin = time.Minute

// historyPages bounds the search for a message whose post was not answered.
const historyPages = 5

// Send delivers a card, a history entry, a held mail or an alert. A post whose
// answer was lost is looked for before it is posted again.
func (d *Desk) Send(ctx context.Context, del notify.Delivery) (notify.Receipt, error) {
	posted, err := d.deliver(ctx, d.said.delivery(del))
	if err != nil {
		f := failure(err, false)
		d.sending.failed(f)
		return notify.Receipt{}, f
	}
	d.sending.failed(nil)
	return notify.Receipt{Text: "ok " + posted.TS, Posted: posted}, nil
}

func (d *Desk) deliver(ctx context.Context, del notify.Delivery) (notify.Posted, error) {
	switch {
	case del.Kind == notify.DeliverCard && del.Card != nil && del.Lift:
		return d.lift(ctx, *del.Card)
	case del.Kind == notify.DeliverCard && del.Card != nil:
		return d.card(ctx, *del.Card, del.Attempt > 1)
	case del.Kind == notify.DeliverEntry && del.Card != nil && del.Entry != nil:
		return d.entry(ctx, *del.Card, *del.Entry, del.Attempt > 1)
	case del.Kind == notify.DeliverItems && del.Card != nil:
		return d.page(ctx, *del.Card, del)
	case del.Kind == notify.DeliverFile && del.Card != nil && del.File != nil:
		return notify.Posted{}, d.upload(ctx, *del.Card, *del.File, del.Attempt > 1)
	case del.Kind == notify.DeliverHeld && del.Held != nil:
		m := drawHeld(d.words, *del.Held)
		n := newcomer{d.words["rollup.mail"], del.Held.From + " · " + del.Held.Subject}
		return d.put(ctx, m, fmt.Sprintf("held/%d", del.Held.LedgerID), del.Held.Posted, del.Attempt > 1, &n)
	case del.Kind == notify.DeliverShadow && del.Card != nil && del.Mail != nil:
		return d.thread(ctx, *del.Card, drawShadow(d.words, *del.Card, *del.Mail), "shadow/"+digest(del.Key), del.Attempt > 1)
	case del.Kind == notify.DeliverCall && del.Card != nil && del.Entry != nil:
		return d.call(ctx, del)
	case del.Kind == notify.DeliverErase && del.Erase != nil:
		return notify.Posted{}, d.erase(ctx, del.Card, *del.Erase)
	case del.Kind == notify.DeliverAlert:
		return d.put(ctx, drawAlert(del.Text), "alert/"+digest(del.Key), notify.Posted{}, del.Attempt > 1, nil)
	}
	return notify.Posted{}, &notify.Failure{Permanent: true, Text: fmt.Sprintf("delivery of kind %q has nothing for Slack", del.Kind)}
}

// card posts or redraws the card of a case.
func (d *Desk) card(ctx context.Context, v notify.CardView, doubtful bool) (notify.Posted, error) {
	at := d.cardAt(v)
	// A case that has a version behind it had a card: if nobody knows where it
	// stands, its post may have been lost on the way back.
	doubtful = doubtful || v.Case.Version > 1
	n := newcomer{v.Case.Number, person(v.Case.Customer) + " · " + d.words.of("state", string(v.Case.State))}
	posted, err := d.put(ctx, drawCard(d.words, v), "card/"+v.Case.Number, at, doubtful, &n)
	if err == nil {
		d.moved.Delete(v.Case.Number)
	}
	return posted, err
}

// cardAt is where the card of a case stands. A card that was posted anew while
// an entry was sent is known here before the casebook hears of it.
func (d *Desk) cardAt(v notify.CardView) notify.Posted {
	if p, ok := d.moved.Load(v.Case.Number); ok {
		return p.(notify.Posted)
	}
	return v.Posted
}

// put brings a message of the channel up to date: redrawn where it stands,
// found where its post was not answered, else posted; in a burst a newcomer goes
// among the others.
func (d *Desk) put(ctx context.Context, m message, key string, at notify.Posted, doubtful bool, n *newcomer) (notify.Posted, error) {
	if at.TS != "" {
		err := d.update(ctx, m, key, at)
		if !gone(err) {
			return at, err
		}
		n = nil // it was there already: no burst
		d.log.Warn("slack: a message was deleted, it is posted anew", "key", key, "ts", at.TS)
		doubtful = true
	}
	if doubtful {
		found, ok, err := d.findAnywhere(ctx, key, at.TS)
		if err != nil {
			return notify.Posted{}, err
		}
		if ok {
			return found, d.update(ctx, m, key, found)
		}
	}
	if n != nil {
		return d.introduce(ctx, m, key, *n)
	}
	posted, _, err := d.post(ctx, m, key, "")
	return posted, err
}

// entry posts one line of history into the thread of its card.
func (d *Desk) entry(ctx context.Context, v notify.CardView, e notify.Entry, doubtful bool) (notify.Posted, error) {
	if e.Posted.TS != "" {
		return e.Posted, nil
	}
	return d.thread(ctx, v, drawEntry(d.words, v, e), fmt.Sprintf("entry/%d", e.ID), doubtful)
}

// refresh redraws the card of a case as it is now, with its menu as if nothing
// had been chosen. The case is read in the turn of the call: an older state
// never stays on the card.
func (d *Desk) refresh(number string) {
	ctx, cancel := context.WithTimeout(d.hooks.Context, workWithin)
	defer cancel()
	err := d.updates.do(ctx, func() error {
		v, err := d.hooks.View(ctx, number)
		at := d.cardAt(v)
		if err != nil || at.TS == "" {
			return err
		}
		m := drawCard(d.words, v)
		for _, b := range m.blocks {
			if actions, ok := b.(*slack.ActionBlock); ok {
				actions.BlockID += "." + strconv.FormatInt(d.now().UnixNano(), 36)
			}
		}
		_, _, _, err = d.api.UpdateMessageContext(ctx, at.Channel, at.TS, d.options(m, "card/"+number)...)
		return err
	})
	if err != nil {
		d.log.Warn("slack: redraw a card", "case", number, "err", explained(err))
	}
}

// page posts or redraws one page of the list of units.
func (d *Desk) page(ctx context.Context, v notify.CardView, del notify.Delivery) (notify.Posted, error) {
	m, key := drawPage(d.words, v, del.Page), fmt.Sprintf("items/%s/%d", v.Case.Number, del.Page)
	doubtful := del.Attempt > 1
	if del.Posted.TS != "" {
		err := d.update(ctx, m, key, del.Posted)
		if code(err) != "message_not_found" {
			return del.Posted, err
		}
		doubtful = true
	}
	return d.thread(ctx, v, m, key, doubtful)
}

// upload puts a file into the thread of a card. What Slack will not take is
// given up: the card names it, and the mail has it.
func (d *Desk) upload(ctx context.Context, v notify.CardView, f notify.Upload, doubtful bool) error {
	parent := d.cardAt(v)
	if parent.TS == "" {
		return &notify.Failure{Text: "the card of " + v.Case.Number + " is not posted yet", RetryAfter: d.pace}
	}
	name := or(shorten(line(f.Name), 100), "file")
	if len(f.Data) == 0 {
		return &notify.Failure{Permanent: true, Text: "the file is empty"}
	}
	if doubtful {
		there, err := d.uploaded(ctx, parent, name)
		if there || err != nil {
			return err
		}
	}
	return d.posts.do(ctx, func() error {
		return fileFailure(d.share(ctx, parent, name, d.words.say("entry.file", name, person(v.Case.Customer)), f.Data))
	})
}

// share uploads a file in Slack's three steps. The library sends the token along
// with the bytes, to an address that needs none: the second step is ours.
// https://docs.slack.dev/messaging/working-with-files#uploading_files
func (d *Desk) share(ctx context.Context, parent notify.Posted, name, alt string, data []byte) error {
	to, err := d.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{
		FileName: name, FileSize: len(data), AltTxt: shorten(line(alt), 1000)})
	if err != nil {
		return fmt.Errorf("ask where to upload: %w", err)
	}
	if err := d.sendBytes(ctx, to.UploadURL, data); err != nil {
		return err
	}
	_, err = d.api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{
		Files: []slack.FileSummary{{ID: to.FileID, Title: name}}, Channel: parent.Channel, ThreadTimestamp: parent.TS})
	if err != nil {
		return fmt.Errorf("share the file: %w", err)
	}
	return nil
}

// sendBytes sends the bytes of a file. The address is a secret: no error shows it.
func (d *Desk) sendBytes(ctx context.Context, address string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, uploadWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(data))
	if err != nil {
		return errors.New("the address to upload to is none")
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	client := *d.http
	client.Timeout = 0 // a photo takes longer than a call
	resp, err := client.Do(req)
	if err != nil {
		return &notify.Failure{Text: "the upload was not answered"} // nothing is shared yet: another try is no second file
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	if resp.StatusCode != http.StatusOK {
		return &notify.Failure{Code: resp.StatusCode, Text: fmt.Sprintf("the upload was answered with %d", resp.StatusCode)}
	}
	return nil
}

// uploaded looks whether a file whose upload was not answered stands in the
// thread.
func (d *Desk) uploaded(ctx context.Context, parent notify.Posted, name string) (bool, error) {
	me, err := d.whoami(ctx)
	if err != nil {
		return false, err
	}
	cursor := ""
	for range historyPages {
		messages, next, err := d.read(ctx, parent.TS, cursor)
		if code(err) == "missing_scope" || code(err) == "thread_not_found" {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("look for a file that may have been uploaded: %w", err)
		}
		for _, m := range messages {
			if m.User == me.UserID && slices.ContainsFunc(m.Files, func(f slack.File) bool { return f.Name == name || f.Title == name }) {
				return true, nil
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return false, nil
}

// thread posts a message into the thread of a card.
func (d *Desk) thread(ctx context.Context, v notify.CardView, m message, key string, doubtful bool) (notify.Posted, error) {
	parent := d.cardAt(v)
	if parent.TS == "" {
		return notify.Posted{}, &notify.Failure{Text: "the card of " + v.Case.Number + " is not posted yet", RetryAfter: d.pace}
	}
	if parent.Thread != "" {
		parent.TS = parent.Thread // the thread in which the card stands
	}
	if doubtful {
		if found, ok, err := d.find(ctx, key, parent.TS, ""); ok || err != nil {
			return found, err
		}
	}
	posted, threaded, err := d.post(ctx, m, key, parent.TS)
	if err != nil || threaded {
		return posted, err
	}
	return d.rethread(ctx, v, m, key, parent, posted)
}

// rethread mends an entry that Slack put into the channel because the card had
// been deleted: the entry is taken away, the card is posted anew, and the entry
// goes into its thread.
func (d *Desk) rethread(ctx context.Context, v notify.CardView, m message, key string, gone, stray notify.Posted) (notify.Posted, error) {
	d.log.Warn("slack: the card was deleted, it is posted anew", "case", v.Case.Number, "ts", gone.TS)
	if _, _, err := d.api.DeleteMessageContext(ctx, stray.Channel, stray.TS); err != nil {
		d.log.Warn("slack: take a stray entry away", "case", v.Case.Number, "err", explained(err))
		return stray, nil // it stands in the channel, with the number of its case
	}
	card, ok, err := d.find(ctx, "card/"+v.Case.Number, "", gone.TS)
	if err == nil && !ok {
		card, _, err = d.post(ctx, drawCard(d.words, v), "card/"+v.Case.Number, "")
	}
	if err != nil {
		return notify.Posted{}, err
	}
	d.moved.Store(v.Case.Number, card)
	posted, _, err := d.post(ctx, m, key, card.TS)
	return posted, err
}

// post posts a message. threaded is false when Slack put it into the channel
// although a thread was named.
func (d *Desk) post(ctx context.Context, m message, key, thread string) (posted notify.Posted, threaded bool, err error) {
	options := append(d.options(m, key),
		slack.MsgOptionDisableMarkdown(), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl())
	if thread != "" {
		options = append(options, slack.MsgOptionTS(thread))
	}
	err = d.posts.do(ctx, func() error {
		channel, ts, answer, err := d.api.PostMessageWithResponseContext(ctx, d.cfg.Channel, options...)
		posted, threaded = notify.Posted{Channel: channel, TS: ts}, answer.ThreadTimestamp != ""
		return err
	})
	if err != nil {
		return notify.Posted{}, false, failure(err, true)
	}
	return posted, threaded, nil
}

func (d *Desk) update(ctx context.Context, m message, key string, at notify.Posted) error {
	return d.updates.do(ctx, func() error {
		_, _, _, err := d.api.UpdateMessageContext(ctx, at.Channel, at.TS, d.options(m, key)...)
		return err
	})
}

func (d *Desk) options(m message, key string) []slack.MsgOption {
	return []slack.MsgOption{
		slack.MsgOptionText(m.text, false), // escaped already
		slack.MsgOptionBlocks(m.blocks...),
		slack.MsgOptionMetadata(slack.SlackMetadata{
			EventType:    metadataType,
			EventPayload: map[string]any{"key": d.cfg.Instance + ":" + key},
		}),
	}
}

// find looks for one of our own messages by its metadata, in the channel or in
// a thread. Without the scope to read the channel nothing is found: a second
// message is then better than none.
func (d *Desk) find(ctx context.Context, key, thread, not string) (at notify.Posted, ok bool, err error) {
	err = d.scan(ctx, thread, func(m slack.Message, its string) bool {
		if ok = its == key && m.Timestamp != not; ok {
			at = notify.Posted{Channel: d.cfg.Channel, TS: m.Timestamp}
		}
		return ok
	})
	return at, ok, err
}

// findAnywhere looks in the channel, and then in the threads of its roll-ups.
func (d *Desk) findAnywhere(ctx context.Context, key, not string) (at notify.Posted, ok bool, err error) {
	var rollups []string
	err = d.scan(ctx, "", func(m slack.Message, its string) bool {
		if strings.HasPrefix(its, "rollup/") {
			rollups = append(rollups, m.Timestamp)
		}
		if ok = its == key && m.Timestamp != not; ok {
			at = notify.Posted{Channel: d.cfg.Channel, TS: m.Timestamp}
		}
		return ok
	})
	for _, thread := range rollups {
		if ok || err != nil {
			break
		}
		if at, ok, err = d.find(ctx, key, thread, not); ok {
			at.Thread = thread
		}
	}
	return at, ok, err
}

// scan goes through our own messages of the channel, the newest first, or of a
// thread, with the key of each, until stop says so.
func (d *Desk) scan(ctx context.Context, thread string, stop func(m slack.Message, key string) bool) error {
	me, err := d.whoami(ctx)
	if err != nil {
		return err
	}
	cursor := ""
	for range historyPages {
		messages, next, err := d.read(ctx, thread, cursor)
		if code(err) == "missing_scope" || code(err) == "thread_not_found" {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look for a message that may have been posted: %w", err)
		}
		for _, m := range messages {
			key, ours := m.Metadata.EventPayload["key"].(string)
			key, mine := strings.CutPrefix(key, d.cfg.Instance+":")
			if ours && mine && m.BotID == me.BotID && m.Metadata.EventType == metadataType && stop(m, key) {
				return nil
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return nil
}

// read reads one page of the channel, newest first, or of a thread.
func (d *Desk) read(ctx context.Context, thread, cursor string) ([]slack.Message, string, error) {
	if thread != "" {
		messages, _, next, err := d.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: d.cfg.Channel, Timestamp: thread, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
		return messages, next, err
	}
	r, err := d.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
		ChannelID: d.cfg.Channel, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
	if err != nil {
		return nil, "", err
	}
	return r.Messages, r.ResponseMetaData.NextCursor, nil
}

// explained is the text of an error with what Slack said beside it.
func explained(err error) string {
	if r, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return explain(r)
	}
	return err.Error()
}

// digest is a short name for something that must not be shown.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
