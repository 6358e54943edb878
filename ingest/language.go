package ingest

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Languages that the desk writes.
var languages = [...]string{"en", "fr", "nl", "it", "de"}

// functionWords are the small words that carry a language, beside a few of the
// trade's; what two languages share is listed under both and then tells little.
var functionWords = [...]string{
	`
	the and is are was were be been have has had not you your we our us they their it its this that these those with for from of to in on at by as or if
	but an a i he she my me do does did can could would will shall should please hello hi dear thank thanks regards kind best what when where which who how
	there here about after before also any all no yes one two three dead phone phones broken faulty unit units return warranty replacement still just only
	out up need want get got send sent know let more than then so back off working bought see subject attached attachment done below ahead cheers shipped
	yesterday today tomorrow sorry wrong file approved agreed accepted serial display screen port works requested asked answer order invoice quote
	quotation repair delivered delivery received because over under again ordered box boxes each both same last week weeks month day days morning afternoon
	number numbers list photo picture label sticker customer client site office team support ticket case proceed confirm confirmed cancel closed credit
	refund parcel courier tracking collect collected enclosed following ask look into very much many some make made said says since yet ready find found
	using used try tried tested swapped charge right left side front way well good evening`,
	`
	ci-joint ci-jointe ci-joints le la les un une des du de et est sont était être avoir a ai avons avez ont pas ne nous vous votre vos notre nos je il elle ils on ce cette ces cet
	avec pour dans sur par au aux en que qui quoi dont où ou mais si plus bonjour merci cordialement bonsoir madame monsieur veuillez pouvez pourriez suite
	voici voilà ci joint panne poste téléphone défectueux numéro série facture retour garantie appareil depuis chez aussi même tout tous très bien fait
	faire été après avant sans encore toujours rien l d j n s c qu m voir objet pièce pièces comme demandé nouvelles nouvelle valide valider validé accord
	expédié matin aujourd'hui hier demain reçu reçue envoi envoyé colis transporteur livraison commande devis réparation réparer remplacement échange écran
	touche combiné borne alimentation câble client chantier bureau semaine mois jour jours liste photo étiquette parti partie lot oui non peut peux pouvons
	souhaitons souhaite demande demandons concernant sujet afin ainsi leur leurs elles quand comment pourquoi combien trop peu déjà rappel attente réponse
	salutations distinguées sincères agréer allumé éteint hs ok prêt fois autre autres seul seule chaque entre sous mon ma mes ton son sa ses eux lui`,
	`
	hoi de het een en is zijn was waren wordt worden hebben heeft had niet geen u uw wij we ons onze jullie je jij ik hij zij ze dit dat deze die met voor van
	naar in op aan bij door als of maar om te er hier daar wat wanneer waar welke wie hoe ook nog al wel graag beste geachte groet groeten bedankt dank
	hallo goedemorgen goedemiddag dag toestel toestellen telefoon defect stuk kapot serienummer factuur retour garantie meer dan na tot uit over kan kunnen
	kunt wil willen zou moet mogen doet gaat krijg twee drie sinds zie serienr onderwerp bijlage bijgevoegd klaar zoals gevraagd nieuws vandaag gisteren morgen
	verstuurd verzonden akkoord hierbij mvg goedgekeurd komt eraan eraf besteld bestelling geleverd levering offerte reparatie herstelling vervanging doos
	dozen beeld geluid scherm voeding kabel klant vestiging kantoor week weken maand dagen ochtend lijst foto label ophalen opgehaald pakket verder gelieve
	alsjeblieft alstublieft aub svp sorry alle allemaal beide andere ander zelfde steeds altijd nooit iets niets niks daarom want omdat terwijl toch dus
	even straks volgens tijdens tegen tussen onder boven sturen stuur gestuurd krijgen gekregen ontvangen reageert laten weten hoor hebt heb ben bent
	werden mijn jouw hun haar hen groetjes vriendelijke hartelijke namens`,
	`
	accordo il lo la i gli le un uno una di da in con su per tra fra del della dei delle dello al alla ai alle dal dalla nel nella sul sulla e ed o ma se non che
	chi cui come dove quando quale quanto è sono era stato stata essere avere ho hai ha abbiamo avete hanno noi voi vi ci mi ti si lei loro nostro nostra
	vostro vostra vs ns questo questa questi queste quello anche più già ancora solo molto buongiorno buonasera salve gentile gentili spett grazie saluti
	cordiali distinti ciao telefono guasto difettoso matricola seriale fattura reso garanzia apparecchio riparazione funziona due tre poi dopo prima senza
	vedi oggetto allegato allegata allegati fatto fatta spedito spedita oggi ieri domani procedete pure ecco va bene accetto accettiamo d'accordo ok
	richiesto richiesta novità preventivo ordine consegna consegnato corriere pacco ritiro sostituzione cambio schermo tasto cornetta alimentatore cavo
	cliente cantiere ufficio settimana mese giorni giorno mattina elenco foto etichetta mandato mando mandiamo inviato invio vorrei vorremmo potete può
	posso devo dobbiamo serve servono arrivato arrivata ricevuto ricevuta acquistato comprato tutto tutti niente nulla così perché quindi allora invece
	però sempre mai mio mia tuo suo sua attesa risposta buona giornata buon lavoro cortesemente porgo sì no quanti quante ogni altro altri altra stesso
	stessa`,
	`
	der die das den dem des ein eine einen einem einer und ist sind war waren wird werden wurde haben hat hatte nicht kein keine sie ihr ihre ihren ihnen
	wir unser unsere uns ich er es man mit für von zu zum zur im in auf an bei nach aus durch als oder aber wenn dass daß ob auch noch nur schon sehr bitte
	hallo guten tag morgen geehrte geehrter damen herren freundlichen grüßen gruß danke vielen dank gerät geräte telefon defekt seriennummer rechnung
	rücksendung garantie was wann wo welche wie hier mehr seit über unter vor kann können könnten möchte soll moin bereits leider zwei drei keinen siehe
	betreff anhang anbei beigefügt erledigt gewünscht heute gestern verschickt versendet unterwegs einverstanden geht klar mfg lg vg freigabe erteilt
	nachtrag passt so mach machen liste bestellung bestellt lieferung geliefert lieferschein angebot reparatur reparieren austausch umtausch karton paket
	bild ton display taste hörer netzteil kabel kunde kunden standort büro woche wochen monat tage vormittag foto aufkleber abholen abgeholt weiter gerne
	servus grüezi grüß gott liebe lieber euch euer eure ihm ihn du dir dich mir mich deine meine mein sein seine jetzt dann denn weil damit doch etwas
	nichts alles alle beide andere selbe immer nie wieder wurden worden werde würde schicken schicke geschickt bekommen erhalten gibt geben bitten steht
	stehen läuft leuchtet blinkt reagiert zurück anfrage antwort rückmeldung beste viele herzliche freundlichem gesendet`,
}

// rivals are small words of other languages. A text that they fit better than
// any of the five is none of these.
var rivals = [...]string{
	`el los las una unos y o pero que qué de del al con sin por para como más muy ya está están es son fue ser estar ha hemos he han tiene tengo tenemos no sí su sus nuestro nuestra nos usted ustedes buenos buenas días tardes hola gracias saludos cordiales estimado estimados adjunto teléfono funciona quisiera devolver devolverlo devolución garantía factura pedido número serie cuando dónde también pero porque`, // es
	`o os a as um uma uns e ou mas que de do da dos das no na nos nas com sem por para como mais muito já está estão é são foi ser tem temos tenho não sim seu sua nosso nossa nós você bom boa dia tarde olá obrigado obrigada cumprimentos telefone funciona queria devolver devolução garantia fatura encomenda número série também porque`,                                                                               // pt
	`i w z na do nie jest są to się że jak ale proszę dzień dobry dziękuję pozdrawiam telefon działa numer urządzenie reklamacja zwrot faktura o po od przez dla czy już mamy mam państwa nasz nasza`,                                                                                                                                                                                                                        // pl
	`a v z na do ne je jsou to se že jak ale prosím dobrý den děkuji děkujeme pozdravem telefon nefunguje číslo zařízení reklamaci reklamace faktura o po od pro už máme mám vás náš`,                                                                                                                                                                                                                                        // cs
	`och att det är inte jag vi ni de en ett på med för till av om som har hade kan vill ska hej tack mvh vänliga hälsningar telefonen fungerar serienummer faktura gärna returnera denna`,                                                                                                                                                                                                                                   // sv
	`og at det er ikke jeg vi i de en et på med for til af om som har havde kan vil skal hej tak venlig hilsen telefonen virker serienummer faktura gerne returnere denne`,                                                                                                                                                                                                                                                   // da
	`ve bir bu da de ile için çok var yok değil merhaba teşekkürler saygılarımla telefon çalışmıyor cihaz iade fatura seri numarası lütfen`,                                                                                                                                                                                                                                                                                  // tr
	`și în la cu de pe nu este sunt a am au o un bună ziua mulțumesc telefonul funcționează garanție factură vă rog aș dori care pentru`,                                                                                                                                                                                                                                                                                     // ro
	`és a az nem van egy hogy is de ez jó napot köszönöm üdvözlettel telefon működik készülék garancia számla kérem`,                                                                                                                                                                                                                                                                                                         // hu
}

// trigrams are letter groups that are frequent in one language and rare in the
// others; '_' is the end of a word. They decide short or misspelt texts.
var trigrams = [...]string{
	`_th the he_ ing ng_ _wh hat _sh ght oul uld _yo you ou_ ry_ ly_ ted ave _ha _wi wit ith thi his ess ous owe ew_ ck_ ay_ ee_ oo_ ook ow_ y_s our_ _kn tch ugh`,
	`eur aux eau ent_ ez_ que ous ait ais oit oir _qu _vo _no é_ ée_ _dé _l' tio _pa _je eme men nou vou ux_ ais les_ ell ê è_ ç ouv lle emb ant_ euv ois _à_ àn oux œ ré_ ûr`,
	`aar oor een _ge ijk ij_ nij zij wij _ij _he het ver aan oo_ ee_ eel eer sch cht _va van _de en_ ten _we ege nie iet uit _ui ui_ oe_ oed gen jk_ lij heb _zo dt_ erd _ik aat uur`,
	`are ion one zio che hi_ chi gli ell lla tto tta ato ata zza sso ssa _di del _de nte re_ to_ ti_ ta_ no_ ia_ io_ _co con _gu gua ogl igl izi azi ità più _è_ à_ ù_ ò_ ssi cci eri`,
	`sch der ich ein die und nde cht ie_ en_ er_ ung ng_ che ch_ _ge _be _ei _un ä ö ü ß ige lic hen ier _zu _mi mit eit ten _ve ver rät tig ück kei eri _ni nic st_ tz_ _sc wir _au`,
}

// marks are what a word or a letter group tells, for the five languages and the
// rivals.
type marks [len(languages) + len(rivals)]float64

// tongue is one text's scorer, built once with the catalogue.
type tongue struct {
	words map[string]marks // with what the letter groups of the word tell
	grams map[string]marks
}

func newTongue() *tongue {
	t := &tongue{words: weigh(append(functionWords[:], rivals[:]...)), grams: weigh(trigrams[:])}
	for w, row := range t.words {
		t.addGrams(&row, w)
		t.words[w] = row
	}
	return t
}

// weigh gives each mark a weight per language: a mark of one language alone
// counts full, one of several by what its share tells.
func weigh(lists []string) map[string]marks {
	table := map[string]marks{}
	for i, list := range lists {
		for mark := range strings.FieldsSeq(list) {
			row := table[mark]
			row[i] = 1
			table[mark] = row
		}
	}
	for mark, row := range table {
		n := 0.0
		for _, v := range row {
			n += v
		}
		for i := range row {
			row[i] = row[i] / (n * n)
		}
		table[mark] = row
	}
	return table
}

// of tells the language of a text, "und" when nothing tells.
func (t *tongue) of(text string) string {
	const least, lead = 1.0, 1.15
	var score marks
	n := 0
	for w := range wordsOf(head(text)) {
		n++
		t.add(&score, w)
	}
	best, second := -1, 0.0
	for i, s := range score {
		if best < 0 || s > score[best] {
			if best >= 0 {
				second = math.Max(second, score[best])
			}
			best = i
		} else {
			second = math.Max(second, s)
		}
	}
	if best >= len(languages) || score[best] < least || score[best] < second*lead {
		return "und"
	}
	return languages[best]
}

// unspoken is a text without the longer passages in quotation marks: what
// another said, maybe in another language.
func unspoken(text string) string {
	const short, long = 60, 1500
	var b strings.Builder
	for {
		at := strings.IndexAny(text, `"“„«`)
		if at < 0 {
			break
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		end := strings.IndexAny(text[at+size:], `"“”»`)
		if end < 0 {
			break
		}
		end += at + size
		_, last := utf8.DecodeRuneInString(text[end:])
		if said := end - at; said < short || said > long {
			b.WriteString(text[:end])
			text = text[end:]
			if said < short {
				b.WriteString(text[:last])
				text = text[last:]
			}
			continue
		}
		b.WriteString(text[:at])
		text = text[end+last:]
	}
	b.WriteString(text)
	return b.String()
}

func (t *tongue) add(score *marks, w string) {
	row, known := t.words[w]
	if !known {
		t.addGrams(score, w)
		return
	}
	for i, v := range row {
		score[i] += v
	}
}

// addGrams adds what the groups of up to three letters of a word tell.
func (t *tongue) addGrams(score *marks, w string) {
	const weight = 0.12
	w = "_" + w + "_"
	for at := range w {
		end := at
		for range 3 {
			if end == len(w) {
				break
			}
			_, size := utf8.DecodeRuneInString(w[end:])
			end += size
			if row, ok := t.grams[w[at:end]]; ok {
				for i, v := range row {
					score[i] += v * weight
				}
			}
		}
	}
}

// wordsOf gives the words of a text in lower case: what has a digit, an @ or
// more capitals than one is a name or a number and tells nothing.
func wordsOf(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		shout := !strings.ContainsFunc(text, unicode.IsLower) && strings.ToUpper(text) == text
		for f := range strings.FieldsFuncSeq(text, betweenWords) {
			f = strings.Trim(f, ".-_")
			if f == "" || len(f) > 40 || strings.ContainsAny(f, "0123456789@._=+#") {
				continue
			}
			if !shout && len(f) > 1 && f == strings.ToUpper(f) {
				continue
			}
			if !yield(strings.ToLower(f)) {
				return
			}
		}
	}
}

// betweenWords tells what parts words.
func betweenWords(r rune) bool {
	if r > utf8.RuneSelf {
		return unicode.IsSpace(r) || r == '’' || r == '«' || r == '»'
	}
	return r <= ' ' && unicode.IsSpace(r) || r < 'A' && strings.IndexByte(",;:!?()\"'</>*", byte(r)) >= 0 || r > 'Z' && (r == '[' || r == ']' || r == '`' || r == '|')
}
