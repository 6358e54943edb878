package slackdesk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"retour/notify"
)

// erase takes away what shows a person who was forgotten: messages, what the desk
// has put into the thread of a case, and lines of roll-ups. What people have
// written themselves only they can delete.
func (d *Desk) erase(ctx context.Context, v *notify.CardView, e notify.Erasure) error {
	gone := slices.Clone(e.Messages)
	marks := make([]string, 0, len(gone)+1)
	if v != nil && e.Thread {
		at := d.cardAt(*v)
		marks = append(marks, v.Case.Number)
		if at.TS != "" && at.Thread == "" {
			if err := d.eraseThread(ctx, at); err != nil {
				return err
			}
		}
	}
	for _, at := range gone {
		marks = append(marks, "p"+strings.ReplaceAll(at.TS, ".", ""))
		if err := d.remove(ctx, at); err != nil {
			return err
		}
	}
	d.burst.drop(marks)
	return d.eraseLines(ctx, marks)
}

// remove deletes one of our own messages; one that is gone already is well.
func (d *Desk) remove(ctx context.Context, at notify.Posted) error {
	err := d.updates.do(ctx, func() error {
		_, _, err := d.api.DeleteMessageContext(ctx, at.Channel, at.TS)
		return err
	})
	if gone(err) || code(err) == "cant_delete_message" {
		return nil
	}
	return err
}

// eraseThread deletes our own messages and files in the thread of a card.
func (d *Desk) eraseThread(ctx context.Context, card notify.Posted) error {
	me, err := d.whoami(ctx)
	if err != nil {
		return err
	}
	var ours []slack.Message
	for cursor := ""; ; {
		messages, next, err := d.read(ctx, card.TS, cursor)
		if code(err) == "thread_not_found" {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the thread of a case: %w", err)
		}
		for _, m := range messages {
			if m.Timestamp != card.TS && (m.BotID == me.BotID && m.BotID != "" || m.User == me.UserID) {
				ours = append(ours, m)
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	for _, m := range ours {
		for _, f := range m.Files {
			if err := d.updates.do(ctx, func() error { return d.api.DeleteFileContext(ctx, f.ID) }); err != nil && code(err) != "file_not_found" && code(err) != "file_deleted" {
				return fmt.Errorf("delete a file: %w", err)
			}
		}
		if err := d.remove(ctx, notify.Posted{Channel: card.Channel, TS: m.Timestamp}); err != nil {
			return err
		}
	}
	return nil
}

// eraseLines takes lines with one of the marks out of the roll-ups in the
// channel.
func (d *Desk) eraseLines(ctx context.Context, marks []string) error {
	var found []slack.Message
	err := d.scan(ctx, "", func(m slack.Message, key string) bool {
		if strings.HasPrefix(key, "rollup/") && slices.ContainsFunc(m.Blocks.BlockSet, func(b slack.Block) bool { return hasMark(b, marks) }) {
			found = append(found, m)
		}
		return false
	})
	if err != nil {
		return err
	}
	for _, m := range found {
		blocks := slices.DeleteFunc(m.Blocks.BlockSet, func(b slack.Block) bool { return hasMark(b, marks) })
		err := d.updates.do(ctx, func() error {
			_, _, _, err := d.api.UpdateMessageContext(ctx, d.cfg.Channel, m.Timestamp, slack.MsgOptionText(m.Text, false), slack.MsgOptionBlocks(blocks...),
				slack.MsgOptionMetadata(m.Metadata))
			return err
		})
		if err != nil && !gone(err) {
			return fmt.Errorf("take a line out of a roll-up: %w", err)
		}
	}
	return nil
}

func hasMark(b slack.Block, marks []string) bool {
	raw, err := json.Marshal(b)
	return err == nil && slices.ContainsFunc(marks, func(mark string) bool { return strings.Contains(string(raw), mark) })
}

// drop takes lines out of the roll-up that is being written.
func (b *burst) drop(marks []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.roll.lines = slices.DeleteFunc(slices.Clone(b.roll.lines), func(l rollupLine) bool {
		return slices.ContainsFunc(marks, func(mark string) bool {
			return mark == l.label || mark == "p"+strings.ReplaceAll(l.at.TS, ".", "")
		})
	})
}
