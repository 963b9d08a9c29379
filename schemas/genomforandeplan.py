"""The provider's plan, one row per version."""

import pandas as pd

from schemas.contract import IBIC, SOSFS, Boolean, Contract, Date, Integer, Parent, Text, field, rule


class Genomforandeplan(Contract):
    """En rad per version av en genomförandeplan."""

    plan_id: Text = field(1, "Planversionens id i källsystemet.", "identifier", source=IBIC, missing="avvisa")
    uppdrag_id: Text = field(2, "Uppdraget som planen hör till.", "identifier", source=IBIC, missing="avvisa")
    typ: Text = field(
        3, "Genomförandeplan eller rutinbeskrivning.", "code", source=SOSFS, codelist="plan_typ", missing="varna"
    )
    status: Text = field(
        4,
        "Planens status.",
        "code",
        source=SOSFS,
        codelist="plan_status",
        missing="avvisa",
    )
    upprattad: Date = field(5, "Dag då planen upprättades.", "date", source=SOSFS, missing="varna")
    klarmarkerad: Date = field(6, "Dag då planen klarmarkerades.", "date", source=IBIC)
    delgiven: Date = field(7, "Dag då planen delgavs individen.", "date", source=IBIC, unreadable="varna")
    nasta_uppfoljning: Date = field(8, "Dag då planen ska följas upp.", "date", source=SOSFS, unreadable="varna")
    delaktighet_text_langd: Integer = field(
        9,
        "Längd på beskrivningen av individens delaktighet.",
        "text_length",
        source=SOSFS,
        unit="tecken",
    )
    onskemal: Boolean = field(10, "Individens önskemål är beskrivna.", "text_present", source=SOSFS)

    @rule(10, "avvisa", "klarmarkerad ligger före upprattad.", fields=("upprattad", "klarmarkerad"))
    def completed_before_drawn_up(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["klarmarkerad"] < frame["upprattad"]

    @rule(11, "varna", "delgiven ligger före klarmarkerad.", fields=("klarmarkerad", "delgiven"))
    def delivered_before_completed(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["delgiven"] < frame["klarmarkerad"]

    @rule(
        12,
        "avvisa",
        "En klarmarkerad eller delgiven plan saknar datum för klarmarkering.",
        fields=("status", "klarmarkerad"),
    )
    def completed_without_date(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["status"].isin(["klarmarkerad", "delgiven"]) & frame["klarmarkerad"].isna()

    @rule(13, "varna", "En arbetsanteckning har datum för klarmarkering.", fields=("status", "klarmarkerad"))
    def working_note_with_completion(cls, frame: pd.DataFrame) -> pd.Series:
        return (frame["status"] == "arbetsanteckning") & frame["klarmarkerad"].notna()

    @rule(14, "avvisa", "upprattad ligger efter leveransens uttagsdatum.", fields=("upprattad",), parents=True)
    def drawn_up_after_extraction(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["upprattad"] > frame["leverans.uttagsdatum"]

    @rule(15, "varna", "upprattad ligger före den dag då uppdraget skickades.", fields=("upprattad",), parents=True)
    def drawn_up_before_commission(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["upprattad"] < frame["uppdrag.skickat"]

    @rule(16, "avvisa", "klarmarkerad ligger efter leveransens uttagsdatum.", fields=("klarmarkerad",), parents=True)
    def completed_after_extraction(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["klarmarkerad"] > frame["leverans.uttagsdatum"]

    class Config:
        metadata = {
            "tabell": "genomforandeplan",
            "prefix": "GPL",
            "nyckel": ("plan_id",),
            "foraldrar": (Parent("uppdrag_id", "uppdrag", 2, 3),),
        }
