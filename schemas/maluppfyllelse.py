"""The outcome of one goal at one follow-up."""

import pandas as pd

from schemas.contract import IBIC, ICF, Contract, Integer, Parent, Text, field, rule


class Maluppfyllelse(Contract):
    """En rad per uppföljning och mål."""

    uppfoljning_id: Text = field(1, "Uppföljningen.", "identifier", source=IBIC, missing="avvisa")
    mal_id: Text = field(2, "Målet.", "identifier", source=IBIC, missing="avvisa")
    utfall: Text = field(
        3, "Hur långt målet uppnåtts.", "code", source=IBIC, codelist="maluppfyllelse_utfall", missing="avvisa"
    )
    skala_vid_uppfoljning: Integer = field(
        4,
        "Funktionstillstånd vid uppföljningen på generiska skalan (0–4; 8 ej specificerat, 9 ej tillämpbart).",
        "code",
        source=ICF,
        codelist="skala",
        sensitivity="person",
    )

    @rule(10, "avvisa", "Målet och uppföljningen hör till olika beslut.", fields=("mal_id",), parents=True)
    def goal_of_other_decision(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["mal.beslut_id"] != frame["uppfoljning.beslut_id"]

    # Varning: en ny version av planen kan följa upp den förra versionens mål.
    @rule(12, "varna", "Målet och uppföljningen hör till olika planversioner.", fields=("mal_id",), parents=True)
    def goal_of_other_plan(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["mal.plan_id"] != frame["uppfoljning.plan_id"]

    @rule(
        13,
        "avvisa",
        "Målet står i ett beslut men uppföljningen gäller en plan, eller tvärtom.",
        fields=("mal_id",),
        parents=True,
    )
    def goal_of_other_kind(cls, frame: pd.DataFrame) -> pd.Series:
        in_decision = frame["mal.beslut_id"].notna() & frame["uppfoljning.plan_id"].notna()
        in_plan = frame["mal.plan_id"].notna() & frame["uppfoljning.beslut_id"].notna()
        return in_decision | in_plan

    @rule(11, "varna", "Utfall angivet på en uppföljning som inte är klarmarkerad.", fields=("utfall",), parents=True)
    def of_unfinished_follow_up(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["uppfoljning.status"].notna() & (frame["uppfoljning.status"] != "klarmarkerad")

    class Config:
        metadata = {
            "tabell": "maluppfyllelse",
            "prefix": "MUF",
            "nyckel": ("uppfoljning_id", "mal_id"),
            "foraldrar": (
                Parent("uppfoljning_id", "uppfoljning", 2, 3),
                Parent("mal_id", "mal", 4, 5),
            ),
        }
