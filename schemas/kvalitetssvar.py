"""The person's answer to one question about quality or participation at a follow-up."""

import pandas as pd

from schemas.contract import ICF, Contract, Parent, Text, field, rule


class Kvalitetssvar(Contract):
    """En rad per uppföljning och fråga."""

    uppfoljning_id: Text = field(1, "Uppföljningen.", "identifier", source=ICF, missing="avvisa")
    fraga: Text = field(
        2, "Fråga, angiven med ICF-kod.", "code", source=ICF, codelist="kvalitetsfraga", missing="avvisa"
    )
    svar: Text = field(
        3,
        "Individens svar.",
        "code",
        source="Kommunens kvalitetsuppföljning",
        codelist="kvalitetssvar",
        missing="avvisa",
        sensitivity="person",
    )

    @rule(10, "varna", "Svar angivet på en uppföljning som inte är klarmarkerad.", fields=("svar",), parents=True)
    def of_unfinished_follow_up(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["uppfoljning.status"].notna() & (frame["uppfoljning.status"] != "klarmarkerad")

    class Config:
        metadata = {
            "tabell": "kvalitetssvar",
            "prefix": "KVA",
            "nyckel": ("uppfoljning_id", "fraga"),
            "foraldrar": (Parent("uppfoljning_id", "uppfoljning", 2, 3),),
        }
