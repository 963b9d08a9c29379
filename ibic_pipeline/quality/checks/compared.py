"""Expectations on a delivery beside earlier ones of the same municipality, and beside the other municipalities."""

from __future__ import annotations

from ibic_pipeline.quality.model import ComparedCheck

VOLUME, EMPTIER, CODES, OUTCOMES, VANISHED = "DK-401", "DK-402", "DK-403", "DK-404", "DK-405"
LATE, LAST_MONTH, RESENT = "DK-501", "DK-502", "DK-503"
UNLIKE_OTHERS, EMPTIER_THAN_OTHERS = "DK-601", "DK-602"

OUTCOME_COLUMNS = (
    "utredning.utfall",
    "beslut.utfall",
    "genomforandeplan.status",
    "uppfoljning.status",
    "maluppfyllelse.utfall",
)
"""Columns that are the outcome of something; the other columns of codes say what it was about."""

_MAPPING = (
    "Jämför värdena i källsystemet med varden i profilen (`ibic profile show`, `ibic unmapped`): är ett värde omdöpt, "
    "nytt eller översatt till fel kod?"
)
_SELECTION = (
    "Kontrollera urvalet i uttaget: period, enheter och avslutade ärenden. Ta ut leveransen på nytt om det är fel."
)

COMPARED = (
    ComparedCheck(
        id=VOLUME,
        sentence="Antalet rader i {tabell} är ungefär som i tidigare leveranser (medianen av de senaste åtta).",
        threshold=0.30,
        why="Antagande. Uttagen växer sakta; nästan en tredjedel fler eller färre är ett annat urval.",
        what_to_do=_SELECTION,
        owner="systemforvaltning",
    ),
    ComparedCheck(
        id=EMPTIER,
        sentence="{tabell}.{del} är inte tommare än i tidigare leveranser.",
        threshold=0.10,
        why="Antagande. Tio procentenheter fler tomma på en gång är ett fält som slutat komma med.",
        what_to_do="Kontrollera att kolumnen finns i uttaget, heter som i profilen och är ifylld i källsystemet.",
        owner="systemforvaltning",
    ),
    ComparedCheck(
        id=CODES,
        sentence="Koderna i {tabell}.{del} fördelar sig som i tidigare leveranser.",
        threshold=0.15,
        why="Antagande. Andelen rader som har bytt kod; så många byter inte mellan två uttag av nästan samma rader.",
        what_to_do=_MAPPING,
        owner="systemforvaltning",
    ),
    ComparedCheck(
        id=OUTCOMES,
        sentence="Utfallen i {tabell}.{del} fördelar sig som i tidigare leveranser.",
        threshold=0.08,
        why="Antagande. Utfall avgör siffrorna direkt, så gränsen är snävare än för andra koder.",
        what_to_do=_MAPPING,
        owner="systemforvaltning",
    ),
    ComparedCheck(
        id=VANISHED,
        sentence="De koder i {tabell}.{del} som var i bruk i tidigare leveranser finns kvar.",
        threshold=0.0,
        why="En kod i bruk är minst en procent av raderna, och minst tio. Att en sådan försvinner helt är ingen slump.",
        what_to_do=_MAPPING,
        owner="systemforvaltning",
    ),
    ComparedCheck(
        id=LATE,
        sentence="Leveransen är inte äldre än kommunens egen leveranstakt låter vänta.",
        threshold=0.50,
        why="Antagande. Takten är mediantiden mellan kommunens leveranser, och mäts mot länets senaste uttagsdag; en "
        "halv takt för sent är en utebliven leverans.",
        what_to_do="Ta ut och lämna en ny leverans. Kommer den inte fram: se om den vägrats (`ibic run`).",
        owner="systemforvaltning",
    ),
    ComparedCheck(
        id=LAST_MONTH,
        sentence="Den sista hela månaden i {tabell} har ungefär lika många poster som de tolv före.",
        threshold=0.80,
        why="Antagande. Semestermånader är små; under en femtedel av medianen är ett uttag som slutar för tidigt.",
        what_to_do="Kontrollera slutdatum i uttagets urval, och att registreringen inte släpar efter.",
        owner="systemforvaltning",
    ),
    ComparedCheck(
        id=RESENT,
        sentence="Leveransen har ett annat innehåll än tidigare leveranser.",
        threshold=0.99,
        why="Andelen tabeller med precis samma innehåll som i en och samma tidigare leverans. Är alla lika är det "
        "samma uttag under ett nytt datum.",
        what_to_do="Ta ut leveransen på nytt: den är en kopia av en tidigare, fast mappens datum är senare.",
        owner="systemforvaltning",
    ),
    ComparedCheck(
        id=UNLIKE_OTHERS,
        sentence="Utfallen i {tabell}.{del} liknar de andra kommunernas.",
        threshold=0.50,
        why="Antagande. Kommuner skiljer sig åt; att hälften av raderna skulle behöva ett annat utfall för att likna "
        "länet är oftare en översättning än en verklighet.",
        what_to_do=_MAPPING,
        owner="lansanalys",
    ),
    ComparedCheck(
        id=EMPTIER_THAN_OTHERS,
        sentence="{tabell}.{del} är inte mycket tommare än i de andra kommunerna.",
        threshold=0.50,
        why="Antagande. Jämförs med medianen av de andra kommunernas andel tomma; hälften mer är ett fält som inte "
        "används eller inte kommer med.",
        what_to_do="Kontrollera att fältet används, och att kolumnen i uttaget är den som profilen läser.",
        owner="lansanalys",
    ),
)
