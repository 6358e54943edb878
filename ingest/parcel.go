package ingest

import (
	"strings"
)

// carriers are the names of those who carry parcels, and the forms that their
// numbers have (their tracking pages; S10 is the Universal Postal Union's).
// What stands in their neighbourhood in such a form is a parcel's number.
var carriers = []struct {
	names string
	form  *pattern
}{
	{"ups", newPattern(`^(?:1Z[0-9A-Z]{16}|T\d{10}|\d{9}|\d{12}|\d{18}|\d{26})$`)},
	{"dhl", newPattern(`^(?:\d{10,12}|\d{14}|\d{16}|\d{18}|\d{20}|J[JV][A-Z0-9]{2}\d{8,20}|3S[A-Z0-9]{8,15}|[A-Z]{3}\d{7,15}|[A-Z]{2}\d{9}[A-Z]{2})$`)},
	{"gls", newPattern(`^(?:\d{11,12}|\d{14}|\d{18}|\d{20}|[A-Z]{1,2}\d{9,10}|[A-Z]\d\d{9}|[A-Z]{2}[A-Z0-9]{6})$`)},
	{"dpd", newPattern(`^(?:\d{14}[0-9A-Z]?|\d{28})$`)},
	{"(fedex|fed ex|federal express)", newPattern(`^(?:\d{12}|\d{15}|\d{20}|\d{22})$`)},
	{"tnt", newPattern(`^(?:\d{9}|GE\d{9}[A-Z]{2}|GD\d{9}WW)$`)},
	{"(bpost|b-post|taxipost)", newPattern(`^(?:3232\d{20}|\d{18}|[A-Z]{2}\d{9}BE)$`)},
	{"(postnl|post nl|tnt post)", newPattern(`^(?:3S[A-Z0-9]{8,15}|[A-Z]{2}\d{9}[A-Z]{2})$`)},
	{"(brt|bartolini)", newPattern(`^(?:\d{12}|\d{14}|\d{15}|\d{19}|\d{4}Z\d{9}|[0-9]{3,4}[A-Z]\d{8,12})$`)},
	{"(sda|poste italiane|crono)", newPattern(`^(?:\d{3}[A-Z0-9]{3}\d{7}|[A-Z0-9]{2}\d{9,11}|[A-Z]{2}\d{9}[A-Z]{2})$`)},
	{"(la poste|colissimo|chronopost|laposte)", newPattern(`^(?:\d[A-Z]\d{11,12}|[A-Z]{2}\d{9}[A-Z]{2}|\d{13,15}|[A-Z]{2}\d{11})$`)},
	{"(hermes|evri|mondial relay|geodis|dachser|schenker|kuehne|heppner|calberson|royal mail|parcelforce|trunkrs|post at|österreichische post|swiss post|schweizer post|die post)", newPattern(`^(?:\d{10,18}|[A-Z]{2}\d{9}[A-Z]{2})$`)},
}

// parcelForms are the forms that are known without a label, each with its check.
var parcelForms = []struct {
	place *phrase
	check func(string) bool
}{
	{newPhrase(`\b(?:1Z(?: ?[0-9A-Z]){16})\b`), ups},
	{newPhrase(`\b(?:[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?[A-Z]{2})\b`), s10},
	{newPhrase(`\b(?:00\d{18})\b`), sscc},
	{newPhrase(`\b(?:JVGL[0-9]{10,24}|JJD[0-9]{12,24}|3S[A-Z]{2,6}[0-9]{6,9}|3232[0-9]{20})\b`), func(string) bool { return true }},
}

// parcelsIn gives the parcels' numbers that need no label.
func parcelsIn(line string) []string {
	var out []string
	for _, f := range parcelForms {
		for _, p := range f.place.all(line) {
			if v := line[p[0]:p[1]]; f.check(strings.ReplaceAll(v, " ", "")) {
				out = append(out, v)
			}
		}
	}
	return out
}

// ups checks the last digit of a 1Z number: letters count from A = 2 on, every
// second character twice, modulo 10.
func ups(v string) bool {
	sum := 0
	for i, c := range []byte(v[2:17]) {
		n := int(c - '0')
		if c >= 'A' {
			n = int(c-'A'+2) % 10
		}
		sum += n * (1 + i%2)
	}
	return int(v[17]-'0') == (10-sum%10)%10
}

// s10 checks the ninth digit of a postal number (UPU S10: weights 8 6 4 2 3 5 9
// 7, modulo 11).
func s10(v string) bool {
	sum := 0
	for i, w := range [8]int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += w * int(v[2+i]-'0')
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return int(v[10]-'0') == check
}

// sscc checks the last digit of a GS1 serial shipping container code: weights 3
// and 1 from the right, modulo 10.
func sscc(v string) bool {
	sum := 0
	for i, c := range []byte(v[:len(v)-1]) {
		n := int(c - '0')
		if (len(v)-i)%2 == 0 {
			n *= 3
		}
		sum += n
	}
	return int(v[len(v)-1]-'0') == (10-sum%10)%10
}

var carrierNames = func() *vocabulary {
	var names []string
	for _, c := range carriers {
		names = append(names, c.names)
	}
	return newVocabulary(names...)
}()

// inForm gives the words of a text, or groups of them that single spaces part,
// that have one of the forms.
func inForm(text string, forms []*pattern) []string {
	const groups = 8
	spans := words(text)
	var out []string
	for i := 0; i < len(spans); i++ {
		for n := min(groups, len(spans)-i); n > 0; n-- {
			v := text[spans[i].at:spans[i+n-1].end]
			if hasForm(v, forms) {
				out = append(out, v)
				i += n - 1
				break
			}
		}
	}
	return out
}

func hasForm(v string, forms []*pattern) bool {
	bare := strings.ReplaceAll(v, " ", "")
	if !grouped.MatchString(v) || !hasDigit(bare) || len(bare) < 8 {
		return false
	}
	for _, f := range forms {
		if f.MatchString(bare) {
			return true
		}
	}
	return false
}

// grouped is a number in groups: all of digits but for letters at the begin.
var grouped = newPattern(`^(?:[A-Z]{0,2}[0-9]|[A-Z]{2}[A-Z0-9]{6}$)[0-9A-Z]*(?: [0-9]{2,}[A-Z]?)*$`)
