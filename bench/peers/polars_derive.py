"""Three indicators (T8, T10, D1) derived by polars, lazily, from the accepted rows that the pipeline wrote.

The other 31 would take weeks: the comparison derives the same three with us, and the facts that they read. Here only
the columns that they need are made, and no invariant is checked.

    python bench/peers/polars_derive.py HOME OUT
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import polars as pl

from ibic_pipeline.derive.reference import reference_tables
from ibic_pipeline.derive.run import UNITS
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.synthetic.county_synth import END
from ibic_pipeline.workflow.municipality import work_on

INDICATORS = ("T8", "T10", "D1")
HIDDEN = "ej_redovisad"
GROUPS = ("insatsgrupp", "lagrum", "regiform")
Frames = dict[str, pl.LazyFrame]
Parameters = dict[str, object]


def decisions(tables: Frames, known: Frames) -> pl.LazyFrame:
    """The decision with its groups; those of a protected person are hidden, but for the rules that depend on them."""
    latest = (
        tables["uppdrag"]
        .sort("skickat", "uppdrag_id", descending=True, nulls_last=True)
        .unique("beslut_id", keep="first", maintain_order=True)
        .join(known["kodlista_regiform"].rename({"kod": "regiform"}), on="regiform", how="left")
        .select("beslut_id", regiform="grupp", har_uppdrag=pl.lit(True))
    )
    protected = pl.col("skydd").fill_null("ingen") != "ingen"
    people = tables["individ"].select(
        "individ_id",
        skyddad=protected,
        kon=pl.when(pl.col("kon").is_in(["kvinna", "man"]) & ~protected).then("kon").otherwise(pl.lit(HIDDEN)),
        fodelsear=pl.when(~protected).then("fodelsear"),
    )
    found = (
        tables["beslut"]
        .join(tables["utredning"].select("utredning_id", "ansokan_datum"), on="utredning_id", how="left")
        .join(people, on="individ_id", how="left")
        .join(known["kodlista_insats"].select(insats="kod", insatsgrupp="insatsgrupp"), on="insats", how="left")
        .join(known["insatsregel"], on="insatsgrupp", how="left")
        .join(
            known["kodlista_lagrum"].rename({"kod": "lagrum", "utan_behovsprovning": "enligt_lag"}),
            on="lagrum",
            how="left",
        )
        .join(latest, on="beslut_id", how="left")
    )
    none = pl.lit(value=False)
    return found.select(
        "beslut_id", "utredning_id", "ansokan_datum", "beslutsdatum", "utfall", "fodelsear",
        beviljat=pl.col("utfall").is_in(["bifall", "delvis_bifall"]).fill_null(none),
        utan_behovsprovning=pl.col("utan_behovsprovning").fill_null(none) | pl.col("enligt_lag").fill_null(none),
        utan_genomforandeplan=pl.col("utan_genomforandeplan").fill_null(none),
        har_uppdrag=pl.col("har_uppdrag").fill_null(none),
        skyddad=pl.col("skyddad").fill_null(none),
        kon=pl.col("kon").fill_null(HIDDEN),
        aldersgrupp=age_group(known, pl.col("beslutsdatum")),
        **{
            name: pl.when(pl.col("skyddad").fill_null(none)).then(pl.lit(HIDDEN)).otherwise(_or_hidden(column))
            for name, column in zip(GROUPS, ("insatsgrupp", "lag", "regiform"), strict=True)
        },
    )  # fmt: skip


def age_group(known: Frames, day: pl.Expr) -> pl.Expr:
    """The group of the age in the year of a day, from the year of birth."""
    age = day.dt.year() - pl.col("fodelsear")
    found: pl.Expr = pl.lit(HIDDEN)
    for limit in known["aldersgrans"].collect().to_dicts():
        last = limit["till_alder"] if limit["till_alder"] is not None else 199
        found = pl.when(age.is_between(limit["fran_alder"], last)).then(pl.lit(limit["grupp"])).otherwise(found)
    return found


def t8(decided: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Days from application to decision."""
    asked, day = pl.col("ansokan_datum"), pl.col("beslutsdatum")
    reason = (
        pl.when(asked.is_null()).then(pl.lit("saknar_ansokan"))
        .when(asked > day).then(pl.lit("ansokan_efter_beslut"))
    )  # fmt: skip
    days = (day - asked).dt.total_days()
    return _units(
        decided.filter(pl.col("utfall").is_in(["bifall", "delvis_bifall", "avslag"])),
        "T8", "beslut_id", day, reason, (days <= given["utredningstid_dagar"]).fill_null(value=False), days,
    )  # fmt: skip


def t10(tables: Frames, known: Frames, decided: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Commissions with a completed plan in time; a decision without commission is a unit of its own."""
    completed = (
        tables["genomforandeplan"]
        .filter((pl.col("typ").fill_null("plan") == "plan") & pl.col("status").is_in(["klarmarkerad", "delgiven"]))
        .group_by("uppdrag_id")
        .agg(plan=pl.col("klarmarkerad").min())
    )
    start = pl.coalesce("paborjat", "mottaget", "skickat", "beslutsdatum")
    form = pl.when("skyddad").then(pl.lit(HIDDEN)).otherwise(_or_hidden("grupp"))
    commissioned = (
        tables["uppdrag"]
        .join(decided.drop("regiform"), on="beslut_id", how="inner")
        .join(completed, on="uppdrag_id", how="left")
        .join(known["kodlista_regiform"].rename({"kod": "regiform"}), on="regiform", how="left")
        .with_columns(startdag=start, aldersgrupp=age_group(known, start), regiform=form)
    )
    begun = pl.col("paborjat").is_not_null() | pl.col("mottaget").is_not_null()
    deadline = pl.col("startdag") + pl.duration(days=given["gp_frist_dagar"])
    late = pl.col("plan").is_null() | (pl.col("plan") > deadline)
    reason = (
        pl.when("utan_genomforandeplan").then(pl.lit("utan_genomforandeplan"))
        .when(~pl.col("beviljat")).then(pl.lit("ej_beviljat"))
        .when(~begun).then(pl.lit("ej_paborjat"))
        .when(pl.col("startdag") < given["genomforandeplan_fran"]).then(pl.lit("ej_observerbar"))
        .when(deadline > given["uttagsdatum"]).then(pl.lit("ej_moget"))
        .when((pl.col("avslutat") < deadline) & late).then(pl.lit("avslutat_fore_frist"))
    )  # fmt: skip
    days = (pl.col("plan") - pl.col("startdag")).dt.total_days()
    without = (
        pl.when("utan_genomforandeplan").then(pl.lit("utan_genomforandeplan"))
        .when(~pl.col("beviljat")).then(pl.lit("ej_beviljat"))
        .otherwise(pl.lit("utan_uppdrag"))
    )  # fmt: skip
    in_time = (pl.col("plan") <= deadline).fill_null(value=False)
    nothing = pl.lit(None, pl.Int64)
    return pl.concat(
        [
            _units(commissioned, "T10", "uppdrag_id", pl.col("startdag"), reason, in_time, days),
            _units(
                decided.filter(~pl.col("har_uppdrag")),
                "T10", "beslut_id", pl.col("beslutsdatum"), without, pl.lit(value=False), nothing,
            ),
        ]
    )  # fmt: skip


def d1(tables: Frames, known: Frames, decided: pl.LazyFrame, given: Parameters) -> pl.LazyFrame:
    """Goals that can be followed up, of decisions and of plans."""
    plans = (
        tables["genomforandeplan"]
        .join(tables["uppdrag"].select("uppdrag_id", "beslut_id", form="regiform"), on="uppdrag_id", how="inner")
        .join(known["kodlista_regiform"].rename({"kod": "form"}), on="form", how="left")
        .select("plan_id", "beslut_id", "grupp", satt=pl.coalesce("upprattad", "klarmarkerad"))
    )
    of_plans = (
        tables["mal"].filter(pl.col("beslut_id").is_null()).drop("beslut_id")
        .join(plans, on="plan_id", how="inner")
        .join(decided, on="beslut_id", how="inner")
        .with_columns(
            dag=pl.col("satt"), regiform=pl.when("skyddad").then(pl.lit(HIDDEN)).otherwise(_or_hidden("grupp"))
        )
    )  # fmt: skip
    of_decisions = tables["mal"].join(decided, on="beslut_id", how="inner").with_columns(dag=pl.col("beslutsdatum"))
    goals = pl.concat([of_decisions, of_plans], how="diagonal").filter(pl.col("dag").is_not_null())
    reason = pl.when("utan_behovsprovning").then(pl.lit("utan_behovsprovning"))
    measurable = (
        pl.col("avsett").is_between(0, 4).fill_null(value=False)
        & (pl.col("text_langd").fill_null(0) >= given["minsta_textlangd"])
        & ~pl.col("endast_skala").fill_null(value=False)
    )
    of_the_day = goals.with_columns(aldersgrupp=age_group(known, pl.col("dag")))
    return _units(of_the_day, "D1", "mal_id", pl.col("dag"), reason, measurable, pl.lit(None, pl.Int64))


def run(
    home: Home,
    out: Path,
    settings: Settings,  # noqa: ARG001 - polars takes its number of threads from the environment
    stage: Callable[[str], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> None:
    """Write ``<kommunkod>/enheter/<ID>.parquet`` for every municipality."""
    with stage("units"):
        for code in home.lan.kommuner:
            source = work_on(home, code).folder / "harmoniserat"
            tables = {path.stem: pl.scan_parquet(path) for path in source.glob("*.parquet")}
            reference = reference_tables(home.profil(code, END), home.lan, END)
            known = {name: pl.from_arrow(table).lazy() for name, table in reference.items()}  # type: ignore[union-attr]
            (given,) = reference["parametrar"].to_pylist()
            decided = decisions(tables, known)
            plans = [t8(decided, given), t10(tables, known, decided, given), d1(tables, known, decided, given)]
            folder = out / code / "enheter"
            folder.mkdir(parents=True, exist_ok=True)
            for name, units in zip(INDICATORS, pl.collect_all(plans), strict=True):
                units.sort(UNITS.names, nulls_last=True).write_parquet(folder / f"{name}.parquet")


def _or_hidden(column: str) -> pl.Expr:
    return pl.col(column).fill_null(HIDDEN)


def _units(
    rows: pl.LazyFrame, name: str, unit: str, day: pl.Expr, reason: pl.Expr, reached: pl.Expr, value: pl.Expr
) -> pl.LazyFrame:
    return rows.select(
        indikator=pl.lit(name),
        enhet_id=pl.col(unit),
        fran=day,
        till=pl.lit(None, pl.Date),
        i_namnare=reason.is_null(),
        i_taljare=reason.is_null() & reached,
        exkluderad=reason,
        varde=value.cast(pl.Float64),
        kon="kon",
        aldersgrupp="aldersgrupp",
        insatsgrupp="insatsgrupp",
        lagrum="lagrum",
        regiform="regiform",
    )


if __name__ == "__main__":
    run(Home(Path(sys.argv[1])), Path(sys.argv[2]), Settings())
