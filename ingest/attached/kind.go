package attached

import (
	"bytes"
	"fmt"
	"image"
	"path/filepath"
	"strings"

	"retour/ingest"
)

// kind is what a file is by its first bytes; its name and media type are
// often wrong, and count only where the bytes leave it open.
type kind string

const (
	none    kind = "" // text, or nothing that the desk would look into
	sheet   kind = "xlsx"
	word    kind = "docx"
	pdfFile kind = "pdf"
	jpegPic kind = "jpeg"
	pngPic  kind = "png"
	gifPic  kind = "gif"
	webpPic kind = "webp"
	bmpPic  kind = "bmp"
	heicPic kind = "heic"

	// What is not decoded, and is said.
	avifPic  kind = "avif"
	tiffPic  kind = "tiff"
	oldSheet kind = "xls"
	openCalc kind = "ods"
	oldWord  kind = "doc"
	openText kind = "odt"
	binSheet kind = "xlsb"
	locked   kind = "locked" // an office document in an encrypted wrapping
	archive  kind = "archive"
)

// decoded says whether a child can do anything with it.
func (k kind) decoded() bool {
	switch k {
	case sheet, word, pdfFile, jpegPic, pngPic, gifPic, webpPic, bmpPic:
		return true
	case heicPic:
		return readsHEIC
	}
	return false
}

func (k kind) picture() bool {
	switch k {
	case jpegPic, pngPic, gifPic, webpPic, bmpPic, heicPic:
		return true
	}
	return false
}

// beginnings are the first bytes of files that are what they look like.
var beginnings = []struct {
	bytes string
	kind  kind
}{
	{"\xff\xd8\xff", jpegPic},
	{"\x89PNG\r\n\x1a\n", pngPic},
	{"GIF87a", gifPic},
	{"GIF89a", gifPic},
	{"II*\x00", tiffPic},
	{"MM\x00*", tiffPic},
	{"Rar!\x1a\x07", archive},
	{"7z\xbc\xaf\x27\x1c", archive},
}

func kindOf(a *ingest.Attachment) kind {
	d := a.Data
	if len(d) == 0 {
		return kindByName(a)
	}
	for _, b := range beginnings {
		if bytes.HasPrefix(d, []byte(b.bytes)) {
			return b.kind
		}
	}
	switch {
	case bytes.HasPrefix(d, []byte("PK\x03\x04")):
		return zipKind(a)
	case bytes.HasPrefix(d, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return oleKind(a)
	case len(d) > 12 && string(d[:4]) == "RIFF" && string(d[8:12]) == "WEBP":
		return webpPic
	case len(d) > 12 && string(d[4:8]) == "ftyp":
		return isoKind(string(d[8:12]))
	case len(d) > 54 && string(d[:2]) == "BM" && d[14] >= 12 && d[15] == 0:
		return bmpPic
	case bytes.Contains(d[:min(len(d), 1024)], []byte("%PDF-")): // leading rubbish is usual
		return pdfFile
	}
	return none
}

// kindByName is for a file whose bytes were not kept.
func kindByName(a *ingest.Attachment) kind {
	switch extension(a) {
	case "xlsx", "xlsm", "xltx", "xltm":
		return sheet
	case "docx", "docm":
		return word
	case "pdf":
		return pdfFile
	case "jpg", "jpeg", "heic", "heif":
		return jpegPic
	case "png":
		return pngPic
	case "zip", "rar", "7z":
		return archive
	}
	if a.MediaType == "application/pdf" {
		return pdfFile
	}
	return none
}

func extension(a *ingest.Attachment) string {
	return strings.TrimPrefix(strings.ToLower(filepath.Ext(strings.TrimSpace(a.Name))), ".")
}

// zipKind tells the many formats that are ZIP files apart by what is in them:
// the names of the entries stand uncompressed. OpenDocument says its type in
// its first entry.
func zipKind(a *ingest.Attachment) kind {
	has := func(s string) bool { return bytes.Contains(a.Data, []byte(s)) }
	start := a.Data[:min(len(a.Data), 200)]
	switch {
	case bytes.Contains(start, []byte("opendocument.spreadsheet")):
		return openCalc
	case bytes.Contains(start, []byte("opendocument.text")):
		return openText
	case has("xl/workbook.bin"):
		return binSheet
	case has("xl/workbook.xml") || has(`xl\workbook.xml`):
		return sheet
	case has("word/document.xml"):
		return word
	}
	switch extension(a) {
	case "xlsx", "xlsm", "xltx", "xltm":
		return sheet
	case "docx", "docm":
		return word
	}
	return archive
}

// oleKind tells the files of Office before 2007 apart, which share one
// container ([MS-CFB]); its directory names the streams in UTF-16. Encrypted
// files of today use the same container ([MS-OFFCRYPTO]).
func oleKind(a *ingest.Attachment) kind {
	has := func(s string) bool { return bytes.Contains(a.Data, utf16(s)) }
	switch {
	case has("EncryptedPackage"):
		return locked
	case has("Workbook") || has("Book\x00"):
		return oldSheet
	case has("WordDocument"):
		return oldWord
	}
	switch extension(a) {
	case "xls":
		return oldSheet
	case "doc":
		return oldWord
	}
	return none
}

// utf16 is ASCII as UTF-16, little endian.
func utf16(s string) []byte {
	out := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		out = append(out, s[i], 0)
	}
	return out
}

// isoKind tells the brands of ISO/IEC 14496-12 files that are pictures.
func isoKind(brand string) kind {
	switch brand {
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1":
		return heicPic
	case "avif", "avis":
		return avifPic
	}
	return none
}

// isSmall says that a picture can hold no code that a camera or a scanner
// took: signature logos, icons, tracking pixels. Only the header is decoded,
// by decoders of the standard library that allocate nothing for it.
func isSmall(data []byte) (small bool) {
	const leastBytes = 200 // a QR code as a PNG file of one bit a pixel has 300
	if len(data) < leastBytes {
		return true
	}
	defer func() {
		if recover() != nil {
			small = false // the child meets it again, and says so
		}
	}()
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return false
	}
	return max(c.Width, c.Height) < 60 || min(c.Width, c.Height) < 20 || c.Width*c.Height < 60*40
}

// trouble is why a file was not read, or not to its end.
type trouble string

const (
	password trouble = "password"
	damaged  trouble = "damaged"
	cut      trouble = "cut"      // what was read is kept
	pixels   trouble = "pixels"   // too many of them
	noText   trouble = "no_text"  // a scan
	noTime   trouble = "no_time"  // a picture that was not searched to the end, and nothing was found
	killed   trouble = "killed"   // the child died or was ended
	noChild  trouble = "no_child" // the child could not be started, or gave no sensible answer
	tooLarge trouble = "too_large"
	tooMany  trouble = "too_many"
	foreign  trouble = "foreign"
)

// sentence is what the staff read: what happened, and what to do.
func sentence(t trouble, k kind) string {
	noun := noun(k)
	switch t {
	case "":
		return ""
	case password:
		return fmt.Sprintf("The %s could not be read: it is protected by a password. Open the attachment.", noun)
	case damaged:
		return fmt.Sprintf("The %s could not be read: the file is damaged. Open the attachment, or ask for it again.", noun)
	case cut:
		return fmt.Sprintf("The %s was not read to its end: it is too long. Open the attachment.", noun)
	case pixels:
		return fmt.Sprintf("The %s was not searched for codes: it has too many pixels. Open the attachment.", noun)
	case noText:
		return fmt.Sprintf("The %s holds no text, only pictures: it may be a scan. Open the attachment.", noun)
	case noTime:
		return fmt.Sprintf("No code was found in the %s in the time that is given to one. Look at it.", noun)
	case killed:
		return fmt.Sprintf("The %s could not be read: it takes more time or memory than is given to one. Open it with care.", noun)
	case tooLarge:
		return fmt.Sprintf("The %s was not read: it is too large. Open the attachment.", noun)
	case tooMany:
		return fmt.Sprintf("The %s was not read: the mail has too many attachments. Open it.", noun)
	case foreign:
		return foreignSentence(k)
	}
	return fmt.Sprintf("The %s could not be read: its reader did not start. Open the attachment; the log says more.", noun)
}

func noun(k kind) string {
	switch {
	case k == sheet:
		return "spreadsheet"
	case k == word:
		return "Word document"
	case k == pdfFile:
		return "PDF"
	case k.picture():
		return "picture"
	}
	return "file"
}

func foreignSentence(k kind) string {
	switch k {
	case oldSheet:
		return "The spreadsheet was not read: it is in the old Excel format (.xls). Open it, or ask for it as XLSX or CSV."
	case openCalc:
		return "The spreadsheet was not read: it is in the OpenDocument format (.ods). Open it, or ask for it as XLSX or CSV."
	case binSheet:
		return "The spreadsheet was not read: it is in Excel's binary format (.xlsb). Open it, or ask for it as XLSX or CSV."
	case oldWord:
		return "The document was not read: it is in the old Word format (.doc). Open it, or ask for it as DOCX or PDF."
	case openText:
		return "The document was not read: it is in the OpenDocument format (.odt). Open it, or ask for it as DOCX or PDF."
	case locked:
		return "The document could not be read: it is protected by a password. Ask for it without one."
	case heicPic:
		return "The picture was not searched for codes: it is a HEIC file, which this build does not read. Open it, or ask for a JPEG."
	case avifPic, tiffPic:
		return fmt.Sprintf("The picture was not searched for codes: it is a %s file. Open it, or ask for a JPEG.", strings.ToUpper(string(k)))
	}
	return "The archive was not opened. Look into it, or ask for the files themselves."
}
