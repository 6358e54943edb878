package slackdesk

import (
	"cmp"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"retour/notify"
)

// untilFixed is how long a delivery waits that only a person can make possible
// again: the bot invited, the channel unarchived, the token renewed.
const untilFixed = 2 * time.Minute

// failure tells what an error of the Web API means for a delivery. posting says
// that the call makes a new message, so that a lost answer leaves it unknown
// whether it was made.
func failure(err error, posting bool) *notify.Failure {
	var f *notify.Failure
	if errors.As(err, &f) {
		return f
	}
	f = &notify.Failure{Err: err, Text: err.Error(), Maybe: posting && !neverSent(err)}
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		f.Code, f.RetryAfter, f.Maybe = http.StatusTooManyRequests, limited.RetryAfter, false
	} else if status, ok := errors.AsType[slack.StatusCodeError](err); ok {
		f.Code = status.Code
		f.Maybe = posting && status.Code >= 500
	} else if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return refusal(refused, posting)
	}
	return f
}

// refusal is failure for an answer with ok:false.
func refusal(r slack.SlackErrorResponse, posting bool) *notify.Failure {
	f := &notify.Failure{Code: http.StatusOK, Text: explain(r), Err: r}
	switch r.Err {
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "no_text",
		"too_many_attachments", "metadata_too_large", "invalid_metadata_format", "invalid_metadata_schema",
		"invalid_arguments", "invalid_arg_name", "invalid_array_arg", "cant_update_message", "edit_window_closed":
		f.Permanent = true // this message will never be taken
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout":
		f.Maybe = posting // "some aspect of the operation may have succeeded"
	case "ratelimited", "rate_limited":
		f.Code, f.RetryAfter = http.StatusTooManyRequests, 30*time.Second
	default:
		if advice(r.Err) != "" {
			f.RetryAfter = untilFixed
		}
	}
	return f
}

// sending remembers why nothing can be posted.
type sending struct {
	mu  sync.Mutex
	why error
}

func (s *sending) failed(f *notify.Failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why = nil; f != nil && !f.Permanent && f.Code != http.StatusTooManyRequests { // to be asked to wait is no trouble, and a refusal is an answer
		s.why = f
	}
}

// Trouble says what does not work at the moment: why nothing can be shown, and
// why nobody can be heard. Both are nil when all is well.
func (d *Desk) Trouble() (sending, buttons error) {
	d.sending.mu.Lock()
	sending = d.sending.why
	d.sending.mu.Unlock()
	if s := d.Status(); d.cfg.Mode == ModeSocket && s.Connections == 0 {
		buttons = errors.New(cmp.Or(s.Problem, "no socket is open yet"))
	}
	return sending, buttons
}

// advice is what a person can do about an error, empty where waiting helps.
func advice(code string) string {
	switch code {
	case "channel_not_found", "not_in_channel":
		return "the bot is not in the channel: invite it, or name another channel in slack.channel"
	case "is_archived", "is_inactive":
		return "the channel is archived: unarchive it, or name another in slack.channel"
	case "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel":
		return "the channel's settings keep the bot from posting: let it post there"
	}
	if badAuth(code) {
		return "the bot token does not work any more: install the app again and put its token in the place of the old one"
	}
	return ""
}

// fileFailure is failure for an upload. What is wrong with the file, or with
// what the app may do, is permanent: no card and no thread waits for a file.
func fileFailure(err error) error {
	if err == nil {
		return nil
	}
	f := failure(err, true)
	switch code(err) {
	case "missing_scope", "file_uploads_disabled", "file_type_blocked", "file_too_large", "storage_limit_reached", "blocked_file_type",
		"file_uploads_except_images_disabled", "slack_connect_file_upload_sharing_blocked", "slack_connect_blocked_file_type", "alt_txt_too_large":
		f.Permanent = true
	}
	return f
}

// explain is the error with what Slack says beside it, and the scope that is
// lacking.
func explain(r slack.SlackErrorResponse) string {
	parts := append([]string{r.Err}, r.ResponseMetadata.Messages...)
	if r.Needed != "" {
		parts = append(parts, "needs scope "+r.Needed)
	} else if help := advice(r.Err); help != "" {
		parts = append(parts, help)
	}
	return strings.Join(parts, "; ")
}

// badAuth are the errors that only a new token or scope cures.
func badAuth(code string) bool {
	switch code {
	case "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired",
		"not_allowed_token_type", "missing_scope", "org_login_required", "no_permission":
		return true
	}
	return false
}

// code is the error code of Slack's answer, empty for all else.
func code(err error) string {
	if r, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return r.Err
	}
	return ""
}

// gone says that a message is no longer there.
func gone(err error) bool { return code(err) == "message_not_found" }

// neverSent says that the request cannot have reached Slack.
func neverSent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Op == "dial"
	}
	_, dns := errors.AsType[*net.DNSError](err)
	return dns
}
