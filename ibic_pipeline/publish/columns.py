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
    "andel": "taljare / namnare, mellan 0 och 1.",
    "ki_lag": "Nedre gräns för Wilsons 95-procentiga konfidensintervall.",
    "ki_hog": "Övre gräns för Wilsons 95-procentiga konfidensintervall.",
    "median": "Median av enheternas mätvärde.",
    "p90": "90:e percentilen av enheternas mätvärde.",
    "signal": "gron, gul, rod eller ej_utvarderad.",
    "status": "Om siffran visas, är osäker, undertryckt eller inte tillämplig.",
    "inaktuell": "Sant när kommunens senaste leverans saknas eller vägrats och siffran vilar på en tidigare.",
    "steg": "Stegets nummer; 0 är alla enheter.",
    "orsak": "Varför enheter undantogs i steget; tom vid steg 0.",
    "kvar": "Antal enheter som är kvar efter steget.",
    "med_varde": "Hur många av de kvarvarande som har ett mätvärde.",
    "i_taljare": "Hur många av de kvarvarande som uppfyller indikatorn.",
}

COMPARISON_KEYS = {
    "indikator": ["indikator", "niva", "kommunkod", "period_typ", "period", "brytning", "grupp"],
    "tratt": ["indikator", "niva", "kommunkod", "period_typ", "period", "steg"],
}


def described(table: pa.Table) -> pa.Table:
    """The table with each column's meaning inside its schema, as the harmonised tables have."""
    return table.cast(
        pa.schema([column.with_metadata({"beskrivning": COMPARISON_COLUMNS[column.name]}) for column in table.schema])
    )


def in_order(table: pa.Table) -> pa.Table:
    """Rows ordered by every column that is not a figure, so that equal content gives equal bytes."""
    keys = [column.name for column in table.schema if pa.types.is_string(column.type) or column.name == "steg"]
    return table.sort_by([(key, "ascending") for key in keys])
