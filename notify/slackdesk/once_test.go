package slackdesk

import "testing"

// Slack's client lets a person submit a form again when the answer to the first
// time did not come within three seconds: with another trigger_id, and the same
// view. What the form says is done once; a form that was updated says it anew.
func TestFormSubmittedAgainIsOneDeed(t *testing.T) {
	submission := func(trigger, hash string) interaction {
		in := interaction{Type: "view_submission", TriggerID: trigger}
		in.User.ID, in.View.ID, in.View.Hash = "U1", "V1", hash
		return in
	}
	first, again, updated := submission("1.a", "h1"), submission("2.b", "h1"), submission("3.c", "h2")
	if first.once() != again.once() {
		t.Error("the same form submitted twice does two things")
	}
	if first.key() == again.key() {
		t.Error("the second submission is not even looked at: it may be a corrected one")
	}
	if first.once() == updated.once() {
		t.Error("an updated form does nothing")
	}
	press := interaction{Type: "block_actions", TriggerID: "1.a"}
	other := interaction{Type: "block_actions", TriggerID: "2.b"}
	if press.once() == other.once() {
		t.Error("two presses of a button are one")
	}
}
