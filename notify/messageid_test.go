package notify

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const domain = "distri.example"

func TestMessageID(t *testing.T) {
	id := MessageID(secret, "RMA-26-00123-7", "case/1/3", domain)
	if !strings.HasPrefix(id, "rma-26-00123-7.") || !strings.HasSuffix(id, "@"+domain) || len(id) > 100 {
		t.Errorf("id %q", id)
	}
	if id != MessageID(secret, "RMA-26-00123-7", "case/1/3", domain) {
		t.Error("the same key gave another ID")
	}
	if id == MessageID(secret, "RMA-26-00123-7", "case/1/4", domain) {
		t.Error("another key gave the same ID")
	}
}

func TestCaseOf(t *testing.T) {
	id := MessageID(secret, "RMA-26-00123-7", "k", domain)
	other := MessageID(secret, "RMA-26-00124-5", "k", domain)
	local, _, _ := strings.Cut(id, "@")
	parts, otherParts := strings.Split(local, "."), strings.Split(other, ".")
	tests := []struct {
		name string
		ids  []string
		want string
	}{
		{"as sent", []string{id}, "RMA-26-00123-7"},
		{"angle brackets and spaces", []string{"\t <" + id + ">\r\n"}, "RMA-26-00123-7"},
		{"among others", []string{"", "<>", "x@y.example", id, other}, "RMA-26-00123-7"},
		{"none", nil, ""},
		{"empty", []string{"", " ", "<>", "@" + domain, "..@" + domain}, ""},
		{"upper case", []string{strings.ToUpper(id)}, ""},
		{"upper-case domain", []string{local + "@DISTRI.EXAMPLE"}, ""},
		{"other domain", []string{local + "@evil.example"}, ""},
		{"truncated", []string{local[:len(local)-1] + "@" + domain}, ""},
		{"longer", []string{local + "a@" + domain}, ""},
		{"no MAC", []string{parts[0] + "." + parts[1] + "@" + domain}, ""},
		{"empty MAC", []string{parts[0] + "." + parts[1] + ".@" + domain}, ""},
		{"MAC of another case", []string{otherParts[0] + "." + parts[1] + "." + parts[2] + "@" + domain}, ""},
		{"key of another mail", []string{parts[0] + ".aaaaaaaaaaaaaaaa." + parts[2] + "@" + domain}, ""},
		{"half a bracket", []string{"<" + id}, ""},
		{"prefix", []string{"x" + id}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := CaseOf(secret, domain, tt.ids); got != tt.want || ok != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, ok, tt.want)
			}
		})
	}
	if _, ok := CaseOf([]byte("another secret of 32 bytes......"), domain, []string{id}); ok {
		t.Error("a token of another desk was taken")
	}
}

func TestOneChangedCharacterIsNoToken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := []byte(MessageID(secret, "RMA-26-00123-7", rapid.String().Draw(t, "key"), domain))
		if n, ok := CaseOf(secret, domain, []string{string(id)}); !ok || n != "RMA-26-00123-7" {
			t.Fatalf("own ID %s not recognised", id)
		}
		at := rapid.IntRange(0, len(id)-1).Draw(t, "at")
		c := rapid.Byte().Filter(func(c byte) bool { return c != id[at] }).Draw(t, "character")
		id[at] = c
		if n, ok := CaseOf(secret, domain, []string{string(id)}); ok {
			t.Fatalf("%q was taken for %s", id, n)
		}
	})
}

func FuzzCaseOf(f *testing.F) {
	good := MessageID(secret, "RMA-26-00123-7", "k", domain)
	f.Add(good)
	f.Add("<" + good + ">")
	f.Add("rma-26-00123-7..@" + domain)
	f.Fuzz(func(t *testing.T, id string) {
		number, ok := CaseOf(secret, domain, []string{id})
		if ok && bare(id) != good {
			t.Errorf("%q was taken for %s", id, number)
		}
	})
}

func TestBackoff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(-3, 1000).Draw(t, "attempt")
		j := rapid.Float64Range(-1, 2).Draw(t, "jitter")
		base, got := Backoff(n, 0), Backoff(n, j)
		if base > Backoff(n+1, 0) {
			t.Fatalf("attempt %d waits longer than the next", n)
		}
		if got < base || got > base+base/4 || got < 30*time.Second || got > 75*time.Minute {
			t.Fatalf("attempt %d with jitter %v waits %v, base %v", n, j, got, base)
		}
	})
	var first time.Duration
	for n := 1; n <= 4; n++ {
		first += Backoff(n, 1)
	}
	if first > 10*time.Minute {
		t.Errorf("four retries take %v, want them within ten minutes", first)
	}
}

func TestGivesUpAfterFourDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		age, attempt := time.Duration(0), 1
		for ; !GiveUp(attempt, age); attempt++ {
			age += Backoff(attempt, rapid.Float64Range(0, 1).Draw(t, "jitter"))
			if age > 5*24*time.Hour {
				t.Fatalf("still trying after %v and %d attempts", age, attempt)
			}
		}
		if age < 4*24*time.Hour {
			t.Fatalf("gave up after %v", age)
		}
	})
	if GiveUp(1, 30*24*time.Hour) {
		t.Error("a row that waited while the desk was down is given up at the first failure")
	}
}
