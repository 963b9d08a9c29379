"""The goal: what functioning is aimed at, set in a decision or in a plan."""

import pandas as pd

from schemas.contract import IBIC, ICF, Boolean, Contract, Integer, Parent, Text, field, rule


class Mal(Contract):
    """En rad per mål i ett beslut eller i en genomförandeplan."""

    mal_id: Text = field(1, "Målets id i källsystemet.", "identifier", source=IBIC, missing="avvisa")
    beslut_id: Text = field(2, "Beslutet som målet står i; tomt när det står i en plan.", "identifier", source=IBIC)
    plan_id: Text = field(3, "Planen som målet står i; tomt när det står i ett beslut.", "identifier", source=IBIC)
    icf_kod: Text = field(
        4,
        "ICF-kod för det som målet gäller.",
        "code",
        source=ICF,
        codelist="icf",
        missing="varna",
        sensitivity="person",
    )
    avsett: Integer = field(
        5,
        "Avsett funktionstillstånd på generiska skalan (0–4; 8 ej specificerat, 9 ej tillämpbart).",
        "code",
        source=ICF,
        codelist="skala",
        sensitivity="person",
    )
    text_langd: Integer = field(6, "Längd på målets text.", "text_length", source=IBIC, unit="tecken")
    endast_skala: Boolean = field(
        7, "Målets text är tom eller säger inget utöver skalans ord.", "scale_word_only", source=IBIC
    )
    inriktning: Text = field(
        8, "Utveckla eller bibehålla.", "code", source=IBIC, codelist="mal_inriktning", unreadable="varna"
    )

    @rule(10, "avvisa", "Målet hör varken till ett beslut eller till en plan.", fields=("beslut_id", "plan_id"))
    def of_neither_decision_nor_plan(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["beslut_id"].isna() & frame["plan_id"].isna()

    @rule(11, "avvisa", "Målet hör både till ett beslut och till en plan.", fields=("beslut_id", "plan_id"))
    def of_both_decision_and_plan(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["beslut_id"].notna() & frame["plan_id"].notna()

    @rule(12, "varna", "Målet har varken skala eller text.", fields=("avsett", "text_langd"))
    def neither_scale_nor_text(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["avsett"].isna() & (frame["text_langd"].fillna(0) == 0)

    @rule(14, "varna", "ICF-koden gällde inte när målet dokumenterades.", fields=("icf_kod",), parents=True)
    def code_not_valid_when_documented(cls, frame: pd.DataFrame) -> pd.Series:
        day = frame["beslut.beslutsdatum"].fillna(frame["genomforandeplan.upprattad"])
        return (day < frame["kodlista.icf_kod.giltig_fran"]) | (day > frame["kodlista.icf_kod.giltig_till"])

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
            "tabell": "mal",
            "prefix": "MAL",
            "nyckel": ("mal_id",),
            "foraldrar": (
                Parent("beslut_id", "beslut", 2, 3),
                Parent("plan_id", "genomforandeplan", 4, 5),
            ),
        }
