"""The follow-up of a decision (by the authority) or of a plan (by the provider), in whatever channel."""

import pandas as pd

from schemas.contract import IBIC, ISU, Boolean, Contract, Date, Parent, Text, field, rule


class Uppfoljning(Contract):
    """En rad per uppföljningstillfälle."""

    uppfoljning_id: Text = field(1, "Uppföljningens id i källsystemet.", "identifier", source=IBIC, missing="avvisa")
    beslut_id: Text = field(2, "Beslutet som följs upp; tomt när en plan följs upp.", "identifier", source=IBIC)
    plan_id: Text = field(3, "Planen som följs upp; tomt när ett beslut följs upp.", "identifier", source=IBIC)
    part: Text = field(4, "Vem som följer upp.", "code", source=IBIC, codelist="part", missing="avvisa")
    kanal: Text = field(
        5,
        "Var uppföljningen dokumenterats: i processteget Följa upp eller i journalen.",
        "code",
        source=ISU,
        codelist="kanal",
        missing="avvisa",
    )
    typ: Text = field(
        6, "Planerad eller vid behov.", "code", source=IBIC, codelist="uppfoljning_typ", unreadable="varna"
    )
    planerad: Date = field(7, "Dag då uppföljningen var planerad.", "date", source=IBIC, unreadable="varna")
    datum: Date = field(8, "Dag då uppföljningen gjordes; tomt = inte gjord.", "date", source=IBIC)
    status: Text = field(
        9, "Uppföljningens status.", "code", source=IBIC, codelist="uppfoljning_status", missing="avvisa"
    )
    individen_deltog: Boolean = field(10, "Individen deltog.", "boolean", source=IBIC, unreadable="varna")
    andrat_behov: Boolean = field(
        11, "Behovet bedöms ha förändrats.", "boolean", source=IBIC, unreadable="varna", sensitivity="person"
    )

    @rule(10, "avvisa", "Uppföljningen hör varken till ett beslut eller till en plan.", fields=("beslut_id", "plan_id"))
    def of_neither_decision_nor_plan(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["beslut_id"].isna() & frame["plan_id"].isna()

    @rule(11, "avvisa", "Uppföljningen hör både till ett beslut och till en plan.", fields=("beslut_id", "plan_id"))
    def of_both_decision_and_plan(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["beslut_id"].notna() & frame["plan_id"].notna()

    @rule(12, "avvisa", "En klarmarkerad uppföljning saknar datum.", fields=("status", "datum"))
    def done_without_date(cls, frame: pd.DataFrame) -> pd.Series:
        return (frame["status"] == "klarmarkerad") & frame["datum"].isna()

    @rule(13, "avvisa", "datum ligger före beslutsdatum.", fields=("datum",), parents=True)
    def before_the_decision(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["datum"] < frame["beslut.beslutsdatum"]

    @rule(14, "avvisa", "datum ligger före den dag då planen upprättades.", fields=("datum",), parents=True)
    def before_the_plan(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["datum"] < frame["genomforandeplan.upprattad"]

    @rule(15, "avvisa", "datum ligger efter leveransens uttagsdatum.", fields=("datum",), parents=True)
    def after_extraction(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["datum"] > frame["leverans.uttagsdatum"]

    @rule(16, "varna", "En planerad uppföljning saknar planerat datum.", fields=("status", "planerad"))
    def planned_without_date(cls, frame: pd.DataFrame) -> pd.Series:
        return (frame["status"] == "planerad") & frame["planerad"].isna()

    class Config:
        metadata = {
            "tabell": "uppfoljning",
            "prefix": "UPF",
            "nyckel": ("uppfoljning_id",),
            "foraldrar": (
                Parent("beslut_id", "beslut", 2, 3),
                Parent("plan_id", "genomforandeplan", 4, 5),
            ),
        }
