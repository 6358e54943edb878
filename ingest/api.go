package ingest

// DefaultLimits are the bounds that the desk runs with.
func DefaultLimits() Limits {
	return Limits{Depth: 20, Parts: 1000, Header: 1 << 20, Text: 1 << 20, Attachment: 30 << 20}
}

func Parse(raw []byte, lim Limits) *Message { return &Message{} }

type Catalogue struct{}

func NewCatalogue(ms []Manufacturer) (*Catalogue, error) { return &Catalogue{}, nil }

func Extract(cat *Catalogue, m *Message, desk Desk) Facts { return Facts{} }

func Authenticate(m *Message, authServ string) Auth { return Auth{} }
