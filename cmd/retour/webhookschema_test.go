package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"retour/notify"
	"retour/rules/casebook"
)

// compiled is the published schema, closed: what it does not name may not be there.
func compiled(t *testing.T) *jsonschema.Schema { return compiledPart(t, "") }

// compiledPart is one definition of it.
func compiledPart(t *testing.T, part string) *jsonschema.Schema {
	t.Helper()
	var out bytes.Buffer
	if err := (printWebhookSchemaCmd{}).Run(&world{stdout: &out}); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&out)
	if err != nil {
		t.Fatal(err)
	}
	closeObjects(doc)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:retour:webhooks:1", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:retour:webhooks:1" + part)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeObjects(v any) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	if m["type"] == "object" {
		m["additionalProperties"] = false
	}
	for key, sub := range m {
		if key != "examples" {
			closeObjects(sub)
		}
	}
}

func validate(t *testing.T, s *jsonschema.Schema, body []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("against the schema: %v\n%s", err, body)
	}
}

// The schema refuses what is none of our webhooks, so that the other tests of it
// can fail.
func TestSchemaCanRefuse(t *testing.T) {
	s := compiled(t)
	for _, wrong := range []string{`{}`, `{"type":"case.opened"}`, `{"type":"case.lost","timestamp":"2026-11-23T09:30:00Z","data":{"desk":"x"}}`,
		`{"type":"webhook.test","timestamp":"yesterday","data":{"desk":"x"}}`, `{"type":"webhook.test","timestamp":"2026-11-23T09:30:00Z","data":{"desk":"x","more":1}}`} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(wrong))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(v) == nil {
			t.Errorf("the schema takes %s", wrong)
		}
	}
}

func TestExamplesFollowTheSchema(t *testing.T) {
	s := compiled(t)
	for _, doc := range notify.WebhookTypes() {
		body, err := json.Marshal(exampleOf(doc.Type))
		if err != nil {
			t.Fatal(err)
		}
		validate(t, s, body)
		if !bytes.HasPrefix(body, fmt.Appendf(nil, `{"type":%q`, doc.Type)) {
			t.Errorf("the example of %s is %s", doc.Type, body)
		}
	}
}

// The words of the schema are all the constants of their types.
func TestSchemaKnowsEveryWord(t *testing.T) {
	set := token.NewFileSet()
	files, err := filepath.Glob("../../rules/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var parsed []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
	}
	conf := types.Config{Importer: importer.Default(), Error: func(error) {}} // imports are not needed for constants
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	_, _ = conf.Check("retour/rules", set, parsed, info)
	found := map[string][]string{}
	for _, o := range info.Defs {
		if c, ok := o.(*types.Const); ok && c.Parent() == c.Pkg().Scope() && c.Val().Kind() == constant.String {
			name := strings.TrimPrefix(c.Type().String(), "retour/rules.")
			found[name] = append(found[name], constant.StringVal(c.Val()))
		}
	}
	for typ, has := range vocabulary {
		want := slices.Sorted(slices.Values(found[typ.Name()]))
		if got := slices.Sorted(slices.Values(has)); !slices.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s: the schema has %v, the program %v", typ.Name(), got, want)
		}
	}
}

// Every member of the data says what it is.
func TestSchemaDescribesEveryMember(t *testing.T) {
	for name, def := range webhookSchema()["$defs"].(object) {
		for member, p := range def.(object)["properties"].(object) {
			p := p.(object)
			if p["const"] == nil && p["$ref"] == nil && p["description"] == nil {
				t.Errorf("%s.%s has no description", name, member)
			}
		}
	}
	if reflect.TypeFor[notify.WebhookData]().NumField() != 13 {
		t.Error("WebhookData has changed: is the new member personal, is it pruned where it must be, is it in Impersonal?")
	}
}

// simulated plays some weeks of a desk that two endpoints follow: one is told
// everything, one what is told where nothing is said.
func simulated(t *testing.T) *casebook.Book {
	t.Helper()
	book, err := casebook.Open(t.Context(), filepath.Join(t.TempDir(), "life.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	ordinary, personal := notify.WebhookFields()
	cfg := defaultConfig()
	cfg.Desk.Address, cfg.Mailbox.AuthServ = "rma@desk.example", simulatedServer
	s := &simulateCmd{From: time.Date(2026, 4, 20, 0, 0, 0, 0, time.UTC), Days: 28, Mails: 5, Customers: 30, Seed: 3,
		endpoints: []notify.Endpoint{{Name: "all", Fields: slices.Concat(ordinary, personal)}, {Name: "plain", Fields: ordinary}}}
	if _, err := s.play(&world{ctx: t.Context(), stdout: os.Stdout, stderr: &bytes.Buffer{}}, cfg, book); err != nil {
		t.Fatal(err)
	}
	return book
}

// A whole simulated life follows the schema; who is told nothing personal is told
// nothing personal; and who follows the webhooks of a case has it as it is.
func TestSimulatedLifeFollowsTheSchema(t *testing.T) {
	book, s := simulated(t), compiled(t)
	rows, err := book.Outbox(t.Context(), casebook.OutboxFilter{Status: casebook.Pending})
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(rows)
	follower, seen := map[string]notify.CaseJSON{}, map[notify.WebhookType]int{}
	for _, row := range rows {
		name := notify.EndpointOf(row.Kind)
		if name == "" {
			continue
		}
		validate(t, s, row.Body)
		var w notify.Webhook
		if err := json.Unmarshal(row.Body, &w); err != nil {
			t.Fatal(err)
		}
		if name == "plain" {
			tellsNobody(t, book, row)
			continue
		}
		if last := follower[w.Data.Case.Number]; last.Version > w.Data.Case.Version {
			t.Errorf("%s: version %d after %d", w.Data.Case.Number, w.Data.Case.Version, last.Version)
		}
		follower[w.Data.Case.Number] = w.Data.Case
		seen[w.Type]++
	}
	cases, err := book.Cases(t.Context(), casebook.CaseFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		got, want := follower[c.Number], notify.NewCaseJSON(c)
		got.Version, want.Version, got.Rule, want.Rule, got.Deadline, want.Deadline = 0, 0, "", "", time.Time{}, time.Time{}
		if a, b := asJSON(t, got), asJSON(t, want); a != b {
			t.Errorf("%s: a follower has\n%s\nand the desk\n%s", c.Number, a, b)
		}
	}
	t.Log(len(cases), "cases,", seen)
	for _, want := range []notify.WebhookType{notify.HookOpened, notify.HookRuled, notify.HookReceived, notify.HookTested,
		notify.HookLeft, notify.HookUpdated, notify.HookState, notify.HookClosed} {
		if seen[want] == 0 { // the others are in TestNeighboursFollow
			t.Errorf("nothing in the life is told as %s", want)
		}
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// tellsNobody: a webhook names nobody outside the desk, and has nothing that was
// written.
func tellsNobody(t *testing.T, book *casebook.Book, row casebook.Row) {
	t.Helper()
	c, err := book.CaseByID(t.Context(), row.CaseID)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]bool{}
	for _, p := range append(c.Parties, c.Customer) {
		secrets[p.Address] = true
		if len(p.Name) > 3 {
			secrets[p.Name] = true
		}
	}
	if len(c.Fault) > 20 {
		secrets[c.Fault[:20]] = true
	}
	for s := range maps.Keys(secrets) {
		if s != "" && bytes.Contains(bytes.ToLower(row.Body), []byte(strings.ToLower(s))) {
			t.Errorf("it tells %q: %s", s, row.Body)
		}
	}
	if bytes.Contains(row.Body, []byte(`@`)) {
		t.Errorf("it tells an address: %s", row.Body)
	}
}
