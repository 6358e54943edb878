package loopback

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// slackArgs are the arguments of one call. A structured argument is JSON text,
// whether it came in a form or in a JSON body.
type slackArgs map[string]string

// slackReply is what a method adds to {"ok":true}.
type slackReply map[string]any

// slackError is a refusal with Slack's code.
type slackError struct {
	code     string
	messages []string       // for response_metadata
	extra    map[string]any // e.g. needed and provided
}

func (e *slackError) Error() string { return e.code }

func refuse(code string, messages ...string) error {
	return &slackError{code: code, messages: messages}
}

// slackMethod is one method of the Web API. run is called with mu held.
type slackMethod struct {
	scopes []string // any one of them
	run    func(*Slack, slackArgs) (slackReply, error)
}

func slackMethods() map[string]slackMethod {
	chat := []string{"chat:write"}
	history := []string{"channels:history", "groups:history"}
	return map[string]slackMethod{
		"auth.test":                    {nil, (*Slack).authTest},
		"apps.connections.open":        {nil, (*Slack).connectionsOpen},
		"chat.postMessage":             {chat, (*Slack).postMessage},
		"chat.update":                  {chat, (*Slack).updateMessage},
		"chat.delete":                  {chat, (*Slack).deleteMessage},
		"chat.postEphemeral":           {chat, (*Slack).postEphemeral},
		"chat.getPermalink":            {nil, (*Slack).permalink},
		"conversations.history":        {history, (*Slack).history},
		"conversations.replies":        {history, (*Slack).repliesOf},
		"conversations.info":           {[]string{"channels:read", "groups:read"}, (*Slack).channelInfo},
		"files.getUploadURLExternal":   {[]string{"files:write"}, (*Slack).getUploadURL},
		"files.completeUploadExternal": {[]string{"files:write"}, (*Slack).completeUpload},
		"files.delete":                 {[]string{"files:write"}, (*Slack).deleteFile},
		"users.info":                   {[]string{"users:read"}, (*Slack).userInfo},
		"usergroups.users.list":        {[]string{"usergroups:read"}, (*Slack).groupUsers},
		"reactions.add":                {[]string{"reactions:write"}, (*Slack).addReaction},
		"views.open":                   {nil, (*Slack).viewsOpen},
		"views.push":                   {nil, (*Slack).viewsPush},
		"views.update":                 {nil, (*Slack).viewsUpdate},
		"views.publish":                {nil, (*Slack).viewsPublish},
	}
}

func (s *Slack) routes() http.Handler {
	mux := http.NewServeMux()
	methods := slackMethods()
	mux.HandleFunc("POST /api/{method}", func(w http.ResponseWriter, r *http.Request) {
		s.serveMethod(w, r, methods)
	})
	mux.HandleFunc("POST /upload/{id}", s.serveUpload)
	mux.HandleFunc("POST /response/{id}", s.serveResponseURL)
	mux.HandleFunc("GET /socket/{ticket}", s.serveSocket)
	return s.dated(mux)
}

func (s *Slack) serveMethod(w http.ResponseWriter, r *http.Request, methods map[string]slackMethod) {
	name := r.PathValue("method")
	fault, faulty := s.takeFault(name)
	if faulty && !fault.Drop {
		fault.write(w)
		return
	}
	reply, err := s.call(name, methods, r)
	if faulty { // it happened, but nobody is told
		panic(http.ErrAbortHandler)
	}
	if err != nil {
		s.refused(name, err)
	}
	if name == "auth.test" && err == nil {
		w.Header().Set("X-Oauth-Scopes", strings.Join(s.opts.Scopes, ","))
	}
	writeSlack(w, reply, err)
}

// call checks the token, the arguments and the scope, and runs the method.
func (s *Slack) call(name string, methods map[string]slackMethod, r *http.Request) (slackReply, error) {
	args, err := readSlackArgs(r)
	if err != nil {
		return nil, err
	}
	m, ok := methods[name]
	if !ok {
		return nil, refuse("unknown_method")
	}
	if err := s.checkToken(name, args["token"], r.Header.Get("Authorization")); err != nil {
		return nil, err
	}
	if err := s.checkScope(m.scopes); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return m.run(s, args)
}

func (s *Slack) checkToken(method, inForm, inHeader string) error {
	token, want, other := strings.TrimPrefix(inHeader, "Bearer "), s.BotToken, s.AppToken
	if method == "apps.connections.open" {
		want, other = other, want
	} else if token == "" {
		token = inForm
	}
	switch token {
	case want:
		return nil
	case "":
		return refuse("not_authed")
	case other:
		return refuse("not_allowed_token_type")
	}
	return refuse("invalid_auth")
}

func (s *Slack) checkScope(enough []string) error {
	if len(enough) == 0 || slices.ContainsFunc(enough, func(x string) bool { return slices.Contains(s.opts.Scopes, x) }) {
		return nil
	}
	return &slackError{code: "missing_scope", extra: map[string]any{
		"needed": enough[0], "provided": strings.Join(s.opts.Scopes, ",")}}
}

const slackBodyLimit = 1 << 20

// readSlackArgs reads a form or a JSON body. The query string does not count.
func readSlackArgs(r *http.Request) (slackArgs, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, slackBodyLimit))
	if err != nil {
		return nil, refuse("request_timeout")
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		return jsonArgs(body)
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, refuse("invalid_form_data")
		}
		args := slackArgs{}
		for k := range form {
			args[k] = form.Get(k)
		}
		return args, nil
	case "":
		if len(body) == 0 {
			return slackArgs{}, nil
		}
	}
	return nil, refuse("invalid_post_type")
}

func jsonArgs(body []byte) (slackArgs, error) {
	args := slackArgs{}
	if len(body) == 0 {
		return args, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, refuse("invalid_json")
	}
	delete(fields, "token") // Slack wants it in the header
	for k, raw := range fields {
		var text string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &text) == nil:
			args[k] = text
		default:
			args[k] = string(raw)
		}
	}
	return args, nil
}

func (a slackArgs) has(key string) bool {
	_, ok := a[key]
	return ok
}

func (a slackArgs) isTrue(key string) bool {
	v, err := strconv.ParseBool(a[key])
	return err == nil && v
}

// writeSlack answers as Slack does: 200 for yes and for no.
func writeSlack(w http.ResponseWriter, reply slackReply, err error) {
	out := map[string]any{"ok": err == nil}
	for k, v := range reply {
		out[k] = v
	}
	var refusal *slackError
	if errors.As(err, &refusal) {
		for k, v := range refusal.extra {
			out[k] = v
		}
		out["error"] = refusal.code
		if len(refusal.messages) > 0 {
			out["errors"] = refusal.messages
			out["response_metadata"] = map[string]any{"messages": prefixed("[ERROR] ", refusal.messages)}
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(out) // the app hung up
}

func prefixed(prefix string, list []string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = prefix + x
	}
	return out
}

// refused remembers a refusal for Refusals.
func (s *Slack) refused(method string, err error) {
	r := Refusal{Method: method, Error: err.Error()}
	var refusal *slackError
	if errors.As(err, &refusal) {
		r.Details = refusal.messages
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, r)
}

// SlackFault is how a call of the Web API goes wrong.
type SlackFault struct {
	Status     int           // HTTP status; 200 when zero
	RetryAfter time.Duration // header Retry-After, in whole seconds
	Error      string        // Slack's code, with status 200
	Drop       bool          // the call takes effect, but the connection ends without an answer
}

type slackFaultLeft struct {
	SlackFault
	method string
	left   int
}

// Fail makes the next n calls of a method go wrong; "*" is any method.
func (s *Slack) Fail(method string, n int, f SlackFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, slackFaultLeft{f, method, n})
}

func (s *Slack) takeFault(method string) (SlackFault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.faults {
		f := &s.faults[i]
		if f.left > 0 && (f.method == method || f.method == "*") {
			f.left--
			return f.SlackFault, true
		}
	}
	return SlackFault{}, false
}

func (f SlackFault) write(w http.ResponseWriter) {
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter/time.Second)))
	}
	if f.Status == 0 || f.Status == http.StatusOK {
		writeSlack(w, nil, refuse(f.Error))
		return
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(f.Status)
	_, _ = fmt.Fprintf(w, "<!doctype html><title>%d</title>", f.Status) // the app hung up
}
