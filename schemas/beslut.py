"""The decision: what was granted or refused, for whom, from when and how long."""

import pandas as pd

from schemas.contract import (
    IBIC,
    KSI,
    Boolean,
    Contract,
    Date,
    Decimal,
    Parent,
    Text,
    field,
    rule,
)

GRANTED = ("bifall", "delvis_bifall")


class Beslut(Contract):
    """En rad per beslut."""

    beslut_id: Text = field(1, "Beslutets id i källsystemet.", "identifier", source=IBIC, missing="avvisa")
    utredning_id: Text = field(2, "Utredningen som ledde till beslutet.", "identifier", source=IBIC, missing="varna")
    individ_id: Text = field(
        3, "Pseudonym för personen.", "personnummer", source=IBIC, sensitivity="person", missing="avvisa"
    )
    lagrum: Text = field(
        4, "Lag som beslutet fattats enligt.", "code", source="SoL, LSS", codelist="lagrum", missing="avvisa"
    )
    insats: Text = field(5, "Insats enligt KSI.", "code", source=KSI, codelist="insats", missing="avvisa")
    utfall: Text = field(6, "Beslutets utfall.", "code", source=IBIC, codelist="beslut_utfall", missing="avvisa")
    beslutsdatum: Date = field(7, "Dag då beslutet fattades.", "date", source=IBIC, missing="avvisa")
    galler_fran: Date = field(8, "Första dag som beslutet gäller.", "date", source=IBIC)
    galler_tom: Date = field(9, "Sista dag som beslutet gäller; tomt = tills vidare.", "date", source=IBIC)
    omfattning: Decimal = field(
        10, "Beviljad omfattning.", "decimal", source=IBIC, unit="omfattning_enhet", unreadable="varna", at_least=0
    )
    omfattning_enhet: Text = field(
        11, "Enhet för omfattning.", "code", source=IBIC, codelist="omfattning_enhet", unreadable="varna"
    )
    verkstallt: Date = field(12, "Dag då insatsen verkställdes.", "date", source="SoL, LSS: ej verkställda beslut")
    ej_verkstallt_skal: Text = field(
        13,
        "Skäl till att beslutet inte är verkställt.",
        "code",
        source="SoL, LSS: ej verkställda beslut",
        codelist="ej_verkstallt_skal",
        unreadable="varna",
    )
    upphort: Date = field(14, "Sista dag som insatsen gavs, när den upphört i förtid.", "date", source=IBIC)
    upphort_orsak: Text = field(
        15, "Varför insatsen upphörde.", "code", source=IBIC, codelist="upphort_orsak", unreadable="varna"
    )
    planerad_uppfoljning: Date = field(16, "Dag då beslutet ska följas upp.", "date", source=IBIC, unreadable="varna")
    utan_behovsprovning: Boolean = field(
        17, "Insatsen gavs utan individuell behovsprövning.", "boolean", source="SoL", unreadable="varna"
    )

    @rule(10, "avvisa", "galler_tom ligger före galler_fran.", fields=("galler_fran", "galler_tom"))
    def ends_before_it_starts(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["galler_tom"] < frame["galler_fran"]

    @rule(11, "avvisa", "Ett beviljat beslut saknar galler_fran.", fields=("utfall", "galler_fran"))
    def granted_without_start(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["utfall"].isin(GRANTED) & frame["galler_fran"].isna()

    @rule(12, "avvisa", "beslutsdatum ligger efter leveransens uttagsdatum.", fields=("beslutsdatum",), parents=True)
    def decided_after_extraction(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["beslutsdatum"] > frame["leverans.uttagsdatum"]

    # Varning: ett förlängt beslut kan bära den första verkställigheten.
    @rule(13, "varna", "verkstallt ligger före beslutsdatum.", fields=("verkstallt", "beslutsdatum"))
    def carried_out_before_decided(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["verkstallt"] < frame["beslutsdatum"]

    # Den som avlider eller flyttar före första dagen har ett beslut som aldrig började gälla.
    @rule(
        14,
        "avvisa",
        "upphort ligger före galler_fran utan att orsaken är avliden, flytt eller egen begäran.",
        fields=("upphort", "galler_fran", "upphort_orsak"),
    )
    def ceased_before_it_started(cls, frame: pd.DataFrame) -> pd.Series:
        explained = frame["upphort_orsak"].isin(["avliden", "flytt", "egen_begaran"])
        return (frame["upphort"] < frame["galler_fran"]) & ~explained

    @rule(15, "varna", "upphort_orsak saknas fast upphort är angivet.", fields=("upphort", "upphort_orsak"))
    def ceased_without_reason(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["upphort"].notna() & frame["upphort_orsak"].isna()

    @rule(
        16,
        "avvisa",
        "beslutsdatum ligger före den dag då utredningen inleddes.",
        fields=("beslutsdatum",),
        parents=True,
    )
    def decided_before_investigation(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["beslutsdatum"] < frame["utredning.inledd"]

    @rule(17, "avvisa", "Beslutet gäller en annan person än utredningen.", fields=("individ_id",), parents=True)
    def other_person_than_investigation(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["individ_id"] != frame["utredning.individ_id"]

    @rule(18, "varna", "omfattning_enhet saknas fast omfattning är angiven.", fields=("omfattning", "omfattning_enhet"))
    def extent_without_unit(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["omfattning"].notna() & frame["omfattning_enhet"].isna()

    @rule(19, "varna", "Ett avslag ska inte ha någon verkställighet.", fields=("utfall", "verkstallt"))
    def refused_but_carried_out(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["utfall"].notna() & ~frame["utfall"].isin(GRANTED) & frame["verkstallt"].notna()

    @rule(
        20, "varna", "Insatsens lag (SoL eller LSS) stämmer inte med lagrum.", fields=("insats", "lagrum"), parents=True
    )
    def intervention_of_other_law(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["kodlista.insats.lag"] != frame["kodlista.lagrum.lag"]

    @rule(21, "varna", "Lagrummet gällde inte den dag då beslutet fattades.", fields=("lagrum",), parents=True)
    def law_not_in_force(cls, frame: pd.DataFrame) -> pd.Series:
        day = frame["beslutsdatum"]
        return (day < frame["kodlista.lagrum.giltig_fran"]) | (day > frame["kodlista.lagrum.giltig_till"])

    @rule(
        22,
        "varna",
        "planerad_uppfoljning ligger före galler_fran.",
        fields=("planerad_uppfoljning", "galler_fran"),
    )
    def planned_follow_up_before_start(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["planerad_uppfoljning"] < frame["galler_fran"]

    @rule(23, "avvisa", "verkstallt ligger efter leveransens uttagsdatum.", fields=("verkstallt",), parents=True)
    def carried_out_after_extraction(cls, frame: pd.DataFrame) -> pd.Series:
        return frame["verkstallt"] > frame["leverans.uttagsdatum"]

    @rule(24, "varna", "Insatsens kod gällde inte den dag då beslutet fattades.", fields=("insats",), parents=True)
    def intervention_code_not_valid(cls, frame: pd.DataFrame) -> pd.Series:
        day = frame["beslutsdatum"]
        return (day < frame["kodlista.insats.giltig_fran"]) | (day > frame["kodlista.insats.giltig_till"])

    class Config:
        metadata = {
            "tabell": "beslut",
            "prefix": "BES",
            "nyckel": ("beslut_id",),
            "foraldrar": (
                Parent("individ_id", "individ", 2, 3),
                # Ett beslut kan ha fattats på en utredning i det tidigare systemet, som inte levereras.
                Parent("utredning_id", "utredning", 4, 5, missing_severity="varna"),
            ),
        }
