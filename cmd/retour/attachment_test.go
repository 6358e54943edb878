package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// TestExplainReadsAttachments: the child that reads a picture is this binary.
func TestExplainReadsAttachments(t *testing.T) {
	code, err := qrcode.NewQRCodeWriter().Encode("SN:20EZXABCD123456", gozxing.BarcodeFormat_QR_CODE, 300, 300, nil)
	if err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, code); err != nil {
		t.Fatal(err)
	}
	mail := fmt.Sprintf("From: Ann <ann@example.net>\nTo: rma@example.com\nSubject: return\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"+
		"--b\nContent-Type: text/plain\n\nThe phone is dead.\n--b\nContent-Type: image/png; name=label.png\nContent-Transfer-Encoding: base64\n\n%s\n"+
		"--b\nContent-Type: application/vnd.rar; name=more.rar\nContent-Transfer-Encoding: base64\n\n%s\n--b--\n",
		base64.StdEncoding.EncodeToString(picture.Bytes()), base64.StdEncoding.EncodeToString([]byte("Rar!\x1a\x07\x00")))

	explain := func(args ...string) string {
		var out bytes.Buffer
		w := &world{ctx: context.Background(), stdin: strings.NewReader(mail), stdout: &out, stderr: io.Discard}
		if code := run(w, append([]string{"explain"}, args...)); code != exitOK {
			t.Fatalf("explain %v ends with %d", args, code)
		}
		return out.String()
	}
	var line explained
	if err := json.Unmarshal([]byte(explain("--json", "-")), &line); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(line.Attachments[0].Barcodes); got != "[SN:20EZXABCD123456]" {
		t.Errorf("barcodes %s", got)
	}
	report := explain("-")
	for _, want := range []string{"label.png; image/png; codes SN:20EZXABCD123456", "The archive was not opened."} {
		if !strings.Contains(report, want) {
			t.Errorf("the report lacks %q:\n%s", want, report)
		}
	}
}
