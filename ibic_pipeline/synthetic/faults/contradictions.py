"""Values that contradict the contract: nothing there, no such code, dates that cannot be, rows without a parent."""

from __future__ import annotations

from datetime import date

from ibic_pipeline.synthetic.faults.spots import Fault, Spot, a_date_long_ago, dates_from
from ibic_pipeline.synthetic.localwords import in_local_date

TEST_PERSON = "191212121212"
"""The number that Swedish test systems use for a person who does not exist."""


def _missing(at: Spot) -> list[str]:
    return [""] * at.count


def _unknown_code(at: Spot) -> list[str]:
    return [f"Okänt val {number}" for number in at.rng.integers(1, 40, at.count)]


def _thirtieth_of_february(at: Spot) -> list[str]:
    month = "2" if "/" in at.pattern else "02"
    return [at.pattern.replace("%Y", "2023").replace("%m", month).replace("%d", "30")] * at.count


def _words_for_a_date(at: Spot) -> list[str]:
    return ["våren 2023"] * at.count


def _years_ahead(at: Spot) -> list[str]:
    return dates_from(date(2090, 1, 1), at)


def _year_with_a_slip(at: Spot) -> list[str]:
    return [in_local_date(date(2020, 3, 15), at.pattern.replace("%Y", "0202"))] * at.count


def _wrong_check_digit(at: Spot) -> list[str]:
    return [text[:-1] + str((int(text[-1]) + 1) % 10) for text in at.old]


def _id_not_delivered(at: Spot) -> list[str]:
    # In groups of three digits: ten in a row would now and then be a personal number.
    numbers = at.rng.choice(10**9, at.count, replace=False)
    return [f"SAKNAS-{number // 10**6:03d}-{number // 1000 % 1000:03d}-{number % 1000:03d}" for number in numbers]


def _test_person(at: Spot) -> list[str]:
    return [f"{TEST_PERSON[:8]}-{TEST_PERSON[8:]}"] * at.count


def _scale_seven(at: Spot) -> list[str]:
    return ["7"] * at.count


def _negative(at: Spot) -> list[str]:
    return [f"-{number}" for number in at.rng.integers(1, 90, at.count)]


def _number_in_words(at: Spot) -> list[str]:
    return ["flera"] * at.count


WRONG: tuple[Fault, ...] = (
    Fault("utredning_utan_startdag", "utredning", "inledd", "UTR-108", _missing),
    Fault("utredning_30_februari", "utredning", "inledd", "UTR-208", _thirtieth_of_february),
    Fault("utredning_avslutad_fore_inledd", "utredning", "avslutad", "UTR-010", a_date_long_ago, has=("inledd",)),
    Fault("utredning_i_framtiden", "utredning", "inledd", "UTR-013", _years_ahead),
    Fault(
        "utredning_fel_kontrollsiffra", "utredning", "individ_id", "UTR-202", _wrong_check_digit, has=("individ_id",)
    ),
    Fault("utredning_okant_lagrum", "utredning", "lagrum", "UTR-203", _unknown_code),
    Fault("bedomning_utan_kod", "bedomning", "icf_kod", "BED-102", _missing, has=("bedomt",)),
    Fault("bedomning_okand_icf_kod", "bedomning", "icf_kod", "BED-202", _unknown_code),
    Fault("bedomning_skala_sju", "bedomning", "bedomt", "BED-204", _scale_seven),
    Fault("bedomning_utan_utredning", "bedomning", "utredning_id", "BED-002", _id_not_delivered),
    Fault("beslut_utan_datum", "beslut", "beslutsdatum", "BES-107", _missing),
    Fault("beslut_utan_insats", "beslut", "insats", "BES-105", _missing),
    Fault("beslut_okand_insats", "beslut", "insats", "BES-205", _unknown_code),
    Fault("beslut_okant_utfall", "beslut", "utfall", "BES-206", _unknown_code),
    Fault("beslut_30_februari", "beslut", "galler_fran", "BES-208", _thirtieth_of_february),
    Fault("beslut_ar_0202", "beslut", "galler_fran", "BES-308", _year_with_a_slip),
    Fault("beslut_fel_kontrollsiffra", "beslut", "individ_id", "BES-203", _wrong_check_digit, has=("individ_id",)),
    Fault("beslut_slutar_fore_start", "beslut", "galler_tom", "BES-010", a_date_long_ago, has=("galler_fran",)),
    Fault(
        "beslut_beviljat_utan_start",
        "beslut",
        "galler_fran",
        "BES-011",
        _missing,
        has=("galler_fran",),
        codes={"utfall": ("bifall", "delvis_bifall")},
    ),
    Fault("beslut_i_framtiden", "beslut", "beslutsdatum", "BES-012", _years_ahead),
    Fault(
        "beslut_upphort_fore_start",
        "beslut",
        "upphort",
        "BES-014",
        a_date_long_ago,
        has=("galler_fran", "upphort"),
        codes={"upphort_orsak": ("behov_upphort", "ny_insats", "lopt_ut")},
    ),
    Fault("beslut_fore_utredning", "beslut", "beslutsdatum", "BES-016", a_date_long_ago, parent="utredning_id"),
    Fault(
        "beslut_verkstallt_fore_beslut",
        "beslut",
        "verkstallt",
        "BES-013",
        a_date_long_ago,
        has=("beslutsdatum", "verkstallt"),
        changes=True,
    ),
    Fault("beslut_negativ_omfattning", "beslut", "omfattning", "BES-310", _negative, changes=True),
    Fault("uppdrag_utan_beslut", "uppdrag", "beslut_id", "UPP-002", _id_not_delivered),
    Fault("uppdrag_slutar_fore_start", "uppdrag", "avslutat", "UPP-011", a_date_long_ago, has=("paborjat",)),
    Fault("uppdrag_datum_i_ord", "uppdrag", "paborjat", "UPP-207", _words_for_a_date),
    Fault("uppdrag_antal_i_ord", "uppdrag", "antal_mal", "UPP-209", _number_in_words, changes=True),
    Fault("uppdrag_personnummer_som_id", "uppdrag", "utforare_id", "UPP-403", _test_person),
    Fault(
        "plan_klar_fore_upprattad", "genomforandeplan", "klarmarkerad", "GPL-010", a_date_long_ago, has=("upprattad",)
    ),
    Fault(
        "plan_klar_utan_datum",
        "genomforandeplan",
        "klarmarkerad",
        "GPL-012",
        _missing,
        has=("klarmarkerad",),
        codes={"status": ("klarmarkerad", "delgiven")},
    ),
    Fault("plan_okand_status", "genomforandeplan", "status", "GPL-204", _unknown_code),
    Fault("plan_utan_uppdrag", "genomforandeplan", "uppdrag_id", "GPL-002", _id_not_delivered),
    Fault("plan_i_framtiden", "genomforandeplan", "upprattad", "GPL-014", _years_ahead),
    Fault("mal_skala_sju", "mal", "avsett", "MAL-205", _scale_seven),
    Fault("mal_utan_id", "mal", "mal_id", "MAL-101", _missing, has=("icf_kod",)),
    Fault("uppfoljning_fore_beslut", "uppfoljning", "datum", "UPF-013", a_date_long_ago, parent="beslut_id"),
    Fault("uppfoljning_i_framtiden", "uppfoljning", "datum", "UPF-015", _years_ahead),
    Fault(
        "uppfoljning_klar_utan_datum",
        "uppfoljning",
        "datum",
        "UPF-012",
        _missing,
        has=("datum",),
        codes={"status": ("klarmarkerad",)},
    ),
    Fault("uppfoljning_utan_status", "uppfoljning", "status", "UPF-109", _missing),
    Fault("uppfoljning_okand_part", "uppfoljning", "part", "UPF-204", _unknown_code),
    Fault("uppfoljning_utan_beslut", "uppfoljning", "beslut_id", "UPF-002", _id_not_delivered, has=("beslut_id",)),
    Fault("uppfoljning_av_ingenting", "uppfoljning", "beslut_id", "UPF-010", _missing, has=("beslut_id",)),
    Fault("maluppfyllelse_utan_mal", "maluppfyllelse", "mal_id", "MUF-004", _id_not_delivered),
    Fault("maluppfyllelse_utan_utfall", "maluppfyllelse", "utfall", "MUF-103", _missing, has=("mal_id",)),
    Fault("maluppfyllelse_okant_utfall", "maluppfyllelse", "utfall", "MUF-203", _unknown_code),
    Fault("kvalitetssvar_okant_svar", "kvalitetssvar", "svar", "KVA-203", _unknown_code, has=("svar",)),
)
"""Each is found under a rule of the contract."""
