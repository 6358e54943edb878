package rules

// The words that a policy file may use, for the decoder's checks and hints.

// Values lists the reasons.
func (Reason) Values() []string {
	return words(OrderError, DeliveryError, Defective)
}

// Values lists the processes.
func (Process) Values() []string {
	return words(Own, VendorTicket, VendorDirect, SupportFirst)
}

// Values lists the verdicts.
func (Verdict) Values() []string {
	return words(InWarranty, OutOfWarranty, RefusedCommercial, RefusedTechnical)
}

// Values lists the facts that a policy can require.
func (Fact) Values() []string {
	return words(FactManufacturer, FactModel, FactSerial, FactReason, FactFault, FactVendorTicket,
		FactSupportTicket, FactOrder, FactPurchaseDate, FactUnused, FactOrdered)
}

// Values lists the starts of a warranty.
func (Start) Values() []string {
	return words(FromLicence, FromDelivery, FromShipment, FromPurchase, FromInvoice, FromManufacture)
}

// Values lists the terms of a replacement unit.
func (Replacement) Values() []string { return words(TermRest, TermLonger, TermNew) }

// Values lists the degrees of confidence.
func (Confidence) Values() []string { return words(High, Medium, Low, Guess) }

// Values lists the kinds of serial numbers.
func (SerialKind) Values() []string {
	return words(KindSerial, KindMACID, KindMACAsSerial, KindDECT, KindDateCode, KindQRURL, KindProductCode)
}

// Values lists what a guard can do.
func (Act) Values() []string {
	return words(ActOff, ActNote, ActOpen, ActHold, ActAsk, ActRefer, ActRefuse)
}

// Values lists the notes on VAT.
func (VATNote) Values() []string { return words(VATExcluded, VATIncluded, VATNone) }

// Values lists what a rule can do.
func (Then) Values() []string {
	return words(ThenHold, ThenOpen, ThenAsk, ThenRefer, ThenApprove, ThenRefuse)
}

func words[T ~string](values ...T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}
