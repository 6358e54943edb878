package lookup

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"retour/rules"
)

// TestMain is also the command that is asked.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "answer" {
		child(os.Args[2])
		return
	}
	os.Exit(m.Run())
}

func child(how string) {
	body, err := io.ReadAll(os.Stdin)
	if err != nil {
		os.Exit(3)
	}
	switch how {
	case "echo": // says back what it was asked and what it can see
		var q Question
		if err := json.Unmarshal(body, &q); err != nil {
			os.Exit(3)
		}
		fmt.Printf(`{"sales": [{"serial": %q, "model": %q, "order": %q}]}`, q.Serials[0], os.Getenv("LOOKUP_SHOWN"), os.Getenv("LOOKUP_HIDDEN"))
	case "fail":
		fmt.Fprintln(os.Stderr, "connecting\nlogin \x1b[31mrefused")
		os.Exit(7)
	case "flood":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	case "hang": // and so does what it has started
		cmd := exec.Command(os.Args[0], "answer", "sleep")
		cmd.Stdin, cmd.Stdout = os.Stdin, os.Stdout
		if err := cmd.Run(); err != nil {
			os.Exit(1)
		}
	case "sleep":
		time.Sleep(time.Hour)
	}
}

func command(how string) []string { return []string{os.Args[0], "answer", how} }

var (
	noon     = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	question = Question{Serials: []string{"3109-012345", "S2"}, MACs: []string{"80:5e:c0:12:34:56"}, Customer: "Ann@Shop.example"}
)

func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return noon }
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute // a busy machine is not a system that is down
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve answers every question with a body.
func serve(t *testing.T, status int, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/lookup?key=hidden"
}

func TestHTTP(t *testing.T) {
	var got *http.Request
	var body string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, body = r, string(raw)
		fmt.Fprint(w, `{"sales": [{"serial": "3109012345", "mac": "80:5E:C0:12:34:56", "manufacturer": "yealink", "model": "T46U", "customer": "1001", "customer_name": "Shop",
			"distributor": "Alias", "order": "O1", "invoice": "I1", "delivery_note": "D1", "delivered": "2025-04-07", "licensed": "2025-05-01", "shipped": "2025-04-05",
			"invoiced": "2025-04-06", "purchased": null, "status": "replaced", "replaced_by": "S2", "replaces": "S0"}],
			"account": {"number": "1001", "name": "Shop", "addresses": ["Ann@Shop.example"], "domains": ["shop.example"], "language": "fr", "role": "distributor", "representative": "Eve"}}`)
	}))
	defer s.Close()
	c := newClient(t, Options{URL: s.URL, Token: func() (string, error) { return "s3cret", nil }})
	r := rules.Records{Sales: map[string]rules.Sale{"S9": {Serial: "S9"}, "3109012345": {Serial: "3109012345", Customer: "older"}}}
	c.Fill(t.Context(), question, &r)
	sale := rules.Sale{Serial: "3109012345", MAC: "805EC0123456", Manufacturer: "yealink", Model: "T46U", Customer: "1001", CustomerName: "Shop", Distributor: "Alias", Order: "O1", Invoice: "I1", DeliveryNote: "D1",
		Delivered: time.Date(2025, 4, 7, 0, 0, 0, 0, time.UTC), Licensed: time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC), Shipped: time.Date(2025, 4, 5, 0, 0, 0, 0, time.UTC),
		Invoiced: time.Date(2025, 4, 6, 0, 0, 0, 0, time.UTC), Status: rules.SaleReplaced, ReplacedBy: "S2", Replaces: "S0"}
	want := rules.Records{Register: true, Directory: true, Sales: map[string]rules.Sale{"3109012345": sale, "805EC0123456": sale, "S9": {Serial: "S9"}},
		Accounts: []rules.Account{{Number: "1001", Name: "Shop", Addresses: []string{"ann@shop.example"}, Domains: []string{"shop.example"}, Language: "fr", Role: rules.RoleDistributor, Representative: "Eve"}}}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if body != `{"serials":["3109-012345","S2"],"macs":["80:5e:c0:12:34:56"],"customer":"ann@shop.example"}` {
		t.Errorf("it was asked %s", body)
	}
	if got.Method != "POST" || got.Header.Get("Content-Type") != "application/json" || got.Header.Get("Authorization") != "Bearer s3cret" {
		t.Errorf("request: %s %v", got.Method, got.Header)
	}
}

// Whatever is wrong with an answer, it is no answer: the records stay as they
// were, and a line that staff can read says why.
func TestDown(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"an error page", 503, "<html>", "it says 503 Service Unavailable"},
		{"a redirect", 302, `{"sales": []}`, "it says 302 Found"},
		{"created", 201, `{"sales": []}`, "it says 201 Created"},
		{"nothing", 200, "", "its answer is empty"},
		{"no JSON", 200, "<html>\n\x1b[31m", `its answer is no JSON: invalid character '<' looking for beginning of value; it begins "<html>\n\x1b[31m"`},
		{"half of it", 200, `{"sales": [{"serial"`, `its answer is no JSON: unexpected EOF; it begins "{\"sales\": [{\"serial\""`},
		{"two answers", 200, `{"sales": []} {"sales": []}`, "something follows its answer"},
		{"an error in JSON", 200, `{"error": "database locked"}`, `its answer has the unknown field "error"; known are sales, serial, mac, manufacturer,`},
		{"an empty object", 200, `{}`, `its answer has no "sales"`},
		{"null", 200, `null`, `its answer has no "sales"`},
		{"a misspelt field", 200, `{"sales": [{"serial": "S2", "delivery_date": "2025-01-01"}]}`, `its answer has the unknown field "delivery_date"`},
		{"a number for a text", 200, `{"sales": [{"serial": 3109012345}]}`, "its answer has a number as sales.serial"},
		{"a date in another form", 200, `{"sales": [{"serial": "S2", "delivered": "07/04/2025"}]}`, `"07/04/2025" is no date: write it like "2006-01-31"`},
		{"a day that is none", 200, `{"sales": [{"serial": "S2", "delivered": "2025-02-30"}]}`, `is no date`},
		{"a unit without a number", 200, `{"sales": [{"model": "T46U"}]}`, "sales[0]: neither serial nor mac"},
		{"another unit", 200, `{"sales": [{"serial": "S2"}, {"serial": "S3"}]}`, `sales[1]: the unit "S3" was not asked for`},
		{"a unit twice", 200, `{"sales": [{"serial": "S2"}, {"serial": "s-2"}]}`, `sales[1]: the unit "S2" is named twice: give the sale that counts`},
		{"a status of its own", 200, `{"sales": [{"serial": "S2", "status": "gone"}]}`, `the status "gone" is none of sold, replaced, scrapped`},
		{"a broken MAC", 200, `{"sales": [{"serial": "S2", "mac": "80:5E"}]}`, `"805E" is no MAC`},
		{"an account without number", 200, `{"sales": [], "account": {"name": "Shop"}}`, "account: it has no number"},
		{"a language of its own", 200, `{"sales": [], "account": {"number": "1", "language": "French"}}`, `account: the language "French" is none of en, fr, nl, it, de`},
		{"a role of its own", 200, `{"sales": [], "account": {"number": "1", "role": "vip"}}`, `account: the role "vip" is none of customer, distributor, end_user`},
		{"an unknown field of the account", 200, `{"sales": [], "account": {"number": "1", "vat": "BE0"}}`, `the unknown field "vat"`},
		{"too much", 200, `{"sales": []}` + strings.Repeat(" ", 3000), "it is longer than 2000 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newClient(t, Options{URL: serve(t, tc.status, tc.body), MaxAnswer: 2000, Keep: time.Hour})
			r := rules.Records{Directory: true}
			c.Fill(t.Context(), question, &r)
			if !strings.Contains(r.Down, tc.want) {
				t.Errorf("down: %s\nwant:  %s", r.Down, tc.want)
			}
			if strings.Contains(r.Down, "hidden") || strings.ContainsAny(r.Down, "\n\x1b") {
				t.Errorf("down is not fit to be shown: %q", r.Down)
			}
			if r.Register || r.Sales != nil || !r.Directory {
				t.Errorf("the records changed: %+v", r)
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	r := rules.Records{}
	newClient(t, Options{URL: s.URL + "?key=hidden"}).Fill(t.Context(), question, &r)
	if !strings.Contains(r.Down, "connect") || strings.Contains(r.Down, "hidden") {
		t.Errorf("down: %s", r.Down)
	}
}

func TestSilence(t *testing.T) {
	done := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}))
	defer s.Close()
	defer close(done)
	for _, o := range []Options{{URL: s.URL}, {Command: command("hang")}} {
		o.Timeout = 50 * time.Millisecond
		r := rules.Records{}
		newClient(t, o).Fill(t.Context(), question, &r)
		if r.Down != "the live look-up gives no answer: nothing within 50ms" {
			t.Errorf("down: %s", r.Down)
		}
	}
}

func TestCommand(t *testing.T) {
	t.Setenv("LOOKUP_SHOWN", "shown")
	t.Setenv("LOOKUP_HIDDEN", "the password of the mailbox")
	c := newClient(t, Options{Command: command("echo"), Env: []string{"LOOKUP_SHOWN"}})
	a, err := c.Ask(t.Context(), question)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]rules.Sale{"3109012345": {Serial: "3109-012345", Model: "shown", Status: rules.Sold}}
	if diff := cmp.Diff(want, a.Sales); diff != "" || a.Accounts {
		t.Errorf("sales (-want +got):\n%s", diff)
	}
	for how, want := range map[string]string{"fail": "exit status 7: login [31mrefused", "nothing": "its answer is empty"} {
		if _, err := newClient(t, Options{Command: command(how)}).Ask(t.Context(), question); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", how, err)
		}
	}
	_, err = newClient(t, Options{Command: command("flood"), Timeout: 200 * time.Millisecond}).Ask(t.Context(), question)
	if err == nil {
		t.Error("an endless answer was taken")
	}
	_, err = newClient(t, Options{Command: []string{"/nonexistent/program"}}).Ask(t.Context(), question)
	if err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("no program: %v", err)
	}
}

func TestAccount(t *testing.T) {
	imported := []rules.Account{{Number: "imported"}}
	for body, want := range map[string]rules.Records{
		`{"sales": []}`:                                {Register: true, Directory: false, Accounts: imported},
		`{"sales": [], "account": null}`:               {Register: true, Directory: true},
		`{"sales": [], "account": {"number": "1001"}}`: {Register: true, Directory: true, Accounts: []rules.Account{{Number: "1001", Role: rules.RoleCustomer}}},
	} {
		r := rules.Records{Accounts: imported}
		newClient(t, Options{URL: serve(t, 200, body)}).Fill(t.Context(), question, &r)
		want.Sales = map[string]rules.Sale{}
		if diff := cmp.Diff(want, r); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

func TestKeep(t *testing.T) {
	var asked atomic.Int32
	up := true
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if !up {
			w.WriteHeader(500)
		}
		fmt.Fprint(w, `{"sales": []}`)
	}))
	defer s.Close()
	now := noon
	c := newClient(t, Options{URL: s.URL, Keep: time.Minute, Entries: 2, Now: func() time.Time { return now }})
	ask := func(serial string, wantAsked int32, wantOK bool) {
		t.Helper()
		_, err := c.Ask(context.Background(), Question{Serials: []string{serial}})
		if (err == nil) != wantOK || asked.Load() != wantAsked {
			t.Errorf("%s: error %v, asked %d times, want %d", serial, err, asked.Load(), wantAsked)
		}
	}
	ask("A", 1, true)
	ask("A", 1, true)
	up = false
	ask("A", 1, true) // what is kept answers while the system is down
	ask("B", 2, false)
	up = true
	ask("B", 3, true) // that it was down is not kept
	ask("C", 4, true)
	ask("A", 5, true) // two are kept: C put A out
	now = now.Add(time.Minute)
	ask("A", 6, true)
	if _, err := c.Ask(context.Background(), Question{Serials: []string{" - "}}); err != nil || asked.Load() != 6 {
		t.Error("nothing was asked for, and it was asked")
	}
	if len(c.kept) != 2 || len(c.order) != 2 {
		t.Errorf("%d answers are kept", len(c.kept))
	}
}

func TestNew(t *testing.T) {
	for _, o := range []Options{{}, {URL: "ftp://x"}, {URL: "erp.example"}, {URL: "https://x", Command: []string{"x"}}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

// A sale survives the way through JSON.
func TestSaleJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string { return rapid.String().Draw(t, name) }
		on := func(name string) time.Time {
			if d := rapid.IntRange(0, 20000).Draw(t, name); d > 0 {
				return time.Date(1990, 1, d, 0, 0, 0, 0, time.UTC)
			}
			return time.Time{}
		}
		want := rules.Sale{Serial: text("serial"), MAC: text("mac"), Manufacturer: text("maker"), Model: text("model"), Customer: text("customer"), CustomerName: text("name"),
			Distributor: text("distributor"), Order: text("order"), Invoice: text("invoice"), DeliveryNote: text("note"), Delivered: on("delivered"), Licensed: on("licensed"),
			Shipped: on("shipped"), Invoiced: on("invoiced"), Purchased: on("purchased"), Status: rules.SaleStatus(text("status")), ReplacedBy: text("by"), Replaces: text("for")}
		raw, err := json.Marshal(SaleOf(want))
		if err != nil {
			t.Fatal(err)
		}
		var got Sale
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Sale()); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", raw, diff)
		}
	})
}

// An answer from outside never breaks anything, and names only what was asked.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"sales": [{"serial": "S2", "delivered": "2025-01-02"}], "account": {"number": "1"}}`))
	f.Add([]byte(`{"sales": null, "account": null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := decode(raw, question)
		if err != nil {
			return
		}
		for key := range a.Sales {
			if s := a.Sales[key]; rules.NumberKey(s.Serial) != key && s.MAC != key {
				t.Errorf("%q stands under %q", s.Serial, key)
			}
		}
	})
}
