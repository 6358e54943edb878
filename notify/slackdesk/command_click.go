package slackdesk

import (
	"context"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"retour/rules"
)

// ours are the beginnings of the action_ids and callback_ids of what is not
// about one card.
func ours(id string) bool { return strings.HasPrefix(id, "desk.") || strings.HasPrefix(id, "held.") }

// officeClicked handles a button of an answer, of the Home tab or of a held mail.
func (d *Desk) officeClicked(ctx context.Context, in interaction) {
	a := in.Actions[0]
	if strings.HasPrefix(a.ActionID, "held.") {
		d.heldClicked(ctx, in, a.ActionID, a.Value)
		return
	}
	switch a.ActionID {
	case "desk.show":
		d.window(ctx, in, Look, a.Value, func(ctx context.Context) slack.ModalViewRequest { return d.showView(ctx, a.Value) })
	case "desk.open", "desk.receive":
		d.runCommand(ctx, in, strings.TrimPrefix(a.ActionID, "desk."))
	case "desk.run", "desk.run.find":
		d.runCommand(ctx, in, a.Value)
	case "desk.refresh":
		d.homeOpened(ctx, in.caller())
	case "desk.page.back", "desk.page.next":
		d.turnPage(ctx, in, a.Value)
	case "desk.unblock":
		d.unblock(ctx, in, a.Value)
	default:
		d.log.Warn("slack: a button that is not ours", "user", in.User.ID, "action", a.ActionID)
		d.tell(ctx, in, d.words["told.unreadable"])
	}
}

// turnPage puts another page in the place of the one whose button was pressed.
func (d *Desk) turnPage(ctx context.Context, in interaction, value string) {
	who, err := d.staff.admit(ctx, in.caller(), Look, false)
	if err != nil {
		d.tell(ctx, in, d.turnAway(in.caller(), Look, "a list", err))
		return
	}
	p, ok := parsePage(value)
	if !ok {
		d.tell(ctx, in, d.words["told.unreadable"])
		return
	}
	m, err := d.privately(d.words["told.unreadable"]), error(nil)
	switch List(p.list) {
	case ListMine, ListLate:
		m, err = d.listed(ctx, List(p.list), who.ID, p.offset)
	case "find":
		m, err = d.found(ctx, p.typed, p.offset)
	}
	if err != nil {
		d.log.Error("slack: turn a page", "list", p.list, "err", err)
		m = d.privately(d.words["command.trouble"])
	}
	d.answerPrivately(ctx, in, m, true)
}

func (d *Desk) unblock(ctx context.Context, in interaction, sender string) {
	who, err := d.staff.admit(ctx, in.caller(), BlockSender, false)
	if err != nil {
		d.tell(ctx, in, d.turnAway(in.caller(), BlockSender, sender, err))
		return
	}
	was, held, err := d.hooks.Office.Unblock(ctx, sender, who)
	switch {
	case err != nil:
		d.log.Error("slack: unblock", "sender", sender, "err", err)
		d.tell(ctx, in, d.words["told.trouble"])
	case !was:
		d.tell(ctx, in, d.words.say("command.not_blocked", shorten(line(sender), addressLen)))
	default:
		d.tell(ctx, in, d.words.say("command.unblocked", shorten(line(sender), addressLen), held))
	}
}

// showView is a case as its card shows it, in a window.
func (d *Desk) showView(ctx context.Context, number string) slack.ModalViewRequest {
	v, err := d.hooks.View(ctx, number)
	if err != nil {
		d.log.Error("slack: look up a case", "case", number, "err", err)
		return d.toldView("modal.told", d.words["told.trouble"])
	}
	return d.view("window.case", toldID, d.privateCard(ctx, v))
}

// window opens a window for an action, or tells why not. trigger_id holds for
// three seconds, so it is opened before anything that may take time, and filled
// afterwards. A button in a window opens the next one on top of it.
func (d *Desk) window(ctx context.Context, in interaction, action Action, about string, fill func(context.Context) slack.ModalViewRequest) {
	sure := d.me.Load() != nil && d.staff.known(in.User.ID, action)
	if sure {
		if _, err := d.staff.admit(ctx, in.caller(), action, true); err != nil {
			d.tell(ctx, in, d.turnAway(in.caller(), action, about, err))
			return
		}
	}
	opening, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	put := d.api.OpenViewContext
	if in.View.Type == string(slack.VTModal) {
		put = d.api.PushViewContext
	}
	opened, err := put(opening, in.TriggerID, d.waitView("modal.loading"))
	if err != nil {
		d.log.Warn("slack: open a modal", "about", about, "action", action, "err", explained(err))
		d.tell(ctx, in, d.words["told.expired"])
		return
	}
	if !sure {
		if _, err := d.staff.admit(ctx, in.caller(), action, true); err != nil {
			d.updateView(ctx, in, opened.ID, d.toldView("modal.told", d.turnAway(in.caller(), action, about, err)), "")
			return
		}
	}
	d.updateView(ctx, in, opened.ID, fill(ctx), "")
}

// officeSubmitted handles a form that is not about one card.
func (d *Desk) officeSubmitted(ctx context.Context, in interaction) reply {
	action, handle := d.formOf(in.View.CallbackID)
	if handle == nil {
		return d.told(d.words["told.unreadable"])
	}
	who, err := d.staff.admit(ctx, in.caller(), action, false)
	if err != nil {
		return d.told(d.turnAway(in.caller(), action, in.View.CallbackID, err))
	}
	return handle(ctx, in, who)
}

// formOf is what a form is for, and who handles it.
func (d *Desk) formOf(callback string) (Action, func(context.Context, interaction, rules.Actor) reply) {
	switch callback {
	case "desk.open":
		return OpenCase, d.openSubmitted
	case "desk.receive":
		return Action(rules.EvReceive), d.dockSubmitted
	case "held.join":
		return JudgeHeld, d.joinSubmitted
	case "held.block":
		return BlockSender, d.blockSubmitted
	}
	return "", nil
}
