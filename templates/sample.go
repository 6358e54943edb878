package templates

import "time"

// Samples returns mails that together take every branch of the shipped text of
// a notice: everything known, nothing known, and the other reasons and states.
func Samples(lang, key string) []Mail {
	full, bare := sampleMail(lang, key), bareMail(lang, key)
	order, delivery := sampleMail(lang, key), sampleMail(lang, key)
	s := &order.Sections[0]
	s.Reason, s.Wait, s.Over, s.Partial, s.Text = "order_error", true, true, true, ""
	s.Absent, s.Questions, s.Extra = s.Absent[:1], s.Questions[:1], s.Extra[:1]
	s.ReferTo, s.Contact, s.VAT = "sales", "", "included"
	s = &delivery.Sections[0]
	s.Reason, s.State, s.Closing, s.Fee = "delivery_error", "closed", "refused_commercial", ""
	s.ReferTo, s.Party = "distributor", ""
	here, technical := sampleMail(lang, key).Sections[0], bare.Sections[0]
	here.State = "received"
	technical.State, technical.Closing = "closed", "refused_technical"
	order.Sections = append(order.Sections, here)
	delivery.Sections = append(delivery.Sections, technical)
	return []Mail{full, bare, order, delivery}
}

func bareMail(lang, key string) Mail {
	return Mail{Language: lang, Sections: []Section{{Key: key, Number: "RMA-26-00124-5", State: "new", Storage: 15, Into: "RMA-26-00200-1", Items: []Item{{Position: 1}},
		Questions: []Question{{No: 1, Fact: "reason"}, {No: 2, Fact: "vendor_ticket", Item: &Item{Position: 1}}}}}}
}

func sampleMail(lang, key string) Mail {
	day := func(d int) time.Time { return time.Date(2026, time.November, d, 9, 0, 0, 0, time.UTC) }
	const product, link = "Grandstream GXP2170", "https://helpdesk.grandstream.com/"
	items := []Item{
		{Position: 1, Name: product, Serial: "20EZ12AB34CD", Status: "verdict.in_warranty", WarrantyTo: day(1)},
		{Position: 2, Name: product, MAC: "00:0B:82:12:34:56", Status: "verdict.out_of_warranty"},
		{Position: 3, Serial: "20EZ12AB34CE", Status: "outcome.improper_use"},
	}
	return Mail{Language: lang, Name: "Karin Vogtländer", Subject: "Three phones",
		Desk: Desk{Name: "Returns desk", Company: "Distri Telecom", Phone: "+31 20 555 01 40", Website: "https://www.distri-telecom.example",
			ReturnAddress: []string{"Distri Telecom, returns", "Harbour Street 12", "1011 AB Amsterdam"}, SupportLink: "https://support.distri-telecom.example"},
		Sections: []Section{{Key: key, Number: "RMA-26-00123-7", State: "validated", Reason: "defective", Text: "First line.\n\nSecond paragraph.",
			Manufacturer: "Grandstream", Link: link, Tracking: "1Z999AA10123456784", Quote: "96,50 EUR", Fee: "15%", Storage: 15, Complete: true, Slip: "RMA-26-00123-7.pdf",
			VAT: "excluded", Credit: "81,60 EUR", Charge: "14,40 EUR", Services: []string{"Hardware Replacement"}, Party: "Alias",
			Contact: "https://alias.example/rma", Into: "RMA-26-00200-1", Label: "RMA-26-00132-7", Lacking: "power supply", Extra: items[1:],
			Date: day(21), Accepted: day(21), Promised: day(28), Until: day(30), Items: items, Absent: items[:2],
			Questions: []Question{
				{No: 1, Fact: "vendor_ticket", Item: &items[0], Manufacturer: "Grandstream", Link: link, Given: "4711"},
				{No: 2, Fact: "serial", Item: &Item{Position: 4, Name: product}},
				{No: 3, Fact: "reason"},
			}}}}
}
