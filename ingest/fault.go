package ingest

// The words that installers have for a fault: a table per language, an expression
// on each line.
const (
	englishFaults = `
		(?:can'?t|cannot|can not|don'?t|doesn'?t|won'?t) hear (?:us|me|them|him|her|anything|a thing|the caller)
		(?:stays?|remains?|staying|sits? there) (?:\S+ )?(?:dark|black|blank|silent|mute|dead|lifeless|off)\b
		defect
		faulty
		fault\b
		faults\b
		broken
		dead\b
		doa\b
		does(?:n'?t| not) (?:work|power|boot|start|turn|ring|register|charge|light)
		won'?t (?:power|boot|start|turn|register|charge)
		not working
		stopped working
		no longer (?:works?|powers?|boots?|lights?|starts?|charges?|rings?|registers?|responds?|connects?|pairs?|dials?|turns? on|switch(?:es)? on|comes? on|answers?|displays?|records?|rotates?)\b
		no (?:power|lights?|display|audio|sound|(?:dial|ring) ?tone|ringing|image|picture|link)
		\bduds?\b
		fail(?:s|ed|ure|ing)\b
		malfunction
		reboots?
		rebooting
		flicker
		crack
		burn
		blown
		surges?\b
		lightning
		went dark
		damaged
		dropped
		frozen
		freez
		(?:do|did|will|can|could|would)(?:n'?t| not) (?:work|power|boot|start|turn on|ring|register|charge|light|respond|connect|switch on|pair|link)
		doesn'?t (?:respond|connect|pair|link|detect|recogni[sz]e|switch on)
		does not (?:respond|connect|pair|link|detect|recogni[sz]e|switch on)
		(?:keeps?|kept) (?:\S+ ){0,3}(?:restarting|crashing|freezing|dropping|disconnecting|losing|resetting|beeping)
		restarts (?:itself|every|by itself|constantly|all the time|at random)
		crash(?:es|ed|ing)?\b
		los(?:es|ing|e) (?:\S+ ){0,5}(?:connection|registration|signal|link|sync|power|handsets?|network|wi-?fi)\b
		lost (?:its |the )?(?:registration|connection|signal)
		hangs (?:on|at|during|when|after)
		stuck (?:on|at|in)\b
		unresponsive
		intermittent
		(?:goes|going|go) (?:offline|blank|black)\b
		(?:switch(?:es)?|turns?|shuts?) (?:itself )?(?:off|down) (?:by itself|on its own|at random|randomly|after|every|all the time)
		(?:screen|display) (?:is |stays |remains |goes )?(?:black|blank|dark|white)\b
		one-way audio
		\b(?:hiss|buzz|humm)(?:ing|es)?\b
		\becho(?:es|ing)?\b
		distort
		overheat
		burnt
		\bsmoke
		\bdied\b
		bricked
		out of order
		\b(?:hums?|howls?|squeals?|whistl(?:es?|ing)|crackles?)\b
		\b(?:gives?|gave|has given) up (?:after|every|on|the ghost|during|when|completely)\b
		\b(?:blew|blown) up\b
		\b(?:smash|shatter|vandali[sz])
		\bshort(?:ed|s)? out\b
		\bfried\b
		(?:shows?|displays?|is|picture|screen) nothing but (?:black|white|static|snow|noise|lines?|stripes?)
		(?:can'?t|cannot|can not|couldn'?t|barely|hardly) be heard\b
		(?:nobody|no one|no-one|none of us) (?:has|have|gets?|got) (?:\S+ )?(?:wi-?fi|internet|network|dial ?tone|phones?|line|signal|reception)\b
		\b(?:has |have |had )?gone (?:red|orange|amber|dead|dark|blank|black|haywire|mute|silent)\b
		(?:burn|burnt|scorched|singed) (?:smell|odou?r)|smells? (?:\S+ ){0,2}burn
		\bgets? (?:\S+ )?(?:hot|warm) (?:as|and|enough|to|when)\b
		no longer holds?\b
		\bno juice\b
		\b(?:empty|flat|drained) (?:by|before|after|within)\b
		\bso hot\b
		(?:hangs|hanging) up (?:by itself|on (?:its own|callers|us|me)|every|each)|\bit hangs up\b
		under water\b
		\bforgets? (?:its|the|all|every|their)\b
		\b(?:one|1) (?:ear|side) only\b|\bonly (?:(?:in|on|out of) )?(?:one|1) (?:ear|side)\b
		\bwater (?:in|inside|under|behind|got|came|has got)\b
		condensation|fogged|misted
		(?:can'?t|cannot|doesn'?t|does not|won'?t) pick up
		\bjammed\b
		(?:won'?t|doesn'?t|does not|can'?t|cannot) (?:dial|call) (?:out|any)
`
	germanFaults = `
		(?:hören|hört|verstehen|versteht) (?:uns|mich|sie|ihn|man|wir) (?:\S+ ){0,2}(?:nicht|nichts|kaum)
		bleib(?:t|en) (?:\S+ )?(?:dunkel|schwarz|stumm|tot|aus|still)\b
		defekt
		kaputt
		geht nicht
		funktioniert (?:nicht|nur)
		startet nicht
		bootet nicht
		lässt sich nicht
		ohne funktion
		keine funktion
		ohne ton
		kein (?:ton|bild|strom|link)
		mausetot\b
		\btot[.,;:!]
		(?:ist|sind|war|waren|komplett|völlig|ganz|plötzlich|ports?|display|gerät|telefon|leitung|anschluss|mobilteil|auch|alle|beide) (?:\S+ ){0,2}tot\b
		ausgefallen
		ausfall
		fehlerhaft\w*
		fehlerbild
		störung
		blinkt
		startet (?:ständig|immer|dauernd)
		überspannung
		blitz
		scheppert
		knackt
		klebt
		kleben
		verschmort
		reagiert nicht
		hängt
		dunkel\b
		abgestürzt
		\bverlier(?:t|en) (?:\S+ ){0,8}(?:verbindung|registrierung|mobilteile?|netz|netzwerk|signal|link|wlan|anmeldung|einstellungen|konfiguration)\b
		(?:verbindung|registrierung|mobilteile?|netz|netzwerk|signal|link|wlan|anmeldung|einstellungen|konfiguration) (?:\S+ ){0,6}(?:verliert|verlieren)\b
		\bstürz(?:t|en) (?:\S+ ){0,5}ab\b
		absturz
		abstürz
		\bgeh(?:t|en) (?:\S+ ){0,3}(?:immer|ständig|dauernd|einfach|plötzlich|selbst|mehrmals|sporadisch|regelmäßig|wieder|minuten|stunden) (?:\S+ ){0,3}aus\b
		\b(?:geht|gehen) nach (?:\S+ ){0,7}(?:aus|weg)\b
		\bgeht aus\b
		\bgeht (?:gar ?|leider |überhaupt |jetzt |auch )+nicht
		\bschalte[tn] (?:sich )(?:\S+ ){0,5}(?:ab|aus)\b
		\bbleib(?:t|en) (?:\S+ ){0,6}(?:hängen|schwarz|stehen|stumm|aus|tot|leer)\b
		hängen geblieben
		hängt sich
		kein(?:e|en)? (?:anzeige|verbindung|reaktion|audio|freizeichen|wählton|klingelton|signal|lebenszeichen|spannung|empfang)\b
		\brausch(?:t|en)\b
		\bbrumm
		knister
		\bpfeift
		\becho\b
		verzerrt
		\bfrier(?:t|en) (?:\S+ ){0,4}ein\b
		eingefroren
		\bstarte(?:t|n) (?:\S+ ){0,5}neu\b
		\bbootet (?:\S+ ){0,4}neu\b
		bootschleife
		\blädt nicht
		klingelt nicht
		\breagier(?:t|en) (?:\S+ ){0,3}nicht
		\berkennt (?:\S+ ){0,4}nicht
		meldet sich (?:\S+ ){0,4}(?:nicht|ab)\b
		registriert sich (?:\S+ ){0,3}nicht
		verbindet sich (?:\S+ ){0,3}nicht
		(?:display|bildschirm) (?:\S+ ){0,3}(?:schwarz|gesprungen|gebrochen|streifen)
		flacker
		flimmer
		\bbricht (?:\S+ ){0,4}ab\b
		verbindungsabbr
		aussetzer
		wackelkontakt
		überhitz
		wird (?:\S+ ){0,2}heiß
		durchgebrannt
		verbrannt
		wasserschaden
		\bspinnt\b
		hinüber\b
		den geist auf
		\blässt sich (?:\S+ ){0,4}nicht
		nicht mehr (?:erreichbar|an\b|hoch\b|hören)
		einseitig
		\bkeinen? (?:mucks|ton|piep|pieps|laut)\b
		brandgeruch
		(?:riecht|stinkt) (?:\S+ )?(?:verbrannt|verschmort|angebrannt|nach)
		\bnicht (?:mehr |richtig |sauber |ordentlich |zuverlässig )+(?:lädt|startet|bootet|klingelt|funktioniert|reagiert|läuft|geht|angeht|aufwacht|hochfährt|hochkommt|anspringt|registriert|verbindet|anzeigt)
		(?:ständig|dauernd|immer wieder|stündlich|täglich) (?:\S+ )?(?:ausfällt|ausgeht|abstürzt|abbricht|neu startet|neustartet|hängt|aussteigt)
		(?:keiner|niemand) (?:\S+ ){0,3}(?:wlan|internet|netz|empfang|telefon)\b
		dauernd (?:\S+ )?weg\b
		eingeschlagen
		zertrümmert|zerschlagen|zerdeppert
		\blädt (?:\S+ )?nur\b
		(?:mittags|abends|nachmittags|schnell|gleich|sofort|stunden?|minuten?) (?:\S+ )?leer\b
		\bwird (?:\S+ ){0,2}(?:so|sehr|zu|viel zu) (?:warm|heiß)
		\b(?:es|er|sie) legt (?:\S+ ){0,2}auf\b
		wie unter wasser
		mangelhaft
		reagier(?:t|en) (?:\S+ )?(?:verzögert|träge|langsam|zäh)
		\bwasser (?:in|im|unter|hinter|drin|steht|läuft)\b
		\bbeschlagen\b
		\bgeht (?:\S+ ){0,2}(?:nix|nichts|goar nix)\b
		\bleuchte[tn] (?:\S+ )?nicht
		\bwackler\b
		\btaub\b
		\bschrott
		\b(?:versteht|hört) (?:\S+ ){0,2}(?:keiner|niemand)\b
		\bzeigt (?:\S+ ){0,5}fehler
		\bvergisst\b
`
	frenchFaults = `
		n(?:e nous|e m|e les)?['’ ]?(?:entend|entendent|entendons) (?:pas|plus|rien)|ne (?:nous|m'|les|l') ?(?:entend|entendent)\S* (?:pas|plus|rien)
		reste(?:nt)? (?:\S+ )?(?:noire?s?|muette?s?|muets?|éteinte?s?|inertes?|sombres?)
		sans (?:image|audio|tonalité)\b
		sans (?:aucun )?son ?[.,;!)]
		défectueu
		défaut
		en panne
		pannes?\b
		hors service
		\bhs\b
		ne (?:fonctionne|marche|démarre|s'allume|répond|charge|sonne)
		n'a jamais (?:démarré|fonctionné)
		plus (?:d'image|de son|aucun|rien)
		redémarre
		bloqu[ée]
		crachote
		foudre
		foudroyé
		brûl
		cassé
		grésill
		clignote
		ne .{1,30} plus\b
		éteint
		inactive
		en cause
		\bperd(?:ent)? (?:\S+ ){0,6}(?:connexion|réseau|enregistrement|combinés?|signal|liaison|synchro\w*|lien|configuration)
		pertes? (?:de |d')(?:connexion|réseau|signal|son|enregistrement)
		s'éteint
		s'éteignent
		\bse (?:bloque|fige|coupe|déconnecte|réinitialise)(?:nt)?\b
		\bplante(?:nt)?\b
		plantage
		\bfigée?s?\b
		(?:écran|afficheur) (?:\S+ ){0,3}(?:noir|blanc|bleu|fissuré|illisible)
		coupures? (?:de son|d'appel|intempestives|réseau)
		grésille
		\bsouffle
		bourdonne
		larsen
		\bécho\b
		son (?:haché|métallique|saccadé)
		ne (?:détecte|reconna[iî]t|s'enregistre|tient|capte|se connecte|se lance|se charge|se synchronise)
		n'affiche
		aucune? (?:voyant|réaction|tonalité|alimentation|son|signe de vie)
		pas de (?:tonalité|courant|lien|voyant|signal|poe)\b
		surchauffe
		chauffe (?:trop|énormément|anormalement)
		fumée
		court-circuit
		fissur
		en boucle
		\bmuet(?:te)?s?\b
		grillée?s?\b
		\bmorte?s?\b
		dysfonction
		\bbris(?:é|ée|és|ées)\b
		vandalis
		(?:a|ont) (?:grillé|lâché|claqué|sauté|rendu l'âme)\b
		a eu raison de
		(?:odeur|sent) (?:\S+ )?(?:de |le )?brûlé
		(?:personne|plus personne|aucun poste) n'a (?:\S+ )?(?:internet|wifi|réseau|ligne|tonalité)
		\b(?:ronfle|siffle|couine|craque|bruit (?:de fond|parasite))
		ne cesse de
		\bsourde?s?\b
		\bvides? (?:à|après|avant|en|au bout)\b
		\bdéchargée?s?\b
		\b(?:raccroche(?:nt)?) (?:tout seul|toute seule|seul)|\b(?:il|ça) raccroche\b
		\bsous l'eau\b
		\b(?:si|trop|très) chauds?\b
		\beau (?:dans|derrière|sous|à l'intérieur)\b
		\bbuée\b|embuée?
		reste(?:nt)? (?:enfoncée?s?|coincée?s?|appuyée?s?)
		plus de (?:téléphone|réseau|wifi|ligne|internet|courant)\b
		\b(?:oublie|perd) (?:\S+ ){0,2}(?:réglages|paramètres|configuration)
		d'un (?:seul )?côté\b|qu'une oreille|d'une (?:seule )?oreille
		intermittent
`
	dutchFaults = `
		(?:horen|hoort|verstaan|verstaat) (?:ons|mij|me|hen|ze|hem|haar|elkaar) (?:\S+ )?(?:niet|niks|niets|amper)
		blij(?:ft|ven) (?:\S+ )?(?:zwart|donker|stil|uit|dood)\b
		zonder (?:geluid|beeld|stroom|audio|kiestoon)\b
		kapot
		stuk\b
		werkt niet
		doet (?:het )?niet
		doet niks
		start niet
		valt uit
		valt .{0,20} weg
		geen (?:geluid|beeld|stroom|reactie|kiestoon|poe|link)
		niet goed meer
		storing
		klacht
		kraakt
		reageert niet
		knippert
		blijft (?:rood|hangen)
		blikseminslag
		uitgevallen
		\bverlies(?:t|en) (?:\S+ ){0,8}(?:verbinding|registratie|handsets?|netwerk|signaal|bereik|link|wifi|instellingen)
		\bverlie(?:st|zen) (?:\S+ ){0,8}(?:verbinding|registratie|handsets?|netwerk|signaal|bereik|link|wifi|instellingen)
		(?:verbinding|registratie|handsets?|netwerk|signaal|bereik|link|wifi) (?:\S+ ){0,6}(?:verliest|verliezen|kwijt|verbroken|kwijtraakt|kwijtspeelt)\b
		\bloopt (?:\S+ ){0,4}vast\b
		vastgelopen
		crasht
		blijft (?:\S+ ){0,4}(?:hangen|zwart|donker|dood|steken)
		\b(?:valt|vallen) (?:\S+ ){0,6}(?:uit|weg)\b
		gaat (?:\S+ ){0,2}(?:vanzelf|steeds|telkens|spontaan|zomaar|regelmatig|plots|plotseling|constant) (?:\S+ ){0,3}uit\b
		gaat (?:\S+ ){0,3}niet (?:meer )?aan\b
		schakelt (?:zichzelf|zich) (?:\S+ ){0,4}uit
		herstart
		start (?:\S+ ){0,4}(?:opnieuw|niet)\b
		\bruist?\b
		\bbromt
		\bpiept
		\becho\b
		geen (?:verbinding|signaal|audio|spanning|teken van leven|bereik|toon)\b
		(?:scherm|display) (?:\S+ ){0,4}(?:zwart|donker|gebarsten|gescheurd|leeg)
		gebarsten
		(?:laadt|registreert|reageert|belt|herkent|verbindt) (?:\S+ ){0,4}niet\b
		wil(?:len)? niet (?:meer )?(?:opstarten|starten|aan|laden|registreren|opladen)
		\bdo(?:et|en) (?:\S+ ){0,2}(?:het niet|niets|niks|raar|vreemd)
		\bwerk(?:t|en) (?:\S+ ){0,3}niet\b
		oververhit
		wordt (?:\S+ ){0,2}heet
		verbrand
		doorgebrand
		\bdood\b
		waterschade
		\bhaper
		onbereikbaar
		slechte? (?:geluid|verbinding|ontvangst)
		flikker
		\bga(?:at|an) (?:\S+ )?niet (?:meer )?over\b
		\b(?:uit|weg)val(?:t|len)\b
		\bvast(?:loopt|lopen)\b
		\bbega(?:f|ven)\b|begeven\b
		\b(?:niet|amper|nauwelijks) (?:meer |goed |deftig |fatsoenlijk )+(?:werkt|opstart|start|laadt|reageert|aangaat|rinkelt|belt|rint|overgaat|registreert|oplaadt)\b
		(?:rare|vreemde|gekke) (?:dingen|geluiden|kuren|strepen)
		(?:niemand|geen mens) (?:\S+ ){0,2}(?:wifi|internet|netwerk|lijn)\b
		brandlucht|brandgeur|verbrande geur
		gekraak\b
		opnieuw opstart
		\bdoof\b
		\bword(?:t|en) (?:\S+ ){0,2}(?:zo|heel|te|erg) (?:warm|heet)\b
		\b(?:hij|ze|het) legt (?:\S+ ){0,2}(?:op|neer)\b
		onder water\b
		\bsla(?:at|an|ge) (?:\S+ ){0,2}(?:af|tilt)\b
		\bwater (?:in|achter|onder|binnen)
		\bbeslagen\b|aangedampt
		\b(?:ligt|liggen) (?:\S+ ){0,2}plat\b
		\bbrandt niet\b|brandt (?:\S+ ){0,2}niet meer
		\bwerkt (?:maar|alleen|enkel|slechts)\b
		\bvergeet\b (?:zijn|alle|de|telkens|steeds)
		klemt\b|klemmen\b
`
	italianFaults = `
		non (?:ci|mi|li|lo|la|si) sent\S+
		(?:resta|restano|rimane|rimangono) (?:\S+ )?(?:spent[oaie]|ner[oaie]|mut[oaie]|bui[oaie]|mort[oaie])
		(?:esito|test|collaudo|prova) negativ
		guast
		difett
		rott[oaie]\b
		non (?:funziona|parte|si accende|va\b|carica|risponde|rispondono|dà|apre|squilla)
		mort[oa]\b
		in avaria
		avaria
		malfunzionament
		resta (?:fisso|bloccato|spento)
		rigato
		bloccat[oa]
		spent[oa]\b
		si riavvia
		sovratension
		fulmin
		muta\b
		da cambiare
		appannat
		\bperd(?:e|ono) (?:\S+ ){0,6}(?:connession|registrazion|rete|segnale|cordless|portatil|link|collegament|sincron)
		\bsi (?:spegn\S+|speng\S+|blocca\S*|pianta\S*|impalla\S*|disconnett\S+|scolleg\S+|resetta\S*|riavvia\S*|surriscalda\S*)
		va in (?:crash|blocco|errore|loop|protezione)
		non (?:si (?:avvia|registra|collega|connett|carica|illumina|sente|vede|sentono)|registra|rileva|riconosc|squilla|suona|emett|comunica|legge|aggancia|boota|eroga|funzionan|trasmett|c'è (?:audio|linea|tono|segnale))
		nessun (?:suono|tono|segnale|led|segno di vita|audio)
		nessuna (?:reazione|alimentazione|linea)
		senza (?:audio|suono|linea|tono)\b
		(?:schermo|display) (?:\S+ ){0,4}(?:nero|bianco|lesionat|scuro)
		\bfruscio
		\bfruscia
		gracchia
		\bronz
		\beco\b
		disturbi (?:audio|sulla|in|di)
		distort
		bruciat
		surriscald
		\bscotta
		\bpuzza
		\bfumo\b
		in corto\b
		cortocircuit
		incrinat
		instabil
		intermittent
		a singhiozzo
		cade (?:la )?(?:linea|connessione)
		\bko\b
		fuori (?:servizio|uso)\b
		inutilizzabil
		\bmut[oi]\b
		lampeggi
		\bnon tien(?:e|gono) (?:più |la |il )
		ha smesso di
		(?:nessuno|nessun telefono) ha (?:\S+ )?(?:internet|rete|linea|wifi|wi-fi)
		(?:odore|puzza) di bruciat
		si è spaccat|spaccat[oa]\b|frantumat|vandalizzat
		\bfischia\b
		non prende (?:più )?(?:l'audio|la linea|il segnale|la rete)
		\bsord[oa]\b
		\bscaric[oa]\b
		\b(?:diventa|diventano) (?:\S+ ){0,2}(?:cald[oaie]|bollent[ei]|rovent[ei])
		\briattacca(?:no)?\b
		sott'acqua
		\bacqua (?:nell|dentro|dietro|sotto|dall)
		\bfunziona(?:no)? solo\b
		\bresta(?:no)? (?:giù|incastrat\w|premut\w)
		siamo (?:\S+ )?senza (?:telefon|rete|internet|linea|wifi)
		\bdimentica (?:le|la|tutt|ogni)
		da un (?:solo )?(?:lato|orecchio)
`
)

var (
	fault = newLexicon(englishFaults, germanFaults, frenchFaults, dutchFaults, italianFaults)
	// sound says that there is no fault, in the words for one.
	sound = newPhrase(`(?i)(?:\b(?:kartons?|schachteln?|verpackung|verpackungen|gerät|geräten|dose) klebt\b|\b(?:defekt|kaputt) (?:ist|sind|war|waren) (?:\S+ ){0,3}(?:keines|keins|keiner|keine|nichts)\b|\b(?:defect|kapot|stuk) is er (?:\S+ ){0,2}(?:geen|niets|geeneen)\b|\b(?:kaputt|defekt) (?:ist|sind|war) (?:\S+ ){0,2}(?:nichts|keins|keiner|keine)\b|\bhäng(?:t|en) (?:(?:und|jetzt|nun|brav) )?(?:klingel\S+|läut\S+|läuft|laufen|wieder an)|no (?:more |further )?complaints?\b|(?:nobody|no one|no-one) (?:\S+ ){0,2}complain\S*|\b(?:meckert|klagt|beschwert sich|motzt|jammert) (?:\S+ ){0,2}(?:keiner|niemand)\S*(?: mehr)?|\bkeine(?:rlei)? (?:beschwerden?|klagen?|beanstandungen?) mehr|plus (?:de|aucune) (?:plaintes?|réclamations?|soucis?|problèmes?)|plus personne ne (?:\S+ )?(?:plaint|râle)|geen (?:klachten?|gemopper|problemen) meer|niemand (?:klaagt|moppert)(?: meer)?|nessuno (?:si )?lamenta(?: più)?|(?:niente|nessun\S?) (?:più )?(?:lamentel\S+|reclam\S+)|(?:nothing|none|no one|neither)(?:'s| is| has| are)? (?:\S+ )?(?:dead|down|died|packed in|failed)\b|\b(?:never|not once) (?:had )?(?:an? |any |one )?(?:fault|failure|defect|problem|breakdown)s?\b|\b(?:nie|noch nie|niemals) (?:\S+ ){0,3}(?:defekte?|ausfälle?|störung(?:en)?|ausgefallen|kaputt)\b|\bjamais (?:\S+ ){0,3}(?:pannes?|défauts?|en panne|défaillances?)\b|\bnooit (?:\S+ ){0,3}(?:stuk|defect|storing(?:en)?|kapot)\b|\bmai (?:\S+ ){0,3}(?:guast\S*|difett\S*|rott\S*)|\bnichts (?:\S+ ){0,2}(?:tot|ausgefallen)\b|\bcrack(?:ing)? (?:on|the whip)\b|\bdropp(?:ed|ing) (?:\S+ )?off\b|\b(?:no|none of the|aren't any|without any) (?:faulty|broken|defective|dead)\b|kein(?:e[rnms]?)? (?:defekt|kaputt)\S*|(?:aucun\S*|pas de) (?:\S+ )?(?:défectueu|cassé|en panne|hs\b)\S*|geen (?:defecte?|kapotte?)\b|nessun\S* (?:\S+ )?(?:guast|rott|difettos)\S*|(?:not|isn't|aren't|nothing is|nothing's|neither is) (?:at all |actually |yet )?(?:defective|faulty|broken|damaged|wrong)\b|nothing (?:defective|faulty|broken|wrong)\b|(?:nichts|noch nichts) (?:ist )?(?:defekt|kaputt|hin)\b|rien (?:n'est |de )?(?:défectueu|cassé|en panne)|(?:niets|nog niets) (?:is )?(?:stuk|kapot|defect)|(?:niente|nulla) (?:è |di )?(?:guast|rott|difettos)|no (?:hardware |real |actual |other )?(?:fault|defect|problem|issue)s?\b|without (?:any )?(?:problem|issue|fault)s?\b|(?:not|n't|never|without|nobody has|un) ?(?:\S+ )?(?:broken|breaking|tearing|torn) (?:the |any |a |its |their )?(?:seals?|wrap|packaging|tape|film)|` +
		`nicht (?:defekt|kaputt)|kein(?:e|en)? (?:defekt|mangel|problem|störung)\S*|ohne (?:probleme|störung(?:en)?|fehler|ausfälle)\b|` +
		`(?:n'est|n'était|ne sont|est|sont) pas (?:du tout )?(?:défectueu|en panne|hs\b|cassé)|(?:aucun|sans|pas de|zéro) (?:défauts?|problèmes?|pannes?|soucis?)\b|` +
		`niet (?:defect|kapot|stuk)|(?:per|één|1|elk|ieder) stuk\b|(?:geen|zonder) (?:defect|storing|probleem|problemen|storingen)\b|` +
		`non (?:è|sono|sia) (?:guast|difettos|rott)|(?:nessun|senza) (?:guast|difett|problem|anomali)\pL*)`)
	// otherCame and otherOrdered tell, where nothing is said of a fault, that
	// another thing came than was ordered, and was ordered than was meant.
	otherCame = newPhrase(`(?i)(?:\b(?:indique|mentionne|annonce)(?:nt)? (?:\S+ ){1,8}mais (?:\S+ ){0,6}(?:reçue?s?|livrée?s?|trouvée?s?)[ ,.]|\bordered,? (?:\S+ ){1,12}(?:received|got|delivered|were sent|came|arrived)\b|\b(?:bestellt,? (?:\S+ ){1,12}(?:erhalten|bekommen|geliefert|kam|kamen|gekommen)|(?:erhalten|bekommen|geliefert|gekommen) (?:\S+ ){1,12}bestellt)\b|` +
		`commandé\S* (?:\S+ ){1,12}(?:reçu|livré|arrivé)|\bbesteld\S* (?:\S+ ){1,12}(?:gekregen|ontvangen|geleverd|zit|zitten|kregen|kwam|kwamen)\b|\bordinat[oiae],? (?:\S+ ){1,12}(?:ricevut|arrivat|consegnat|spedit))`)
	// cameNotAsOrdered is the same the other way round: what came, but what had
	// been ordered.
	cameNotAsOrdered = newPhrase(`(?i)(?:\b(?:received|got|sent us|delivered) (?:\S+ ){1,10}(?:but|while|although|whereas) (?:\S+ ){0,6}ordered\b|\b(?:erhalten|bekommen|geliefert),? (?:\S+ ){0,6}(?:aber|obwohl|jedoch|während) (?:\S+ ){0,8}bestellt\b|` +
		`(?:reçu|livré|arrivé)\S* (?:\S+ ){1,10}(?:mais|alors que|tandis que) (?:\S+ ){0,6}command|\b(?:ontvangen|gekregen|geleverd|kregen),? (?:\S+ ){0,10}(?:maar|terwijl|hoewel) (?:\S+ ){0,8}besteld|(?:ricevut|arrivat|consegnat)\S* (?:\S+ ){1,10}(?:ma|mentre|invece) (?:\S+ ){0,6}ordinat)`)
	otherOrdered = newPhrase(`(?i)(?:\b(?:ordered|bestellt|besteld|ordinat[oiae]) (?:\S+ ){1,10}(?:instead of|rather than|statt|anstatt|anstelle|in plaats van|ipv|invece d|al posto d|anziché)|commandé\S* (?:\S+ ){1,10}(?:au lieu d|à la place d|plutôt qu)|\b(?:statt|anstatt|anstelle|in plaats van|ipv) (?:\S+ ){1,10}(?:bestellt|besteld)\b|should have ordered|hätten? (?:\S+ ){1,8}bestellen sollen|(?:aurions|aurais) dû commander|avremmo dovuto ordinare|hadden (?:\S+ ){1,8}moeten bestellen)`)
)

// nothingBroken says that a return is not what the mail is about.
var nothingBroken = newSayings(`
	(nothing|none of them) (is|are|has|have|'s)? ?(actually |yet |at all )?(broken|faulty|defective|wrong)
	(nothing|no) .. to (return|send back)
	(nichts|noch nichts|keines|keins|keiner|keine) (ist )?(davon )?(kaputt|defekt)
	(kaputt|defekt) (ist|sind) .. (nichts|keines|keins|keiner|keine)
	(ist|sind) (ja |noch |auch )?nichts (kaputt|defekt)
	rien (n'est|de) (cassé|en panne|défectueux)
	(niets|nog niets) (is )?(stuk|kapot|defect)
	(stuk|kapot|defect) is er .. (geen|niets|geeneen)
	(niente|nulla) (è |di )?(rotto|guasto|difettoso)
	non (c'è|è) (niente|nulla) (di )?(rotto|guasto)
`)

// faulty tells whether a text speaks of a fault.
func faulty(text string) bool {
	return fault.in(text) && fault.in(lacking.blanked(sound.blanked(text)))
}
