"""The investigation: what was asked for, how information was gathered, when it opened and closed."""

import pandas as pd

from schemas.contract import (
    IBIC,
    ISU,
    SOSFS,
    Boolean,
    Contract,
    Date,
    Integer,
    Parent,
    Text,
    field,
    rule,
)


class Utredning(Contract):
    """En rad per utredning."""

    utredning_id: Text = field(1, "Utredningens id i källsystemet.", "identifier", source=IBIC, missing="avvisa")
    individ_id: Text = field(
        2, "Pseudonym för personen.", "personnummer", source=IBIC, sensitivity="person", missing="avvisa"
    )
    lagrum: Text = field(
        3, "Lag som utredningen förs enligt.", "code", source="SoL, LSS", codelist="lagrum", missing="varna"
    )
    kallsystem: Text = field(
        4,
        "Verksamhetssystem som utredningen dokumenterades i.",
        "code",
        source=ISU,
        codelist="kallsystem",
        missing="varna",
        unreadable="varna",
    )
    aktualiserad: Date = field(5, "Dag då ärendet aktualiserades.", "date", source=IBIC, unreadable="varna")
    ansokan_datum: Date = field(6, "Dag då ansökan kom in.", "date", source=IBIC, unreadable="varna")
    ansokan_text_langd: Integer = field(7, "Längd på texten i ansökan.", "text_length", source=IBIC, unit="tecken")
    inledd: Date = field(8, "Dag då utredningen inleddes.", "date", source=IBIC, missing="avvisa")
    avslutad: Date = field(9, "Dag då utredningen avslutades; tomt = pågår.", "date", source=IBIC)
    utfall: Text = field(
        10,
        "Hur utredningen slutade.",
        "code",
        source=IBIC,
        codelist="utredning_utfall",
        unreadable="varna",
    )
    uppgifter_fran: Text = field(
        11,
        "Vem uppgifterna i första hand inhämtats från.",
        "code",
        source=SOSFS,
        codelist="uppgifter_fran",
        unreadable="varna",
    )
    individens_uppfattning: Boolean = field(
        12, "Individens uppfattning om behovet är dokumenterad.", "text_present", source=SOSFS
    )
    samtycke: Boolean = field(13, "Samtycke är dokumenterat.", "boolean", source=SOSFS, unreadable="varna")
    informerat_samtal: Boolean = field(
        14, "Informerat samtal är dokumenterat.", "boolean", source=SOSFS, unreadable="varna"
    )
    samlad_bedomning: Boolean = field(
        15, "Handläggarens samlade bedömning är dokumenterad.", "text_present", source=SOSFS
    )
    kommunicerad: Boolean = field(
        16, "Utredningen är kommunicerad med individen.", "boolean", source=SOSFS, unreadable="varna"
    )

    @rule(10, "avvisa", "avslutad ligger före inledd.", fields=("inledd", "avslutad"))
    def closed_before_opened(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["avslutad"] < frame["inledd"]

    @rule(11, "varna", "inledd ligger före aktualiserad.", fields=("aktualiserad", "inledd"))
    def opened_before_actualised(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["inledd"] < frame["aktualiserad"]

    @rule(12, "varna", "inledd ligger före ansokan_datum.", fields=("ansokan_datum", "inledd"))
    def opened_before_application(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["inledd"] < frame["ansokan_datum"]

    @rule(13, "avvisa", "inledd ligger efter leveransens uttagsdatum.", fields=("inledd",), parents=True)
    def opened_after_extraction(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["inledd"] > frame["leverans.uttagsdatum"]

    @rule(14, "varna", "Utredningen är avslutad men har inget utfall.", fields=("avslutad", "utfall"))
    def closed_without_outcome(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["avslutad"].notna() & frame["utfall"].isna()

    @rule(15, "avvisa", "avslutad ligger efter leveransens uttagsdatum.", fields=("avslutad",), parents=True)
    def closed_after_extraction(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["avslutad"] > frame["leverans.uttagsdatum"]

    class Config:
        metadata = {
            "tabell": "utredning",
            "prefix": "UTR",
            "nyckel": ("utredning_id",),
            "foraldrar": (Parent("individ_id", "individ", 2, 3),),
        }
