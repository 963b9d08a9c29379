"""The commission: a decision handed to a provider."""

import pandas as pd

from schemas.contract import IBIC, KSI, Contract, Date, Integer, Parent, Text, field, rule


class Uppdrag(Contract):
    """En rad per uppdrag till en utförare."""

    uppdrag_id: Text = field(1, "Uppdragets id i källsystemet.", "identifier", source=IBIC, missing="avvisa")
    beslut_id: Text = field(2, "Beslutet som uppdraget verkställer.", "identifier", source=IBIC, missing="avvisa")
    utforare_id: Text = field(3, "Utförarens id i källsystemet.", "identifier", source=KSI, missing="varna")
    regiform: Text = field(
        4,
        "Utförarens regiform.",
        "code",
        source="Nationell statistik",
        codelist="regiform",
        missing="varna",
        unreadable="varna",
    )
    skickat: Date = field(5, "Dag då uppdraget skickades.", "date", source=IBIC, missing="varna", unreadable="varna")
    mottaget: Date = field(6, "Dag då utföraren tog emot uppdraget.", "date", source=IBIC)
    paborjat: Date = field(7, "Dag då utföraren påbörjade insatsen.", "date", source=IBIC)
    avslutat: Date = field(8, "Dag då uppdraget avslutades; tomt = pågår.", "date", source=IBIC)
    antal_mal: Integer = field(
        9,
        "Antal mål som följde med uppdraget.",
        "integer",
        source=IBIC,
        unit="mål",
        unreadable="varna",
        at_least=0,
        at_most=200,
        outside="varna",
    )

    @rule(10, "varna", "mottaget ligger före skickat.", fields=("skickat", "mottaget"))
    def received_before_sent(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["mottaget"] < frame["skickat"]

    @rule(11, "avvisa", "avslutat ligger före paborjat.", fields=("paborjat", "avslutat"))
    def ended_before_started(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["avslutat"] < frame["paborjat"]

    # Varning: i akuta lägen börjar insatsen innan det formella beslutet är fattat.
    @rule(12, "varna", "paborjat ligger före beslutsdatum.", fields=("paborjat",), parents=True)
    def started_before_decided(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["paborjat"] < frame["beslut.beslutsdatum"]

    @rule(13, "avvisa", "Uppdraget hör till ett beslut som inte är beviljat.", fields=("beslut_id",), parents=True)
    def of_refused_decision(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["beslut.utfall"].notna() & ~frame["beslut.utfall"].isin(["bifall", "delvis_bifall"])

    @rule(14, "varna", "Uppdraget har varken mottaget eller paborjat.", fields=("mottaget", "paborjat"))
    def neither_received_nor_started(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["mottaget"].isna() & frame["paborjat"].isna()

    @rule(
        15,
        "avvisa",
        "skickat, mottaget eller paborjat ligger efter leveransens uttagsdatum.",
        fields=("skickat", "mottaget", "paborjat"),
        parents=True,
    )
    def after_extraction(cls, frame: pd.DataFrame) -> pd.Series:
        day = frame["leverans.uttagsdatum"]
        sent, received, started = (
            (frame[column] > day).fillna(False) for column in ("skickat", "mottaget", "paborjat")
        )
        return sent | received | started

    class Config:
        metadata = {
            "tabell": "uppdrag",
            "prefix": "UPP",
            "nyckel": ("uppdrag_id",),
            "foraldrar": (Parent("beslut_id", "beslut", 2, 3),),
        }
