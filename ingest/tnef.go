package ingest

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// tnef is what Outlook packs into winmail.dat (MS-OXTNEF).
type tnef struct {
	body  string // plain text, where there is one
	html  []byte
	files []tnefFile
}

// tnefFile is one attachment within it.
type tnefFile struct {
	name, mediaType, contentID string
	data                       []byte
	message                    *tnef // a mail that was attached
}

// The attributes and properties that count, by the numbers of MS-OXTNEF and
// MS-OXPROPS.
const (
	tnefSignature = 0x223E9F78

	attBody        = 0x2800C
	attRendering   = 0x69002 // a new attachment begins
	attTitle       = 0x18010
	attData        = 0x6800F
	attAttachment  = 0x69005
	attProperties  = 0x69003
	attCodepage    = 0x69007
	propBody       = 0x1000
	propRTF        = 0x1009
	propHTML       = 0x1013
	propData       = 0x3701
	propShortName  = 0x3704
	propLongName   = 0x3707
	propMediaType  = 0x370E
	propContentID  = 0x3712
	propNamed      = 0x8000 // from here on a property carries its name
	typeObject     = 0x000D
	typeMultiValue = 0x1000
)

// parseTNEF reads what can be read; false when it is no TNEF at all.
func parseTNEF(data []byte, depth int) (*tnef, bool) {
	const deepest = 5
	if len(data) < 6 || binary.LittleEndian.Uint32(data) != tnefSignature || depth > deepest {
		return nil, false
	}
	t := &tnef{}
	codepage := "windows-1252"
	for data = data[6:]; len(data) >= 9; {
		id := binary.LittleEndian.Uint32(data[1:])
		size := int64(binary.LittleEndian.Uint32(data[5:]))
		value := data[9:]
		if size > int64(len(value)) {
			size = int64(len(value)) // cut off on the way
		}
		value = value[:size]
		t.attribute(id, value, &codepage, depth)
		data = data[9+size:]
		data = data[min(2, len(data)):] // the check sum
	}
	return t, true
}

func (t *tnef) attribute(id uint32, value []byte, codepage *string, depth int) {
	const most = 1000 // attachments
	var last *tnefFile
	if len(t.files) > 0 {
		last = &t.files[len(t.files)-1]
	}
	switch {
	case id == attCodepage && len(value) >= 4:
		*codepage = codepageName(binary.LittleEndian.Uint32(value))
	case id == attBody:
		t.body = tnefText(value, *codepage)
	case id == attProperties:
		p := tnefProperties(value, *codepage)
		t.takeBody(p)
	case id == attRendering && len(t.files) < most:
		t.files = append(t.files, tnefFile{})
	case last == nil:
	case id == attTitle:
		last.name = tnefText(value, *codepage)
	case id == attData:
		last.data = value
	case id == attAttachment:
		last.take(tnefProperties(value, *codepage), depth)
	}
}

func (t *tnef) takeBody(p map[uint16]tnefValue) {
	if s := p[propBody].text; s != "" {
		t.body = s
	}
	if b := p[propHTML].raw; len(b) > 0 {
		t.html = b
	}
	if t.body == "" && len(t.html) == 0 {
		t.body = rtfText(unpackRTF(p[propRTF].raw))
	}
}

func (f *tnefFile) take(p map[uint16]tnefValue, depth int) {
	for _, name := range []string{p[propLongName].text, p[propShortName].text} {
		if name != "" {
			f.name = name
			break
		}
	}
	f.mediaType, f.contentID = p[propMediaType].text, p[propContentID].text
	if d := p[propData]; len(d.raw) > 0 {
		if d.object && len(d.raw) > 16 {
			d.raw = d.raw[16:] // the interface's id
			f.message, _ = parseTNEF(d.raw, depth+1)
		}
		if f.data == nil {
			f.data = d.raw
		}
	}
}

func codepageName(n uint32) string {
	switch n {
	case 65001:
		return "utf-8"
	case 1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258:
		return "windows-125" + string(rune('0'+n-1250))
	case 932:
		return "shift_jis"
	case 936:
		return "gbk"
	case 950:
		return "big5"
	}
	return "windows-1252"
}

func tnefText(b []byte, codepage string) string {
	s, _ := decodeText(codepage, b, false)
	return strings.TrimRight(s, "\x00")
}

// tnefValue is one property: as text, where it is one, and as it came.
type tnefValue struct {
	text   string
	raw    []byte
	object bool
}

// tnefReader takes numbers and bytes off the front; at the end it gives zeros.
type tnefReader struct {
	data  []byte
	short bool // something was missing
}

func (r *tnefReader) u32() uint32 {
	b := r.bytes(4)
	if len(b) < 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

func (r *tnefReader) bytes(n int64) []byte {
	if n < 0 || n > int64(len(r.data)) {
		r.short = true
		n = int64(len(r.data))
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

// padded takes n bytes and what fills them up to a multiple of four.
func (r *tnefReader) padded(n int64) []byte {
	b := r.bytes(n)
	r.bytes(min((4-n%4)%4, int64(len(r.data))))
	return b
}

// tnefProperties reads a list of MAPI properties.
func tnefProperties(data []byte, codepage string) map[uint16]tnefValue {
	const most = 2000
	found := map[uint16]tnefValue{}
	r := &tnefReader{data: data}
	for range min(r.u32(), most) {
		kind := r.u32()
		id := uint16(kind >> 16)
		if id >= propNamed {
			r.skipName()
		}
		v := r.value(uint16(kind), codepage)
		if r.short && len(v.raw) == 0 {
			break
		}
		if _, seen := found[id]; !seen {
			found[id] = v
		}
	}
	return found
}

func (r *tnefReader) skipName() {
	r.bytes(16)
	if r.u32() == 0 {
		r.u32()
	} else {
		r.padded(int64(r.u32()))
	}
}

func (r *tnefReader) value(kind uint16, codepage string) tnefValue {
	const most = 1000 // values of one property
	var v tnefValue
	size := map[uint16]int64{2: 4, 3: 4, 4: 4, 0xA: 4, 0xB: 4, 5: 8, 6: 8, 7: 8, 0x14: 8, 0x40: 8, 0x48: 16}[kind&^typeMultiValue]
	if size > 0 {
		count := int64(1)
		if kind&typeMultiValue != 0 {
			count = int64(r.u32())
		}
		v.raw = r.bytes(size * min(count, 1<<24))
		return v
	}
	for range min(r.u32(), most) {
		b := r.padded(int64(r.u32()))
		if v.raw == nil {
			v.raw = b
		}
		if r.short {
			break
		}
	}
	switch kind {
	case 0x1E:
		v.text = tnefText(v.raw, codepage)
	case 0x1F:
		v.text = utf16Text(v.raw)
	case typeObject:
		v.object = true
	}
	return v
}

func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return strings.TrimRight(printable(string(utf16.Decode(units))), "\x00")
}
