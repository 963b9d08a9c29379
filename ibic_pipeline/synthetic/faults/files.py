"""Faults of whole files as text: encoding, delimiters, line ends, lines above and below, headers, files cut off."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ibic_pipeline.synthetic.faults.records import text_columns
from ibic_pipeline.synthetic.faults.sites import WHOLE_FILE, Site, Sites

_LETTER = re.compile("[À-ÿ]")
_LIKE_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")

Found = list[tuple[int, str]]
"""Number of the record or line in the file as written (0: the whole file), and the code."""

PlantFile = Callable[[Site, Sites, np.random.Generator], Found | None]
"""Changes how the file is written; None where the fault makes no sense in the file, which is then untouched."""


@dataclass(frozen=True)
class FileFault:
    """One kind of fault of a file, and the codes under which it may be found."""

    name: str
    codes: tuple[str, ...]
    plant: PlantFile


def is_csv(site: Site) -> bool:
    """Whether the file is separated text."""
    return site.file.fil.format.typ == "csv"


def whole(*codes: str) -> Found:
    """Found about the file as a whole."""
    return [(WHOLE_FILE, code) for code in codes] or [(WHOLE_FILE, "")]


def wanted_columns(site: Site) -> list[str]:
    """Local columns that the profile reads, in the order of the file."""
    read = {local for part in site.file.fil.delar for local in part.kolumner.values()}
    return [name for name in site.file.frame.columns if name in read]


def encoded(codec: str, *, delimiter: str | None = None, code: str = "REP-001") -> PlantFile:
    """Written in another encoding, and perhaps with another delimiter."""

    def plant(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
        fmt = site.file.fil.format
        if not is_csv(site) or _same_encoding(codec, fmt.kodning) or not _is_beyond_ascii(site, codec):
            return None
        if delimiter is not None and site.file.broken:
            return None
        site.file.writing.kodning = codec
        codes = [code]
        if delimiter is not None and delimiter != fmt.avgransare:
            site.file.writing.avgransare = delimiter
            codes.append("REP-002")
        return whole(*(each for each in codes if each))

    return plant


def _same_encoding(one: str, other: str) -> bool:
    return one.removesuffix("-sig") == other.removesuffix("-sig")


def _is_beyond_ascii(site: Site, codec: str) -> bool:
    """Whether the file holds letters that encodings write differently, and that this one can write.

    A cell that was encoded twice makes a file in Windows-1252 look like broken UTF-8, which is refused.
    """
    text = "".join(
        [*site.file.frame.columns, *(each for name in site.file.frame for each in site.file.frame[name].unique())]
    )
    try:
        written = text.encode(codec)
    except UnicodeEncodeError:
        return False
    return _LETTER.search(text) is not None and not (codec == "cp1252" and _LIKE_UTF8.search(written))


def _without_mark(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
    if not is_csv(site) or site.file.fil.format.kodning != "utf-8-sig":
        return None
    site.file.writing.kodning = "utf-8"
    return whole()


def _encoded_twice(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
    if not is_csv(site) or not site.file.fil.format.kodning.startswith("utf") or not _is_beyond_ascii(site, "cp1252"):
        return None
    site.file.writing.encoded_twice = True
    return whole("REP-007")


def delimited(delimiter: str) -> PlantFile:
    """Written with another delimiter."""

    def plant(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
        if not is_csv(site) or site.file.fil.format.avgransare == delimiter or site.file.broken:
            return None
        site.file.writing.avgransare = delimiter
        return whole("REP-002")

    return plant


def line_ends(line_end: str) -> PlantFile:
    """Written with other line ends."""

    def plant(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
        if not is_csv(site) or site.file.writing.torn:
            return None
        site.file.writing.line_end = line_end
        return whole()

    return plant


def lines_above(*lines: tuple[str, ...]) -> PlantFile:
    """Lines before the header that the profile does not tell of."""

    def plant(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
        site.file.writing.above = lines
        return whole("REP-003")

    return plant


def _group_row(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
    """A row of groups above the names."""
    width = len(site.file.frame.columns)
    if width < 4:
        return None
    site.file.writing.above = (tuple("Grupp" if place % 4 == 0 else "" for place in range(width)),)
    return whole("REP-003")


def lines_below(tell: Callable[[int], str], *more: str) -> PlantFile:
    """A line after the last record; ``more`` are further codes of the line."""

    def plant(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
        count = len(site.file.frame)
        if not count:
            return None
        site.file.writing.below = (tell(count + len(site.file.writing.torn)),)
        last = int(site.file.number(np.array([count - 1]))[0]) + ((count - 1) in site.file.writing.torn)
        return [(last + 1, code) for code in ("REP-005", *more)]

    return plant


def _empty_lines(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
    site.file.writing.empty_lines = 5
    return whole()


def _empty_columns(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
    if site.file.broken or site.file.writing.padded:
        return None
    site.file.writing.empty_columns = 4
    return whole()


def _wrong_count(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
    if site.file.fil.format.svans is None:
        return None
    site.file.writing.tail_adds = 7
    return whole("LEV-004")


def _cut(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
    if not len(site.file.frame):
        return None
    site.file.writing.cut = True
    return whole("LEV-004" if is_csv(site) else "LEV-003")


def _open_quote(site: Site, _sites: Sites, _rng: np.random.Generator) -> Found | None:
    """A text begins with a quotation mark after which there is no other: it never ends."""
    texts = text_columns(site)
    if not is_csv(site) or not texts or not len(site.file.frame):
        return None
    last = len(site.file.frame) - 1
    site.file.broken.add(last)
    site.file.writing.raw[last] = (texts[-1], '"Vill bo kvar')
    return whole("LEV-004")


def repeated(same: bool) -> PlantFile:
    """A column that the profile reads stands twice."""

    def plant(site: Site, _sites: Sites, rng: np.random.Generator) -> Found | None:
        several = [name for name in wanted_columns(site) if site.file.frame[name].nunique() > 1]
        if not several or site.file.broken or site.file.writing.padded:
            return None
        site.file.writing.repeated = {str(rng.choice(several)): same}
        return whole("REP-008" if same else "LEV-002")

    return plant


def renamed(change: Callable[[str], str], code: str) -> PlantFile:
    """The header of one column is another."""

    def plant(site: Site, _sites: Sites, rng: np.random.Generator) -> Found | None:
        names = [name for name in wanted_columns(site) if change(name) != name and _survives(site, change(name))]
        if not names:
            return None
        name = str(rng.choice(names))
        site.file.writing.names = {name: change(name)}
        return whole(code)

    return plant


def _survives(site: Site, header: str) -> bool:
    """Whether no other column is called so, and the file's encoding can write it."""
    taken = {name.casefold() for name in site.file.frame.columns}
    try:
        header.encode(site.file.fil.format.kodning)
    except UnicodeEncodeError:
        return False
    return header not in site.file.frame.columns and len(taken) == len(site.file.frame.columns)


FILE_FAULTS: tuple[FileFault, ...] = (
    FileFault("fil_windows_1252", ("REP-001",), encoded("cp1252")),
    FileFault("fil_utf8_med_bom", ("REP-001",), encoded("utf-8-sig")),
    FileFault("fil_utf8_utan_bom", (), _without_mark),
    FileFault("fil_unicodetext", ("REP-001", "REP-002"), encoded("utf-16", delimiter="\t")),
    FileFault("fil_utf16", ("REP-001",), encoded("utf-16")),
    FileFault("fil_dubbelkodad", ("REP-007",), _encoded_twice),
    FileFault("fil_semikolon", ("REP-002",), delimited(";")),
    FileFault("fil_tabb", ("REP-002",), delimited("\t")),
    FileFault("fil_komma", ("REP-002",), delimited(",")),
    FileFault("fil_radslut_cr", (), line_ends("\r")),
    FileFault("fil_radslut_lf", (), line_ends("\n")),
    FileFault(
        "rader_fore_rubriken",
        ("REP-003",),
        lines_above(("Urval: 2024-01-01–2024-06-30",), ("Statistik över beslut",)),
    ),
    FileFault("grupprad_over_rubriken", ("REP-003",), _group_row),
    FileFault("slutrad_antal", ("REP-005",), lines_below(lambda count: f"Antal rader: {count}")),
    FileFault("slutrad_utskriven", ("REP-005",), lines_below(lambda _: "Utskriven 2024-07-02 av handläggare")),
    FileFault("slutrad_summa", ("REP-005",), lines_below(lambda _: "Summa")),
    FileFault(
        "slutrad_annat_antal",
        ("REP-005", "LEV-013"),
        lines_below(lambda count: f"Antal rader: {count + 5}", "LEV-013"),
    ),
    FileFault("tomma_slutrader", (), _empty_lines),
    FileFault("tomma_slutkolumner", (), _empty_columns),
    FileFault("slutrad_stammer_inte", ("LEV-004",), _wrong_count),
    FileFault("fil_avhuggen", ("LEV-004", "LEV-003"), _cut),
    FileFault("citattecken_utan_slut", ("LEV-004",), _open_quote),
    FileFault("dubblettkolumn_lika", ("REP-008",), repeated(same=True)),
    FileFault("dubblettkolumn_olika", ("LEV-002",), repeated(same=False)),
    FileFault("kolumn_omdopt", ("LEV-002",), renamed(lambda _: "Nytt kolumnnamn", "LEV-002")),
    FileFault("rubrik_hart_blanksteg", (), renamed(lambda name: name.replace(" ", "\u00a0"), "")),
    FileFault("rubrik_mjukt_bindestreck", ("REP-010",), renamed(lambda name: f"{name[:1]}\u00ad{name[1:]}", "REP-010")),
    FileFault("rubrik_versaler", ("REP-010",), renamed(str.swapcase, "REP-010")),
)
"""Those of workbooks and of deliveries as a whole stand in ``books`` and ``deliveries``."""
