"""The thirty kinds of fault in exports, and the defects of official Swedish files: how each looks, and its faults.

What happens to each is not written here: it follows from the codes under which its faults are found.
"""

from __future__ import annotations

from dataclasses import dataclass

EXPORTS = "Fel i uttag"
OFFICIAL = "Fel i officiella filer"


@dataclass(frozen=True)
class Kind:
    """One kind: its number or the file it is known from, a title, how it looks, and the faults that plant it."""

    source: str
    title: str
    looks: str
    faults: tuple[str, ...]


KINDS: tuple[Kind, ...] = (
    Kind("1", "Windows-1252", "`å` är en byte, E5", ("fil_windows_1252",)),
    Kind("2", "UTF-8 med eller utan BOM", "EF BB BF först i filen", ("fil_utf8_med_bom", "fil_utf8_utan_bom")),
    Kind("3", "UTF-16 med tabb (”Unicodetext”)", "FF FE först, tabb mellan fälten", ("fil_unicodetext",)),
    Kind("4", "Dubbelkodad UTF-8", "`FÃ¶lja upp`", ("fil_dubbelkodad", "kod_dubbelkodad")),
    Kind("5", "Annan avgränsare", "`;` tabb `,`", ("fil_semikolon", "fil_tabb", "fil_komma")),
    Kind("6", "Andra radslut", "ensam CR, ensam LF", ("fil_radslut_cr", "fil_radslut_lf")),
    Kind(
        "7",
        "Tal på annat sätt",
        "`12,5` `12.5` `1 234` `3,0`",
        (
            "tal_annat_decimaltecken",
            "tal_tusental",
            "tal_tusental_hart_blanksteg",
            "antal_med_decimaler",
            "uppdrag_antal_i_ord",
            "beslut_negativ_omfattning",
        ),
    ),
    Kind(
        "8",
        "Datum på annat sätt",
        "`20240315` `2024-03-15 00:00:00` `15/3 2024` `45366` `9999-12-31` `1900-01-01` `2023-02-30`",
        (
            "datum_utan_bindestreck",
            "datum_med_bindestreck",
            "datum_med_snedstreck",
            "datum_med_klockslag",
            "datum_med_tidszon",
            "datum_excel_serie",
            "datum_9999",
            "datum_1900",
            "utredning_30_februari",
            "beslut_30_februari",
            "beslut_ar_0202",
            "uppdrag_datum_i_ord",
            "utredning_i_framtiden",
            "beslut_i_framtiden",
            "plan_i_framtiden",
            "uppfoljning_i_framtiden",
            "datumceller",
        ),
    ),
    Kind(
        "9",
        "Personnummer på annat sätt",
        "`ÅÅÅÅMMDD-NNNN` `ÅÅMMDD+NNNN` `1,94512E+11` `101…` i stället för `0101…`",
        (
            "personnummer_12_med_streck",
            "personnummer_12_siffror",
            "personnummer_10_tecken",
            "personnummer_med_mellanslag",
            "personnummer_utan_nolla",
            "personnummer_som_tal",
            "personnummer_avrundat",
        ),
    ),
    Kind("10", "Samordningsnummer", "födelsedag plus 60", ("samordningsnummer",)),
    Kind("11", "Reservnummer", "`19800101R012`", ("reservnummer", "reservnummer_okant")),
    Kind(
        "12",
        "Fel kontrollsiffra",
        "sista siffran stämmer inte",
        ("utredning_fel_kontrollsiffra", "beslut_fel_kontrollsiffra"),
    ),
    Kind("13", "TF-nummer", "`19800101TF01`", ("tf_nummer", "tf_nummer_okant")),
    Kind("14", "Kommunkod utan nolla", "`680` i stället för `0680`", ("kommunkod_utan_nolla", "okand_kommun")),
    Kind("15", "Upprepad rubrik mitt i filen", "sidbrytning i en rapport", ("upprepad_rubrik",)),
    Kind("16", "Rader före rubriken", "`Urval: 2024-01-01–2024-06-30`", ("rader_fore_rubriken",)),
    Kind(
        "17",
        "Rader efter posterna",
        "`Antal rader: 412` `Summa` `Utskriven 2024-07-02 av …`",
        ("slutrad_antal", "slutrad_summa", "slutrad_utskriven", "slutrad_annat_antal", "slutrad_stammer_inte"),
    ),
    Kind(
        "18",
        "Fritext som bryter posten",
        "avgränsare, radbrytning eller ensamt citattecken i texten",
        ("fritext_med_avgransare", "fritext_med_radbrytning", "citattecken_utan_slut", "for_manga_falt"),
    ),
    Kind("19", "Tomma fält eller kolumner sist", "`;;;`", ("tomma_slutfalt", "tomma_slutkolumner")),
    Kind("20", "Samma kolumnnamn två gånger", "`Datum` `Datum`", ("dubblettkolumn_lika", "dubblettkolumn_olika")),
    Kind("21", "Ja och nej med andra ord", "`J` `X` `SANT` `1` `True`", ("ja_nej_med_andra_ord",)),
    Kind(
        "22",
        "Arbetsböcker",
        "sammanslagna celler, dolda rader, celler som är datum eller tal",
        ("sammanslagna_celler", "dolda_rader", "datumceller", "talceller"),
    ),
    Kind(
        "23",
        "Delar som saknas eller kommer två gånger",
        "en månad utan poster, samma fil två gånger, en avhuggen fil, ett arkiv",
        (
            "manad_saknas",
            "fil_tva_ganger",
            "tva_olika_filer",
            "exakt_dubblett",
            "fil_avhuggen",
            "allt_i_ett_arkiv",
            "zipbomb",
        ),
    ),
    Kind(
        "24",
        "Kolumn som bytt namn",
        "annat namn, eller samma med osynliga tecken eller andra versaler",
        ("kolumn_omdopt", "rubrik_hart_blanksteg", "rubrik_mjukt_bindestreck", "rubrik_versaler"),
    ),
    Kind(
        "25",
        "Id som återanvänts eller saknas",
        "samma id med annat innehåll, rad utan förälder",
        (
            "samma_id_annat_innehall",
            "bedomning_utan_utredning",
            "uppdrag_utan_beslut",
            "plan_utan_uppdrag",
            "uppfoljning_utan_beslut",
            "uppfoljning_av_ingenting",
            "maluppfyllelse_utan_mal",
            "mal_utan_id",
            "uppdrag_personnummer_som_id",
        ),
    ),
    Kind(
        "26",
        "Datum i fel ordning, uppgifter som saknas",
        "slutar före start, uppföljning före beslut, klarmarkerad utan datum",
        (
            "utredning_utan_startdag",
            "utredning_avslutad_fore_inledd",
            "beslut_utan_datum",
            "beslut_utan_insats",
            "beslut_slutar_fore_start",
            "beslut_beviljat_utan_start",
            "beslut_upphort_fore_start",
            "beslut_fore_utredning",
            "beslut_verkstallt_fore_beslut",
            "uppdrag_slutar_fore_start",
            "plan_klar_fore_upprattad",
            "plan_klar_utan_datum",
            "uppfoljning_fore_beslut",
            "uppfoljning_klar_utan_datum",
            "uppfoljning_utan_status",
            "maluppfyllelse_utan_utfall",
            "bedomning_utan_kod",
        ),
    ),
    Kind(
        "27",
        "Ord som ingen kodlista har",
        "`Completed`, lokala ord",
        (
            "status_pa_engelska",
            "utredning_okant_lagrum",
            "bedomning_okand_icf_kod",
            "bedomning_skala_sju",
            "beslut_okand_insats",
            "beslut_okant_utfall",
            "plan_okand_status",
            "mal_skala_sju",
            "uppfoljning_okand_part",
            "maluppfyllelse_okant_utfall",
            "kvalitetssvar_okant_svar",
        ),
    ),
    Kind("28", "Testpersoner", "Tolvan Tolvansson, `19121212-1212`", ("testperson",)),
    Kind("29", "Personnummer i fritext", "`Enligt samtal med 19121212-1212 …`", ("personnummer_i_fritext",)),
    Kind("30", "Formel", "`=cmd|' /C calc'!A0`", ("formel_i_id", "formel_i_kod", "formel_i_fritext")),
    Kind(
        "Socialstyrelsen, ICF 2025 (xlsx)",
        "Kolumn med både sant, falskt och text",
        "`True` `False` `SANT ` `FALSK` `SANT FALSKT`",
        ("ja_nej_med_andra_ord", "varde_med_blanksteg", "flagga_halvt_sann"),
    ),
    Kind(
        "Socialstyrelsen, ICF 2025 (xlsx)",
        "Två datum i en cell, titlar som slutar med radbrytning",
        "`2021-01-01⏎(2016-01-01)`",
        ("datum_tva_i_cellen", "varde_med_radbrytning"),
    ),
    Kind(
        "Socialstyrelsen, ICF 2025 (xlsx)",
        "Celler med ett blanksteg, två rubrikrader, tomma rader och kolumner sist",
        "194 tomma rader, 252 kolumner",
        ("bara_blanksteg", "grupprad_over_rubriken", "tomma_slutrader", "tomma_slutkolumner"),
    ),
    Kind(
        "Socialstyrelsen, KSI 2025 (xlsx, tsv)",
        "Trasig formel i en textcell",
        "`=+++A2+C2`",
        ("formel_i_kod", "formel_i_fritext"),
    ),
    Kind(
        "Socialstyrelsen, KSI 2025 (xlsx, tsv)",
        "Flaggor med frågetecken",
        "`0` `1` `1?` `1 (inkl. SiS)`",
        ("flagga_med_fragetecken",),
    ),
    Kind(
        "Socialstyrelsen, KSI 2025 (xlsx, tsv)",
        "Koder som slutar med hårt blanksteg",
        "`TAQ.AS.ZZ` följt av U+00A0",
        ("kod_med_hart_blanksteg", "id_med_hart_blanksteg"),
    ),
    Kind(
        "Socialstyrelsens statistikdatabas (csv)",
        "Titelrad före rubriken och fotnoter efter posterna, decimalkomma",
        "`Statistik över …`",
        ("rader_fore_rubriken", "slutrad_utskriven", "tal_annat_decimaltecken"),
    ),
    Kind(
        "Socialstyrelsens statistikdatabas (csv)",
        "Mjuka bindestreck och dubbelkodade ord",
        "U+00AD i åldersklasser, `MÃ¤n`",
        ("kod_med_mjukt_bindestreck", "kod_dubbelkodad"),
    ),
    Kind("Filip/KHSL (csv)", "Avslutande semikolon på en del rader", "`a;b;`", ("tomma_slutfalt",)),
    Kind("Skatteverket (txt)", "UTF-16 utan tabb", "FF FE först i filen", ("fil_utf16",)),
)
