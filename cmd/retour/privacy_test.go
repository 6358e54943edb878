package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"retour/cmd/internal/loopback"
	"retour/rules"
)

// cli runs a command beside the running desk.
func (d *desk) cli(args ...string) (code int, out string) {
	d.t.Helper()
	var b bytes.Buffer
	code = run(&world{ctx: d.ctx, stdout: &b, stderr: &b}, append([]string{"--config", filepath.Join(d.dir, "retour.yaml")}, args...))
	return code, b.String()
}

// A person is given what the desk has of him, and is then forgotten while the desk
// works: also in Slack nothing of him is left but what people wrote there.
func TestExportAndForget(t *testing.T) {
	d := openDesk(t, "chat.delete cant_delete_message", "chat.delete message_not_found")
	const zed = "zed@quixano.example"
	l := grandstream(zed, "one@quixano.example")
	l.from = "Zed Quixano <" + zed + ">"
	l.text += "\nIt hums like a marmalade trombone. " + strings.Repeat("It rings and nobody can answer it. ", 80)
	d.deliver(zed, withLabel(l, slices.Repeat([]byte("picture "), 500)))
	d.wait()
	number := d.onlyCase(zed).Number
	d.write(grandstream("bea@other.example", "two@other.example"))
	d.untilSlack("both files stand in the thread", func() bool { return len(d.files(number)) == 2 })
	if _, _, err := d.slack.Say(loopback.SlackAnn, loopback.SlackChannel, d.card(number).TS, "a word of Ann's"); err != nil {
		t.Fatal(err)
	}
	d.wait()

	if err := quickEnough(d.app.book, quickFile+1); err == nil || !strings.Contains(err.Error(), "stop it first") {
		t.Errorf("a working desk is to wait while a big file is written anew: %v", err)
	}
	to := filepath.Join(d.dir, "zed.zip")
	if code, out := d.cli("export", zed, "--to", to); code != exitOK || !strings.Contains(out, "1 case of his own: "+number) {
		t.Fatalf("%d %s", code, out)
	}
	given := unzip(t, to)
	if !strings.Contains(given["cases/"+number+".json"], "marmalade trombone") || !strings.Contains(given["mails/received/00000001.eml"], "marmalade trombone") ||
		!strings.Contains(given["person.json"], "Zed Quixano") || strings.Contains(fmt.Sprint(given), "bea@other.example") {
		t.Errorf("the export has %v", given)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}

	if code, out := d.cli("forget", zed); code != exitOK || !strings.Contains(out, number+" stands against it: it is open") || !strings.Contains(out, "Nothing was changed.") {
		t.Fatalf("%d %s", code, out)
	}
	if code, out := d.cli("forget", zed, "--yes"); code != exitFailed || !strings.Contains(out, "nothing was deleted") {
		t.Fatalf("%d %s", code, out)
	}
	code, out := d.cli("forget", zed, "--yes", "--force")
	if code != exitOK || !strings.Contains(out, "Forgotten: 1 case stripped") || !strings.Contains(out, "On the mail server: 1 mail in "+demoMailbox) {
		t.Fatalf("%d %s", code, out)
	}
	d.app.courier.Kick()
	d.untilSlack("nothing of him is left in Slack", func() bool {
		shown := fmt.Sprintf("%+v", d.slack.Messages(loopback.SlackChannel))
		return !strings.Contains(shown, "uixano") && !strings.Contains(shown, "marmalade") && len(d.files(number)) == 0
	})
	d.wait()
	thread := fmt.Sprintf("%+v", d.card(number).Replies)
	if !strings.Contains(thread, "a word of Ann's") || !strings.Contains(thread, "was forgotten") {
		t.Errorf("the thread has %s", thread)
	}
	c, err := d.app.book.Case(d.ctx, number)
	if err != nil || c.Closing != rules.Withdrawn || len(c.Items) != 1 || c.Items[0].Serial == "" || !c.IsForgotten() {
		t.Errorf("%+v %v", c, err)
	}
	for _, end := range []string{"", "-wal"} {
		raw, err := os.ReadFile(filepath.Join(d.dir, "retour.db"+end))
		if err != nil || bytes.Contains(bytes.ToLower(raw), []byte("quixano")) || bytes.Contains(raw, []byte("marmalade")) {
			t.Errorf("he is still in retour.db%s %v", end, err)
		}
	}

	// Under the old number, and under an old mail, nobody comes in any more.
	answer := letter{from: zed, subject: "Re: " + number, text: "And now?", id: "three@quixano.example", inReplyTo: d.received(zed)[0].MessageID}
	d.write(answer)
	if again, err := d.app.book.Case(d.ctx, number); err != nil || again.Version != c.Version {
		t.Errorf("a mail has reached the case: %+v %v", again, err)
	}
	if code, out := d.cli("forget", "nobody@quixano.example"); code != exitOK || !strings.Contains(out, "The desk has nothing of nobody@quixano.example.") {
		t.Errorf("%d %s", code, out)
	}
}

func unzip(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(body)
	}
	return files
}
