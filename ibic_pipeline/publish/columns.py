"""What the columns of the comparison tables mean, and the order of their rows."""

from __future__ import annotations

import pyarrow as pa

COMPARISON_COLUMNS = {
    "indikator": "Indikatorns id, till exempel T1.",
    "version": "Indikatordefinitionens version.",
    "niva": "kommun eller lan.",
    "kommunkod": "Kommunens kod enligt SCB, fyra tecken; tom för länet.",
    "period_typ": "manad, kvartal, halvar eller ar.",
    "period": "Perioden: 2026-06, 2026-K2, 2026-H1 eller 2026.",
    "brytning": "Hur siffran är uppdelad: total, kon, aldersgrupp, insatsgrupp, lagrum, regiform eller två med _x_.",
    "grupp": "Gruppen inom brytningen; alla för total.",
    "namnare": "Antal enheter som siffran avser; tomt när siffran är undertryckt.",
    "taljare": "Antal av dem som uppfyller indikatorn; tomt när siffran är undertryckt.",
    "exkluderade": "Antal enheter som undantagits; tomt när siffran är undertryckt.",
    "andel": "taljare / namnare, mellan 0 och 1. I datakvalitet: brister / underlag; i _orsak: del som berörs.",
    "ki_lag": "Nedre gräns för 95-procentigt konfidensintervall (Wilson; skillnad: Newcombe; andel_kvar: log-log).",
    "ki_hog": "Övre gräns för samma intervall.",
    "median": "Median av enheternas mätvärde.",
    "p90": "90:e percentilen av enheternas mätvärde.",
    "signal": "gron, gul, rod eller ej_utvarderad.",
    "status": "Om andelen (eller skillnaden, antalen, steget) visas, är osäker, undertryckt eller inte tillämplig.",
    "regel": "Varför siffran inte visas rakt av: sma_tal, skyddad_grupp, osaker_under, tom_namnare eller ej_levererat.",
    "inaktuell": "Sant när kommunens senaste leverans saknas eller vägrats och siffran vilar på en tidigare.",
    "median_ki_lag": "Nedre gräns för medianens 95-procentiga konfidensintervall (exakt, av ordnade mätvärden).",
    "median_ki_hog": "Övre gräns för medianens 95-procentiga konfidensintervall.",
    "p90_ki_lag": "Nedre gräns för 90:e percentilens 95-procentiga konfidensintervall.",
    "p90_ki_hog": "Övre gräns för 90:e percentilens 95-procentiga konfidensintervall.",
    "forandring_pe": "Andelens förändring sedan samma period ett år tidigare, i procentenheter.",
    "forandring_ki_lag": "Nedre gräns för förändringens 95-procentiga konfidensintervall (Newcombe), i procentenheter.",
    "forandring_ki_hog": "Övre gräns för förändringens 95-procentiga konfidensintervall, i procentenheter.",
    "rang_lag": "Bästa möjliga plats bland kommunerna; 1 är bäst. Kommuner vars intervall överlappar skiljs inte åt.",
    "rang_hog": "Sämsta möjliga plats bland kommunerna.",
    "trattgrans_95_lag": "Så låg kan andelen vara av slump om kommunen är som länet (95 procent, exakt binomial).",
    "trattgrans_95_hog": "Så hög kan andelen vara av slump om kommunen är som länet (95 procent).",
    "trattgrans_998_lag": "Som trattgrans_95_lag, med 99,8 procent.",
    "trattgrans_998_hog": "Som trattgrans_95_hog, med 99,8 procent.",
    "grupp_a": "Gruppen som jämförs.",
    "grupp_b": "Gruppen som den jämförs med.",
    "skillnad_pe": "Andelen i grupp_a minus andelen i grupp_b, i procentenheter.",
    "n_a": "Antal enheter i grupp_a; tomt när det är undertryckt.",
    "n_b": "Antal enheter i grupp_b; tomt när det är undertryckt.",
    "antal_par": "Antal mål som har en bedömning både före och vid uppföljningen.",
    "antal_forbattrade": "Antal av dem där svårigheten är mindre vid uppföljningen.",
    "antal_oforandrade": "Antal av dem där svårigheten är lika stor.",
    "antal_forsamrade": "Antal av dem där svårigheten är större.",
    "p_varde": "Sannolikheten för minst så ojämna antal om bättre och sämre vore lika vanliga (tvåsidigt teckentest).",
    "start_ar": "Året då väntan började: beslutets första dag, eller uppdragets startdag.",
    "dag": "Dagar sedan väntan började.",
    "i_risk": "Antal som när dagen börjar fortfarande väntar och fortfarande kan ses.",
    "handelser": "Antal vars väntan tog slut sedan den närmast tidigare dag som visas.",
    "andel_kvar": "Andel som ännu väntar när dagen börjar (Kaplan-Meier). I processkedja: kvar / alla beslut i kedjan.",
    "andel_bortfall": "bortfall / alla beslut i kedjan, mellan 0 och 1.",
    "bortfall": "Antal beslut som inte är kvar efter steget, av dem som var kvar efter steget före.",
    "processteg": "Steget i processen: alla, utredning, beslut, uppdrag, genomforandeplan eller uppfoljning.",
    "matt": "Vilken siffra det gäller: andel, median eller skillnad; i andringar även namnare, taljare eller p90.",
    "fore": "Siffran i releasen före.",
    "efter": "Siffran i den här releasen.",
    "kommuner": "Kommunerna vars leverans, inställningar eller bearbetning är en annan än i releasen före.",
    "steg": "Stegets nummer; 0 är alla enheter.",
    "orsak": "I tratt: varför enheter undantogs i steget; tom vid steg 0. I andringar: varför siffran är en annan. I "
    "datakvalitet_effekt och _orsak: regeln eller undantaget som berör enheterna, i den förra det som berör flest.",
    "kvar": "Antal enheter som är kvar efter steget.",
    "med_varde": "Hur många av de kvarvarande som har ett mätvärde.",
    "antal_provade": "Antal siffror som prövats.",
    "antal_dolda": "Antal av dem som dolts av kontrollen.",
    "antal_kvar": "Antal som trots allt är kända för noga; då ska någon ta ställning innan releasen lämnas vidare.",
    "utfall": "godkand, granska eller ej_tillampligt.",
    "i_taljare": "Hur många av de kvarvarande som uppfyller indikatorn.",
    "kontroll": "Vad som kontrollerats; datakvalitetens kontroller har id som DK-101.",
    "tabell": "Tabellen det gäller; leverans när det gäller leveransen som helhet, lan när det gäller länet.",
    "del": "Kolumnen som kontrollen gäller; tom när den gäller hela tabellen.",
    "leverans": "Uttagsdatum för den leverans som prövats; för länet det senaste.",
    "brister": "Antal som inte är som de ska; tomt när antalet är för litet för att visas, eller inte kunde räknas.",
    "underlag": "Antal som kontrollen har frågat om; 0 när det inte fanns något att fråga.",
    "troskel": "Högsta andel brister som godtas. Större andel är underkänt.",
    "allvar": "varna, eller stoppa: då blir leveransen inte den som gäller.",
    "forst_sedd": "Uttagsdatum för den första leverans där kontrollen varit underkänd sedan den senast var godkänd.",
    "senast_godkand": "Uttagsdatum för den senaste leverans där kontrollen var godkänd; tom när den aldrig varit det.",
    "fa": "Sant när antalet är undertryckt för att det är för litet.",
    "mening": "Vad som ska gälla.",
    "gor_sa": "Vad man gör när det inte gäller.",
    "allmant_rad": "Sant när rådet är allmänt: källsystemets egna menyer är inte kända.",
    "anmarkning": "Varför tröskeln är den den är.",
    "andel_berord": "Hur stor del av nämnaren (med dem som saknas i den) som är flaggad eller okänd; avrundad uppåt.",
    "lagst": "Så låg kunde siffran vara om allt som är berört gick åt ena hållet; avrundad nedåt.",
    "hogst": "Så hög kunde siffran vara om allt som är berört gick åt andra hållet; avrundad uppåt.",
    "skal": "Varför gränserna inte kan sägas; tom när de står där.",
    "antal": "Hur många enheter som orsaken berör; tomt när antalet är för litet för att visas.",
    "kolumn": "Kolumnen i den harmoniserade tabellen.",
    "levereras": "Sant när kommunens profil läser kolumnen ur leveransen, eller sätter den.",
    "anvands": "Sant när någon rad har ett värde i kolumnen.",
    "ifylld_andel": "Andel av raderna som har ett värde; tom när de som har det eller saknar det är för få att visa.",
    "antal_koder": "Hur många olika koder som förekommer; tomt för kolumner utan kodlista.",
    "saknade_koder": "Koder utan en enda rad här, fast alla andra kommuner som använder kolumnen har dem.",
    "indikatorer": "Indikatorerna vars siffror kolumnen är med och avgör; tom när den inte avgör någon.",
    "lasta": "Antal rader som lästes i leveransen.",
    "avvisade": "Antal rader som avvisades; i datakvalitet_effekt av alla perioder i tabellen som håller enheterna.",
    "flaggade": "Antal av dem som flaggades.",
    "rader": "Antal godkända poster i alla tabeller.",
    "provade": "Antal kontroller av poster som gick att pröva.",
    "underkanda": "Antal av dem som är underkända med dagens trösklar.",
    "agare": "Vem som ser till det: systemforvaltning eller verksamhet i kommunen, eller lansanalys.",
}

COMPARISON_TABLES = {
    "indikator": (
        "Indikatorer per kommun",
        "Andelar, antal och medianer för socialtjänstens uppföljning enligt IBIC, per indikator, kommun, period och "
        "grupp, med konfidensintervall och signal. Små tal är undertryckta.",
    ),
    "tratt": (
        "Från alla enheter till nämnaren",
        "Hur många enheter som är kvar efter varje skäl att undanta, per indikator, kommun och period.",
    ),
    "skillnad": (
        "Skillnad mellan två grupper",
        "Två gruppers andelar bredvid varandra i procentenheter, per indikator, kommun och period.",
    ),
    "parad_forandring": (
        "Samma mål före och efter",
        "Hur många mål som är bättre, lika och sämre vid uppföljningen än vid bedömningen, per kommun och period.",
    ),
    "overlevnad": (
        "Väntan på uppföljning och plan",
        "Andel som ännu väntar efter så många dagar (Kaplan-Meier), per kommun och år då väntan började.",
    ),
    "processkedja": (
        "Processkedjan steg för steg",
        "Hur många av besluten som F1 räknar som är kvar efter varje steg från utredning till uppföljning, och hur "
        "många som faller bort i steget, per kommun och period.",
    ),
    "datakvalitet": (
        "Datakvalitet",
        "Hur varje kontroll av leveranserna gick: brister av underlag, tröskel och status, per tabell och kommun och "
        "för länet. Små antal är undertryckta.",
    ),
    "datakvalitet_kontroll": (
        "Vad kontrollerna av datakvalitet betyder",
        "Vad varje kontroll väntar sig, varför tröskeln är den den är, vem som ser till det och vad man gör.",
    ),
    "datakvalitet_effekt": (
        "Vad datakvaliteten betyder för siffrorna",
        "Hur stor del av varje siffras nämnare som är flaggad eller inte känd, och hur låg och hög siffran kunde vara, "
        "per indikator och kommun för det senaste hela året och kvartalet.",
    ),
    "datakvalitet_orsak": (
        "Vilka fel som berör siffrorna",
        "Hur många enheter i varje siffra som en regel eller ett undantag berör. En enhet kan beröras av flera.",
    ),
    "datakvalitet_utveckling": (
        "Datakvalitet från leverans till leverans",
        "Rader och underkända kontroller i varje leverans, prövade mot dagens trösklar.",
    ),
    "konfiguration": (
        "Hur kommunerna använder sina system",
        "Vilka kolumner och koder varje kommun levererar och fyller i, och vilka indikatorer de avgör.",
    ),
    "andringar": (
        "Ändrade siffror",
        "Siffror som är andra än i releasen före, och varför.",
    ),
    "rojandekontroll": (
        "Röjandekontrollens protokoll",
        "Vad som kontrollerats innan siffrorna visades, hur många som dolts och var någon behöver ta ställning.",
    ),
    "kolada": (
        "Indikatorer i Koladas form",
        "Kommunernas årssiffror, alla och per kön, med Koladas kolumner. Nyckeltalen är projektets egna, inte Koladas.",
    ),
}
"""Table -> its title and what it holds."""

COMPARISON_KEYS = {
    "indikator": ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning", "grupp"],
    "tratt": ["indikator", "niva", "kommunkod", "period_typ", "period", "steg"],
    "skillnad": ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning"],
    "parad_forandring": ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning", "grupp"],
    "overlevnad": ["indikator", "niva", "kommunkod", "start_ar", "dag"],
    "processkedja": ["indikator", "niva", "kommunkod", "period_typ", "period", "steg"],
    "datakvalitet": ["kontroll", "tabell", "del", "kommunkod"],
    "datakvalitet_kontroll": ["kontroll", "tabell", "del"],
    "datakvalitet_effekt": ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning"],
    "datakvalitet_orsak": ["orsak", "indikator", "niva", "kommunkod", "period_typ", "period"],
    "datakvalitet_utveckling": ["kommunkod", "leverans"],
    "konfiguration": ["kommunkod", "tabell", "kolumn"],
    "rojandekontroll": ["indikator", "kontroll"],
    "andringar": ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning", "grupp", "matt"],
}


def table_title(name: str) -> str:
    """What a comparison table is called."""
    return COMPARISON_TABLES[name][0] if name in COMPARISON_TABLES else name


def table_description(name: str) -> str:
    """What a comparison table holds, in a sentence or two."""
    return COMPARISON_TABLES[name][1] if name in COMPARISON_TABLES else f"Jämförelsetabellen {name}."


def described(table: pa.Table) -> pa.Table:
    """The table with each column's meaning inside its schema, as the harmonised tables have."""
    return table.cast(
        pa.schema([column.with_metadata({"beskrivning": COMPARISON_COLUMNS[column.name]}) for column in table.schema])
    )


def in_order(table: pa.Table) -> pa.Table:
    """Rows ordered by every column that is not a figure, so that equal content gives equal bytes."""
    numbers = {"steg", "start_ar", "dag"}
    keys = [column.name for column in table.schema if pa.types.is_string(column.type) or column.name in numbers]
    return table.sort_by([(key, "ascending") for key in keys])
