"""The workbook's first sheet: what it holds, how it is read, what the words mean, which definitions apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter

from ibic_pipeline.derive.catalogue import BETTER, WHEN, reading_order
from ibic_pipeline.publish.documents import SHEET
from ibic_pipeline.report.numbers import count_text, day_text, in_alphabetical_order, percent_text
from ibic_pipeline.report.words import STATUS_MEANINGS, STATUSES, signal_meanings, signal_text
from ibic_pipeline.report.workbook_cells import Formats
from ibic_pipeline.report.workbook_data import Part

README = "Läs mig"
Line = tuple[str, str]

_SHEETS = (
    ("Översikt", "En rad per indikator, och för varje kommun siffran och signalen i den period som kan jämföras."),
    ("Börja här", "En rad per röd signal, kommun för kommun, i den ordning som de bör tas, med kommunens åtgärd."),
    (
        "T1, T2, …",
        "Ett blad per indikator: kommunerna i samma period med åtgärder, alla kvartal, och två diagram. Filtrera "
        "kvartalen på en kommun, så visar diagrammet bara den.",
    ),
)
_HOW_TO_READ = (
    ("Andel", "Täljaren delad med nämnaren. Cellen håller hela talet; en decimal visas."),
    (
        "Intervall",
        "95 procents konfidens. När två kommuners intervall överlappar går det inte att säga vem som är bäst.",
    ),
    ("Median", "Värdet i mitten: hälften har högst så mycket. Signalen bygger alltid på andelen."),
    ("Nio av tio högst", "Så mycket har nio av tio högst."),
    ("Undantagna", "Så många som inte räknas, av de skäl som står i indikatorns definition."),
    ("Ändring på ett år", "Andelen mot samma period ett år tidigare, i procentenheter, med intervall."),
    ("Inaktuell", "Kommunens senaste leverans kunde inte användas; siffran vilar på en tidigare."),
    (
        "Tomma celler",
        "En cell utan tal är inte noll. Ordet i kolumnen Status säger varför talet inte står där; vid visas och "
        "osäker är det måttet som inte finns eller inte kan visas.",
    ),
)


def write_readme(book: xlsxwriter.Workbook, formats: Formats, about: Mapping[str, Any], chosen: Sequence[Part]) -> None:
    """Write the sheet."""
    page = book.add_worksheet(README)
    page.set_column(0, 0, 44)
    page.set_column(1, 1, 110)
    page.write_string(0, 0, f"Jämförelse av kommunerna i {about['lan']['namn']}", formats.title)
    row = 1
    for heading, lines in _sections(about, chosen):
        page.write_string(row + 1, 0, heading, formats.section)
        row += 2
        for name, text in lines:
            page.write_string(row, 0, name, formats.name)
            page.write_string(row, 1, text, formats.wrapped)
            row += 1
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _sections(about: Mapping[str, Any], chosen: Sequence[Part]) -> Iterable[tuple[str, Iterable[Line]]]:
    yield "Det här är", _this(about)
    yield "Bladen", (*_SHEETS, *_parts(chosen))
    yield "Så läser du", _HOW_TO_READ
    yield "Signaler", _signals(about)
    yield "Status", ((STATUSES[status], text) for status, text in STATUS_MEANINGS.items())
    yield "Varför siffror inte visas", _disclosure(about)
    yield "Kommunernas leveranser", (_delivery(each) for each in in_alphabetical_order(about["kommuner"]))
    yield "Definitioner", _definitions(about)


def _this(about: Mapping[str, Any]) -> Iterable[Line]:
    yield "Release", about["release"]
    yield "Publicerad", f"{day_text(about['publicerad'][:10])} ({about['publicerad']})"
    yield "Gjord av", f"{about['program']['namn']} {about['program']['version']}"
    yield (
        "Innehåll",
        (
            "Publicerade siffror efter röjandekontroll, inga uppgifter om enskilda. Samma siffror står i releasens "
            "webbsidor (index.html) och i parquetfilerna i mappen jamforelse."
        ),
    )


def _parts(chosen: Sequence[Part]) -> Iterable[Line]:
    yield (
        SHEET,
        (
            "En rad per siffra, med filter. Bladet rymmer en del av den publicerade tabellen; hela tabellen är "
            "jamforelse/indikator.parquet."
        ),
    )
    for part in chosen:
        where = "står i bladet" if part.med else "bara i jamforelse/indikator.parquet"
        yield f"{SHEET}: {part.vad}", f"{count_text(part.rader)} rader, {where}"


def _signals(about: Mapping[str, Any]) -> Iterable[Line]:
    said = about["lan"]["signaler"]
    limits = [("standard", said["standard"]), *sorted(said["indikatorer"].items())]
    for signal, meaning in signal_meanings(said["standard"]):
        yield signal_text(signal), f"{meaning[0].upper()}{meaning[1:]}."
    for name, limit in limits:
        values = f"grönt {percent_text(limit['gron'])}, gult {percent_text(limit['gul'])}. {limit['not']}"
        yield f"Gränser, {name}", values


def _disclosure(about: Mapping[str, Any]) -> Iterable[Line]:
    policy = about["lan"]["disclosure"]
    for heading, name in (
        ("Antal visas från", "antal_min"),
        ("Andel visas från", "namnare_min"),
        ("Osäker under", "osaker_under"),
    ):
        yield heading, f"{policy[name]['varde']}. {policy[name]['varfor']}"
    yield (
        "Så många värden kan ett dolt antal ha",
        f"{policy['skyddsbredd']['varde'] + 1}. {policy['skyddsbredd']['varfor']}",
    )


def _delivery(each: Mapping[str, Any]) -> Line:
    delivery = (each["underlag"] or {}).get("leverans")
    said = f"Leverans {delivery}" if delivery else "Ingen leverans"
    return f"{each['namn']} ({each['kommunkod']})", ". ".join(
        [said, *(["Inaktuell"] if each["inaktuell"] else []), *each["orsaker"]]
    )


def _definitions(about: Mapping[str, Any]) -> Iterable[Line]:
    for each in sorted(about["indikatorer"], key=lambda each: reading_order(each["id"])):
        how = f"{BETTER[each['matt']][each['riktning']]}; {WHEN[each['typ']]}; definition från {each['version']}"
        yield f"{each['id']} {each['namn']}", f"{each['definition']} ({how})"
