"""Weekly deliveries of one made-up municipality, large enough to be compared, and ways in which one can go wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa

from ibic_pipeline.profile import Profil
from ibic_pipeline.quality import history
from ibic_pipeline.quality.measure import measure
from ibic_pipeline.storage import write_parquet
from schemas import CONTRACTS
from tests.support.deliveries import one_to_one, profile
from tests.support.small_tables import SETTINGS, county

CODE = "9901"
A_MONTH = 40
WEEKS = ("2026-06-09", "2026-06-16", "2026-06-23", "2026-06-30")
TODAY = WEEKS[-1]
LAN = county(kommuner=["9901", "9902", "9903"])

Frames = dict[str, pd.DataFrame]
Change = Callable[[Frames], Frames]


def extract(day: str) -> Frames:
    """Everything that has happened until a day, at an even pace since July 2024."""
    months = pd.period_range("2024-07", "2026-06", freq="M")
    n = len(months) * A_MONTH
    number = np.arange(n)
    start = pd.DatetimeIndex(np.repeat(months.to_timestamp(), A_MONTH)) + pd.to_timedelta(
        number % A_MONTH * 27 // A_MONTH, "D"
    )
    keys = pd.Series(number.astype(str))
    outcome = np.select([number % 10 < 5, number % 10 < 8], ["helt", "delvis"], "inte")
    frames = {
        "individ": pd.DataFrame({"individ_id": "p" + keys, "kon": np.where(number % 2, "man", "kvinna")}),
        "utredning": pd.DataFrame({"utredning_id": "U" + keys, "individ_id": "p" + keys, "inledd": start}),
        "beslut": pd.DataFrame(
            {"beslut_id": "B" + keys, "utredning_id": "U" + keys, "individ_id": "p" + keys, "beslutsdatum": start,
             "galler_fran": start, "utfall": np.where(number % 20 == 7, "avslag", "bifall"),
             "planerad_uppfoljning": start + pd.DateOffset(years=1)}
        ),
        "mal": pd.DataFrame({"mal_id": "M" + keys, "beslut_id": "B" + keys}),
        "uppfoljning": pd.DataFrame(
            {"uppfoljning_id": "F" + keys, "beslut_id": "B" + keys, "datum": start, "status": "klarmarkerad",
             "kanal": "folja_upp", "typ": np.where(number % 20 == 3, "vid_behov", "planerad")}
        ),
        "maluppfyllelse": pd.DataFrame({"uppfoljning_id": "F" + keys, "mal_id": "M" + keys, "utfall": outcome}),
    }  # fmt: skip
    known = start <= pd.Timestamp(day)
    return {table: frame[known] for table, frame in frames.items()}


def delivering(*left_out: str) -> Profil:
    """A profile that delivers what ``extract`` has."""
    columns = {table: [c for c in frame if f"{table}.{c}" not in left_out] for table, frame in extract(TODAY).items()}
    parts = [one_to_one(table, names) for table, names in columns.items()]
    return profile({"beslut": [{"monster": "allt.csv", "delar": parts}]})


def measured(frames: Frames, day: str, folder: Path, profil: Profil | None = None) -> pa.Table:
    """What a delivery measures."""
    paths = {table: folder / day / f"{table}.parquet" for table in CONTRACTS}
    for table, contract in CONTRACTS.items():
        frame = frames.get(table, pd.DataFrame())
        nothing = [None] * len(frame)
        columns = {
            name: pa.array(frame.get(name, nothing), contract.arrow_type(name), from_pandas=True)
            for name in contract.own_columns()
        }
        write_parquet(pa.table(columns), paths[table])
    return measure(paths, profil or delivering(), LAN, date.fromisoformat(day), SETTINGS)


@cache
def ordinary(day: str) -> pa.Table:
    """What the delivery of a day measures when nothing is wrong."""
    with TemporaryDirectory() as folder:
        return measured(extract(day), day, Path(folder))


def remembered(measures: Mapping[str, pa.Table], folder: Path, code: str = CODE) -> pa.Table:
    """Measures of deliveries as ``history.read`` gives them: all but the last are kept as earlier ones."""
    *earlier, now = measures
    for day in earlier:
        history.keep(measures[day], day, folder / code)
    return history.read(folder / code, now, measures[now], kommunkod=code)


def with_last(change: Change, folder: Path, days: Sequence[str] = WEEKS) -> pa.Table:
    """Ordinary weeks before, and in the last one a delivery that is changed."""
    measures = {day: ordinary(day) for day in days[:-1]}
    return remembered(measures | {days[-1]: measured(change(extract(days[-1])), days[-1], folder)}, folder)


def half(frames: Frames) -> Frames:
    """Every second block of ten rows, so that no share of codes changes."""
    return {table: frame[np.arange(len(frame)) // 20 % 2 == 0] for table, frame in frames.items()}


def recoded(table: str, column: str, old: str, new: str | None) -> Change:
    """One code read as another, or as nothing."""

    def change(frames: Frames) -> Frames:
        values = frames[table][column].astype(object)
        return frames | {table: frames[table].assign(**{column: values.where(values != old, new)})}

    return change


def without_last_month(frames: Frames) -> Frames:
    """A selection that ended when May did."""
    known = frames["utredning"]["inledd"] < "2026-06-01"
    return {table: frame[known] for table, frame in frames.items()}


def last_weeks_file(_: Frames) -> Frames:
    """The delivery of the week before, once more."""
    return extract(WEEKS[-2])
