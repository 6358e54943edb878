package ingest

import "strings"

// The words that tell why goods come back where nobody calls it by its name.
var (
	// wrongOrder calls an order wrong by the words for it.
	wrongOrder = newSayings(`
		// en
		(ordered|bought|purchased) .. (wrong|incorrect)
		(wrong|wrongly|incorrectly) ordered
		(ordered|bought|purchased) .. (by mistake|in error|too many|by accident|accidentally|twice)
		(accidentally|mistakenly) .. (ordered|bought|purchased)
		(order|ordering) (error|mistake)
		(both|each of us|two of us|both of us) .. (raised|placed|submitted|sent|put in|entered|ordered) .. (order|orders|po|pos|same)
		(we|i) both ordered
		(colleague|boss|partner|manager|husband|wife|brother|office|site manager) .. (already|also|too) .. ordered
		(colleague|boss|partner|manager|husband|wife|brother|office|site manager) .. (had|has) ordered .. (too|already|as well|the same)
		already (been )?ordered .. (by|from|through)
		(duplicate|duplicated|double|doubled) (po|pos|purchase order*)
		(po|purchase order|our order|requisition) .. (sent|raised|entered|submitted|placed|keyed|faxed|mailed|emailed|approved) .. (twice|two times|a second time|in duplicate)
		(beide|jeder von uns|parallel|unabhängig voneinander) .. (bestellt|geordert)
		(kollege|kollegin|chef|chefin|einkauf|bruder|frau|mann|bauleiter) .. (auch|schon|bereits|ebenfalls|parallel) .. (bestellt|geordert)
		(bestellung|auftrag) .. (doppelt|zweimal|zwei mal) (rausgeschickt|rausgegangen|abgeschickt|ausgelöst|aufgegeben|erfasst|eingegeben|angelegt)
		(tous les deux|toutes les deux|chacun de (notre|son) côté|tous deux) .. (command*|passé)
		(collègue|patron|chef|associé|magasinier|bureau) .. (aussi|déjà|également) .. (command*|passé)
		passé .. commande .. (deux fois|en double)
		(commande|bon de commande) (a été |était )?(envoyé*|saisi*|transmis*|parti*) .. (deux fois|en double)
		(allebei|beiden|los van elkaar|elk apart) .. (besteld|bestelling)
		(collega|baas|partner|chef) .. (ook|al|reeds|eveneens) .. besteld
		(bestelling|order) .. (dubbel|twee keer|tweemaal) (doorgestuurd|ingegeven|geplaatst|ingevoerd|doorgegeven)
		(entrambi|tutti e due|ciascuno|ognuno per conto (suo|proprio)) .. (ordinat*|ordine)
		(collega|capo|titolare|socio|ufficio) .. (anche|già) .. ordinat*
		ordine .. (inviato|trasmesso|inserito|fatto) .. (due volte|doppio)
		(double|doppel|dubbel|doppio)(-| )?(click*|klick*|clic|klik)
		(clicked|pressed|hit|sent) .. (twice|two times) .. (order|button|submit)
		(zweimal|doppelt) .. (geklickt|abgeschickt|abgesendet)
		(cliqué|validé|envoyé) .. deux fois
		(cliccato|premuto|inviato) .. due volte
		mistake (in|with) (my|our) order
		(my|our) mistake when ordering
		changed (his|her|their|our|my) (mind|minds)
		// de
		(falsch|doppelt|zweimal|verkehrt) bestellt
		falsch* .. bestellt
		(versehentlich|irrtümlich|aus versehen|fälschlicherweise) .. (bestellt|bestellung)
		bestellt* .. (aus versehen|versehentlich|irrtümlich)
		(zu viel|zu viele|zuviel|zuviele) .. bestellt
		(fehlbestellung*|falschbestellung*|bestellfehler|verbestellt|doppelbestellung)
		// fr
		command* .. par erreur
		erreur* (de (notre|ma) part )?(de|lors de|dans|lors) (la |notre |ma )?commande*
		command* .. (mauvais|mauvaise|mauvaises)
		trompés? (de|d') (référence|modèle|produit|article)
		(trompé|trompés|trompée) (lors|dans|en) .. command*
		command* (en (trop|double)|deux fois)
		(erreur .. passant|passant .. erreur) .. commande
		// nl
		(verkeerd|per ongeluk|per vergissing|foutief|dubbel|te veel|teveel) .. besteld
		besteld .. (per ongeluk|per vergissing)
		(foutieve|verkeerde|dubbele) bestelling
		(bestelfout|bestellingsfout|misbestelling)
		verkeerde .. besteld
		vergist (bij|in) (de |het |onze )?bestel*
		// it
		(ordinat*|acquistat*|comprat*) .. per (un )?(nostro |mio |puro )?(errore|sbaglio|svista)
		per (un |una |un')?(nostro |nostra |mio |mia )?(errore|sbaglio|svista) .. ordinat*
		(ordinat*|acquistat*) .. sbagliat*
		(ordinat*|acquistat*|pres*) .. per (distrazione|disattenzione|fretta)
		errore (di|nell'|nel nostro |nel mio |d')ordine
		sbagliat* .. (ordine|ordinare|modello)
	`)
	// takesBlame says that the other side did all right.
	takesBlame = newSayings(`
		(entirely|all|purely|completely|totally|wholly|solely) (our|my) (own )?(doing|fault|mistake|error)
		(our|my) own (doing|fault|mistake|making)
		(not|no|none of it) your (fault|mistake|error|doing)
		(blame|fault|error|mistake) (is|lies|was) (entirely |all |purely )?(ours|mine|with us|on us|on our side)
		(you|your team|your people|warehouse) .. (supplied|sent|delivered|shipped|did) (us )?(exactly|precisely|just) (what|as|that)
		(you|your team|your people|warehouse) .. (nothing|did not do anything|didn't do anything) wrong
		(liegt|lag) (ganz |allein |nur |leider )?(an|bei) uns
		(ganz|allein|rein|komplett|eindeutig) .. (unser|mein) (fehler|versehen|verschulden)
		(eigenverschulden|selbst verschuldet|selbst schuld)
		(ihr|sie|euer team|ihr team) .. (könnt|können|kann) .. nichts dafür
		(nicht|keinesfalls) (euer|eure|ihr|ihre) (fehler|schuld|verschulden)
		(entièrement|uniquement|totalement|seulement) (de )?(notre|ma) (faute|fait|erreur)
		(de|vient de|venait de) notre fait
		vous n'y (êtes|pouvez) .. rien
		(pas|n'est pas|n'était pas) (de )?votre (faute|erreur|fait)
		(ligt|lag) (volledig |helemaal |geheel |enkel )?(aan|bij) ons
		(volledig|helemaal|geheel|puur) (onze|mijn) (eigen )?(fout|schuld|vergissing)
		(jullie|u) .. (kan|kunt|kunnen) (er|hier) .. niets aan
		niet (jullie|uw) (fout|schuld)
		(tutta|solo|interamente|esclusivamente) (colpa|responsabilità) (nostra|mia)
		(colpa|responsabilità) (tutta|solo|interamente) (nostra|mia)
		voi non c'entrate
		non è (colpa|responsabilità|errore) (vostra|vostro)
	`)
	// unlessWeErr only says that one may be wrong.
	unlessWeErr = newSayings(`
		(unless|except if) .. (mistaken|error|mistake|err|wrong|overlooked|missed)
		if .. (not mistaken|not wrong)
		(errors|e&o|errors and omissions) excepted
		(wenn|sofern|falls) .. (nicht irre|nicht irren|nicht täusche|nicht täuschen)
		(sofern|soweit|falls) .. (kein|nicht) .. (irrtum|versehen|fehler|übersehen)
		(irrtum|irrtümer) vorbehalten
		(sauf |sous réserve d')(erreur|oubli)* (ou (omission|oubli) )?(de (notre|ma) part|chez nous|ou omission)?
		si (je ne me trompe|nous ne nous trompons|je ne m'abuse)
		(tenzij|behoudens|als) .. (vergissing|vergissen|vergis|fout|vergist)
		(salvo|se non) .. (errore|errori|sbaglio|erro|erriamo|sbagliamo|svista)
	`)
	// wrongDelivery calls a delivery wrong by the words for it.
	wrongDelivery = newSayings(`
		(nie|niemals) .. bestellt
		(nooit|niet) (hebben |heb )?besteld*
		jamais command*
		// en
		wrong (item*|product*|article*|model*|goods|phone*|unit*) (was |were |has been |have been )?(received|delivered|sent|shipped|supplied)
		(delivered|received|sent|shipped|got) (us )?(the )?wrong
		(delivery|shipping|picking|packing) (error|mistake)
		(wrong delivery|misshipped|mis-shipped|misshipment|mis-shipment)
		(received|delivered|sent|shipped|got) .. instead of
		instead of .. (received|got|sent|delivered|shipped|came|arrived)
		instead of ... (was|were) (delivered|supplied|shipped|sent)
		instead of .. (we|i) (received|got)
		(received|delivered|sent|shipped|got|came|arrived) .. (in place of|in lieu of)
		(in place of|in lieu of|instead of) .. (there was|there were|was in|were in|was inside)
		never ordered
		instead of the (ordered|requested)
		(box|parcel|carton|package|delivery|inside) .. (was|were|is|are|contained|contains|held|holds|found) .. instead of
		(im karton|im paket|in der schachtel|in der lieferung|drin) .. (war|waren|lag|lagen|ist|sind|steckte*) .. (statt|anstatt|anstelle)
		(carton|colis|boîte|livraison|dedans) .. (était|étaient|avait|a|contient|contenait|trouvé*) .. au lieu
		(scatol*|pacco|collo|cartone|confezione|consegna|dentro) .. (c'era|c'erano|c'è|ci sono|trovat*|contien*) .. (invece|anziché|al posto)
		instead of the .. (we|i) (had )?ordered .. (brought|left|handed|came|arrived)
		instead of .. (brought|handed over|dropped off)
		(did not|didn't|have not|haven't) order*
		damaged in transit
		// de
		(falsch geliefert|falschlieferung*|lieferfehler|fehllieferung*|zu viel geliefert|transportschaden*|doppellieferung)
		falsche* (artikel|ware|geräte|gerät|modelle|modell|telefone) .. (geliefert|erhalten|bekommen)
		(geliefert|erhalten|bekommen) .. (statt|anstatt|anstelle)
		(statt|anstatt|anstelle) .. (geliefert|erhalten|bekommen|kam|kamen)
		(statt|anstatt|anstelle) .. (lag|lagen|war|waren|steckte|steckten) .. (im|in)
		(statt|anstatt|anstelle) ... (geliefert|ausgeliefert) (wurde|wurden|worden)
		nicht (so )?bestellt
		(statt|anstatt|anstelle) .. (gebracht|übergeben|abgegeben|zugestellt|gesendet|geschickt|zugeschickt)
		(statt|anstatt|anstelle) (des|der|dem|den) bestellten
		// fr
		erreurs? (de livraison|d'expédition|de préparation|de votre part)
		(reçu*|livré*|réceptionné*|trouv*|envoyé*|expédié*) .. (au lieu|à la place)
		(au lieu|à la place) .. (reçu*|livré*)
		(au lieu|en lieu et place) ... (a|ont) été (livré*|expédié*|envoyé*|remis*)
		(au lieu|à la place) .. (reçu*|livré*|apporté*|remis|déposé*)
		(au lieu|à la place) .. (trouv*|il y a|il y avait|contenait)
		(il y a|il y avait|contient|contenait|découvr*|découvert*|déballé) .. (au lieu|à la place) (du|de|des|d'*)
		avions commandé .. (trouvons|reçu*|livré*)
		(livré*|livraison*) (erronée*|non conforme*)
		pas (du tout )?command*
		// nl
		(verkeerd geleverd|leveringsfout|transportschade)
		(verkeerde|foutieve|foute|dubbele) (levering|zending)
		verkeerde (levering|artikel*|toestel*|model*|product*) .. (geleverd|ontvangen|gekregen|gestuurd)
		(geleverd|ontvangen|gekregen|kregen) .. (in plaats van|ipv|i.p.v.)
		(in plaats van|ipv|i.p.v.) .. (geleverd|ontvangen|gekregen|kregen)
		(in plaats van|ipv) ... (werd|werden|zijn|is) .. (geleverd|verzonden|ontvangen)
		(in plaats van|ipv|i.p.v.) .. (zat|zaten|vonden|gevonden)
		(in plaats van|ipv|i.p.v.) .. (zat|zaten|vonden|gevonden|gebracht|afgegeven|bezorgd)
		(in plaats van|ipv|i.p.v.) (de|het) bestelde
		niet besteld
		// it
		(consegna|spedizione) (errata|sbagliata|doppia)
		(doppia|errata) consegna
		errore (di|nella|nel) (consegna|spedizione|magazzino)
		(consegnat*|ricevut*|arrivat*|spedit*|inviat*) .. (invece|anziché|al posto)
		(invece|anziché|al posto) .. (consegnat*|ricevut*|arrivat*)
		(invece|anziché|in luogo|al posto) ... (è stat*|sono stat*) .. (consegnat*|fornit*|spedit*)
		(invece|anziché|al posto) .. (c'era|c'erano|trovat*)
		(invece|anziché|al posto) .. (c'era|c'erano|trovat*|portat*|lasciat*)
		(articolo|articoli|modello|modelli|prodotto|prodotti) (sbagliat*|errat*) .. (consegnat*|ricevut*|arrivat*|spedit*)
		non .. (mai )?(ordinat*|chiest*|richiest*)
	`)
	// twice says that what was ordered once came twice.
	twice = newSayings(`
		(turned up|showed up|landed|reached us|came in) .. (twice|two times|a second time)
		(zweimal|doppelt|zwei mal|ein zweites mal) .. (eingetroffen|gelandet|aufgetaucht|angeliefert)
		(arrivé*|parvenu*|débarqué*) .. (deux fois|en double|une seconde fois|une deuxième fois)
		(kwam|kwamen|arriveerde*|toegekomen) .. (twee keer|tweemaal|dubbel|een tweede keer)
		(arrivat*|giunt*|recapitat*) .. (due volte|doppio|una seconda volta)
		(delivered|shipped|sent|arrived|came|received) .. (twice|two times|a second time)
		(delivered|brought|dropped|handed|came|arrived|turned up) .. (another|a second|the same) .. (identical|same|exactly alike|order number|again)
		(duplicate|double) (delivery|shipment|order)
		(executed|processed|fulfilled|dispatched|picked|despatched|supplied) .. (twice|two times|a second time)
		(doppelt|zweimal|zwei mal|2x) .. (ausgeführt|bearbeitet|verarbeitet|ausgeliefert|versandt|versendet|zugestellt|rausgegangen|kommissioniert)
		(gebracht|geliefert|kam|abgegeben|zugestellt) .. (noch so ein*|dasselbe|das gleiche|die gleichen|dieselben|identisch*) .. (nochmal|noch mal|bestellnummer|lieferschein|auftragsnummer)
		(traité*|exécuté*|honoré*|préparé*|parti*|débité*) .. (en double|deux fois|2 fois)
		(livré|apporté|déposé|arrivé|reçu) .. (un autre|un second|une autre|une seconde|le même|la même) .. (identique*|même (numéro|commande|bon))
		(twee keer|tweemaal|dubbel|2x) .. (uitgevoerd|verwerkt|aangekomen|binnengekomen|verstuurd)
		(uitgevoerd|verwerkt|verstuurd|aangekomen) .. (twee keer|tweemaal|dubbel)
		(gebracht|bezorgd|geleverd|afgeleverd|kwam) .. (nog zo een|nog zo'n|hetzelfde|dezelfde|eenzelfde) .. (ordernummer|bestelnummer|pakket|doos|nog eens|opnieuw)
		(evas*|eseguit*|elaborat*|processat*|partit*) .. (due volte|doppio|in doppio)
		(portato|consegnato|arrivato|recapitato) .. (un altro|un secondo|un'altra|lo stesso|la stessa) .. (uguale|identic*|stesso (numero|ordine|ddt))
		(doppelt|zweimal|nochmal|noch einmal|zwei mal) .. (geliefert|gekommen|erhalten|bekommen|verschickt|geschickt|angekommen|kam)
		(kam|kamen|wurde|haben) .. (zweimal|doppelt) .. (an|geliefert|erhalten|bekommen|geschickt)
		(reçu*|livré*|expédié*|envoyé*|livraison) .. (en double|deux fois|2 fois)
		(twee keer|tweemaal|dubbel|2x|nog een keer) .. (verzonden|geleverd|gestuurd|opgestuurd|toegestuurd|bezorgd|ontvangen|gekregen)
		(verzonden|geleverd|gestuurd|ontvangen|gekregen|kregen) .. (twee keer|tweemaal|dubbel)
		(spedit*|consegnat*|arrivat*|ricevut*|mandat*) .. (due volte|doppio|in doppio)
	`)
	// ownMistake says that the sender got the order wrong.
	ownMistake = newSayings(`
		(mauvaise|fausse) (manip*|manœuvre)
		(validé|commandé|saisi|pris) .. au lieu (de|d'un|d'une)
		(hätte|hätten) .. (gebraucht|benötigt|nehmen sollen|nehmen müssen)
		(aus (dem|einem) projekt) .. übrig
		(bestelling|opdracht|order) .. (ingetrokken|geannuleerd|teruggetrokken)
		(validé|commandé|pris|acheté|saisi|coché|cliqué|choisi) ... alors (que|qu'il|qu'on) .. (fallait|faut|voulait|voulions|aurait fallu)
		(ordered|bought|took) .. (whereas|where|while|when) .. (needed|need|wanted|should have been)
		(bestellt|genommen|gekauft) .. (obwohl|dabei) .. (gebraucht|brauchen|brauchten|benötigt|sollten|wollten)
		(besteld|genomen) .. terwijl .. (moest|moesten|nodig|wilden)
		(ordinato|preso|comprato) .. mentre .. (serviva|servivano|volevamo|doveva)
		// what was meant, needed or wanted was another
		(customer|client|user|boss|site) .. (chose|chosen|went for|gone for|opted|picked|decided) .. (another|other|different|else) .. (solution|system|brand|make|supplier|phone*|model)
		(kunde|kundin|bauherr*|auftraggeber|chef|chefin) .. ander* .. (entschieden|gewählt|genommen|ausgesucht)
		(client|cliente|patron|direction) .. (choisi|opté|préféré|retenu) .. (autre)
		(klant|opdrachtgever|baas|directie) .. (koos|gekozen|besloten|geopteerd) .. (ander|andere)
		(cliente|committente|titolare) .. (scelto|optato|preferito|deciso) .. (altr*|un'altr*)
		(order|ordered|bought) .. wrong (site|branch|location|office|customer|project|store|building)
		(bestellung|bestellt) .. falsche* (standort|filiale|niederlassung|kunden|projekt|objekt|baustelle)
		(commande|commandé*|commander) .. mauvais* (site|agence|client|chantier|projet|magasin)
		(bestelling|besteld) .. verkeerde (vestiging|locatie|klant|werf|filiaal|site|project)
		(ordine|ordinat*) .. (sede|filiale|cliente|cantiere|progetto|negozio) sbagliat*
		(we|i) need* \S+, (these|this|they|those) (are|is)
		(brauchen|bräuchten|brauche|benötigen) \S+, (das|die|diese) (hier )?(sind|ist)
		(il (nous|me|m') ?(faut|fallait)|besoin de) \S+, (ceux-ci|celui-ci|celle-ci|ce) (sont|est)
		(hebben|moeten) \S+ (nodig|hebben), (dit|deze|die) (zijn|is)
		(ci|mi) (serve|servono|servivano) \S+, (questi|queste|questo|questa) (sono|è)
		(misjudged|miscounted|overestimated|underestimated) .. (number|amount|quantity|length|size|need|needs|seats|how many)
		(wrong|incorrect) (length|size|colour|color)
		(falsche|verkehrte) (länge|größe|farbe|stückzahl) .. (bestellt|genommen|gekauft|erwischt)
		trompé* (de|d') ?(longueur|taille|couleur|quantité|version|format)
		(verkeerde|foute) (lengte|maat|kleur) .. (besteld|genomen|gekozen)
		sbagliat* (la |il |di )?(lunghezza|misura|colore|taglia|quantità|versione)
		meant to (buy|order|get|take) .. (and|but) .. (bought|ordered|got|took)
		(swap|exchange|change|trade) .. (black|white|grey|gray|silver|blue|red) .. (for|to|against|into) .. (black|white|grey|gray|silver|blue|red)
		(schwarz*|weiß*|weiss*|grau*|silber*) .. gegen .. (schwarz*|weiß*|weiss*|grau*|silber*) .. (tausch*|umtausch*|wechsel*|eintausch*)
		(tausch*|umtausch*|wechsel*) .. (schwarz*|weiß*|weiss*|grau*|silber*) .. gegen .. (schwarz*|weiß*|weiss*|grau*|silber*)
		(échang*|chang*) .. (noir*|blanc*|blanche*|gris*|argent*) .. (contre|par|pour) .. (noir*|blanc*|blanche*|gris*|argent*)
		(ruil*|omruil*|wissel*|omwissel*) .. (zwart*|wit|witte|grijs|grijze|zilver*) .. (voor|tegen|met) .. (zwart*|wit|witte|grijs|grijze|zilver*)
		(zwart*|wit|witte|grijs|grijze) .. (voor|tegen) .. (zwart*|wit|witte|grijs|grijze) .. (ruil*|omruil*|wissel*|omwissel*)
		(cambi*|sostitu*|scambi*) .. (ner*|bianc*|grigi*) .. (con|per) .. (ner*|bianc*|grigi*)
		(pris|acheté*|commandé*|choisi*) .. (il|nous|me) fallait (celle*|celui|ceux|le|la|les|la version)
		(mixed up|mix-up|confused) .. (model|models|reference|references|version|versions|order|part|number|numbers|article|with|and)
		(misread|overlooked|misjudged) .. (model|models|reference|references|version|versions|order|part|article|description|data sheet|datasheet|catalogue)
		(customer|client|user|boss|site) .. (wants|wanted|insists|prefers|needs|needed|decided|meant) .. (white|black|another|other|different|instead|bigger|smaller|one|ones|version|model)
		(now|suddenly|all of a sudden) (he|she|they|the customer|the client) (wants|want|insists|insist|prefers|prefer|needs|need)
		(customer|client|end user) .. (cancelled|canceled|changed|withdrew|backed out|pulled out)
		(tenant|landlord|owner|school|council|hotel|company|buyer|builder|office move) .. (cancelled|canceled|withdrew|backed out|pulled out|called off|fell through|called it off)
		(job|project|order|contract|installation|move|refurbishment|deal|site|tender) .. (called off|fell through|fallen through|was pulled|got pulled|shelved|scrapped|binned|dropped|not going ahead)
		(verwechselt|verguckt|verlesen|verrechnet|verzählt|verplant|verzählt)
		(chef|chefin|kunde|kundin|bauherr|auftraggeber|mieter) .. (doch kein|doch keine|doch keinen)
		(kunde|kundin|bauherr|auftraggeber|mieter) .. (abgesprungen|storniert|abgesagt|umentschieden|anders überlegt|doch nicht|doch lieber|doch nur)
		(jetzt|nun|plötzlich|auf einmal) (will|wollen|möchte|möchten|besteht|bestehen) (er|sie|der kunde|die kundin|der herr|die dame|der chef|die chefin) .. (doch|lieber|unbedingt|ander*|auf)
		(projekt|auftrag|bauvorhaben|budget|vorhaben) .. (gestrichen|gekippt|gekürzt|auf eis|gestorben|verschoben|abgebrochen)
		(kunde|kundin|bauherr*|auftraggeber*|mieter*|endkunde|gemeinde|investor*|bauträger) .. (abgeblasen|zurückgezogen|widerrufen|zurückgetreten|doch dagegen|ausgestiegen)
		(projekt|auftrag|bauvorhaben|umzug|umbau|vorhaben|baustelle) .. (abgeblasen|geplatzt|nicht genehmigt|fällt aus|fällt ins wasser|ins wasser gefallen|entfällt)
		(keine|nicht) .. baugenehmigung
		(confondu*|mélangé*|inversé*) .. (référence*|modèle*|version*|code*)
		(client|cliente|chantier) .. (n'en veut|ne veut|n'en voulait|a annulé|a changé|s'est désisté|s'est rétracté|se rétracte|renonce|préfère)
		(maintenant|finalement|du coup) (il|elle|ils|elles|monsieur|madame|on|le client|la cliente) (veut|veulent|préfère|préfèrent|voulait|exige)
		(a|avons|ai) (saisi|tapé|coché|mis) .. au lieu
		(aurait|aurions|aurais|fallait|faudrait) .. (prendre|fallu|commander)
		(client|cliente|maître d'ouvrage|donneur d'ordre|locataire|mairie|bailleur|promoteur|copropriété) .. (a renoncé|renonce|a abandonné|s'est retiré*|a tout (annulé|arrêté|stoppé)|a jeté l'éponge|fait marche arrière)
		(projet|chantier|marché|déménagement|travaux) .. (tombé* à l'eau|tombe à l'eau|suspendu*|refusé*|reporté* sine die)
		(pas|sans) .. (permis de construire|autorisation de travaux)
		(twee keer|tweemaal|dubbel) .. (geklikt|ingevoerd|doorgestuurd|ingegeven)
		(verward|verwisseld|verkeken|vergaloppeerd)
		(hadden|had|moesten|moest) .. (moeten nemen|moeten hebben|moeten bestellen|moeten kiezen|willen hebben|eigenlijk)
		(klant|opdrachtgever) .. (wil|wilde|wou|heeft) .. (niet meer|toch niet|toch liever|afgezegd|geannuleerd)
		(klant|bouwheer|opdrachtgever|eindklant|huurder|gemeente|eigenaar|aannemer|bouwheren) .. (afgeblazen|afgezegd|geannuleerd|teruggetrokken|ingetrokken|afgehaakt|stopgezet|ziet er vanaf|ziet ervan af)
		(nu|opeens|ineens|intussen) (wil|willen|wou|wilde|wilden) .. (toch|liever|per se|ander*|zonder|draadloze|witte|zwarte)
		(project|werf|bouw|verbouwing|verhuizing|boel|opdracht) .. (afgeblazen|afgelast|stopgezet|in het water)
		(krijgt|kreeg|krijgen|kregen) .. vergunning niet
		(confuso|confusa|confusi|invertito|scambiato) .. (tra|fra|con|i codici|il codice|modell*)
		(cliente|committente) .. (cambiato idea|non vuole|non ne vuole|ha rinunciato|ha disdetto|ci ha ripensato|preferisce)
		(adesso|ora|all'improvviso|ma ora) (vuole|vogliono|preferisce|preferiscono|pretende|pretendono) .. (altr*|invece|per forza|quell*|senza|divers*)
		(cliente|committente|condominio|inquilino|proprietario|amministratore|comune) .. (ha (annullato|disdetto|rinunciato|ritirato)|si è (tirato indietro|ritirato)|annulla|rinuncia)
		(progetto|cantiere|lavoro|lavori|trasloco|appalto) .. (annullat*|sfumat*|sospes*|saltat*|andat* a monte)
		(pensavo|pensavamo|credevo|credevamo) .. (avesse|fosse|avessero|fossero)
		(preso|ordinato|acquistato|comprato) .. (pensando|credendo|convint*)
		// a slip of the hand
		(finger|fingers|mouse|hand) slipped
		slip of the (finger|hand|mouse)
		(quantity|menge|stückzahl|quantité|aantal|quantità) .. (instead of|statt|anstatt|au lieu (de|d'*)|in plaats van|ipv|invece di)
		(zero|nought|null|zéro|nul) .. (too many|zu viel|zuviel|de trop|te veel|di troppo)
		(keyed|typed|entered|put|wrote) .. (when|where|instead|whereas) .. (needs|need|needed|meant|should|wanted)
		(typo|tippfehler|vertipper|zahlendreher|tikfout|typfout|faute de frappe|erreur de saisie|errore di battitura|refuso) .. (order|po|bestell*|auftrag|commande|bon|ordine|quantity|menge|quantité|aantal|quantità)
		(my|our) (own )?typo
		(mein|unser) (tippfehler|vertipper|zahlendreher)
		faute de frappe de (ma|notre) part
		(tikfout|typfout) van (mij|ons)
		errore di battitura (mio|nostro)
		(landlord|owner|customer|client|boss|council) .. (gone for|going for|sticking with|staying with|stays with|keeping|settled for) .. (after all|instead)
		(fat finger*|fat-finger*|typo on (my|our|the) (order|po))
		(my|our) (own )?(doing|making)
		(saw|read) .. and (just )?(clicked|ordered|bought)
		(forgot|missed|left off|dropped|overlooked) .. (when ordering|on the order|on the po|in the order)
		(hätte|hätten) .. (beim|bei der) (bestellen|bestellung)
		(vergessen|übersehen|gepennt|geschlafen|nicht aufgepasst|vertan) .. (beim bestellen|bei der bestellung|in der bestellung)
		(beim bestellen|bei der bestellung) .. (vergessen|übersehen|gepennt|geschlafen|nicht aufgepasst|vertan)
		(oublié|loupé|zappé|sauté) .. (en commandant|à la commande|lors de la commande|sur la commande|dans la commande)
		(ancien|vieux) panier
		(had|hadden|moest|moesten) .. (moeten|gemoeten) .. bij (het|de) bestel*
		(vergeten|overgeslagen|gemist) .. bij (het|de) bestel*
		(oude|vorige|opgeslagen) (winkelmand*|mandje)
		(dimenticat*|saltat*) .. (ordinando|nell'ordine|nell'ordinare|con l'ordine)
		vecchio carrello
		alter warenkorb
		old (basket|cart)
		(si è|mi sono|ci siamo|si sono) (confus*|sbagliat*|distratt*|imbrogliat*)
		(s'est|me suis|nous sommes|se sont) (emmêlé*|mélangé*|embrouillé*)
		(got|was|were|is) (confused|muddled|mixed up) .. (ordered|bought|took|picked|got|order)
		(steht|stand) .. (lv|leistungsverzeichnis|projektplan|pflichtenheft) .. (gelesen|gesehen|gemerkt)
		(keiner|niemand) .. (gelesen|hingeschaut|aufgepasst|nachgesehen)
		(nobody|no one|none of us) .. (read|checked|looked at|noticed) .. (spec|specification|plan|order|list|drawing)
		(slipped|off by) .. (line|row|column|entry)
		(ended up|landed|went|slipped) in (my|our|the) (basket|cart|order form)
		(clicked|ticked|hit|picked|chose|selected) ... (needs|need|needed|meant|should|wanted|wants)
		(zeile|spalte) .. (verrutscht|vertan|darunter|darüber|daneben)
		(verrutscht|danebengeklickt|danebengegriffen|vertippselt)
		(im|in den|in meinen|in meinem|in unserem) warenkorb (gelandet|gerutscht|gelegt|geraten)
		(daneben|eins drunter|eins drüber) .. (geklickt|angekreuzt|gewählt)
		(angeklickt|angekreuzt|ausgewählt|erwischt) ... (gemeint|gebraucht|brauche|braucht|brauchen|sein sollen)
		(ligne|case|colonne) .. (d'à côté|du dessus|du dessous|voisine)
		(coché|cliqué|pris|sélectionné) .. (d'à côté|alors (que|qu'))
		(dérapé|glissé) .. (panier|ligne|souris)
		(mauvais|mauvaise) (ligne|clic|case)
		(regel|regeltje|lijn|lijntje|rij|vakje|kolom) .. (ernaast|te laag|te hoog|eronder|erboven)
		(ernaast|verkeerd|mis) (geklikt|aangevinkt|gegrepen)
		(aangevinkt|aangeklikt|gekozen|gepakt) ... (terwijl|nodig|moest*)
		in (mijn|ons|het) (winkelmandje|mandje|winkelwagen) .. (beland|terechtgekomen|gezet)
		(riga|casella|colonna) .. (accanto|sbagliata|sopra|sotto)
		(carrello) .. (finito|finita|messo|messa)
		colpa mia .. (ordine|ordinato|preso|carrello)
		(cliccato|spuntato|preso|selezionato|finito) ... (ma|invece|mentre) ... (serv*|volevo|volevamo|doveva)
		// en
		(wrong|incorrect) .. (ordered|on our side|on our end)
		(clicked|picked|chose|chosen|selected|took|entered|typed) .. (wrong|twice|by mistake|by accident)
		(should|ought to) have (ordered|taken|bought|chosen|gone for|gone with|picked|specified|specced|quoted|put in|put down|asked for)
		(bought|ordered) .. (but|and) .. only need*
		ordered the (one|ones|version|model) without
		(took|bought|ordered|got|chose) .. (thinking|assuming|believing)
		(cancelled|canceled) .. (project|order|contract)
		project .. (was |got )?(cancelled|canceled|stopped)
		// de
		(verklickt|vertan|vertippt|verbestellt|verschrieben|vergriffen)
		falsch* .. (erwischt|genommen|gewählt|ausgewählt|angeklickt|geordert|eingegeben|warenkorb|herausgesucht)
		(versehentlich|irrtümlich|aus versehen) .. (bestellt|geordert|gewählt|genommen|angeklickt|warenkorb)
		(irrtümlich|versehentlich|aus versehen) .. geordert
		(vom auftrag|vom kauf|vom projekt) zurückgetreten
		(auftrag|projekt|bestellung) .. (storniert|geplatzt|abgesagt)
		(bestellt|gekauft|genommen) .. in der (annahme|meinung)
		// fr
		(erreur|faute) (de notre part|chez nous|de ma part|de saisie|de notre côté)
		(nous (nous )?sommes|je me suis|on s'est|s'est) (trompés?|trompée|plantés?|gourés?)
		(pris|choisi|saisi|sélectionné|cliqué) .. (mauvais|mauvaise)
		(commande|commandé*) (passée |passé )?(en double|en trop|deux fois)
		(annulé|abandonné) .. (projet|commande|chantier)
		(projet|chantier) .. (annulé|abandonné)
		(n'en avons|n'avons|n'ai) plus besoin
		(pris|commandé*|acheté*) .. (pensant|croyant)
		// nl
		(vergist|vergissing)
		(verkeerde|foute) .. (aangeklikt|gekozen|doorgegeven|ingevoerd|besteld|genomen|geselecteerd)
		(per abuis|per ongeluk|per vergissing|abusievelijk) .. (besteld|gekozen|aangeklikt)
		(project|opdracht|bestelling) .. (geannuleerd|afgeblazen|gaat niet door)
		(ziet|zien) ervan af
		(besteld|gekocht|genomen) .. (denkend|in de veronderstelling)
		niet goed nagevraagd
		// it
		per una svista
		(abbiamo|ho) sbagliato
		(abbiamo|ho) .. (ordinato|preso|scelto|inserito|messo) .. (sbagliat*|errat*)
		(cliente|progetto|ordine|commessa) .. (annullat*|saltat*)
		non (ci )?(serve|servono|occorre|occorrono) più
		ordinat* .. (in più|in eccesso|due volte)
	`)
	// tookOne and shouldBe say so together: one was taken, and it should have been
	// another.
	tookOne = newSayings(`
		(i|we|i've|we've|have|had) (took|taken|picked|grabbed|chose|chosen|went for|gone for)
		(genommen|gewählt|gegriffen|mitgenommen|ausgesucht)
		(ai|avons|avais|a|avions) (pris|choisi)
		(gepakt|genomen|gekozen|meegenomen)
		(ho|abbiamo|avevo|avevamo) (preso|presa|scelto|scelta)
	`)
	shouldBe = newSayings(`
		(should|ought to) have been (the|a|an|one|model)
		(hätte|hätten) (ja |aber |eigentlich |wohl )?(der|die|das|ein|eine) .. sein (müssen|sollen)
		(aurait|auraient) (dû être|fallu) (le|la|les|l'*|un|une|prendre)
		il (m'|me |nous )?fallait (le|la|les|l'*|un|une)
		(moest|moesten) (precies |eigenlijk |dus )?(den|de|het|een|nen|die) .. (zijn|wezen)
		(doveva|dovevano) essere (il|la|lo|i|gli|le|l'*|un|una|quell*)
	`)
	// ownBlame calls oneself a fool, lacksIt says what a thing that was bought has not by
	// nature, and boughtIt that one did.
	ownBlame = newSayings(`
		(silly me|my bad|stupid me|stupid of (me|us)|how stupid|daft (me|of me)|my own fault|should have (read|checked|looked|asked)|mea culpa|brain fade|brain fart|operator error)
		(ich (esel|depp|trottel|idiot|dussel|schussel)|(dumm|blöd|doof) von (mir|uns)|selbst schuld|asche auf (mein|unser)|hätte (besser |mal )?(lesen|schauen|nachsehen|fragen) sollen|mein(e)? (dummheit|versehen|schuld))
		((quel|quelle) (étourdi|étourdie|idiot|idiote|nigaud)|(suis-je|je suis) (bête|étourdi|étourdie)|au temps pour (moi|nous)|bêtement|étourderie|j'aurais dû (lire|vérifier|regarder|demander)|aurions dû (lire|vérifier|regarder|demander))
		((dom|stom) van (mij|me|ons)|eigen (schuld|fout|stommiteit)|(mijn|onze) (stommiteit|schuld)|had beter moeten (lezen|kijken|vragen)|niet goed (gelezen|gekeken|opgelet))
		(che (sbadat*|stupid*|testa|distratt*)|colpa (mia|nostra)|sbadataggine|distrazione (mia|nostra)|dovevo (leggere|controllare|guardare)|dovevamo (leggere|controllare|guardare))
	`)
	lacksIt = newSayings(`
		(has|have|comes with|is|are) (no|without|not got|not) .. (poe|wifi|wi-fi|wlan|bluetooth|fxo|fxs|isdn|sfp|camera|usb|rack|gigabit|antenna*|power supply|colour|color|display)
		(lacks|lack|doesn't have|does not have|hasn't got|doesn't do|can't do|without) .. (poe|wifi|wi-fi|wlan|bluetooth|fxo|fxs|isdn|sfp|camera|usb|gigabit|display)
		(hat|haben|kann|können) (gar |ja |leider |nämlich )*(kein|keine|keinen|nicht) .. (poe|wlan|wifi|bluetooth|fxo|fxs|isdn|sfp|kamera|usb|gigabit|display)
		ohne (poe|wlan|wifi|bluetooth|fxo|fxs|isdn|sfp|kamera|usb|display)
		(n'a|n'ont|ne fait|ne gère|ne supporte|sans) .. (poe|wifi|wi-fi|bluetooth|fxo|fxs|isdn|rnis|sfp|caméra|usb|gigabit)
		(heeft|hebben|doet|kan) .. (geen|niet) .. (poe|wifi|bluetooth|fxo|fxs|isdn|sfp|camera|usb|gigabit)
		(non ha|non hanno|senza|non supporta|non fa) .. (poe|wifi|wi-fi|bluetooth|fxo|fxs|isdn|sfp|telecamera|usb|gigabit)
	`)
	boughtIt = newSayings(`
		(i|we|i've|we've) .. (ordered|bought|took|chose|picked)
		(bestellt|gekauft|genommen|ausgesucht) (habe|haben|hatte|hatten)
		(habe|haben|hab) .. (bestellt|gekauft|genommen|ausgesucht)
		(ai|avons|avais|avions) .. (commandé*|acheté*|pris|choisi*)
		(bestelde|bestelden|kocht|kochten|nam|koos|besteld heb|besteld hebben)
		(ho|abbiamo|avevo|avevamo) .. (ordinat*|comprat*|acquistat*|pres*|scelt*)
	`)
	// softMistake says so too, or takes the blame for something else: a fault
	// counts before it.
	softMistake = newSayings(`
		(swap*|exchange*|change) .. (at|on) our (own )?(cost|expense)
		(tausch*|umtausch*|wechsel*) .. auf (unsere|eigene) (kosten|rechnung)
		(échange*|change*) .. à (nos|mes) frais
		(ruil*|omruil*|wissel*) .. op (onze|eigen) kosten
		(cambi*|sostitu*) .. a (nostre|mie) spese
		(übrig|überzählig*)
		blijven .. zitten
		(surplus|left over|no longer needed)
		(mir|uns|meinem*|unserem|unserer) .. (fehler|irrtum|versehen|lapsus) .. (unterlaufen|passiert)
		(will|wollen|möchte|möchten|wünscht) (nun|jetzt|plötzlich|auf einmal) .. ander*
		(liegt|liegen|steht|stehen) .. (umsonst|für nichts|nutzlos)
		(ligt|liggen|staat|staan) .. voor (niks|niets)
		(est|sont|reste|restent) .. (là|ici) .. pour rien
		(wordt|worden) (het )?.. (ander merk|ander type|ander toestel)
		too (deep|wide|long|short|tall|big|large|high) (for|to fit|to go)
		zu (tief|breit|lang|kurz|hoch|groß) (für|um)
		trop (profond*|large*|long*|haut*|grand*|court*) pour
		te (diep|breed|lang|kort|hoog|groot) voor
		troppo (profond*|larg*|lung*|alt*|grand*|cort*) per
		ne .. supporte* pas (ces|ce|cette|les)
		(vindt|vinden) .. niet (fijn|prettig|leuk|mooi|aangenaam|lekker)
		(mögen|mag) .. (die|das|den) .. nicht
		(danno|dà) fastidio
		(finds|find|found) .. too (heavy|big|large|small|loud|bulky|complicated)
		(findet|finden|fand) .. zu (schwer|groß|klein|laut|kompliziert)
		trouve* .. trop (lourd*|grand*|gros*|petit*|compliqué*)
		(vindt|vinden|vond) .. te (zwaar|groot|klein|luid|ingewikkeld)
		trova* .. troppo (pesant*|grand*|piccol*|complicat*)
		(wil|willen|wou|wilde) .. liever
		(would|will|i'd|we'd|he'd|she'd|they'd) (rather|prefer)
		(hätte|hätten|möchte|möchten|will|wollen) .. (variante|version|ausführung|modell|farbe|größe) .. (statt|anstatt|anstelle)
		(préfér*|souhait*|voudri*|aimeri*) .. (à la place|au lieu|plutôt que)
		(hebben|heb|zouden|zien) .. liever
		(möchte|möchten|will|wollen|hätte|hätten) .. lieber
		préfère* .. (un|une|autre)
		preferisc* .. (un|una|altr*)
		(counted|calculated|reckoned|gerechnet|gezählt|eingeplant|compté*|calculé*|geteld|gerekend|contat*|calcolat*) .. (twice|double|doppelt|zweimal|deux fois|double|dubbel|doppio|due volte)
		(doppelt|zweimal|dubbel|tweemaal) .. (gerechnet|gezählt|eingeplant|geteld|gerekend|angesetzt)
		(sovradimensionat*|sottodimensionat*|surdimensionné*|sousdimensionné*|überdimensioniert|unterdimensioniert|oversized|undersized|overgedimensioneerd)
		(overestimated|over-ordered|overordered|miscalculated|superfluous|redundant)
		(customer|client|developer|company|builder|tenant) .. (bankrupt|closed down|ceased trading|shut up shop|closed (its|his|her|the) (shop|doors|business)|insolvent|gone bust|went bust|into administration|liquidation|went under|folded)
		(kunde|kundin|bauträger|auftraggeber|firma) .. (insolvent|dichtgemacht|zugemacht|geschäft aufgegeben|laden geschlossen|betrieb eingestellt|insolvenz|pleite|konkurs|zahlungsunfähig)
		(client|promoteur|société|entreprise) .. (faillite|fermé boutique|fermé définitivement|cessé (son|toute) activité|mis la clé sous la porte|liquidation|redressement|déposé le bilan)
		(klant|promotor|bedrijf|aannemer|opdrachtgever|bouwheer) .. (failliet|zaak gesloten|boeken neer*|activiteiten gestaakt|faillissement|overkop|over kop|over de kop)
		(cliente|committente|impresa|ditta|costruttore) .. (fallit*|chiuso (i battenti|l'attività|bottega|baracca)|cessato l'attività|fallimento|liquidazione)
		fewer .. (planned|expected|thought|ordered)
		(didn't|did not|hadn't|had not|without|failed to) .. (realise*|realize*|realising|realizing|notice*|noticing|spot*|see that)
		(nicht|ohne zu) .. (gesehen|bemerkt|gemerkt|beachtet|bedacht)
		(übersehen|überlesen)
		(nun|jetzt|wohl)? ?doch (nicht|kein|keine|keinen) .. (brauchen|gebraucht|benötigt|nötig|will|wollen|eingebaut)
		(will|wollen|möchte|braucht|brauchen) .. doch (nicht|kein|keine|keinen)
		finalement .. (pas|plus|autre)
		toch (niet|geen|liever|een ander*)
		(ripensat*|ripensamento|scelto un altro|scelto un'altra)
		(decided|opted|plumped) .. (against|another|different)
		(pas|sans) .. (vu que|voir que|fait attention|remarqué|apercevoir)
		(de trop|en trop|doublon|doublons|superflu*|excédentaire*)
		(niet|zonder) .. (gezien|gemerkt|opgemerkt|opgelet|te zien|te merken)
		(over het hoofd gezien|overbodig|overtollig*)
		(senza|non) .. (accorg*|accort*|notato|avevo visto|avevamo visto|guardato bene)
		(in eccesso|di troppo|in esubero|avanzat*)
		// en
		(our|my) (own )?(mistake|fault|error|bad)
		(mistake|error|fault) (on|at) (our|my) (side|end|part)
		(only|just) (need|needed|wanted) (\d+|one|two|three|four|five|six|half|the)
		(isn't|is not|aren't|are not|not|turned out) .. (compatible|suitable)
		(gebraucht|benötigt) (werden|wurden|hätten|haben) .. nur
		nur .. (gebraucht|benötigt)
		(one|two|three|four|five|six|half) (was|were|is|are|would have been) enough
		(ein|eins|zwei|drei|vier|fünf|sechs) (reichen|reichten|hätten gereicht|genügen|genügten)
		(un|deux|trois|quatre|cinq|six) (suffisai*|suffisent|suffit|auraient suffi)
		(maar|slechts) (een|één|twee|drie|vier|vijf|zes) nodig
		ne bastava* (uno|due|tre|quattro|cinque|sei)
		(doesn't|does not|don't|do not|didn't|did not|won't) fit
		(needed|wanted|meant) .. (instead|rather|really)
		(isn't|is not|not) what .. (need|needed|wanted|expected)
		(doesn't|does not|didn't|did not|don't) like
		// de
		(unser|mein|eigener) (eigener )?fehler
		(fehler|versehen|irrtum) (von uns|unsererseits|auf unserer seite|bei uns)
		(brauche|brauchte|bräuchte|brauchen|brauchten|wollte|wollten|benötigen|benötige) .. (eigentlich|doch|stattdessen)
		(passt|passen) .. nicht (zu|zur|zum|in|an|auf|mit)
		nicht (kompatibel|passend)
		(gefällt|zusagt|zusagen) .. nicht
		gefallen (mir|uns|ihm|ihr|ihnen|dem|der|den) .. nicht
		sagt .. nicht zu
		(wird|werden) .. nicht (mehr )?(benötigt|gebraucht)
		// fr
		(c'est |c'était )?(notre|ma) (faute|erreur)
		de (ma|notre) faute
		(pas|non) (compatible*|adapté*)
		ne (convient|conviennent) pas
		ne (lui |leur |nous )?(plaît|plait|plaisent) pas
		// nl
		(onze|mijn) (eigen )?(fout|vergissing)
		(fout|foutje|vergissing) (van|aan) (onze|mijn) kant
		(past|passen) .. niet
		(niet compatibel|niet geschikt)
		niet (meer )?nodig
		geen .. nodig
		(bevalt|bevallen) .. niet
		(heeft|hadden|had) .. alleen .. nodig
		// it
		(errore|sbaglio|svista) (nostr*|mio|da parte nostra|di chi)
		(nostro|mio) (errore|sbaglio)
		(mi|ci) (serviva|servivano|occorreva)
		non (è|sono) compatibil*
		non (va bene|vanno bene) (per|con)
		non .. (piace|piacciono|piaciut*)
	`)
	// theirMistake says that the delivery was wrong, or was harmed on its way.
	theirMistake = newSayings(`
		(not|don't|won't|refuse to) .. (pay|paying) .. (not|didn't|did not|never|nobody) .. (order*|ask*|want*)
		(nicht|weigern) .. (bezahlen|zahlen) .. (nicht) .. (bestellt|verlangt|gewollt)
		(pas|refusons de) .. payer .. (pas|rien) .. (demandé*|commandé*|voulu*)
		(niet|weigeren) .. betalen .. niet .. (besteld*|gevraagd*)
		non .. pagare .. non .. (ordinat*|chiest*|richiest*)
		(somebody|someone|picker|warehouse|they) .. (took|picked|grabbed) .. wrong (shelf|bin|box|row|one|ones|item)
		(jemand|ihr|kommissionierer|lagerist|lager) .. (ins falsche regal|aus dem falschen|falsches fach|falschen platz)
		(quelqu'un|préparateur|magasinier) .. (mauvaise|mauvais) (étagère|rayon|casier|carton|emplacement|bac)
		(iemand|magazijnier|magazijn) .. (verkeerde|foute) (rek|schap|bak|doos|vak)
		(qualcuno|magazziniere|magazzino) .. (scaffale|ripiano|cassetto|scatola) sbagliat*
		(somebody|someone|another customer|some other) .. (must|has to|will) be (missing|looking|waiting|wondering|expecting)
		(somebody|someone) else .. (missing|waiting|looking|expecting) .. (it|them|these|those|this)
		(jemand|anderer|andere) .. vermisst
		(wohl|sicher|bestimmt|vermutlich) (jemand|ein anderer) .. (wartet|sucht|fehlt|fehlen)
		(quelqu'un|autre client) .. (doit|doivent|devrait) .. (chercher|attendre)
		(iemand|andere klant|een ander) .. (vast|zeker|wellicht|allicht) .. (mist|zoekt|wacht|op)
		(qualcuno|altro cliente|qualcun altro) .. (starà|sarà|staranno) .. (cercando|aspettando|attendendo|in attesa)
		(label|sticker|box|parcel|carton) .. (bears|has|shows|carries|with) (their|his|her|somebody*|someone*|another*) .. (name|address)
		(aufkleber|etikett|paket|karton|lieferschein) .. (sein|seinen|ihr|ihren|deren|dessen|fremder|fremden|anderer) (name|namen|adresse|anschrift)
		(étiquette|carton|colis) .. (son|leur) (nom|adresse)
		(etiket|doos|pakket) .. (hun|zijn|haar|andermans) (naam|adres)
		(etichetta|scatola|pacco|sull'etichetta) .. (suo|loro) (nome|indirizzo)
		(ordered|bought|paid for|sold as) (it |them )?new,? ... (fingerprint*|used|programmed|scratch*|opened|somebody*|someone*)
		neu (bestellt|gekauft|bezahlt),? ... (fingerabdr*|gebraucht*|einprogrammiert|kratzer|fremde*|benutzt*)
		(commandé*|acheté*|payé*|vendu*) neuf*,? ... (traces|servi|utilisé*|programmé*|rayure*|occasion)
		nieuw (besteld|gekocht|betaald),? ... (vingerafdruk*|gebruikt*|geprogrammeerd|krassen|andermans)
		(ordinat*|comprat*|pagat*|vendut*) (come )?nuov*,? ... (impronte|usat*|programmat*|graffi*)
		(labels|parcels|boxes|addresses|stickers|consignments) .. (were |was |got |have been |been )?(swapped|switched|mixed up|crossed|muddled)
		(etiketten|aufkleber|pakete|sendungen|adressen|adressaufkleber) .. (vertauscht|verwechselt)
		(étiquettes|colis|adresses|cartons|bordereaux) .. (inversé*|interverti*|échangé*|mélangé*)
		(etiketten|labels|pakketten|adressen|dozen) .. (verwisseld|omgewisseld|door elkaar)
		(etichette|pacchi|colli|indirizzi) .. (scambiat*|invertit*|confus*)
		(courier|driver|carrier|postman|delivery man) .. (instead|left|brought) .. (box|parcel) .. (containing|with|of)
		(made out|addressed|meant|intended) (to|for) (a|an|another|some|someone|somebody|the wrong)
		(ausgestellt|adressiert|gerichtet|bestimmt) (auf|an|für) (eine|einen|ein|jemand*|den falschen)
		(au nom|à l'adresse) (d'un|d'une|de quelqu'un)
		op naam van (een|iemand)
		(intestat*|indirizzat*) a (un|una|un'altra|qualcun*)
		(paket|sendung|lieferung|ware|karton) .. nicht (für uns|unser*|von uns)
		(parcel|box|shipment|delivery) .. (not|isn't) (meant )?(for us|ours|for me)
		(colis|carton|livraison) .. pas (pour nous|à nous|le nôtre)
		(pakket|doos|zending) .. niet (voor ons|van ons)
		(pacco|collo|consegna) .. non .. (per noi|nostro|nostra)
		non c'(entra|entrano) .. (noi|nostr*)
		(you|your) .. (mixed up|swapped|confused) .. (parcels|boxes|orders|labels|customers|items|units|phones|models)
		(bei euch|bei ihnen|ihr lager|euer lager) .. (danebengegriffen|vertauscht|verwechselt|vergriffen)
		(vous|vos) .. (intervert*|interverti*|inversé*|confondu*|mélangé*) .. (client*|colis|carton*|commande*|référence*|modèle*)
		(jullie|u) .. (verwisseld|omgewisseld)
		(avete|vi siete) .. (scambiat*|confus*|invertit*)
		(courier|driver|carrier|postman|van driver|delivery man) .. (left|brought|dropped|delivered) .. (next door|neighbour*|neighbor*|somebody else*|someone else*|another (firm|company|shop))
		(paketbote|fahrer|zusteller|bote|spediteur|kurier) .. (gebracht|abgegeben|abgestellt|gelassen) .. (nebenan|nachbar*|für (den|die|das) (nachbar*|laden|firma))
		(paketbote|fahrer|zusteller|bote|spediteur|kurier) .. (an|für) (die|den|das) .. (nebenan|gegenüber)
		(livreur|transporteur|chauffeur|facteur) .. (laissé|apporté|déposé|livré|remis) .. (voisin*|d'à côté|d'en face|un autre|une autre)
		(livreur|transporteur|chauffeur|facteur) .. (laissé|apporté|déposé|livré|remis) ... (revient|appartient) .. (à|au|d'à côté)
		(koerier|chauffeur|bezorger|postbode) .. (bracht|gebracht|afgegeven|achtergelaten|afgeleverd) ... (buren|hiernaast|hierover|andere firma|iemand anders)
		(corriere|autista|postino|fattorino) .. (lasciato|portato|consegnato|recapitato) ... (accanto|vicin*|di fronte|altra ditta|qualcun altro)
		(n'est|ne sont|n'étaient) pas à nous
		(niet van ons|non (è |sono )?(nostro|nostra|nostri|nostre))
		(parcel|package|box|delivery|consignment|pallet|goods|stuff) .. (addressed|belongs|belonging|meant|intended|destined) (to|for) (someone|somebody|another|a different|other people|a neighbour)
		(someone|somebody|another (customer|company|firm)|other people)('s)? (else )?('s |else's )?(stuff|goods|kit|gear|things|equipment)
		(paket|karton|sendung|lieferung|ware|palette) .. für .. (firma|kunden|nachbar*|jemand*) .. (bei uns|hier) (an|gelandet|abgegeben|eingetroffen|angekommen|abgeliefert|abgeladen)
		(bei uns|hier) .. (paket|karton|sendung|lieferung|palette) für (die |eine |einen |den )?(firma|ander*|jemand*|nachbar*|fremde*)
		(colis|carton|livraison|palette) .. (destiné*|adressé*|appartient|appartenant|pour|au nom) (à|d')? ?(un autre|une autre|un confrère|quelqu'un|autrui|un tiers|d'un*)
		(pakket|doos|levering|zending|pallet) .. (voor|van|bestemd voor|op naam van|eigendom van) (iemand|een ander*|de buren|de buur*|andere)
		(pacco|collo|scatola|spedizione|bancale|consegna) .. (destinat*|indirizzat*|intestat*|spettante) (a|per|ad) (un'altr*|un altro|qualcun*|altr*|vicin*|altri)
		(paket*|pakket*|parcel*|parcels|colis|pacchi|cartons|dozen|kartons) .. (verwisseld|vertauscht|swapped|mixed up|intervertis|scambiati)
		(nous avons|j'ai) .. d'un autre client
		(nothing|not something|nothing that) (we|i) .. (asked for|ordered|requested|wanted)
		(one|two|three|four|\d) .. more (in (it|the (box|parcel|delivery)) )?than .. (ordered|asked for|wanted|requested|note|invoice)
		(not|won't|don't want to) (be )?(pay|billed|charged|invoiced) .. (extra|more|this one|it)
		(ein|eine|einer|eines|eins|zwei|drei) .. mehr .. als .. (bestellt*|wollten|brauchen|gewollt|lieferschein|auftrag|rechnung)
		mehr als .. (bestellt|gewollt|wollten|auf dem lieferschein)
		(de|en) plus (que|par rapport) .. (prévu*|commandé*|demandé*|voul*|bon|facture)
		(een|eentje|één|twee|drie) .. meer .. dan .. (besteld*|gevraagd*|wilden|pakbon|factuur)
		(in|di) più (rispetto|di quant*|di quell*) .. (ordinat*|richiest*|chiest*|voluti|bolla|ddt|fattura)
		(is|are|was|were) for (some|another|a different|somebody|someone)
		(ist|sind|war|waren) für (jemand|jemanden|einen anderen|eine andere|ein anderes)
		(destiné*|adressé*) .. (autre|quelqu'un)
		rien (demandé|commandé) de tel
		(is|was|zijn|waren) voor (iemand|een ander|een andere)
		(destinat*|indirizzat*) .. (altr*|qualcun*)
		(came|arrived|received|delivered) .. (opened|used|slit|cut open|damaged|open|crushed|torn|wet|soaked) (box|packaging|carton|parcel|package)
		(kam|kamen|geliefert|erhalten|angekommen) .. (geöffnet*|aufgeschlitzt*|aufgeschnitten*|aufgerissen*|offene*|gebraucht*|beschädigt*|zerdrückt*|nasse*) (karton*|verpackung|paket|schachtel)
		(kwam|kwamen|ontvangen|geleverd|binnen|aangekomen) .. (geopende|opengesneden|opengemaakte|opengescheurde|open|gebruikte|beschadigde|natte|gescheurde) (doos|dozen|verpakking|pakket)
		(arrivat*|consegnat*|ricevut*) .. (scatola|confezione|imballo) .. (apert*|tagliat*|strappat*|usat*|rovinat*|fradici*)
		(parcel|box|package|carton|pallet) .. (soaked|drenched)
		(paket|karton|palette|sendung) .. (durchnässt|aufgeweicht|feucht)
		(doos|pakket|pallet) .. (doorweekt|nat)
		(pacco|scatola|cartone) .. (fradici*|inzuppat*)
		(box|carton|parcel|package) .. (weighs|weighed|weighing) .. (nothing|too little|too light)
		(karton|paket|schachtel) .. (wiegt|wog) .. (nichts|zu wenig|zu leicht)
		(carton|colis|boîte) .. (pèse|pesait) .. (rien|plume)
		(doos|pakket|doosje) .. (weegt|woog) .. (niets|niks|te weinig)
		(scatola|pacco|cartone|confezione) .. (pesa|pesava) .. (niente|nulla|poco)
		(box|carton|parcel|package) .. (was|is|were|turned out|arrived|came) empty
		(no|not a single) (phone|unit|device|handset|switch|router|headset) (in it|inside)
		(karton|paket|schachtel) .. (leer|ohne inhalt)
		(carton|colis|boîte) .. (vide|rien dedans|rien à l'intérieur)
		(doos|pakket|doosje) .. leeg
		(scatola|pacco|cartone|confezione) .. vuot*
		(nothing to do with|not meant for) (us|our)
		(nobody|no one|none of us|no-one) .. (asked for|ordered|requested|expecting)
		no order .. for (it|this|that|them|these)
		(niemand|keiner) .. (bestellt|angefordert|erwartet)
		keine bestellung (dazu|dafür|vor|zu)
		personne .. (commandé|demandé|n'attend)
		aucune commande (correspondante|à ce sujet|de ce type|pour)
		niemand .. (besteld|gevraagd|verwacht)
		geen (bestelling|order) (voor|van|hier)
		nessuno .. (ordinato|chiesto|richiesto)
		nessun ordine (per|di|nostro|a nostro)
		(gehört|gehören) .. (nicht uns|uns nicht|nicht zu uns)
		ne nous (concerne|concernent|appartient|appartiennent|est pas destiné*) pas
		(is|are|was|were|came) .. should have been .. (white|black|grey|gray|silver|one|ones|version)
		in the (box|parcel|shipment|delivery) .. missing
		(im|in der) (karton|paket|lieferung|sendung) .. (fehlt|fehlen|fehlte|fehlten)
		dans (le|la|votre|notre) (colis|carton|boîte|livraison) .. manqu*
		in (de|het) (doos|pakket|levering|zending) .. (ontbreek*|ontbrak*|ontbreken)
		(nella|nel) (scatola|pacco|collo|consegna) .. manca*
		(you|they) (sent|shipped|delivered) .. (but|while|although|whereas) .. (order|po|invoice|says|ordered|asked)
		(gevraagd|besteld) .. (en|maar) (kreeg|kregen|ontving|ontvingen)
		(vom|durch den) (spediteur|fahrer|paketdienst|zusteller|dhl|ups|gls|dpd) .. (fallen|beschädigt|verbeult|geworfen)
		(schaden|beschädigung) .. (quittiert|fahrer|spediteur)
		(pas|n'est pas) (notre|la bonne|ma) (commande|livraison)
		(attendait|attendions|attendais) .. (et|mais) .. (a|avons|reçu)
		(none of|not on any of|on none of|not any of) (our|my|the) (papers|documents|orders|notes|lists|paperwork)
		(none of|no) (our|my|the) (papers|documents|orders) (mention*|list*|show*|have|has)
		(on|in) (none|no|not one|neither) (of )?(our|my|the|your)? ?(papers|documents|orders|notes|order|list|paper)
		(auf|in) (keinem|keiner) .. (papier*|bestellung*|lieferschein*|aufträge|auftrag|rechnung*|unterlagen|liste)
		nirgends .. (bestell*|lieferschein|papier*|auftrag)
		(sur|dans) aucun* .. (papier*|document*|bon*|commande*|bl|facture*|liste)
		(op|in) geen (enkel*|van) .. (papier*|bon*|bestelling*|factu*|lijst*|document*)
		(su|in|sui) (nessun*|alcun*) .. (document*|cart*|ordin*|bolla|bolle|ddt|fattur*|lista)
		// what is there is not what was asked
		(asked for|wanted|requested) .. (but|and|however) .. (are|is|have|has|came|got|sent)
		(sent|shipped|delivered) .. (someone else's|somebody else's|another customer's|other people's)
		(on|in) neither .. (order|invoice|note)
		(box|parcel|package|shipment) .. (had no|has no|without|lacked|lacks|missing)
		(extra|surplus) (one|unit|phone|piece|item|box)
		(kam|kamen|ist|sind) .. (eingedrückt|zerdrückt|beschädigt|nass|zerbrochen|verbogen|ramponiert|aufgerissen|durchnässt) .. (an|angekommen|angeliefert)
		(karton|paket|palette|verpackung) .. (eingedrückt|zerdrückt|eingerissen|durchnässt|aufgeplatzt)
		(annahme|angenommen) .. vorbehalt
		(beim auspacken|nach dem auspacken|bei der anlieferung|bei anlieferung) .. (gesprungen|zerbrochen|verbogen|beschädigt)
		(avons|ai) (trouvé|reçu|découvert) .. et (non|pas)
		(colis|carton|palette) .. (arrivé*|livré*) .. (ouvert*|abîmé*|endommagé*|écrasé*|mouillé*|trempé*|humide*|éventré*|déchiré*)
		(fait|émis|mis) des réserves
		accepté* sous réserve*
		(envoyé*|expédié*|livré*|mis) .. (alors que|tandis que|or) .. (commande|bon|devis|demand*|command*)
		(doos|pakket|zending) .. (zat|zit|zaten|zitten) .. (maar|terwijl|in plaats)
		(pakket|doos|pallet) .. (open|opengescheurd|ingedeukt|beschadigd|nat|kapot) .. (aan|aangekomen|binnen|geleverd)
		(trovato|trovati|trovate) .. (invece|non .. chiest*|non .. ordinat*|anziché|e non)
		(pacco|collo|scatola|cartone|bancale) .. (arrivat*|giunt*|consegnat*) .. (apert*|danneggiat*|schiacciat*|bagnat*|rott*)
		con riserva
		// en
		(your|supplier's|warehouse) (mistake|error)
		not what (we|i) (ordered|had ordered|have ordered|asked for|wanted)
		(somebody|someone) else's (order|parcel|delivery)
		(wrong|incorrect|different) .. (delivered|received|sent|shipped|supplied|arrived)
		(sent|shipped|delivered|received|got|supplied) .. (wrong|incorrect|somebody|someone)
		(one|two|three|four|five|six|seven|eight|nine|ten) (items |units |phones |switches? |pieces |more )?(switch |phone |unit |piece )?(too many|more than (we )?ordered|more than)
		(received|got|sent|delivered|shipped) .. (too many|more than)
		(missing|were missing|was missing) .. (parcel|box|delivery|shipment|order)
		(damaged|crushed|broken|harmed|wet) .. (in transit|by the carrier|during transport|during shipping|by the courier|on arrival of the parcel)
		(parcel|box|package|pallet|carton) .. (arrived|came) (damaged|crushed|wet|open|torn)
		(does not|doesn't|did not) (match|correspond) .. (order|delivery note|packing)
		(does not|doesn't|do not|don't|did not) (match|correspond*|agree|conform) .. (po|item|items|line|position|ordered|contract)
		(not (as )?ordered|other than ordered|not on order|over-delivery|overdelivery|over-delivered|overdelivered|surplus delivery|mis-delivery|misdelivery)
		(other|different) (goods|article|articles|product|products|item|items) .. than .. (ordered|agreed|contract*|purchased)
		// de
		(war|ist) (ihr|euer) fehler
		(das|die|dies) .. (haben|hatten) wir (so )?nicht bestellt
		falsch* .. (geliefert|erhalten|bekommen|geschickt|gesendet|gekommen|verschickt|versendet|geliefert worden)
		(geliefert|erhalten|bekommen|geschickt|gesendet) .. falsch*
		ander* .. (geliefert|erhalten|bekommen|geschickt) .. (als bestellt)
		(zu viel|zu viele|zuviel) .. (geliefert|erhalten|bekommen|geschickt|gekommen)
		(lieferung|ware|artikel) .. (stimmt|stimmen|passt) .. nicht .. (bestellung|lieferschein|überein)
		(stimmt|stimmen) nicht .. (bestellung|lieferschein) .. überein
		(entspricht|entsprechen) .. (nicht|keiner) .. (bestellung|bestellten|auftrag|vereinbarten|vereinbarung|position|vertrag*|lieferschein)
		nicht der (bestellung|bestellten ware|auftragsbestätigung) entspr*
		(mehrlieferung*|überlieferung*|zuviellieferung*|aliud|abweichende (ware|lieferung)|falschware)
		(ander*|falsch*) .. (ware|sache|artikel|gerät|geräte) .. als .. (geschuldet*|vereinbart*|bestellt*|vertrag*)
		(paket|karton|sendung|ware) .. (beschädigt|zerdrückt|nass|offen|aufgerissen) .. (an|angekommen|geliefert)
		(paket|karton|sendung) (kam|ist) (beschädigt|zerdrückt|nass|aufgerissen)
		(fehlt|fehlten|fehlen) .. (lieferung|paket|sendung|karton)
		// fr
		votre erreur
		(trompés?|erreur) (dans|sur|lors de|de) (la |votre )?(livraison|envoi|préparation|expédition)
		pas ce que .. command*
		ce n'est pas ce (que|qu')
		(mauvais|mauvaise|mauvaises) .. (reçu*|livré*|envoyé*|expédié*)
		(reçu*|livré*|envoyé*|expédié*) .. (mauvais|mauvaise|mauvaises|erroné*|différent*)
		(ne correspond|ne correspondent|non conforme*) .. (commande|bl|bon|livraison)
		(surlivraison|excédent de livraison|livraison excédentaire|article non commandé|articles non commandés)
		(autre|différent*) .. que .. (commandé*|convenu*|commande)
		de trop .. (colis|carton|livraison|livré*)
		(livré*|reçu*|colis|carton) .. (de|en) trop
		(endommagé*|abîmé*|écrasé*|cassé*) .. (pendant le transport|lors du transport|par le transporteur|durant le transport|à la livraison)
		(colis|carton|palette) .. (endommagé*|abîmé*|écrasé*|éventré*)
		(manque|manquait|manquaient) .. (colis|livraison|carton)
		// nl
		(jullie|uw) vergissing
		(verkeerde|foute) (levering|zending)
		(dit|dat) (hebben|hadden|heb) (wij|we|ik) niet besteld
		(verkeerd*|fout|foute|foutief|ander*) .. (ontvangen|gekregen|geleverd|gestuurd|verzonden|toegestuurd|dan besteld)
		(gestuurd|geleverd|ontvangen|kregen|gekregen) .. (verkeerd*|foute|dan besteld)
		(te veel|teveel) .. (geleverd|ontvangen|in de doos|in het pakket|gestuurd)
		(zat|zaten) .. (te veel|teveel)
		(levering|pakbon) .. (klopt|kloppen) niet
		(komt|komen|stemt|stemmen) niet overeen met .. (bestel*|order|opdracht|afgesproken)
		(overlevering|meerlevering|te veel geleverd*)
		(pakket|doos) .. (beschadigd|gescheurd|nat|geplet)
		(ontbrak|ontbraken|ontbreekt|ontbreken) .. (levering|pakket|doos)
		// it
		(vostro|vs.) (errore|sbaglio)
		non è (quello|quanto|ciò) .. ordinat*
		(sbagliat*|errat*|divers*) .. (ricevut*|consegnat*|arrivat*|spedit*|inviat*|mandat*)
		(mandato|spedito|consegnato|inviato|ricevuto|arrivato|arrivata|arrivati) .. (sbagliat*|errat*|non corrispond*)
		(non corrisponde|non corrispondono|non corrispondente|non conforme) .. (ordin*|bolla|ddt)
		(pacco|consegna|scatola) .. (in più|di troppo|in eccesso)
		(eccedenza di consegna|consegna eccedente|merce non ordinata|articolo non ordinato)
		(altro|divers*) .. da .. (quant*|quell*) .. (ordinat*|pattuit*|concordat*)
		(pacco|collo|scatola|imballo) .. (danneggiat*|schiacciat*|bagnat*|aperto)
		(manca|mancava|mancano|mancavano) .. (pacco|consegna|spedizione|collo)
	`)
	// inBox tells what lay in a box, paperSays what the papers say of it: where
	// both are told, they do not agree.
	inBox = newSayings(`
		inside (is|was|are|were)
		(but|what) .. on (our|the|my) shelf
		(aber|jedoch|dafür) .. im regal
		(im|in unserem) regal .. (aber|jedoch|nur)
		maar hier (ligt|liggen|staat|staan)
		(actually|really) (in it|inside)
		(drin|drinnen|enthalten)
		(in|inside) the (box|boxes|parcel|carton|wrap|pallet)
		(in|inside) the (case|package|packaging)
		(box|boxes|carton|parcel) .. (hold|holds|contain|contains|contained|held)
		there (are|were|was) .. in the
		(im|in den|in der|in dem) (karton|kartons|paket|pakete|box|boxen|schachtel)
		(lag|lagen|steckte|steckten) .. drin*
		dans .. (colis|carton|cartons|boîte*)
		(le carton|le colis|les cartons) (contient|contenait|contiennent)
		(in de|in het) (doos|dozen|pakket)
		(zit|zitten|zat|zaten) .. (in de|in het) (doos|dozen|pakket)
		(nelle|nella|nel) (scatole|scatola|pacco|collo)
	`)
	paperSays = newSayings(`
		(label|packing (list|slip)|delivery note|note|order|confirmation|invoice) .. (says|say|said|states|shows|reads)
		although .. (label|order|note|says)
		(bestell*|angenommen|auftragsbestätigung|lieferschein)
		(commandé*|commande|bl|bon de livraison)
		(pakbon|order|bestelbon) .. (staat|stond|zegt)
		op de (pakbon|factuur|doos) (staat|stond)
		(bolla|ddt|ordine|fattura) .. (scritto|c'è|indicat*)
		(facture) .. (indique*|dit|mentionne*|il y a)
		(invoiced|billed|charged) .. (for|as|a|an)
		it (says|states|lists)
		(berechnet|fakturiert)
		(facturé*|facturez)
		(gefactureerd|aangerekend)
		fatturat*
		(rechnung) .. (steht|stand|sagt|lautet)
		factuur .. (staat|stond|zegt)
		(ordinat*|volevamo)
	`)
	// inThere and labelSays do the same where the box itself is marked.
	inThere = newSayings(`
		(inside|in there|in it|contents|hold|holds|held|contain|contains|contained)
		(drin|drinnen|darin|innen|im paket|in der schachtel|in der packung|enthält|enthielt|enthielten)
		(j'y|on y|nous y) (trouve|trouvons|ai trouvé|avons trouvé|découvre|découvrons)
		(à l'intérieur|dedans|dans le colis|dans le carton|contient|contiennent|contenait|contenaient)
		(zit er|zat er|er zit|er zat|erin|binnenin|bevat|bevatte|bevatten)
		(aprendo*|aperta|dentro|contiene|contengono|conteneva|all'interno|nel collo|nel pacco|nella scatola|nel cartone)
	`)
	labelSays = newSayings(`
		(außen|aussen|obendrauf) (steht|stand)
		(außen|aussen|draußen) (steht|stand) .. (drauf|dran|darauf)
		(dehors|dessus|à l'extérieur) .. (écrit|marqué|indiqué|lit)
		(buiten|buitenop|buitenkant|bovenop) (staat|stond)
		(fuori|all'esterno|sopra) .. (scritto|stampato|leggo|indicato)
		(label|box|boxes|carton|cartons|sticker|everything) .. (says|say|said|states|shows|reads)
		(box|boxes|carton|cartons|parcel) (is |was |were )?(marked|labelled|labeled)
		all (of them |three |two )?(say|read|show|state)
		(karton|kartons|verpackung|schachtel) klebt
		(etikett|aufkleber|karton|kartons|verpackung|umkarton) .. (lese|prangt|steht|stand|sagt|sagen)
		(etikettiert|beschriftet|ausgezeichnet|bedruckt) (als|mit)
		(mit|trägt|tragen) (der|die|den|dem) (aufschrift|beschriftung|etikett|aufdruck)
		(étiquette*|carton*|boîte*) .. (lis|lit|indiqu*|marqué|écrit|annonce*|dit|disent)
		(étiqueté*|marqué*) .. (comme|mais)
		(etiket*|doos|dozen|sticker*|verpakking) .. (staat|stond|zegt|vermeld*)
		(etichett*|scatol*|cartone|confezione) .. (leggo|legge|scritto|dice|riporta|indica*|c'è)
		(bolla|ddt|bl|lieferschein|pakbon|delivery note|bon de livraison) .. (ci sono|c'è|stehen|steht|staan|staat|lists|says|indiqu*)
	`)
	// forAnother says that the papers or the label of a parcel name another customer,
	// notOurs that its goods are none of those the sender waits for.
	forAnother = newSayings(`
		(delivery note|packing (list|slip|note)|note|label|paperwork|docket) ... (made out to|addressed to|in the name of|for (another|a different|some other)|belongs to)
		(lieferschein|packzettel|etikett|papiere) ... (ausgestellt auf|ausgestellt|lautet auf|adressiert an|namen|fremde*|andere* (kunde*|firma*))
		(bon de livraison|bl|bordereau|étiquette) .. (au nom (de|d'*)|adressé* à|destiné* à|établi* (pour|au nom))
		(pakbon|leverbon|leveringsbon|etiket) .. (op naam (van)?|gericht aan|bestemd voor|van een ander*)
		(bolla|ddt|documento|etichetta) .. (intestat*|indirizzat*|destinat*|a nome (di|d'*)?)
	`)
	notOurs = newSayings(`
		(expecting|expected|waiting for|awaiting)
		(not|aren't|isn't|are not|is not) (ours|for us|meant for us)
		(warten|warteten|warte|erwarten|erwarteten|erwartet)
		(nicht|gar nicht) (für uns|unsere|unser|uns)
		(attendions|attendons|attendais|attends)
		(pas|ni) (pour nous|à nous|le nôtre|la nôtre|les nôtres)
		(verwachtten|verwachten|verwachtte|wachten|wachtten)
		niet (voor ons|van ons)
		(aspettavamo|aspettiamo|aspettavo|attendevamo)
		non (è|sono) (nostr*|per noi)
	`)
	// nothingFits says that the place where goods were to go cannot take them: unused,
	// they were ordered for nothing.
	nothingFits = newSayings(`
		(building|site|house|place|office|school|home) .. (wired|wiring|cabling|cabled|cables) .. (old|only|two-core|telephone|analogue|no)
		(no|without any|lacks|lacking|hasn't any|has no) .. (network|lan|cat5*|cat6*|ethernet|data) (cabling|cables|wiring|sockets|points|at all)
		(nur|lediglich) .. (alte|alten|zweidraht*|klingel*|analoge*) .. (leitung*|kabel*|draht*|verkabelung)
		(nur|lediglich) .. (telefonleitung*|klingeldraht*|zweidraht*|zweidrahtleitung*)
		(kein|keine|keinerlei) .. (netzwerkkabel|netzwerkverkabelung|verkabelung|lan-verkabelung|netzwerkdosen|datenleitung*)
		(que|seulement|uniquement) .. (vieux|vieille|anciens|ancienne) .. (paire*|câble*|fils|ligne*)
		(aucun|pas de|sans) .. (câblage|réseau|prises) (réseau|rj45|informatique|ethernet)
		(enkel|alleen|slechts) .. (oude|tweedraads*|tweeaderige) .. (kabel*|bedrading|draad|leiding*|telefoon*)
		(enkel|alleen|slechts) (nog )?(oude )?(telefoonbekabeling|telefoonkabel*|telefoondraad)
		(geen|zonder) .. (netwerkkabel*|netwerkbekabeling|bekabeling|utp*|datakabel*)
		(solo|soltanto|unicamente) .. (doppin*|vecchi* (cav*|fil*))
		(nessun|nessuna|senza|niente|manca) .. (rete|cablaggio|cavi di rete|prese di rete)
	`)
	// otherPart says that a part is missing, or of another country: no more than
	// an aside where something is broken.
	otherPart = newSayings(`
		(came|arrived|delivered|received|shipped) .. without .. (handset|power supply|psu|cable|cord|stand|antenna|antennas|accessories|adapter|bracket|battery|charger)
		(geliefert|gekommen|angekommen|kam|kamen|erhalten) .. ohne .. (hörer|netzteil*|kabel|standfuß|antenne*|zubehör|akku*|halterung)
		ohne .. (hörer|netzteil*|kabel|standfuß|antenne*|zubehör|akku*|halterung) .. (geliefert|gekommen|angekommen|erhalten)
		(reçu*|livré*|arrivé*) .. sans .. (combiné|bloc|alimentation|câble|socle|pied|batterie|antenne*|accessoire*|support)
		(ontvangen|geleverd|aangekomen|gekregen) .. zonder .. (hoorn|voeding|adapter|kabel|standaard|antenne*|toebehoren|accu|batterij)
		zonder .. (hoorn|voeding|adapter|kabel|standaard|antenne*|toebehoren|accu|batterij) .. (ontvangen|geleverd|aangekomen|gekregen)
		(arrivat*|consegnat*|ricevut*) .. (senza|privo di|priva di) .. (cornetta|alimentatore|cavo|base|antenn*|accessori|batteria|supporto)
		(uk|us|british|english|american|wrong) (plug|plugs|psu|power supply|power supplies|adapter|adaptor|socket)
		(englisch*|britisch*|amerikanisch*|falsch*) (stecker|netzstecker|netzteil*)
		(uk|us)-(stecker|netzteil*|plug)
		(prise|fiche|bloc|alimentation|adaptateur) .. (anglais*|américain*|britannique*|uk|us)
		(engelse|britse|amerikaanse|verkeerde) (stekker*|adapter*|voeding*)
		(presa|spina|alimentatore) .. (inglese|americana|americano|uk|us)
	`)
	// butNot says that one thing came, and not the other.
	butNot = newSayings(`
		(expected|expecting) .. (got|received|came|arrived|sent)
		(erwartet|erwarteten|erwarte) .. (gekommen|kam|kamen|bekommen|erhalten)
		(attendais|attendait|attendions) .. (reçu*|arrivé*|livré*)
		(verwachtte*|verwacht) .. (kreeg|kregen|ontvangen|gekregen)
		(aspettav*|attendev*) .. (arrivat*|ricevut*|consegnat*)
		(got|received|sent) .. not (the|a|what)
		(bestellt|geordert) (war|waren) .. (gekommen|geliefert|kam|kamen|erhalten)
		(kregen|ontvingen) .. (niet de|niet het)
		(reçu|livré) .. et non
		(ricevut*|arrivat*) .. e non
	`)
	// trouble are words for a fault that mean other things too.
	trouble = newSayings(`
		(complain*|complaint*) (that|about|of)
		(beschwer*|klag*|mecker*|jammer*) (sich|dass|über)
		(se plaign*|se plaint*) .. (que|de|du)
		(klagen|klaagt|klaagden) (dat|over)
		(si lament*|lamentano) .. (che|di|del|per)
		(drops|cuts|loses|kills|throws|kicks) .. (call|calls|conversation*|line)
		(wirft|schmeißt|kickt|fliege|fliegt|fliegen) .. (gespräch*|leitung|anruf*|telefonat*)
		(gespräch*|anruf*|verbindung*) .. (weg|reißt|reißen|abgewürgt)
		coupe* .. (appel*|communication*|conversation*)
		(gooit|smijt|kapt|breekt|valt|vallen) .. (gesprek*|oproep*|verbinding*)
		(cadere|cade|cadono|interrompe|interrompono|taglia) .. (chiamat*|linea|telefonat*|conversazion*)
		(discolour*|discolor*|screaming|swivel*|voltage|discharg*)
		(runtergefallen|heruntergefallen|hingefallen|abgehackt|surrt|dunkel)
		(bild|ton|netz|link|anzeige|strom|wlan) (ist )?weg
		(aucun service|haché*|gonfl*|tombé*)
		(gevallen|hapert|opgezwollen)
		(caduto|caduta|non danno|non dà|a scatti|da sol*|tono)
		// en
		(crackl*|loose|wobbl*|swollen|stuck|drained|drains|dies|hardly|barely|ignores|unreadable|illegible|garbled|choppy|muffled|faint|dim|sprung|chipped|jammed|jams|blink*|flash*|flashing|red light|red led|amber|alarm led|fault code|error code)
		(screen|display|panel|touch*|keypad|button*|key|keys|port|ports|fan|speaker|microphone|mic|led|leds|socket|connector|jack) .. (dead|gone|blank|black|stuck|ignores|ignore|nothing|loose|noisy|unresponsive|sticks|stick)
		(never|doesn't|does not|won't|can't|cannot) (get|gets|come|comes|make|makes|finish|go|goes) .. (past|beyond|up|through|further|anywhere)
		(hear|heard) .. (nothing|hardly|barely)
		(no longer) (detect*|see|sees|find|finds|hold|holds|keep|keeps|show|shows|recognis*|recogniz*|connect*|open*)
		unplug .. (again|back|every|to get)
		(switches|powers|shuts) .. (off|down)
		cuts out
		(schaltet|schalten) .. (aus|ab)
		(s'éteint|s'éteignent|se coupe|se coupent|s'arrête)
		(valt|vallen|slaat|slaan|schakelt) .. (uit|af)
		si (spegne|spengono|arresta|riavvia)
		pull* the plug
		// de
		(heult|jault|dröhnt|rattert|schleift|qualmt|verschmort|zerlegt|milchig|beschlagen|sprung|riss|gesprungen|gerissen|mausetot|wackelig|ausgeleiert|aufgebläht|verzogen|verbogen|abgebrochen|durchgebrannt|abgeraucht|abgefackelt|hin)
		hält .. (keine|kaum|nur|nicht)
		(hört|sieht|versteht) .. (nichts|kaum|nur noch)
		(bricht|brechen) .. ab
		(macht|machen) .. (ärger|zicken|sorgen|schwierigkeiten|mucken)
		(akku|batterie) .. (leer|schwach|hält|tot|aufgebläht|entlädt)
		(ohne|kein) (dsl|sync|poe|wlan|link|strom|netz)
		nur (noch )?.. (logo|rot|weiß|weiss|rauschen|striche|streifen)
		(nicht|nichts) mehr .. (zu|an|erreichen|hören|sehen|lesen|laden)
		// fr
		(chauffe|brûlant*|ronfle|couine|crachouille|jeu|branlant*|décollé*|fendu*|gonflé*|intermittence|disparaî*|décroche|saute|sautent|illisible|décharge|déchargent)
		(n'ont|n'a|n'ai|n'avons) plus .. (tonalité|son|image|réseau|écran|courant|poe|connexion|voyant*|ligne)
		(débrancher|redémarrer|rebooter) .. (pour|chaque|tous|toutes|sans cesse)
		(ne|n'*) (charge*|sonne*|détecte*|capte*|tien*) (que|qu'*|pas|plus)
		en morceaux
		(pose*|donne*) .. (problème*|souci*)
		// nl
		(onleesbaar|niet leesbaar|slecht leesbaar|flikkert|rammelt|los|lawaaierig|gloeiend|bol|leeggelopen|doorgebrand)
		(geeft|toont) (alleen|enkel|nog)
		(zoekt|zoeken) .. (basis|netwerk|verbinding|signaal)
		(uittrekken|stekker eruit|stroom eraf)
		in een lus
		(geeft|geven|doet|doen) .. (problemen|moeilijk)
		// it
		(si scarica|si scaricano|lontanissim*|gracchi*|ronzio|bruciato|appannat*|graffiat*|allentat*|gonfi*|instabil*|tremol*)
		(si|mi|ci) sent* .. (male|lontan*|poco|a scatti|appena|disturbat*)
		(niente|nessun*) (suoneria|audio|suono|segnale|linea|immagine|display|luce|rete|poe)
		(dà|danno|fa|fanno) .. (noie|capricci)
		(riparte|torna|va) (solo|soltanto) (se|quando|dopo)
		// en
		(problem|problems|issue|issues|symptom*|error|errors|warning)
		(stopped|gone|disappear*|drops?|dropping|lost|loses|stuck|beep*|lines|stripes|pixel*|noise|noisy|hot|smell*|smoke|leak*|wet|rattl*|loose|bent|snapped|torn|scratch*)
		(not|doesn't|don't|won't|can't|cannot|no longer|never) .. (any more|anymore|any longer|properly|correctly|at all|respond*|see|hear)
		(down|out of action|playing up|on the blink|given up|gave up|packed in|conked out|acting up|unusable|useless)
		(tried|tested|swapped|replaced) .. (cable|psu|power supply|port|reset|firmware)
		(factory reset|hardware fault|reset)
		no (sound|power|poe|link|light|response|registration|network|connection|voltage|sync|dsl|signal)
		(since|after) .. (thunderstorm|lightning|storm|surge|power cut|power failure|blackout|flood*)
		(seit|nach) .. (gewitter*|blitz*|stromausfall|überspannung|wasserschaden|unwetter)
		(depuis|après) .. (orage|foudre|coupure|surtension|inondation|dégât)
		(sinds|na) .. (onweer|bliksem*|stroomstoring|stroompanne|overspanning|waterschade)
		(dal|dopo|da quando) .. (temporale|fulmine|blackout|sovratensione|allagamento)
		(dal|dopo il) (temporale|fulmine|blackout)
		// de
		(problem*|fehlermeldung*|macke|mucken|mucks)
		(kratzt|krächzt|quietscht|piept|surrt|wackelt|klemmt|hakt|spinnt|lahmt|leckt|riecht|stinkt|raucht|qualmt|zickt|streikt|blockiert|down)
		(nicht|nichts|keinen|keine|kein|kaum|nur) .. (mehr|noch)
		(nur noch|gar nicht|überhaupt nicht|nichts mehr|nicht richtig|nicht mehr)
		(ohne strom|ohne ton|ohne bild|ohne funktion|werksreset|zurückgesetzt|netzteil getauscht|streifen)
		reagier* .. (nicht|nur|manchmal|nichts)
		(versteht|hört|sieht) (man )?nichts
		// fr
		(problème*|souci|soucis|anomalie*|erreur)
		ne .. (plus|jamais)
		n'* .. plus
		n'* plus
		(n'ont|n'a) (pas|aucun*) (de |d'|du )?(tonalité|son|image|réseau|écran|courant|connexion|lumière|affichage|retour|voix|audio|ligne)
		plus (d'*|aucun*)
		(rend|rendu|rendre) l'âme
		(grince|siffle|chauffe|clignote|fume|coince|répond|marche) (plus|pas|mal|trop)
		(enfoncée?|coincée?|bloquée?|lignes?|rayures?|taches?)
		signe de vie
		// nl
		(probleem|problemen|foutmelding*|storing*)
		(nergens|niet|niks|niets|geen) .. meer
		(doet|doen|werkt) .. (niks|niets|niet|raar|vreemd)
		(strepen|lijnen|kraakt|kraken|piept|bromt|zoemt|lekt|ruikt|rookt|leeg|lawaai|herstarten|teken van leven)
		(dood|uit|down) .. (gegaan|gevallen)
		// it
		(problem*|anomali*|errore)
		non .. (più|niente|nessun*|nulla)
		(sganci*|stacc*|fermo|fermi|ferma|ferme|bloccat*|righe|strisce|ronz*|fischi*|scald*|perd*)
		non .. (tiene|sente|vede|chiama|risponde|segni di vita|accende|carica)
		segni di vita
	`)
	// repairing asks for what one asks for a broken thing.
	repairing = newSayings(`
		(warranty|repair*|guarantee|rma|swap|swaps|replacement|replacements)
		(garantie*|gewährleistung|reparatur*|reparier*|rekla*|reklam*|austausch|tausch|rma*)
		(garantie|sav|répar*|échange|remplacement|remplacez|remplacer)
		(garantie|reparatie|repareren|herstell*|omruil*|vervang*)
		(garanzia|riparazion*|ripar*|sostitu*)
	`)
	// wantsHelp asks what is to be done with a thing, or that it is fetched or
	// changed for another.
	wantsHelp = newSayings(`
		((tell|let) me .. (want|get|send|have) .. back|send (me |us )?the (right|correct) (one|ones|model|unit)|how you want (it|this|this one|them) back)
		((das|den|die) (richtige|richtigen|korrekte|korrekten) .. (schicken|senden|liefern|schickt|sendet))
		(envoy* .. (le bon|la bonne|les bons|les bonnes)|(le bon|la bonne|les bons) .. envoy*)
		((stuur*|sturen|opsturen|leveren) .. (de juiste|het juiste)|(de juiste|het juiste) .. (sturen|leveren|opsturen))
		((mand*|sped*|invi*) .. (quello giusto|quelli giusti|il giusto))
		(what (now|next|do we do|do i do|should we do|should i do|to do)|how (do|can|should) (we|i) (proceed|return|send|go about|get)|please (advise|arrange|collect)|(can|could|may) (i|we) have the|next steps|send it (back|to you|in)|exchange*|swap|arrange (a )?collection|new one)
		(was (nun|tun|jetzt)|was (brauchen|braucht|benötigen) (sie|ihr)|wie (gehen wir|geht es|verfahren|läuft)|um abholung|abhol*|kulanz*|ersatz*|umtausch*|tausch*|getauscht|zu (euch|ihnen) (zurück|schicken)|einschicken|zurückgeben|zurückschicken|wieder zu (euch|ihnen))
		(que faire|que (devons|dois)-(nous|je)|comment (faire|procéder|fait-on)|(la|quelle) procédure|enlèvement|remplac*|chang*|échang*|vous (le|la|les) (renvoyer|retourner)|(le|la|les) (renvoyer|retourner|prendre|reprendre))
		(wat nu|wat (moet|moeten|doen)|hoe (verder|pak|pakken)|ophal*|inruil*|omruil*|omwissel*|vervang*|retour*|terugsturen|opsturen|opgehaald)
		(che si fa|come (procediamo|procedo|facciamo|lo mandiamo|ve lo)|cosa (devo|dobbiamo)|ritir*|rimand*|cambi*|sostituire|sostituirl*|rend*|spedirvelo|mandarvelo)
	`)
)

// mostMeant is how much of a mail is looked through for what it means, in
// bytes: what comes behind is lists and logs.
const mostMeant = 32 << 10

// reasonOf tells why the goods come back, "" when the text does not say. What
// is called by its name counts before what sounds like it, and a fault before
// what may be one.
func reasonOf(text string) string {
	text = unlessWeErr.blanked(oneLine(ticked(cut(text, mostMeant))))
	ours := wrongOrder.in(text) || takesBlame.in(text)
	switch {
	case theirMistake.in(text) && !ours, wrongDelivery.in(text), twice.in(text) && !ours:
		return "delivery_error"
	case wrongOrder.in(text), ownMistake.in(text), twice.in(text), shouldBe.in(text) && tookOne.in(text), isUnused(text) && choseBadly(text):
		return "order_error"
	}
	broken := faulty(softMistake.blanked(text))
	switch {
	case !broken && (forAnother.in(text) && notOurs.in(text) || inBox.in(text) && paperSays.in(text) || together(inThere, labelSays, text) || otherPart.in(text) && !troubled(text)), butNot.in(text):
		return "delivery_error"
	case broken && isUnused(text) && nothingFits.in(text):
		return "order_error"
	case broken:
		return "defective"
	case otherCame.in(text), cameNotAsOrdered.in(text), askedAndCame(text), countsDiffer(text):
		return "delivery_error"
	case otherOrdered.in(text), softMistake.in(text), sealedReturn(text), isUnused(text) && nothingFits.in(text):
		return "order_error"
	case troubled(text):
		return "defective"
	}
	return ""
}

// choseBadly tells that the sender calls himself a fool, or that what he bought cannot do
// what he needs.
func choseBadly(text string) bool {
	return ownBlame.in(text) && wantsHelp.in(text) || boughtIt.in(text) && lacksIt.in(text)
}

// together tells that both are said, and one not far from the other.
func together(a, b *phrase, text string) bool {
	const far = 300 // bytes: two or three sentences
	others := b.all(text)
	for _, one := range a.all(text) {
		for _, other := range others {
			if other[0] < one[1]+far && one[0] < other[1]+far {
				return true
			}
		}
	}
	return false
}

// ownFault tells that the sender takes the blame in plain words, or in soft ones.
func ownFault(text string) (plain, soft bool) {
	text = unlessWeErr.blanked(oneLine(cut(text, mostMeant)))
	return wrongOrder.in(text) || ownMistake.in(text), softMistake.in(text)
}

// oneLine puts a text into one line. What an empty line or a cell of a table
// parts is no one sentence.
func oneLine(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 16)
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			b.WriteString(" . ")
			continue
		}
		for i, cell := range strings.Split(line, "\t") {
			if i > 0 {
				b.WriteString(" . ")
			}
			for word := range strings.FieldsSeq(cell) {
				b.WriteString(word)
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// troubled tells that something may be broken.
func troubled(text string) bool { return trouble.in(lacking.blanked(sound.blanked(text))) }

// lacking says what a person no longer has or knows, in words that say of a
// thing that it is broken.
var lacking = newSayings(`
	(finde|finden|weiß|wissen|erinner*) .. (nicht|nichts|kein*) mehr
	(habe|haben|hab) .. (rechnung|lieferschein|karton|verpackung|beleg*|kassenbon) .. (nicht|nichts) mehr
	(keine|kein|keinen) .. (rechnung|lieferschein|karton|verpackung|beleg|lager|bedarf) .. mehr
	(ne (retrouv*|trouv*|sai*|connai*)|n'* (retrouv*|trouv*)) .. plus
	(n'ai|n'avons|n'a) plus .. (facture|bon|emballage|carton|boîte|ticket|besoin|justificatif)
	(vind|vinden|weet|weten|herinner*) .. (niet|geen) .. meer
	(heb|hebben) .. (factuur|pakbon|doos|verpakking|bon|bonnetje) .. (niet|geen) .. meer
	(heb|hebben) (geen|niet) .. (factuur|pakbon|doos|verpakking|bon|bonnetje) meer
	non (trovo|troviamo|so|sappiamo|ricord*|ho|abbiamo) .. più
`)

// sealedReturn tells goods that were never opened and are to be taken back.
func sealedReturn(text string) bool {
	return isUnused(text) && (returning.in(text) || takeBack.in(text) || wantsHelp.in(text))
}

var takeBack = newSayings(`
	(take|taking) .. back
	(take|taking|have) .. off (me|us|my hands|our hands)
	(nimmst|nehmen|nehmt|nimmt|würden|könnten|könnt) .. (uns|mir) .. (ab|abnehmen)
	(débarrasser|récupérer|récupérez) .. (nous|les|le|la|ces)
	(overnemen|overneemt)
	(credit|credit note|refund|restocking)
	what (do|would|could|can|will) (we|i) get .. (for|back)
	(ridate|ridareste|restituite|rimborsate)
	(gutschreiben|gutgeschrieben|crediteren|gecrediteerd|accreditar*|creditar*|créditer)
	(have|put|accept|want|get) .. back (on|in|into|to) .. (shelf|shelves|stock|warehouse|store)
	(would|could|can|will|do) you .. (have|accept|want) .. back
	(nehmen|nehmt|nimmt) .. zurück
	(gutschrift|rückgabe|rücknahme|wiedereinlagerung*|erstattung)
	(zurück|wieder) (ins|in das|in euer|in ihr) (lager|regal)
	(reprendre|reprise|reprenez|avoir|remboursement)
	(remettre|remis|remettez) .. (en stock|en rayon)
	(terugnemen|terug|krediet|creditnota|creditering|terugbetaling|inhouden)
	(inleveren|ingeleverd|inruilen)
	(riprendere|riprendete|renderl*|rendere|nota di credito|rimborso)
	(rimettere|rimett*|torna*) .. (a magazzino|in magazzino|a scaffale)
`)

// defectiveByNature tells a request that gives no reason: it asks for what one
// asks for a broken thing, or it names a unit and has no word of an exchange of
// goods. What people say of a broken thing no table holds in full; what they say
// of a purchase that went wrong is soon told.
func defectiveByNature(text string, units int) bool {
	if isUnused(text) {
		return false
	}
	return repairing.in(text) || units > 0 && !takeBack.in(text) && !aboutPurchase.in(text)
}

// aboutPurchase are words of goods that are not what they should be.
var aboutPurchase = newSayings(`
	(wrong|incorrect|different|instead|colour|color|version|sealed|unopened|missing|extra|surplus|spare|too many|asked for|wanted|needed|refund|credit|mistake|delivered|shipment|box|boxes|carton|parcel)
	(falsch*|ander*|statt*|anstatt|farbe|variante|version|versiegelt|fehlt|fehlen|fehlten|überzählig*|übrig|zu viel*|gebraucht|gutschrift|lieferung|geliefert*|karton*|paket*|folie|ungeöffnet|originalverpackt)
	(mauvais*|erroné*|différent*|au lieu|couleur|version|scellé*|manque*|en trop|trop|avoir|erreur|livr*|livraison|carton*|colis|emballage)
	(verkeerd*|fout*|ander*|in plaats|kleur|versie|verzegeld|ontbreek*|ontbreken|te veel|over|creditnota|levering|geleverd*|doos|dozen|pakket|folie)
	(sbagliat*|errat*|divers*|invece|colore|versione|sigillat*|manca*|in più|troppo|nota di credito|consegn*|scatol*|pacco|merce)
`)
