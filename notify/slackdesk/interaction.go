package slackdesk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"retour/notify"
	"retour/rules"
)

// interaction is what we read of Slack's payloads. The library's own type fails
// on a message with a block element that it does not know, and a payload that
// fails is never acknowledged.
// https://docs.slack.dev/reference/interaction-payloads
type interaction struct {
	Type string `json:"type"`
	Team struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID     string `json:"id"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	Channel     struct {
		ID string `json:"id"`
	} `json:"channel"`
	Actions []struct {
		Type     string `json:"type"`
		ActionID string `json:"action_id"`
		Value    string `json:"value"`
		ActionTS string `json:"action_ts"`

		SelectedOption struct {
			Value string `json:"value"`
		} `json:"selected_option"`
	} `json:"actions"`
	View struct {
		ID              string `json:"id"`
		Type            string `json:"type"` // modal or home
		CallbackID      string `json:"callback_id"`
		PrivateMetadata string `json:"private_metadata"`
		Hash            string `json:"hash"`
		State           struct {
			Values values `json:"values"`
		} `json:"state"`
	} `json:"view"`
}

func (in interaction) caller() caller {
	return caller{user: in.User.ID, team: in.Team.ID, userTeam: in.User.TeamID}
}

// key is the same for the same press of a button, however often it comes.
func (in interaction) key() string {
	once := in.TriggerID
	if once == "" && len(in.Actions) > 0 {
		once = in.Actions[0].ActionTS
	}
	return "slack/" + digest(in.Type, in.User.ID, once, in.View.ID, in.View.Hash)
}

// once names what the press is to do, for the casebook: a form that stands there as
// it was, since the answer to its first submission was lost, does it once however
// often the person presses. An update of the form gives it another hash
// (https://docs.slack.dev/surfaces/modals#updating_views).
func (in interaction) once() string {
	if in.Type != "view_submission" || in.View.ID == "" || in.View.Hash == "" {
		return in.key()
	}
	return "slack/" + digest(in.Type, in.User.ID, in.View.ID, in.View.Hash)
}

// Time limits. Slack wants its answer within three seconds.
const (
	answerWithin = 2 * time.Second
	workWithin   = 30 * time.Second
	ackWithin    = 2500 * time.Millisecond
	// Slack applies the answer to a submission and a views.update in the order
	// in which they reach it. The answer gets a head start.
	headStart = 800 * time.Millisecond
)

// largestAnswer bounds the answer to a submission: Slack drops answers of 20 KB
// on a socket without a word.
const largestAnswer = 18_000

// receive handles one interactive payload. ack is called exactly once, and in
// time; what takes longer is done after it.
func (d *Desk) receive(raw []byte, ack func(answer any)) {
	var in interaction
	if err := json.Unmarshal(raw, &in); err != nil {
		d.log.Warn("slack: a payload that cannot be read", "err", err)
		ack(nil)
		return
	}
	if !d.recent.first(in.key()) {
		d.log.Info("slack: the same payload again", "type", in.Type, "user", in.User.ID)
		ack(nil)
		return
	}
	ctx, cancel := context.WithTimeout(d.hooks.Context, workWithin)
	defer cancel()
	switch {
	case in.Type == "block_actions" && len(in.Actions) > 0:
		ack(nil)
		d.clicked(ctx, in)
	case in.Type == "view_submission":
		d.answer(ctx, in, ack)
	default:
		ack(nil)
	}
}

// clicked handles a press of a button on a card.
func (d *Desk) clicked(ctx context.Context, in interaction) {
	if ours(in.Actions[0].ActionID) {
		d.officeClicked(ctx, in)
		return
	}
	kind, t, ok := pressed(in)
	if !ok {
		d.log.Warn("slack: a button that is not ours", "user", in.User.ID, "action", kind)
		d.tell(ctx, in, d.words["told.unreadable"])
		return
	}
	d.open(ctx, in, kind, t)
	if in.Actions[0].Type == "static_select" { // it shows what was chosen, and cannot be chosen again
		d.refresh(t.number)
	}
}

// open opens the modal of an action. trigger_id holds for three seconds, so the
// window is opened before anything that may take time.
func (d *Desk) open(ctx context.Context, in interaction, kind rules.EventKind, t target) {
	sure := d.me.Load() != nil && d.staff.known(in.User.ID, Action(kind))
	if sure {
		if _, err := d.staff.admit(ctx, in.caller(), Action(kind), true); err != nil {
			d.tell(ctx, in, d.turnAway(in.caller(), Action(kind), t.number, err))
			return
		}
	}
	opening, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	opened, err := d.api.OpenViewContext(opening, in.TriggerID, d.waitView("modal.loading"))
	if err != nil {
		d.log.Warn("slack: open a modal", "case", t.number, "event", kind, "err", explained(err))
		d.tell(ctx, in, d.words["told.expired"])
		return
	}
	d.updateView(ctx, in, opened.ID, d.firstForm(ctx, in, kind, t), "")
}

// firstForm is the form of an action for a person who may fill it in, else the
// reason why not.
func (d *Desk) firstForm(ctx context.Context, in interaction, kind rules.EventKind, t target) slack.ModalViewRequest {
	actor, err := d.staff.admit(ctx, in.caller(), Action(kind), true)
	if err != nil {
		return d.toldView("modal.told", d.turnAway(in.caller(), Action(kind), t.number, err))
	}
	v, err := d.hooks.View(ctx, t.number)
	switch {
	case err != nil:
		d.log.Error("slack: look up a case", "case", t.number, "err", err)
		return d.toldView("modal.told", d.words["told.trouble"])
	case late(v, t, kind):
		d.spawn("refresh", func() { d.refresh(t.number) })
		return d.toldView("modal.told", d.stale(v))
	case !may(v.Case, kind):
		return d.toldView("modal.told", d.notNow(v.Case))
	}
	if err := d.mayConfirm(ctx, in, kind, v.Case, true); err != nil {
		return d.toldView("modal.told", d.turnAway(in.caller(), Action(kind), t.number, err))
	}
	f := d.newForm(kind, v, in.User.ID)
	if f.open() {
		d.foresee(ctx, f, actor)
	}
	return d.formView(f)
}

// mayConfirm: who confirms what somebody else asked for must have the right to
// do it himself.
func (d *Desk) mayConfirm(ctx context.Context, in interaction, kind rules.EventKind, c rules.Case, guess bool) error {
	if kind != rules.EvConfirm || c.Asked == nil {
		return nil
	}
	_, err := d.staff.admit(ctx, in.caller(), Action(c.Asked.Event.Kind), guess)
	return err
}

// late: the case has changed since the person saw it, and that matters.
func late(v notify.CardView, t target, kind rules.EventKind) bool {
	return v.Case.Version != t.version && !slices.Contains(anytime(), kind)
}

// foresee shows the mail at once where the form is complete as it opens; where
// the rules want more, the person fills that in first.
func (d *Desk) foresee(ctx context.Context, f *form, actor rules.Actor) {
	p, err := d.look(ctx, f, actor)
	if err == nil {
		f.preview = &p
	}
}

// look is what would happen if a form were sent as it is filled in.
func (d *Desk) look(ctx context.Context, f *form, actor rules.Actor) (notify.Preview, error) {
	event := f.event
	event.Actor = actor
	p, err := d.hooks.Preview(ctx, rules.Click{Number: f.c.Number, Version: f.c.Version, Event: event}, d.cfg.Language)
	if _, refused := errors.AsType[Refused](err); err != nil && !refused {
		d.log.Error("slack: preview", "case", f.c.Number, "event", f.kind, "err", err)
	}
	if f.letter == "" {
		f.letter = tidied(p.Words) // of the person whose event is confirmed
	}
	return p, err
}

func (d *Desk) notNow(c rules.Case) string {
	return d.words.say("told.not_now", c.Number, d.words.of("state", string(c.State)))
}

// stale tells what happened since the card was drawn.
func (d *Desk) stale(v notify.CardView) string {
	s := d.words.say("told.stale", v.Case.Number, d.words.of("state", string(v.Case.State)))
	if n := len(v.History); n > 0 {
		s = d.words.say("told.last", s, happened(d.words, v.History[n-1]))
	}
	return s
}

// reply is what becomes of a submitted modal.
type reply struct {
	errors map[string]string       // by block_id: what is wrong in the form
	view   *slack.ModalViewRequest // what is shown next; with errors, what is shown when the form is gone
	told   string                  // what the person must learn even where he has closed the window
}

// answer answers a submission in time: with what became of it, or, where that
// takes longer or is too large, with a window that is filled afterwards.
func (d *Desk) answer(ctx context.Context, in interaction, ack func(any)) {
	done := make(chan reply, 1)
	go func() {
		defer d.recovered("submission", func() {
			view := d.toldView("modal.told", d.words["told.trouble"])
			done <- reply{view: &view}
		})
		done <- d.submitted(ctx, in)
	}()
	timer := time.NewTimer(answerWithin)
	defer timer.Stop()
	select {
	case r := <-done:
		if a := r.answer(); small(a) {
			ack(a)
			return
		}
		done <- r
	case <-timer.C:
	}
	wait := d.waitView("modal.sending")
	ack(slack.NewUpdateViewSubmissionResponse(&wait))
	started := time.After(headStart)
	r := <-done
	<-started
	if r.view == nil {
		view := d.toldView("modal.done", d.words["modal.done_text"])
		r.view = &view
	}
	d.updateView(ctx, in, in.View.ID, *r.view, r.told)
}

// answer is the reply as Slack wants it; nil closes the modal.
func (r reply) answer() any {
	switch {
	case len(r.errors) > 0:
		return slack.NewErrorsViewSubmissionResponse(r.errors)
	case r.view != nil:
		return slack.NewUpdateViewSubmissionResponse(r.view)
	}
	return nil
}

func small(answer any) bool {
	b, err := json.Marshal(answer)
	return err == nil && len(b) <= largestAnswer
}

// submitted checks a submitted form anew (time has passed since it was opened),
// shows the mail, and at the second submission does what it says.
func (d *Desk) submitted(ctx context.Context, in interaction) reply {
	if ours(in.View.CallbackID) {
		return d.officeSubmitted(ctx, in)
	}
	carried, ok := parseCarried(in.View.PrivateMetadata)
	if !ok || !hasForm(rules.EventKind(in.View.CallbackID)) {
		return d.told(d.words["told.unreadable"])
	}
	f, actor, no := d.submittedForm(ctx, in, carried.target)
	if no != "" {
		view := d.keptView(in.View.State.Values, no)
		return reply{view: &view, told: no}
	}
	_, wrong := f.read(in.View.State.Values)
	if folded(f.letter) == carried.body {
		f.letter, f.event.Mail = "", "" // as the desk composed it
	}
	if late(f.v, carried.target, f.kind) || !may(f.v.Case, f.kind) {
		return d.overtaken(ctx, f, actor)
	}
	d.nameColleague(ctx, f, wrong)
	if len(wrong) > 0 {
		f.remark = joinValues(wrong)
		view := d.formView(f)
		return reply{errors: wrong, view: &view}
	}
	if carried.shown != f.digest() {
		return d.show(ctx, f, actor, carried.shown != "", in.once())
	}
	if f.letter != "" { // what is wrong with his own words is said where they stand
		_, err := d.look(ctx, f, actor)
		if refused, ok := errors.AsType[Refused](err); ok {
			return d.refusal(f, refused)
		}
	}
	return d.act(ctx, f, actor, carried.seen, in.once())
}

// submittedForm is the form as the case is now, and who has submitted it; or why
// he may not, or nobody can now.
func (d *Desk) submittedForm(ctx context.Context, in interaction, t target) (f *form, actor rules.Actor, no string) {
	kind := rules.EventKind(in.View.CallbackID)
	actor, err := d.staff.admit(ctx, in.caller(), Action(kind), false)
	if err != nil {
		return nil, actor, d.turnAway(in.caller(), Action(kind), t.number, err)
	}
	v, err := d.hooks.View(ctx, t.number)
	if err != nil {
		d.log.Error("slack: look up a case", "case", t.number, "err", err)
		return nil, actor, d.words["told.trouble"]
	}
	if err := d.mayConfirm(ctx, in, kind, v.Case, false); err != nil {
		return nil, actor, d.turnAway(in.caller(), Action(kind), t.number, err)
	}
	return d.newForm(kind, v, in.User.ID), actor, ""
}

// overtaken says that the case has changed since the form was opened. What the
// person wrote is kept: in the form where the case still allows it, else to be
// read and copied.
func (d *Desk) overtaken(ctx context.Context, f *form, actor rules.Actor) reply {
	f.remark = d.stale(f.v)
	if !may(f.v.Case, f.kind) {
		d.spawn("refresh", func() { d.refresh(f.c.Number) })
		message := f.remark + " " + d.notNow(f.v.Case)
		view := d.keptView(f.entered, message)
		return reply{view: &view, told: message}
	}
	told := f.remark
	f.remark += " " + f.w["form.kept"]
	p, err := d.look(ctx, f, actor)
	if refused, ok := errors.AsType[Refused](err); ok {
		f.remark += " " + refused.Message
	} else if err == nil {
		f.preview = &p
	}
	view := d.formView(f)
	return reply{view: &view, told: told}
}

// show shows what a form would do, with the form above it. Where nobody is
// written to and nobody else is needed, there is nothing to see, and it is done.
func (d *Desk) show(ctx context.Context, f *form, actor rules.Actor, again bool, key string) reply {
	p, err := d.look(ctx, f, actor)
	if refused, ok := errors.AsType[Refused](err); ok {
		return d.refusal(f, refused)
	}
	if err != nil {
		f.remark = f.w["told.no_preview"]
		view := d.formView(f)
		return reply{view: &view, told: f.remark}
	}
	if p.Mail == nil && len(p.Again) == 0 && p.Second == "" {
		return d.act(ctx, f, actor, "", key)
	}
	f.preview = &p
	if again {
		f.remark = f.w["form.changed"]
	}
	view := d.formView(f)
	return reply{view: &view}
}

// refusal says what the rules refuse at the field that it is about, or above the
// form. Nothing that was entered is lost.
func (d *Desk) refusal(f *form, refused Refused) reply {
	f.remark = refused.Message
	view := d.formView(f)
	block := string(refused.Field)
	if refused.Field == "mail" {
		block = firstPiece(f.entered)
	}
	if block != "" && (f.has(block) || refused.Field == "mail") {
		return reply{errors: map[string]string{block: refused.Message}, view: &view, told: refused.Message}
	}
	return reply{view: &view, told: refused.Message}
}

// act does what a form says. seen names the mail that the person saw.
func (d *Desk) act(ctx context.Context, f *form, actor rules.Actor, seen, key string) reply {
	event := f.event
	event.Actor = actor
	click := rules.Click{Number: f.c.Number, Version: f.c.Version, Event: event, Seen: seen}
	result, err := d.hooks.Click(ctx, click, key)
	switch {
	case err != nil:
		d.log.Error("slack: click", "case", click.Number, "event", click.Event.Kind, "err", err)
		f.remark = f.w["told.trouble"]
		view := d.formView(f)
		return reply{view: &view, told: f.remark}
	case !result.Done:
		return d.notDone(ctx, f, actor, result.Message)
	case result.Message != "":
		view := d.toldView("modal.done", result.Message)
		return reply{view: &view}
	}
	return reply{}
}

// notDone shows the form again as the case is now: somebody else was faster, or
// what was shown no longer holds.
func (d *Desk) notDone(ctx context.Context, f *form, actor rules.Actor, message string) reply {
	v, err := d.hooks.View(ctx, f.c.Number)
	if err != nil {
		d.log.Error("slack: look up a case", "case", f.c.Number, "err", err)
		return d.told(message)
	}
	changed := v.Case.Version != f.c.Version
	f.v, f.c = v, v.Named()
	if changed {
		return d.overtaken(ctx, f, actor)
	}
	if p, err := d.look(ctx, f, actor); err == nil {
		f.preview = &p
	}
	f.remark = message
	view := d.formView(f)
	return reply{view: &view, told: message}
}

// nameColleague looks up to whom a case shall go: only who may act on returns
// can be given one.
func (d *Desk) nameColleague(ctx context.Context, f *form, wrong map[string]string) {
	id := f.event.Person.ID
	if f.kind != rules.EvAssign || id == "" {
		return
	}
	user, err := d.staff.people.of(ctx, id, true)
	if err == nil {
		err = member(user)
	}
	listed := false
	if err == nil {
		listed, err = d.staff.listed(ctx, id, Look, true)
	}
	switch _, denied := errors.AsType[denied](err); {
	case err != nil && !denied:
		d.log.Error("slack: look up a colleague", "user", id, "err", explained(err))
		wrong["person"] = f.w["refused.unsure"]
	case err != nil || !listed:
		wrong["person"] = f.w["form.bad_person"]
	default:
		f.event.Person.Name = shorten(line(displayName(user)), personName)
	}
}

func (d *Desk) told(message string) reply {
	view := d.toldView("modal.told", message)
	return reply{view: &view}
}

// updateView fills a modal that is open. If the person has closed it, he is
// told by a message only he sees.
func (d *Desk) updateView(ctx context.Context, in interaction, id string, view slack.ModalViewRequest, told string) {
	_, err := d.api.UpdateViewContext(ctx, view, "", "", id)
	if err == nil {
		return
	}
	d.log.Warn("slack: fill a modal", "user", in.User.ID, "view", view.CallbackID, "err", explained(err))
	if view.CallbackID == toldID {
		told = view.PrivateMetadata
	}
	d.tell(ctx, in, told)
}

// tell tells the person who clicked something that nobody else sees.
func (d *Desk) tell(ctx context.Context, in interaction, message string) {
	if message == "" {
		return
	}
	if in.ResponseURL != "" {
		err := d.respond(ctx, in.ResponseURL, message)
		if err == nil {
			return
		}
		d.log.Warn("slack: answer privately", "user", in.User.ID, "err", err)
	}
	channel := in.Channel.ID
	if channel == "" {
		channel = d.cfg.Channel
	}
	_, err := d.api.PostEphemeralContext(ctx, channel, in.User.ID,
		slack.MsgOptionText(cut(message, maxFallback), false), slack.MsgOptionBlocks(plainSection(message)))
	if err != nil {
		d.log.Warn("slack: tell privately", "user", in.User.ID, "err", explained(err))
	}
}

// respond posts to the response_url of an interaction.
func (d *Desk) respond(ctx context.Context, url, message string) error {
	body, err := json.Marshal(map[string]any{
		"response_type": "ephemeral", "replace_original": false,
		"text": cut(message, maxFallback), "blocks": []slack.Block{plainSection(message)},
	})
	if err != nil {
		return fmt.Errorf("make an answer: %w", err)
	}
	return d.postTo(ctx, url, body)
}

// postTo posts to a response_url.
func (d *Desk) postTo(ctx context.Context, url string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return errors.New("response_url is no address")
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := d.http.Do(req)
	if err != nil {
		return errors.New("response_url cannot be reached") // the error would show the address, which is a secret
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("response_url answered %d", resp.StatusCode)
	}
	return nil
}
