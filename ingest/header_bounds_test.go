package ingest

import (
	"strings"
	"testing"
)

// What is longer than the standards allow is no address and no Message-ID: both
// are looked up, and an index has bounds.
func TestEndlessAddressesAndIDs(t *testing.T) {
	long := strings.Repeat("x", 4000)
	m := Parse([]byte("From: Ann <"+long+"@shop.example>\r\nTo: rma@desk.example\r\nMessage-ID: <"+long+"@shop.example>\r\nSubject: RMA\r\n\r\nBroken.\r\n"), DefaultLimits())
	if m.MessageID != "" || len(m.From) != 0 {
		t.Errorf("Message-ID of %d bytes, from %v", len(m.MessageID), m.From)
	}
	m = Parse([]byte("From: Ann <ann@shop.example>\r\nMessage-ID: <"+long[:900]+"@shop.example>\r\n\r\nBroken.\r\n"), DefaultLimits())
	if len(m.MessageID) != 913 || len(m.From) != 1 {
		t.Errorf("Message-ID of %d bytes, from %v", len(m.MessageID), m.From)
	}
}
