"""Purging persons: noted first, then removed from every release and from the working tables, with a receipt.

The municipality's purge list is what each load and each publication leaves out, so the note alone keeps a person out of
all that comes; what stands is then made anew without them. A kill at any moment leaves the note, from which the next
`ibic run` or `ibic release purge` does the rest.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract import profile_of_latest
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.pseudonym import key_id, pseudonymiser, scope_of
from ibic_pipeline.publish.folders import releases_in
from ibic_pipeline.publish.lifecycle import manifest_of
from ibic_pipeline.publish.persons import columns_of, ended_before, remaining
from ibic_pipeline.publish.purge import Notice, purge_from_releases
from ibic_pipeline.publish.purge_list import (
    Purged,
    lifted,
    purge_list,
    purged_of_key,
    purged_persons,
    read_receipt,
    write_purge_list,
    write_receipt,
)
from ibic_pipeline.workflow.files import COUNTY, only_run, only_writer, private_files
from ibic_pipeline.workflow.forgotten import years_before
from ibic_pipeline.workflow.measured import measure_municipality
from ibic_pipeline.workflow.municipality import (
    aggregate_municipality,
    commit_version,
    derive_municipality,
    harmonise_municipality,
    load_delivery,
)
from ibic_pipeline.workflow.versions import current_version
from schemas import CONTRACTS

BY_RULE = "gallringsregel"
_PSEUDONYM = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Receipt:
    """What a purge has done so far; no pseudonym.

    ``lager``: table -> rows of the version that stood. ``releaser``: release -> table -> rows.
    ``vantar``: why persons are still in the working tables, from which the next load that is accepted removes them.
    """

    kvitto: str
    tid: str
    av: str
    skal: str
    kommunkod: str
    individer: int
    lager: dict[str, int]
    releaser: dict[str, dict[str, int]]
    vantar: str | None = None
    aggregat: str = "Publicerade jämförelsetabeller är lämnade som de är: antal under röjandekontroll."

    @property
    def found(self) -> bool:
        """Whether any row of theirs was found anywhere."""
        return bool(self.lager or self.releaser)


def pseudonyms_of(home: Home, kommunkod: str, numbers: Sequence[str]) -> list[str]:
    """The pseudonyms that the municipality's key makes of personal or reserve numbers.

    Raises:
        IbicError: some are not numbers of persons; how many, never which.
    """
    profil = profile_of_latest(home, kommunkod)
    found = pseudonymiser(home, profil, datetime.now(tz=UTC).date())(pa.array(numbers, pa.string())).pseudonym
    if found.null_count:
        raise IbicError(
            "numbers of persons, one a line",
            f"{found.null_count} of {len(numbers)} that are not",
            "Correct them; nothing has been purged.",
        )
    return sorted(set(found.to_pylist()))


def checked_pseudonym(text: str) -> str:
    """The text, when it is a pseudonym; anything else could be a number and is not repeated.

    Raises:
        IbicError: it is not.
    """
    if not _PSEUDONYM.fullmatch(text):
        raise IbicError(
            "a pseudonym (32 characters, 0-9 and a-f)",
            "something else",
            "Personal numbers are never given as arguments: use `--individ -` and type or pipe them, one a line.",
        )
    return text


def purge_persons(
    home: Home,
    kommunkod: str,
    persons: Sequence[str],
    av: str,
    skal: str,
    settings: Settings,
    when_waiting: Callable[[], Any],
) -> Receipt:
    """Purge persons of a municipality, and keep them out of every later load.

    Args:
        av: who decided, as a role.
        skal: why; kept in the list and the receipt.

    Raises:
        IbicError: another run or publisher is at work, or something cannot be written. What is done is done; what is
            left is done by the next run.
    """
    with only_run(home), only_writer(home, kommunkod, when_waiting), private_files():
        key = key_id(home, scope_of(profile_of_latest(home, kommunkod)))
        purged_of_key(home, kommunkod, key)
        moment = datetime.now(tz=UTC)
        kvitto = f"{moment:%Y-%m-%dT%H%M%SZ}-{kommunkod}-{secrets.token_hex(3)}"
        decision = Purged(kvitto, f"{moment:%Y-%m-%dT%H:%M:%SZ}", av, skal, key, tuple(sorted(set(persons))))
        write_purge_list(home, kommunkod, [*purge_list(home, kommunkod), decision])
        return _carry_out(home, kommunkod, decision, lambda: _reloaded(home, kommunkod, settings))


def finish_purges(home: Home) -> list[Receipt]:
    """Do what purges have left undone in releases and older versions; loads are left to whoever loads."""
    with private_files():
        return [
            _carry_out(home, kommunkod, decision, lambda: "the next load that is accepted")
            for kommunkod in home.lan.kommuner
            for decision in purge_list(home, kommunkod)
            if not decision.klar
        ]


def lift_persons(home: Home, kommunkod: str, persons: Collection[str], when_waiting: Callable[[], Any]) -> int:
    """Take persons off the purge list, and return how many were on it; the next load takes them in again.

    Raises:
        IbicError: another run is at work, or the list cannot be written.
    """
    with only_run(home), only_writer(home, kommunkod, when_waiting), private_files():
        on_it = purged_persons(home, kommunkod) & set(persons)
        write_purge_list(home, kommunkod, lifted(purge_list(home, kommunkod), on_it))
    return len(on_it)


def purge_by_rule(home: Home, today: date) -> list[Receipt]:
    """Remove from every release the persons whose retention time has passed and whom the current version lacks."""
    done: list[Receipt] = []
    for kommunkod in home.lan.kommuner:
        rule = home.lan.gallring.of(kommunkod)
        if rule is None:
            continue
        moment = datetime.now(tz=UTC)
        notice = Notice(f"{moment:%Y-%m-%dT%H%M%SZ}-{kommunkod}-regel", f"{moment:%Y-%m-%dT%H:%M:%SZ}", BY_RULE)
        there, limit = _persons_of(home, kommunkod), years_before(today, rule.ar)
        removed = purge_from_releases(home, kommunkod, partial(_old, limit=limit, still_there=there), notice)
        if removed:
            done.append(Receipt(notice.kvitto, notice.tid, BY_RULE, rule.not_, kommunkod, 0, {}, removed))
            with private_files():
                write_receipt(home, notice.kvitto, asdict(done[-1]))
    return done


def _carry_out(home: Home, kommunkod: str, decision: Purged, reload: Callable[[], str | None]) -> Receipt:
    persons = frozenset(decision.individer)
    counted = read_receipt(home, decision.kvitto)
    lager = counted["lager"] if counted else _rows_in(home.current(kommunkod), persons)
    receipt = Receipt(
        decision.kvitto, decision.tid, decision.av, decision.skal, kommunkod, len(persons), lager, {}, "avbruten"
    )
    write_receipt(home, decision.kvitto, asdict(receipt))
    notice = Notice(decision.kvitto, decision.tid, decision.av)
    purge_from_releases(home, kommunkod, lambda _: persons, notice)
    waiting = reload() if _rows_in(home.current(kommunkod), persons) else None
    _drop_versions(home, kommunkod, persons)
    receipt = replace(receipt, releaser=_told_by_releases(home, decision.kvitto), vantar=waiting)
    write_receipt(home, decision.kvitto, asdict(receipt))
    if waiting is None:
        every = purge_list(home, kommunkod)
        done = [replace(each, klar=True) if each.kvitto == decision.kvitto else each for each in every]
        write_purge_list(home, kommunkod, done)
    return receipt


def _reloaded(home: Home, kommunkod: str, settings: Settings) -> str | None:
    """Load the latest delivery again, without the persons; why it cannot be, if so."""
    planned = load_delivery(home, kommunkod, fetch=False)
    if planned.refused:
        return "; ".join(f"{code}: {text}" for code, text in planned.reasons)
    try:
        harmonise_municipality(home, kommunkod)
    except DeliveryRefused as refused:
        return str(refused)
    derive_municipality(home, kommunkod, settings)
    aggregate_municipality(home, kommunkod, settings)
    measure_municipality(home, kommunkod, settings)
    commit_version(home, kommunkod)
    return None


def _drop_versions(home: Home, kommunkod: str, persons: frozenset[str]) -> None:
    """Remove every version but the current one that holds rows of theirs, and what says that one is to be published."""
    current = current_version(home, kommunkod)
    for folder in sorted(path for path in home.versions(kommunkod).glob("*") if path.is_dir()):
        if folder.name != current and _rows_in(folder, persons):
            shutil.rmtree(folder)
            (home.lager / COUNTY / "underlag.json").unlink(missing_ok=True)


def _rows_in(version: Path, persons: frozenset[str]) -> dict[str, int]:
    files = {table: version / "harmoniserat" / f"{table}.parquet" for table in CONTRACTS}
    there = {table: path for table, path in files.items() if path.is_file()}
    kept = remaining(there, persons) if there else {}
    return {table: pq.read_metadata(there[table]).num_rows - rows.num_rows for table, rows in kept.items()}


def _told_by_releases(home: Home, kvitto: str) -> dict[str, dict[str, int]]:
    """What the releases themselves say, so that a purge that was killed half way tells of all of it."""
    return {
        folder.name: said["rader"]
        for folder in releases_in(home.publicerat)
        for said in manifest_of(folder).get("gallringar", ())
        if said["kvitto"] == kvitto
    }


def _persons_of(home: Home, kommunkod: str) -> set[str]:
    path = home.current(kommunkod) / "harmoniserat" / "individ.parquet"
    return set(pq.read_table(path, columns=["individ_id"])["individ_id"].to_pylist()) if path.is_file() else set()


def _old(files: Mapping[str, Path], limit: date, still_there: set[str]) -> set[str]:
    return set(ended_before({table: [columns_of(path)] for table, path in files.items()}, limit)) - still_there
