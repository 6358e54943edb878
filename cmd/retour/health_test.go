package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestHealthTellsOncePerOutage(t *testing.T) {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	refused := errors.New("token refused")
	h := healthOfMailbox()
	keys := map[string]bool{}
	for _, step := range []struct {
		after   time.Duration
		trouble error
		want    string
	}{
		{0, nil, ""},
		{time.Minute, refused, ""}, // a hiccup
		{time.Minute, nil, ""},
		{time.Minute, refused, ""},
		{4 * time.Minute, refused, ""},
		{2 * time.Minute, refused, "token refused"},
		{time.Hour, refused, ""},
		{time.Minute, nil, "read again. It was out of reach for 1h7m0s"},
		{time.Minute, nil, ""},
		{time.Minute, refused, ""},
		{6 * time.Minute, refused, "token refused"},
	} {
		at = at.Add(step.after)
		key, text := h.look(at, step.trouble)
		if (text == "") != (step.want == "") || !strings.Contains(text, step.want) {
			t.Errorf("%s, %v: told %q, want %q", at.Format("15:04"), step.trouble, text, step.want)
		}
		if text != "" && keys[key] {
			t.Errorf("the key %s was used before: the staff would not be told", key)
		}
		keys[key] = true
	}
}

// Mails that the bucket refuses are offered again, but not every quarter of a minute;
// they are told once for each number of them.
func TestRefusedMailsAreOfferedSeldom(t *testing.T) {
	var n bucketNews
	for i, step := range []struct {
		refused int
		tell    bool
		pause   time.Duration
	}{{0, false, bucketEvery}, {3, true, bucketPatience}, {3, false, bucketPatience}, {4, true, bucketPatience}, {0, true, bucketEvery}} {
		if tell, pause := n.setRefused(step.refused), n.pause(); tell != step.tell || pause != step.pause {
			t.Errorf("step %d: told %v, pause %v", i, tell, pause)
		}
	}
}
