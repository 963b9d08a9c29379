"""Free text of the made-up county: short Swedish phrases, now and then with the person's own synthetic number."""

from __future__ import annotations

from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ibic_pipeline.synthetic.columns import Bools, Ints, choose

NUMBER_SHARE = 0.005

_SPECIAL = (
    'Säger själv: "jag vill klara mig så långt det går"; behöver stöd på morgonen.',
    "Önskar hjälp före kl. 9; i övrigt självständig.",
    'Uttrycker oro över att "bli till besvär".',
    "Anhörig handlar; städning sköts av hemtjänsten; tvätt varannan vecka.",
)
_WITH_NEWLINE = ("Behöver stöd vid måltider.\nKlarar påklädning själv.", "Trivs bra.\n\nInget nytt att tillägga.")
_FEW_WORDS = ("Klara mer själv.", "Som tidigare.", "Egen dusch.", "Ut oftare.", "Enligt planen.")
_SCALE_WORDS = ("lätt", "måttlig", "stor", "ingen", "lätt begränsning", "måttlig begränsning", "stor begränsning")

_PARTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "ansokan": (
        ("Ansöker om", "Önskar", "Avser ansökan om", "Vill ha fortsatt"),
        ("hjälp i hemmet", "boendestöd", "stöd vid dusch", "ledsagning till aktiviteter", "en trygg plats att bo på"),
        (".", " på grund av nedsatt ork.", " efter sjukhusvistelse.", " i samma omfattning som tidigare."),
    ),
    "uppfattning": (
        ("Upplever", "Beskriver", "Berättar om", "Känner"),
        ("ensamhet", "svårigheter att komma igång", "oro inför nätterna", "att stödet fungerar väl", "trötthet"),
        (".", " och vill klara mer själv.", " men trivs i sitt hem.", " sedan en tid tillbaka."),
    ),
    "bedomning": (
        ("Bedöms ha", "Har", "Visar"),
        ("behov av påminnelse", "behov av praktiskt stöd", "svårt att planera", "nedsatt rörlighet", "god förmåga"),
        ("vid måltider.", "vid hygien.", "i hemmet.", "utanför hemmet.", "i kontakten med andra.", "under dagen."),
    ),
    "mal": (
        ("Ska kunna", "Vill kunna", "Ska med stöd kunna", "Fortsätter att"),
        ("laga enklare måltider", "sköta sin hygien", "delta i gemenskap", "röra sig tryggt", "hålla ordning hemma"),
        (".", " minst tre gånger i veckan.", " före årets slut.", " i egen takt."),
    ),
    "resurser": (
        ("Klarar", "Har förmåga till", "Kan själv sköta"),
        ("kontakten med vården", "sin ekonomi", "enklare matlagning", "promenader", "telefon och dator"),
        (".", " på goda dagar.", " med stöd av närstående."),
    ),
    "faktorer": (
        ("Nedsatt syn", "Hörselnedsättning", "Smärta", "Trappor i bostaden", "Gott stöd från närstående"),
        (".", " påverkar vardagen.", " är en omgivningsfaktor av betydelse.", "; se även läkarutlåtande."),
    ),
    "delaktighet": (
        ("Har deltagit", "Deltog tillsammans med närstående", "Valde att inte delta"),
        (" vid upprättandet", " i mötet", " via telefon"),
        (".", " och bestämt tider.", " och valt hur stödet ska ges."),
    ),
    "onskemal": (
        ("Önskar", "Föredrar", "Vill gärna ha"),
        (
            "samma personal",
            "hjälp på förmiddagen",
            "kvinnlig personal",
            "dusch på torsdagar",
            "promenad när vädret är bra",
        ),
        (".", " om det är möjligt.", " även på helgen."),
    ),
}


def phrases(kind: str) -> tuple[str, ...]:
    """Every ordinary sentence of one kind of text."""
    joint = "" if kind == "delaktighet" else " "
    sentences = (joint.join(parts) for parts in product(*_PARTS[kind]))
    return tuple(sentence.replace(" .", ".").replace(" ;", ";").replace("  ", " ") for sentence in sentences)


def free_text(
    rng: np.random.Generator, kind: str, present: Bools, numbers: Ints, *, sentences: Ints | int = 1
) -> pa.Array:
    """One text per row where ``present``, else null; ``sentences`` is how many sentences each one has (1–4).

    ``numbers`` are the rows' twelve-digit personal numbers, of which a few end up inside the text.
    """
    size = len(present)
    ordinary = phrases(kind)
    vocabulary = pa.array([*ordinary, *_SPECIAL, *_WITH_NEWLINE], pa.string())
    weights = [0.97 / len(ordinary)] * len(ordinary) + [0.0275 / len(_SPECIAL)] * len(_SPECIAL)
    weights += [0.0025 / len(_WITH_NEWLINE)] * len(_WITH_NEWLINE)
    wanted = np.broadcast_to(np.asarray(sentences), (size,))
    text = vocabulary.take(pa.array(choose(rng, weights, size), mask=~present))
    for further in range(2, int(wanted.max(initial=1)) + 1):
        continued = np.flatnonzero(present & (wanted >= further))
        addition = vocabulary.take(pa.array(choose(rng, weights, len(continued))))
        text = _replace(text, continued, pc.binary_join_element_wise(text.take(pa.array(continued)), addition, " "))
    with_number = np.flatnonzero(present & (rng.random(size) < NUMBER_SHARE))
    spelled = _spellings(rng, numbers[with_number])
    return _replace(text, with_number, pc.binary_join_element_wise(text.take(pa.array(with_number)), spelled, " Pnr "))


def few_words(rng: np.random.Generator, text: pa.Array, rows: Bools) -> pa.Array:
    """Exchange the texts of the rows for a few words each, which say little."""
    at = np.flatnonzero(rows)
    return _replace(
        text, at, pa.array(_FEW_WORDS, pa.string()).take(pa.array(rng.integers(0, len(_FEW_WORDS), len(at))))
    )


def scale_words_only(rng: np.random.Generator, text: pa.Array, only_scale: Bools) -> pa.Array:
    """Empty the texts that say nothing beyond the scale: most become null, some the scale's own word."""
    rows = np.flatnonzero(only_scale)
    words = pa.array(_SCALE_WORDS, pa.string()).take(
        pa.array(rng.integers(0, len(_SCALE_WORDS), len(rows)), mask=rng.random(len(rows)) < 0.7)
    )
    return _replace(text, rows, words)


def _replace(text: pa.Array, rows: Ints, values: pa.Array) -> pa.Array:
    """``text`` with the given rows (ascending) exchanged."""
    at = np.arange(len(text))
    at[rows] = len(text) + np.arange(len(rows))
    return pa.concat_arrays([text, values.cast(pa.string())]).take(pa.array(at))


def _spellings(rng: np.random.Generator, numbers: Ints) -> pa.Array:
    """Personal numbers in one of five common spellings each."""
    plain = pa.array(numbers).cast(pa.string())
    century, short = pc.utf8_slice_codeunits(plain, 0, 8), pc.utf8_slice_codeunits(plain, 2, 8)
    last = pc.utf8_slice_codeunits(plain, 8, 12)
    variants = pa.concat_arrays(
        [
            plain,
            pc.binary_join_element_wise(century, last, "-"),
            pc.binary_join_element_wise(short, last, "-"),
            pc.binary_join_element_wise(short, last, ""),
            pc.binary_join_element_wise(century, last, " "),
        ]
    )
    return variants.take(pa.array(rng.integers(0, 5, len(numbers)) * len(numbers) + np.arange(len(numbers))))
