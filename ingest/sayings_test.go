package ingest

import "testing"

func TestSayings(t *testing.T) {
	s := newSayings(`
		// remarks are none
		order no.
		bestell*
		send .. back
		(please )?call
		=RE
		été reçu
		(very |so )*(good|bad)
	`)
	for text, want := range map[string]string{
		"our order no. 47":                  "order no.",
		"order no.47":                       "order no.",
		"reorder no. 47":                    "",
		"Bestellung 47":                     "Bestellung",
		"send it back":                      "send it back",
		"send all of the phones back today": "send all of the phones back",
		"send it. Call back":                "Call",
		"Send it there. It came back":       "",
		"backsend it back":                  "",
		"please call":                       "please call",
		"RE 47":                             "RE",
		"Re 47":                             "",
		"RE47":                              "RE",
		"REX":                               "",
		"a été reçu, oui":                   "été reçu",
		"aété reçu":                         "",
		"it is very so very good":           "very so very good",
		"it is good":                        "good",
		"":                                  "",
	} {
		got := ""
		if all := s.all(text); len(all) > 0 {
			got = text[all[0][0]:all[0][1]]
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if s.in(text) != (want != "") {
			t.Errorf("%q: in tells otherwise than all", text)
		}
	}
	if got, want := s.blanked("an RE and bestellt"), "an    and         "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
