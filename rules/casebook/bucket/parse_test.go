package bucket

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for of, want := range map[string][2]string{
		"s3://mails":         {"mails", ""},
		"s3://mails/":        {"mails", ""},
		"s3://mails/desk/a/": {"mails", "desk/a/"},
		"s3://mails.eu/desk": {"mails.eu", "desk/"},
		"s3://mails/Büro 1":  {"mails", "Büro 1/"},
	} {
		name, prefix, err := Parse(of)
		if err != nil || name != want[0] || prefix != want[1] {
			t.Errorf("%s = %s and %s, %v", of, name, prefix, err)
		}
	}
	for _, of := range []string{"", "mails", "/mails", "https://s3.example.com/mails", "s3:///x", "s3://key:secret@mails/x", "s3://mails:9000/x", "s3://mails?region=x",
		"s3://mails/a#b", "s3://mails/a//b", "s3://mails/../b", "s3://mails/.", "s3://mails/a%00b", "s3://m", "s3://-mails/x", "s3://ma_il s/x", "s3://mails/" + strings.Repeat("a", 900)} {
		if name, _, err := Parse(of); err == nil {
			t.Errorf("%s was taken for the bucket %s", of, name)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []Config{{URL: "mails", Endpoint: "https://s3.example.com"}, {URL: "s3://mails", Endpoint: "s3.example.com"}, {URL: "s3://mails", Endpoint: ""}} {
		if _, err := Open(c); err == nil {
			t.Errorf("%+v was opened", c)
		}
	}
}
