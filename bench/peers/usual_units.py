"""Units of three indicators (T8, T10, D1) in pandas, from the accepted rows of one municipality."""

from __future__ import annotations

import numpy as np
import pandas as pd

HIDDEN = "ej_redovisad"
COLUMNS = [
    *("indikator", "fran", "i_namnare", "i_taljare", "exkluderad", "varde"),
    *("kon", "aldersgrupp", "insatsgrupp", "lagrum", "regiform"),
]
Tables = dict[str, pd.DataFrame]


def units_of(tables: Tables, reference: Tables) -> pd.DataFrame:
    """Every unit, with its day, whether it counts, why not, its value, and its groups."""
    plain = {name: _plain(frame) for name, frame in tables.items()}
    decided, given = decisions(plain, reference), reference["parametrar"].iloc[0]
    found = [t8(decided, given), t10(plain, reference, decided, given), d1(plain, reference, decided, given)]
    return pd.concat([each[COLUMNS] for each in found], ignore_index=True)


def decisions(tables: Tables, known: Tables) -> pd.DataFrame:
    """Decisions with what is known of the person, the intervention, the law and the latest commission."""
    people = tables["individ"].copy()
    people["skyddad"] = people["skydd"].fillna("ingen") != "ingen"
    people["kon"] = people["kon"].where(people["kon"].isin(["kvinna", "man"]) & ~people["skyddad"], HIDDEN)
    people["fodelsear"] = people["fodelsear"].where(~people["skyddad"])
    latest = (
        tables["uppdrag"]
        .sort_values(["skickat", "uppdrag_id"], na_position="first")
        .drop_duplicates("beslut_id", keep="last")
    )
    latest = latest[["beslut_id"]].assign(
        form=_translated(latest["regiform"], known["kodlista_regiform"], "grupp"), har_uppdrag=True
    )
    found = (
        tables["beslut"]
        .merge(tables["utredning"][["utredning_id", "ansokan_datum"]], on="utredning_id", how="left")
        .merge(people[["individ_id", "skyddad", "kon", "fodelsear"]], on="individ_id", how="left")
        .merge(latest, on="beslut_id", how="left")
    )
    found["insatsgrupp"] = _translated(found["insats"], known["kodlista_insats"], "insatsgrupp")
    by_law = _translated(found["lagrum"], known["kodlista_lagrum"], "utan_behovsprovning")
    found["utan_behovsprovning"] = _true(found["utan_behovsprovning"]) | _true(by_law)
    rule = known["insatsregel"].set_index("insatsgrupp")["utan_genomforandeplan"]
    found["utan_genomforandeplan"] = _true(found["insatsgrupp"].map(rule))
    found["lagrum"] = _translated(found["lagrum"], known["kodlista_lagrum"], "lag")
    found["beviljat"] = found["utfall"].isin(["bifall", "delvis_bifall"])
    found["har_uppdrag"], found["skyddad"] = _true(found["har_uppdrag"]), _true(found["skyddad"])
    found["kon"], found["regiform"] = found["kon"].fillna(HIDDEN), found["form"]
    found["aldersgrupp"] = age_group(found["beslutsdatum"], found["fodelsear"], known)
    for name in ("insatsgrupp", "lagrum", "regiform"):
        found[name] = found[name].fillna(HIDDEN).where(~found["skyddad"], HIDDEN)
    return found


def t8(decided: pd.DataFrame, given: pd.Series) -> pd.DataFrame:
    """Days from application to decision."""
    units = decided[decided["utfall"].isin(["bifall", "delvis_bifall", "avslag"])].copy()
    asked, day = units["ansokan_datum"], units["beslutsdatum"]
    reason = np.select([asked.isna(), asked > day], ["saknar_ansokan", "ansokan_efter_beslut"], None)
    days = (day - asked).dt.days
    return _counted(units, "T8", day, reason, days <= given["utredningstid_dagar"], days)


def t10(tables: Tables, known: Tables, decided: pd.DataFrame, given: pd.Series) -> pd.DataFrame:
    """Commissions with a completed plan in time; a decision without commission is a unit of its own."""
    plans = tables["genomforandeplan"]
    plans = plans[(plans["typ"].fillna("plan") == "plan") & plans["status"].isin(["klarmarkerad", "delgiven"])]
    first = plans.groupby("uppdrag_id")["klarmarkerad"].min().rename("plan")
    units = (
        tables["uppdrag"]
        .merge(decided.drop(columns="regiform"), on="beslut_id")
        .merge(first, on="uppdrag_id", how="left")
    )
    units["start"] = units["paborjat"].fillna(units["mottaget"]).fillna(units["skickat"]).fillna(units["beslutsdatum"])
    form = _translated(units["regiform"], known["kodlista_regiform"], "grupp").fillna(HIDDEN)
    units["regiform"] = form.where(~units["skyddad"], HIDDEN)
    units["aldersgrupp"] = age_group(units["start"], units["fodelsear"], known)
    deadline = units["start"] + pd.to_timedelta(int(given["gp_frist_dagar"]), "D")
    late = units["plan"].isna() | (units["plan"] > deadline)
    reason = np.select(
        [
            units["utan_genomforandeplan"],
            ~units["beviljat"],
            units["mottaget"].isna() & units["paborjat"].isna(),
            units["start"] < pd.Timestamp(given["genomforandeplan_fran"]),
            deadline > pd.Timestamp(given["uttagsdatum"]),
            (units["avslutat"] < deadline) & late,
        ],
        ["utan_genomforandeplan", "ej_beviljat", "ej_paborjat", "ej_observerbar", "ej_moget", "avslutat_fore_frist"],
        None,
    )
    of_commissions = _counted(
        units, "T10", units["start"], reason, units["plan"] <= deadline, (units["plan"] - units["start"]).dt.days
    )
    alone = decided[~decided["har_uppdrag"]].copy()
    why = np.select(
        [alone["utan_genomforandeplan"], ~alone["beviljat"]], ["utan_genomforandeplan", "ej_beviljat"], "utan_uppdrag"
    )
    never = pd.Series(False, index=alone.index)
    return pd.concat([of_commissions, _counted(alone, "T10", alone["beslutsdatum"], why, never, np.nan)])


def d1(tables: Tables, known: Tables, decided: pd.DataFrame, given: pd.Series) -> pd.DataFrame:
    """Goals that can be followed up, of decisions and of plans."""
    goals = tables["mal"]
    plans = tables["genomforandeplan"].merge(
        tables["uppdrag"][["uppdrag_id", "beslut_id", "regiform"]], on="uppdrag_id"
    )
    plans["form"] = _translated(plans["regiform"], known["kodlista_regiform"], "grupp")
    plans["dag"] = plans["upprattad"].fillna(plans["klarmarkerad"])
    of_decisions = goals.merge(decided, on="beslut_id").assign(dag=lambda frame: frame["beslutsdatum"])
    of_plans = (
        goals[goals["beslut_id"].isna()].drop(columns="beslut_id")
        .merge(plans[["plan_id", "beslut_id", "form", "dag"]], on="plan_id")
        .merge(decided.drop(columns=["regiform", "form"]), on="beslut_id")
    )  # fmt: skip
    of_plans["regiform"] = of_plans["form"].fillna(HIDDEN).where(~of_plans["skyddad"], HIDDEN)
    units = pd.concat([of_decisions, of_plans], ignore_index=True)
    units = units[units["dag"].notna()].copy()
    units["aldersgrupp"] = age_group(units["dag"], units["fodelsear"], known)
    reason = np.where(units["utan_behovsprovning"], "utan_behovsprovning", None)
    measurable = (
        units["avsett"].between(0, 4)
        & (units["text_langd"].fillna(0) >= given["minsta_textlangd"])
        & ~_true(units["endast_skala"])
    )
    return _counted(units, "D1", units["dag"], reason, measurable, np.nan)


def age_group(day: pd.Series, birth: pd.Series, known: Tables) -> pd.Series:
    """The group of the age in the year of a day."""
    age, limits = day.dt.year - birth, known["aldersgrans"]
    names = [*limits["grupp"], HIDDEN]
    place = np.searchsorted(limits["fran_alder"].to_numpy(), age.fillna(-1).to_numpy(dtype=float), side="right") - 1
    unknown = age.isna() | (age < 0) | (age > 199)
    return pd.Series(np.array(names, dtype=object)[np.where(unknown, len(names) - 1, place)], index=day.index)


def _counted(
    units: pd.DataFrame, name: str, day: pd.Series, reason: np.ndarray, reached: pd.Series, value: pd.Series | float
) -> pd.DataFrame:
    why = pd.Series(reason, index=units.index, dtype=object)
    return units.assign(
        indikator=name,
        fran=day,
        exkluderad=why,
        i_namnare=why.isna(),
        i_taljare=why.isna() & _true(reached),
        varde=value,
    )


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Arrow's dates as pandas' own, whose arithmetic analysts know."""
    days = [name for name, dtype in frame.dtypes.items() if str(dtype).startswith("date32")]
    return frame.assign(**{name: pd.to_datetime(frame[name]).astype("datetime64[s]") for name in days})


def _translated(codes: pd.Series, known: pd.DataFrame, to: str) -> pd.Series:
    return codes.astype(object).map(known.set_index("kod")[to].astype(object))


def _true(values: pd.Series) -> pd.Series:
    return values.astype(object).fillna(False).astype(bool)
