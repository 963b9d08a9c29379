"""The assessment of one need within an investigation, on IBIC's generic scale."""

import pandas as pd

from schemas.contract import IBIC, ICF, Boolean, Contract, Integer, Parent, Text, field, rule


class Bedomning(Contract):
    """En rad per utredning och ICF-kod."""

    utredning_id: Text = field(1, "Utredningen som bedömningen hör till.", "identifier", source=IBIC, missing="avvisa")
    icf_kod: Text = field(
        2, "ICF-kod för det som bedömts.", "code", source=ICF, codelist="icf", missing="avvisa", sensitivity="person"
    )
    livsomrade: Text = field(
        3,
        "IBIC:s livsområde; sätts ur ICF-koden när leveransen inte anger det.",
        "code",
        source=IBIC,
        codelist="livsomrade",
        unreadable="varna",
    )
    bedomt: Integer = field(
        4,
        "Bedömt funktionstillstånd på generiska skalan (0–4; 8 ej specificerat, 9 ej tillämpbart).",
        "code",
        source=ICF,
        codelist="skala",
        sensitivity="person",
    )
    bedomt_text_langd: Integer = field(
        5, "Längd på beskrivningen av bedömt funktionstillstånd.", "text_length", source=IBIC, unit="tecken"
    )
    avsett: Integer = field(
        6,
        "Avsett funktionstillstånd på generiska skalan (0–4; 8, 9 som ovan).",
        "code",
        source=ICF,
        codelist="skala",
        sensitivity="person",
    )
    avsett_text_langd: Integer = field(
        7, "Längd på beskrivningen av avsett funktionstillstånd.", "text_length", source=IBIC, unit="tecken"
    )
    resurser: Boolean = field(8, "Individens resurser är beskrivna.", "text_present", source=IBIC)
    relaterade_faktorer: Boolean = field(9, "Relaterade faktorer är beskrivna.", "text_present", source=IBIC)

    @rule(
        10,
        "varna",
        "livsomrade stämmer inte med ICF-kodens kapitel.",
        fields=("icf_kod", "livsomrade"),
        parents=True,
    )
    def life_area_differs_from_chapter(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["livsomrade"] != frame["kodlista.icf_kod.livsomrade"]

    @rule(
        11,
        "varna",
        "ICF-koden gällde inte den dag då utredningen dokumenterades.",
        fields=("icf_kod",),
        parents=True,
    )
    def code_not_valid_when_documented(cls, frame: pd.DataFrame) -> pd.Series:
        day = frame["utredning.avslutad"].fillna(frame["utredning.inledd"])
        return (day < frame["kodlista.icf_kod.giltig_fran"]) | (day > frame["kodlista.icf_kod.giltig_till"])

    @rule(12, "varna", "avsett är sämre än bedömt.", fields=("bedomt", "avsett"))
    def aimed_worse_than_assessed(cls, frame: pd.DataFrame) -> pd.Series:
        return (frame["avsett"] > frame["bedomt"]) & (frame["avsett"] <= 4) & (frame["bedomt"] <= 4)

    # Det tidigare systemet kan sakna skala; då bär texten bedömningen.
    @rule(14, "varna", "Bedömningen har varken skala eller text.", fields=("bedomt", "bedomt_text_langd"))
    def neither_scale_nor_text(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["bedomt"].isna() & (frame["bedomt_text_langd"].fillna(0) == 0)

    # Den inbyggda kodlistan saknar de djupare nivåerna; koden står då för sig själv.
    @rule(
        15,
        "varna",
        "ICF-koden finns inte i den kodlista som används, men den överordnade koden finns.",
        fields=("icf_kod",),
        parents=True,
    )
    def deeper_than_the_code_list(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["icf_kod"].notna() & frame["kodlista.icf_kod.niva"].isna()

    class Config:
        metadata = {
            "tabell": "bedomning",
            "prefix": "BED",
            "nyckel": ("utredning_id", "icf_kod"),
            "foraldrar": (Parent("utredning_id", "utredning", 2, 3),),
        }
