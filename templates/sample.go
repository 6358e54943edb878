package templates

import "time"

// The keys that the words of the rules become; words.txt has a text for each.
func sampleStatuses() []string {
	return []string{"verdict.in_warranty", "verdict.out_of_warranty", "verdict.refused_commercial", "verdict.refused_technical",
		"outcome.covered", "outcome.improper_use", "outcome.repairable", "outcome.not_repairable", "outcome.no_fault_found",
		"resolution.repaired", "resolution.replaced", "resolution.credited", "resolution.returned_as_is", "resolution.collected",
		"resolution.disposed", "receipt.here", "receipt.absent"}
}

func sampleFacts() []string {
	return []string{"manufacturer", "model", "serial", "reason", "fault", "vendor_ticket", "support_ticket", "order",
		"purchase_date", "unused", "ordered", "smaller_mail"}
}

func sampleStates() []string {
	return []string{"new", "info_needed", "in_charge", "validated", "received", "quoted", "in_process", "uncollected", "closed"}
}

func sampleClosings() []string {
	return []string{"success", "refused_commercial", "refused_technical", "referred", "no_answer", "not_shipped", "withdrawn",
		"collected", "disposed", "merged"}
}

func sampleReasons() []string { return []string{"order_error", "delivery_error", "defective", ""} }

// Samples returns mails that together take every branch of the shipped texts:
// everything known, nothing known, and each label once.
func Samples(lang, key string) []Mail {
	full := sampleMail(lang, key)
	bare := Mail{Language: lang, Sections: []Section{{Key: key, Number: "RMA-26-00124-5", State: "new"}}}
	bare.Sections[0].Items = []Item{{Position: 1}}
	bare.Sections[0].Questions = []Question{{No: 1, Fact: "reason"}, {No: 2, Fact: "vendor_ticket", Item: &Item{Position: 1}}}
	samples := []Mail{full, bare}
	for i, state := range sampleStates() {
		m := sampleMail(lang, key)
		sec := &m.Sections[0]
		sec.State, sec.Text = state, ""
		sec.Reason = sampleReasons()[i%len(sampleReasons())]
		samples = append(samples, m)
	}
	for _, closing := range sampleClosings() {
		m := sampleMail(lang, key)
		m.Sections[0].State, m.Sections[0].Closing = "closed", closing
		m.Sections = append(m.Sections, bare.Sections...)
		samples = append(samples, m)
	}
	return samples
}

func sampleMail(lang, key string) Mail {
	day := func(d int) time.Time { return time.Date(2026, time.November, d, 9, 0, 0, 0, time.UTC) }
	s := Section{Key: key, Number: "RMA-26-00123-7", State: "validated", Reason: "defective", Text: "First line.\n\nSecond paragraph.",
		Manufacturer: "Grandstream", Link: "https://helpdesk.grandstream.com/", Tracking: "1Z999AA10123456784", Quote: "118,00 EUR",
		Date: day(21), Accepted: day(21), Promised: day(28), Until: day(30), Storage: 15, Fee: "15%"}
	for i, status := range sampleStatuses() {
		s.Items = append(s.Items, Item{Position: i + 1, Name: "Grandstream GXP2170", Serial: "20EZ12AB34CD", Status: status, WarrantyTo: day(1)})
	}
	s.Absent = s.Items[:2]
	for i, fact := range sampleFacts() {
		s.Questions = append(s.Questions, Question{No: i + 1, Fact: fact, Item: &s.Items[i], Manufacturer: "Grandstream", Link: s.Link})
	}
	desk := Desk{Name: "Returns desk", Company: "Distri Telecom", Phone: "+31 20 555 01 40", Website: "https://www.distri-telecom.example",
		ReturnAddress: []string{"Distri Telecom, returns", "Harbour Street 12", "1011 AB Amsterdam"}, SupportLink: "https://support.distri-telecom.example"}
	return Mail{Language: lang, Name: "Ines Brüggemann", Subject: "Three phones", Desk: desk, Sections: []Section{s}}
}
