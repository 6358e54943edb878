package intake

import (
	"reflect"

	"retour/ingest"
	"retour/rules"
)

// SameCatalogue says that mails are understood the same under two policies.
func SameCatalogue(a, b *rules.Policy) bool {
	return reflect.DeepEqual(manufacturers(a), manufacturers(b))
}

// manufacturers gives ingest what it must know of the policy's manufacturers.
func manufacturers(p *rules.Policy) []ingest.Manufacturer {
	out := make([]ingest.Manufacturer, 0, len(p.Manufacturers))
	for _, m := range p.Manufacturers {
		im := ingest.Manufacturer{ID: m.ID, Names: m.Names(), Domains: m.Domains, MACs: m.MACs, MACIsID: m.MACIsID}
		for _, s := range m.Serials {
			im.Serials = append(im.Serials, ingest.SerialPattern{Expr: s.Expr, NeedsContext: s.NeedsContext,
				Confidence: string(s.Confidence), TailIsMAC: s.TailIsMAC, Kind: string(s.Kind)})
		}
		for _, s := range m.Models {
			im.Models = append(im.Models, ingest.ModelPattern{Expr: s.Expr, Examples: s.Examples, NeedsContext: s.NeedsContext, Confidence: string(s.Confidence)})
		}
		for _, s := range m.Tickets {
			im.Tickets = append(im.Tickets, ingest.TicketPattern{Expr: s.Expr, NeedsContext: s.NeedsContext})
		}
		out = append(out, im)
	}
	return out
}
