"""The county's parameters in the words of those who read figures."""

from __future__ import annotations

WORDS = {
    "uppfoljning_dagar": "Uppföljningsfrist, dagar",
    "gp_frist_dagar": "Planfrist, dagar",
    "gp_aktuell_dagar": "Så länge är en plan aktuell, dagar",
    "utredningstid_dagar": "Mål för tiden från ansökan till beslut, dagar",
    "lang_tid_dagar": "Lång tid utan uppföljning, dagar",
    "fore_slut_dagar": "Uppföljning inför slutet, dagar före",
    "ombeslut_dagar": "Nytt beslut räknas som fortsättning inom, dagar",
    "oforandrad_procent": "Omfattningen räknas som oförändrad inom, procent",
    "glapp_sok_dagar": "Nästa beslut söks inom, dagar",
    "glapp_dagar": "Dagar utan beslut som ännu inte är ett glapp",
    "verkstallighet_manader": "Verkställt inom, kalendermånader",
    "individuell_plan_dagar": "Individuell plan omprövas inom, dagar",
    "boende_vantetid_dagar": "Rimlig väntetid till boende, dagar",
    "episod_lucka_dagar": "Lucka inom en sammanhängande insats, dagar",
    "skala_avstand_dagar": "Minsta tid mellan bedömning och uppföljning, dagar",
    "ny_utredning_dagar": "Uppföljning nära före en ny utredning, dagar",
    "minsta_textlangd": "Minsta text i ett mål, tecken",
    "kedja_fran_manader": "Kedjan räknas från, månader efter beslutet",
    "kedja_till_manader": "Kedjan räknas till, månader efter beslutet",
}
"""Name in lan.yaml -> what it decides, with its unit."""
