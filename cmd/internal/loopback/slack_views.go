package loopback

import (
	"encoding/json"
	"net/url"
	"slices"
	"time"
)

// slackTrigger is one trigger_id: who may be shown a modal because of it, once
// and soon.
type slackTrigger struct {
	user string
	born time.Time
	used bool
}

// newTrigger makes the trigger_id of one interaction. The caller holds mu.
func (s *Slack) newTrigger(user string) string {
	id := slackRandom(4) + "." + slackRandom(4) + "." + slackRandom(16)
	s.triggers[id] = &slackTrigger{user: user, born: s.triggerBorn()}
	return id
}

func (s *Slack) exchange(id string) (string, error) {
	t, ok := s.triggers[id]
	switch {
	case !ok:
		return "", refuse("invalid_trigger_id")
	case t.used:
		return "", refuse("exchanged_trigger_id")
	case time.Since(t.born) > s.opts.TriggerTTL:
		return "", refuse("expired_trigger_id")
	}
	t.used = true
	return t.user, nil
}

// readView decodes and checks the argument "view".
func readView(raw, want string) (ViewRequest, error) {
	var v ViewRequest
	if raw == "" {
		return v, refuse("invalid_arguments", "missing required field: view")
	}
	if len(raw) > 250<<10 {
		return v, refuse("view_too_large")
	}
	var sent struct {
		ViewRequest
		SubmitDisabled bool `json:"submit_disabled"`
	}
	if err := slackStrict([]byte(raw), &sent); err != nil {
		return v, refuse("invalid_arguments", err.Error()+" [json-pointer:/view]")
	}
	v = sent.ViewRequest
	if errs := checkView(v, want); len(errs) > 0 {
		return v, refuse("invalid_arguments", errs...)
	}
	v.Blocks = storeBlocks(v.Blocks)
	storeTexts(v.Title, v.Submit, v.Close)
	return v, nil
}

func (s *Slack) viewsOpen(args slackArgs) (slackReply, error) {
	v, err := readView(args["view"], "modal")
	if err != nil {
		return nil, err
	}
	user, err := s.exchange(args["trigger_id"])
	if err != nil {
		return nil, err
	}
	s.closeViews(user)
	return slackReply{"view": s.push(user, v).wire()}, nil
}

func (s *Slack) viewsPush(args slackArgs) (slackReply, error) {
	v, err := readView(args["view"], "modal")
	if err != nil {
		return nil, err
	}
	user, err := s.exchange(args["trigger_id"])
	if err != nil {
		return nil, err
	}
	if err := s.mayPush(user); err != nil {
		return nil, err
	}
	return slackReply{"view": s.push(user, v).wire()}, nil
}

func (s *Slack) mayPush(user string) error {
	switch n := len(s.stacks[user]); {
	case n == 0:
		return refuse("not_found")
	case n >= 3:
		return refuse("push_limit_reached")
	}
	return nil
}

// push puts a modal on top of a person's stack.
func (s *Slack) push(user string, v ViewRequest) *View {
	view := &View{ViewRequest: v, ID: "V" + slackRandom(5), User: user, Hash: slackRandom(8), Values: url.Values{}}
	view.Root = view.ID
	if stack := s.stacks[user]; len(stack) > 0 {
		view.Root, view.Previous = stack[0], stack[len(stack)-1]
	}
	s.views[view.ID] = view
	s.stacks[user] = append(s.stacks[user], view.ID)
	s.touch()
	return view
}

func (s *Slack) closeViews(user string) {
	for _, id := range s.stacks[user] {
		delete(s.views, id)
	}
	delete(s.stacks, user)
	s.touch()
}

func (s *Slack) viewsUpdate(args slackArgs) (slackReply, error) {
	view, err := s.viewOf(args)
	if err != nil {
		return nil, err
	}
	v, err := readView(args["view"], view.Type)
	if err != nil {
		return nil, err
	}
	if h := args["hash"]; h != "" && h != view.Hash {
		return nil, refuse("hash_conflict")
	}
	s.redraw(view, v)
	return slackReply{"view": view.wire()}, nil
}

func (s *Slack) viewOf(args slackArgs) (*View, error) {
	if id := args["view_id"]; id != "" {
		if v, ok := s.views[id]; ok {
			return v, nil
		}
		return nil, refuse("not_found")
	}
	if args["external_id"] == "" {
		return nil, refuse("invalid_arguments", "missing required field: view_id")
	}
	for _, v := range s.views {
		if v.ExternalID == args["external_id"] {
			return v, nil
		}
	}
	return nil, refuse("not_found")
}

// redraw replaces what a view shows. What was entered stays where block_id and
// action_id are the same as before.
func (s *Slack) redraw(view *View, v ViewRequest) {
	view.ViewRequest, view.Hash, view.Errors = v, slackRandom(8), nil
	kept := url.Values{}
	for _, f := range fieldsOf(v.Blocks) {
		if values, ok := view.Values[f.key()]; ok && f.sanePick(values) {
			kept[f.key()] = values
		}
	}
	view.Values = kept
	s.touch()
}

func (s *Slack) viewsPublish(args slackArgs) (slackReply, error) {
	v, err := readView(args["view"], "home")
	if err != nil {
		return nil, err
	}
	user := args["user_id"]
	if _, ok := s.person(user); !ok {
		return nil, refuse("invalid_arguments", "invalid `user_id`")
	}
	home, ok := s.homes[user]
	if !ok {
		home = &View{ID: "V" + slackRandom(5), User: user}
		home.Root = home.ID
		s.homes[user], s.views[home.ID] = home, home
	} else if h := args["hash"]; h != "" && h != home.Hash {
		return nil, refuse("hash_conflict")
	}
	s.redraw(home, v)
	return slackReply{"view": home.wire()}, nil
}

// wire is the view as Slack sends it, with the state of its inputs.
func (v *View) wire() map[string]any {
	w := map[string]any{"id": v.ID, "team_id": slackTeam, "type": v.Type, "blocks": v.Blocks,
		"private_metadata": v.PrivateMetadata, "callback_id": v.CallbackID, "external_id": v.ExternalID,
		"hash": v.Hash, "root_view_id": v.Root, "previous_view_id": v.Previous, "app_id": slackApp,
		"app_installed_team_id": slackTeam, "bot_id": slackBotID,
		"clear_on_close": v.ClearOnClose, "notify_on_close": v.NotifyOnClose,
		"title": v.Title, "submit": v.Submit, "close": v.Close,
		"state": map[string]any{"values": stateOf(v.Blocks, v.Values)}}
	return w
}

// field is one interactive element of a list of blocks, with the block that
// it stands in.
type field struct {
	block   *Block
	element *Element
}

func (f field) key() string { return f.block.BlockID + "/" + f.element.ActionID }

// fieldsOf lists what can be pressed or filled in.
func fieldsOf(blocks []Block) []field {
	var list []field
	add := func(b *Block, e *Element) {
		if e != nil && e.interactive() {
			list = append(list, field{b, e})
		}
	}
	for i := range blocks {
		b := &blocks[i]
		add(b, b.Accessory)
		add(b, b.Element)
		if b.Type == "actions" {
			for j := range b.Elements {
				add(b, &b.Elements[j])
			}
		}
	}
	return list
}

// holdsValue says whether the element keeps what a person chose or wrote.
func (e Element) holdsValue() bool { return e.Type != "button" && e.Type != "overflow" }

// Initial returns the values that the element starts with.
func (e Element) Initial() []string {
	var list []string
	for _, o := range e.InitialOptions {
		list = append(list, o.Value)
	}
	if e.InitialOption != nil {
		list = append(list, e.InitialOption.Value)
	}
	for _, v := range []string{e.InitialValue, e.InitialDate, e.InitialUser} {
		if v != "" {
			list = append(list, v)
		}
	}
	return list
}

// sanePick says whether the values are still among the element's options.
func (f field) sanePick(values []string) bool {
	if len(f.element.Options) == 0 {
		return true
	}
	return !slices.ContainsFunc(values, func(v string) bool { return f.element.option(v) == nil })
}

func (e Element) option(value string) *Option {
	for i, o := range e.Options {
		if o.Value == value {
			return &e.Options[i]
		}
	}
	return nil
}

// Holding returns what an input of the view holds now: what the person
// entered, or what it started with.
func (v View) Holding(block Block, e Element) []string {
	if given, ok := v.Values[field{&block, &e}.key()]; ok {
		return given
	}
	return e.Initial()
}

// stateOf is view.state.values: what each input holds now, or null.
func stateOf(blocks []Block, values url.Values) map[string]map[string]any {
	state := map[string]map[string]any{}
	for _, f := range fieldsOf(blocks) {
		if !f.element.holdsValue() {
			continue
		}
		given, ok := values[f.key()]
		if !ok {
			given = f.element.Initial()
		}
		if state[f.block.BlockID] == nil {
			state[f.block.BlockID] = map[string]any{}
		}
		state[f.block.BlockID][f.element.ActionID] = f.element.state(given)
	}
	return state
}

// state is one input's part of view.state.values and of an action.
func (e Element) state(values []string) map[string]any {
	first := any(nil)
	if len(values) > 0 && values[0] != "" {
		first = values[0]
	}
	out := map[string]any{"type": e.Type}
	switch e.Type {
	case "static_select", "radio_buttons", "overflow":
		out["selected_option"] = nil
		if len(values) > 0 {
			out["selected_option"] = e.option(values[0])
		}
	case "checkboxes", "multi_static_select":
		picked := []*Option{}
		for _, v := range values {
			if o := e.option(v); o != nil {
				picked = append(picked, o)
			}
		}
		out["selected_options"] = picked
	case "datepicker":
		out["selected_date"] = first
	case "users_select":
		out["selected_user"] = first
	default:
		out["value"] = first
	}
	return out
}

// mustJSON encodes what came out of JSON or of Go's own types.
func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}
