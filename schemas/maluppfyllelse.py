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
        at_least=0,
        at_most=9,
    )

    @rule(10, "avvisa", "Målet och uppföljningen hör till olika beslut eller planer.", fields=("mal_id",), parents=True)
    def goal_of_other_decision(cls, frame: pd.DataFrame) -> pd.Series:
        of_decision = frame["mal.beslut_id"].notna() & (frame["mal.beslut_id"] != frame["uppfoljning.beslut_id"]).fillna(True)
        of_plan = frame["mal.plan_id"].notna() & (frame["mal.plan_id"] != frame["uppfoljning.plan_id"]).fillna(True)
        return of_decision.fillna(False) | of_plan.fillna(False)

    @rule(11, "varna", "Utfall angivet på en uppföljning som inte är klarmarkerad.", fields=("utfall",), parents=True)
    def of_unfinished_follow_up(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["uppfoljning.status"].notna() & (frame["uppfoljning.status"] != "klarmarkerad")

    @rule(13, "avvisa", "skalan har bara värdena 0–4, 8 och 9.", fields=("skala_vid_uppfoljning",))
    def not_on_the_scale(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["skala_vid_uppfoljning"].isin([5, 6, 7])

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
