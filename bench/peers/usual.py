"""What a good analyst would write: pandas, pandera with failure cases, Great Expectations, and Dagster as it comes.

All ten tables are read, recoded, validated by the same pandera models as the pipeline's contracts and written as
parquet, with a table of refused rows and an accounting per file. Of the 34 indicators there are three (T8, T10, D1), in
pandas, with the same figures; the other 31 would take weeks. What it does not do at all: rules between tables, repairs,
disclosure control, comparison between municipalities, a release, pages. So it is far less work than ``ibic run``.

    python bench/peers/usual.py HOME OUT
"""

from __future__ import annotations

import hashlib
import hmac
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import dagster
import great_expectations as gx
import numpy as np
import pandas as pd
import pandera.errors
import pyarrow as pa

from ibic_pipeline.derive.reference import reference_tables
from ibic_pipeline.harmonise.codes import scale_words_only_pattern
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.profile import Del, Profil
from ibic_pipeline.synthetic.county_synth import END
from schemas import CONTRACTS
from schemas.codelists import codelist
from schemas.contract import ORIGIN_COLUMNS

INDICATORS = ("T8", "T10", "D1")
HIDDEN = "ej_redovisad"
PERIODS = {"manad": 1, "kvartal": 3, "halvar": 6, "ar": 12}
GROUPS = ("kon", "aldersgrupp", "insatsgrupp", "lagrum", "regiform")
YES_NO = {"J": True, "N": False, "ja": True, "nej": False}
PROTECTION = ("ingen", "sekretessmarkering", "skyddad_folkbokforing", "fingerade")
Tables = dict[str, pd.DataFrame]


def read_delivery(home: Home, code: str) -> tuple[Tables, pd.DataFrame, pd.DataFrame]:
    """Accepted rows per table, refused rows with the check that refused them, and an accounting per file."""
    profil = home.profil(code, END)
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in CONTRACTS}
    accounts = []
    for export, files in profil.exporter.items():
        for fil in files:
            (path,) = (home.inkorg / profil.mapp / END.isoformat()).glob(fil.monster)
            raw = pd.read_csv(path, sep=";", dtype="str", encoding="utf-8-sig", keep_default_na=False)
            raw = raw[~raw.iloc[:, 0].str.startswith("Summa poster")]
            accounts.append(
                {"fil": path.name, "export": str(export), "last": len(raw), "dubbletter": int(raw.duplicated().sum())}
            )
            for part in fil.delar:
                parts[part.tabell].append(recoded(raw, part, profil, fil.format.datum[0], fil.format.tills_vidare))
    tables: Tables = {}
    refused = []
    for name, frames in parts.items():
        frame = pd.concat(frames, ignore_index=True)
        if name == "individ":
            frame = frame.assign(rang=frame["skydd"].map(PROTECTION.index)).sort_values("rang", ascending=False)
        frame = frame.drop_duplicates(list(CONTRACTS[name].key()))
        tables[name], failures = validated(name, frame, code)
        refused.append(failures)
    return tables, pd.concat(refused, ignore_index=True), pd.DataFrame(accounts)


def recoded(raw: pd.DataFrame, part: Del, profil: Profil, pattern: str, endless: tuple[str, ...]) -> pd.DataFrame:
    """One contract table's columns of a file, on the rows that have its key."""
    contract = CONTRACTS[part.tabell]
    found: dict[str, Any] = {}
    for name, column in contract.own_columns().items():
        arrow = pd.ArrowDtype(contract.arrow_type(name))
        if name in part.konstanter:
            found[name] = pd.Series(part.konstanter[name], index=raw.index, dtype=arrow)
        elif name in part.kolumner:
            ignored = profil.ignoreras.get(f"{part.tabell}.{name}")
            text = raw[part.kolumner[name]].str.strip()
            text = text.where(~text.isin(ignored.varden), "") if ignored else text
            found[name] = read(text, column.metadata, f"{part.tabell}.{name}", profil, pattern, endless).astype(arrow)
        else:
            found[name] = pd.Series(pd.NA, index=raw.index, dtype=arrow)
    frame = pd.DataFrame(found)
    if part.tabell == "individ":
        frame["fodelsear"] = birth_year(raw[part.kolumner["individ_id"]]).astype(frame["fodelsear"].dtype)
    if part.tabell == "bedomning":
        area = codelist("icf").drop_duplicates("kod").set_index("kod")["livsomrade"]
        frame["livsomrade"] = frame["icf_kod"].map(area).astype(frame["livsomrade"].dtype)
    needed = [*contract.key(), *(["svar"] if part.tabell == "kvalitetssvar" else [])]
    return frame[frame[needed].notna().all(axis=1)]


def read(
    text: pd.Series, meta: Mapping[str, Any], where: str, profil: Profil, pattern: str, endless: tuple[str, ...]
) -> pd.Series:
    """A column of strings as its kind says."""
    reading, present = meta["lasning"], text != ""
    if reading == "date":
        days = pd.to_datetime(text.where(~text.isin(endless), ""), format=pattern, errors="coerce")
        return days.astype(pd.ArrowDtype(pa.timestamp("s")))
    if reading == "code":
        known = {code: code for code in codelist(meta["kodlista"])["kod"]}
        mapping = known | profil.varden.get(meta["kodlista"], {}) | profil.varden.get(where, {})
        codes = text.astype(object).map(mapping)
        return pd.to_numeric(codes).astype("Int64") if meta["kodlista"] == "skala" else codes
    if reading == "boolean":
        meanings = YES_NO | {k: YES_NO[v] for k, v in profil.varden.get(where, {}).items()}
        return text.astype(object).map(meanings).astype(object).astype("boolean")
    if reading == "personnummer":
        return text.map({each: hmac.digest(b"nyckel", each.encode(), hashlib.sha256).hex() for each in text.unique()})
    if reading == "text_length":
        return text.str.len()
    if reading == "text_present":
        return present
    if reading == "scale_word_only":
        return text.str.lower().str.match(scale_words_only_pattern().replace(r"\p{L}", "a-zåäöé"))
    return pd.to_numeric(text.where(present)) if reading in ("integer", "decimal") else text.where(present)


def birth_year(number: pd.Series) -> pd.Series:
    """Twelve digits say it; of ten it is the latest possible by the day of extraction, a plus from a hundred years."""
    long = number.str.len() >= 12
    short = number.where(~long, "000101-0000")
    year, day = short.str[:2].astype(int), short.str[4:6].astype(int) % 60
    recent = short.str[:4] + day.astype(str).str.zfill(2) <= f"{END:%y%m%d}"
    plus = short.str[6] == "+"
    century = np.where(plus, np.where(year <= END.year % 100, 1900, 1800), np.where(recent, 2000, 1900))
    return pd.Series(np.where(long, number.str[:4].where(long, "0").astype(int), year + century), index=number.index)


def validated(name: str, frame: pd.DataFrame, code: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that the pandera model accepts, and the others with the check that they fail."""
    contract = CONTRACTS[name]
    origin = {"kommunkod": code, "leverans_id": END.isoformat(), "kallfil": "fil", "kallrad": 1}
    whole = frame.assign(**origin)[list(contract.columns())].reset_index(drop=True)
    for column in ORIGIN_COLUMNS:
        whole[column] = whole[column].astype(pd.ArrowDtype(contract.arrow_type(column)))
    try:
        return contract.validate(whole, lazy=True), pd.DataFrame(columns=["tabell", "check", "index"])
    except pandera.errors.SchemaErrors as error:
        failures = error.failure_cases[["check", "index"]].assign(tabell=name)
        rows = failures["index"].dropna().astype(int).unique()
        return whole.drop(index=rows), failures


def expectations(tables: Tables, context: Any) -> list[bool]:
    """A suite per table: it has rows, its key is unique and there, and its codes are known."""
    source = context.data_sources.add_or_update_pandas("tabeller")
    held = []
    for name, frame in tables.items():
        contract = CONTRACTS[name]
        suite = gx.ExpectationSuite(name=name)
        suite.add_expectation(gx.expectations.ExpectTableRowCountToBeBetween(min_value=0))
        suite.add_expectation(
            gx.expectations.ExpectCompoundColumnsToBeUnique(column_list=["kommunkod", *contract.key()])
        )
        for column, declared in contract.own_columns().items():
            if not declared.nullable:
                suite.add_expectation(gx.expectations.ExpectColumnValuesToNotBeNull(column=column))
            codes = declared.metadata["kodlista"]
            if codes and codes != "skala":
                known = codelist(codes)["kod"].tolist()
                suite.add_expectation(gx.expectations.ExpectColumnValuesToBeInSet(column=column, value_set=known))
        batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("allt")
        held.append(batch.get_batch({"dataframe": frame.astype(object)}).validate(suite).success)
    return held


def figures(home: Home, code: str, tables: Tables) -> pd.DataFrame:
    """Counts and quantiles of the three indicators per period and group."""
    from bench.peers.usual_units import units_of

    known = reference_tables(home.profil(code, END), home.lan, END)
    reference = {name: table.replace_schema_metadata(None).to_pandas() for name, table in known.items()}
    units = units_of(tables, reference)
    month = units["fran"].dt.year * 12 + units["fran"].dt.month - 1
    first, last = (
        int(home.lan.forsta_period[:4]) * 12 + int(home.lan.forsta_period[5:]) - 1,
        END.year * 12 + END.month - 1,
    )
    found = []
    for period_typ, length in PERIODS.items():
        number = month // length
        whole = (number * length >= first) & ((number + 1) * length - 1 <= last)
        for brytning in ("total", *GROUPS):
            grupp = units.get(brytning, "alla")
            counted = units.assign(nummer=number, grupp=grupp)[whole]
            valued = counted["varde"].where(counted["i_namnare"])
            grouped = counted.assign(varde=valued).groupby(["indikator", "nummer", "grupp"])
            sums = grouped.agg(
                namnare=("i_namnare", "sum"), taljare=("i_taljare", "sum"), exkluderade=("exkluderad", "count"),
                antal_varden=("varde", "count"), median=("varde", "median"),
            )  # fmt: skip
            p90 = grouped["varde"].agg(
                lambda v: np.quantile(v.dropna(), 0.9, method="inverted_cdf") if v.count() else np.nan
            )
            found.append(sums.assign(p90=p90).reset_index().assign(period_typ=period_typ, brytning=brytning))
    every = pd.concat(found, ignore_index=True).assign(kommunkod=code)
    return every.assign(antal_varden=every["antal_varden"].where(every["antal_varden"] > 0))


def run(
    home: Home,
    out: Path,
    settings: Settings,  # noqa: ARG001 - none of these libraries is told how much it may take
    stage: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> None:
    """Materialise an asset per municipality and step, as Dagster does it by default, and write parquet."""
    out.mkdir(parents=True, exist_ok=True)
    context = gx.get_context(mode="ephemeral")

    def assets_of(code: str) -> list[Any]:
        @dagster.asset(name=f"tabeller_{code}")
        def tables() -> Tables:
            accepted, refused, accounts = read_delivery(home, code)
            (out / code).mkdir(exist_ok=True)
            refused.astype({"check": "str"}).to_parquet(out / code / "karantan.parquet")
            accounts.to_parquet(out / code / "avstamning.parquet")
            for name, frame in accepted.items():
                frame.to_parquet(out / code / f"{name}.parquet")
            return accepted

        @dagster.asset(name=f"granskning_{code}", ins={"tables": dagster.AssetIn(f"tabeller_{code}")})
        def review(tables: Tables) -> list[bool]:
            return expectations(tables, context)

        @dagster.asset(name=f"figurer_{code}", ins={"tables": dagster.AssetIn(f"tabeller_{code}")})
        def counted(tables: Tables) -> None:
            figures(home, code, tables).to_parquet(out / code / "figurer.parquet")

        return [tables, review, counted]

    with stage("everything"), dagster.DagsterInstance.local_temp() as instance:
        every = [each for code in home.lan.kommuner for each in assets_of(code)]
        if not dagster.materialize(every, instance=instance).success:
            raise RuntimeError("an asset of the usual peer failed")


if __name__ == "__main__":
    run(Home(Path(sys.argv[1])), Path(sys.argv[2]), Settings())
