package ingest

import (
	"math"
	"strings"
	"unicode"
)

// Languages that the desk writes.
var languages = [...]string{"en", "fr", "nl", "it", "de"}

// functionWords are the small words that carry a language, beside a few of the
// trade's; what two languages share is listed under both and then tells little.
var functionWords = [...]string{
	`the and is are was were be been have has had not you your we our us they their it its this that these those with for from of to in on at by as or if but an a i he she my me do does did can could would will shall should please hello hi dear thank thanks regards kind best what when where which who how there here about after before also any all no yes one two three dead phone phones broken faulty unit units return warranty replacement still just only out up need want get got send sent know let more than then so back off working bought`,
	`le la les un une des du de et est sont était être avoir a ai avons avez ont pas ne nous vous votre vos notre nos je il elle ils on ce cette ces cet avec pour dans sur par au aux en que qui quoi dont où ou mais si plus bonjour merci cordialement bonsoir madame monsieur veuillez pouvez pourriez suite voici voilà ci joint panne poste téléphone défectueux numéro série facture retour garantie appareil depuis chez aussi même tout tous très bien fait faire été après avant sans encore toujours rien l d j n s c qu m`,
	`de het een en is zijn was waren wordt worden hebben heeft had niet geen u uw wij we ons onze jullie je jij ik hij zij ze dit dat deze die met voor van naar in op aan bij door als of maar om te er hier daar wat wanneer waar welke wie hoe ook nog al wel graag beste geachte groet groeten bedankt dank hallo goedemorgen goedemiddag dag toestel toestellen telefoon defect stuk kapot serienummer factuur retour garantie meer dan na tot uit over kan kunnen kunt wil willen zou moet mogen doet gaat krijg maar twee drie sinds`,
	`il lo la i gli le un uno una di da in con su per tra fra del della dei delle dello al alla ai alle dal dalla nel nella sul sulla e ed o ma se non che chi cui come dove quando quale quanto è sono era stato stata essere avere ho hai ha abbiamo avete hanno noi voi vi ci mi ti si lei loro nostro nostra vostro vostra vs ns questo questa questi queste quello anche più già ancora solo molto buongiorno buonasera salve gentile gentili spett grazie saluti cordiali distinti ciao telefono guasto difettoso matricola seriale fattura reso garanzia apparecchio riparazione funziona due tre poi dopo prima senza`,
	`der die das den dem des ein eine einen einem einer und ist sind war waren wird werden wurde haben hat hatte nicht kein keine sie ihr ihre ihren ihnen wir unser unsere uns ich er es man mit für von zu zum zur im in auf an bei nach aus durch als oder aber wenn dass daß ob auch noch nur schon sehr bitte hallo guten tag morgen geehrte geehrter damen herren freundlichen grüßen gruß danke vielen dank gerät geräte telefon defekt seriennummer rechnung rücksendung garantie was wann wo welche wie hier mehr seit über unter vor kann können könnten möchte soll moin bereits leider zwei drei keinen`,
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

// tongue is one text's scorer, built once with the catalogue.
type tongue struct {
	words map[string][len(languages)]float64
	grams map[string][len(languages)]float64
}

func newTongue() *tongue {
	t := &tongue{words: weigh(functionWords[:]), grams: weigh(trigrams[:])}
	return t
}

// weigh gives each mark a weight per language: a mark of one language alone
// counts full, one of several by what its share tells.
func weigh(lists []string) map[string][len(languages)]float64 {
	table := map[string][len(languages)]float64{}
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
	var score [len(languages)]float64
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
	if score[best] < least || score[best] < second*lead {
		return "und"
	}
	return languages[best]
}

func (t *tongue) add(score *[len(languages)]float64, w string) {
	const gramWeight = 0.12
	for i, v := range t.words[w] {
		score[i] += v
	}
	letters := []rune("_" + w + "_")
	for at := 0; at+1 < len(letters); at++ {
		for size := 1; size <= 3 && at+size <= len(letters); size++ {
			if row, ok := t.grams[string(letters[at:at+size])]; ok {
				for i, v := range row {
					score[i] += v * gramWeight
				}
			}
		}
	}
}

// wordsOf gives the words of a text in lower case: what has a digit, an @ or
// more capitals than one is a name or a number and tells nothing.
func wordsOf(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		shout := strings.ToUpper(text) == text
		for f := range strings.FieldsFuncSeq(text, func(r rune) bool {
			return unicode.IsSpace(r) || strings.ContainsRune(`,;:!?()[]"'’`+"`«»/<>*|", r)
		}) {
			f = strings.Trim(f, ".-_")
			if f == "" || len(f) > 40 || strings.ContainsAny(f, "0123456789@._=+#") {
				continue
			}
			lower := strings.ToLower(f)
			if !shout && len(f) > 1 && f == strings.ToUpper(f) {
				continue
			}
			if !yield(lower) {
				return
			}
		}
	}
}
