"""The moment when a new key takes over, noted beforehand, so that whoever comes after a kill ends it or undoes it.

``nycklar/.byte.json`` says whose key is changed and, once all of it is built, into which versions; the new key lies
in ``nycklar/.byte/`` until then. Before the decision nothing of the old is touched; after it, everything is done
again until it is done. The key is replaced last, so that it is never gone while a version is left that it made.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ibic_pipeline.home import Home
from ibic_pipeline.pseudonym import create_key, key_id, key_path
from ibic_pipeline.storage import read_json, replace_link, write_json
from ibic_pipeline.workflow.versions import (
    building_folder,
    current_version,
    describe_version,
    make_current,
    version_folder,
    write_note,
    write_status,
)


def begin(home: Home, scope: str, kommuner: Iterable[str]) -> Home:
    """Note that a key is to be changed and make the new one; the home as it is with that key.

    The caller holds ``only_run`` and the municipalities.
    """
    note = {"omfattning": scope, "kommuner": dict.fromkeys(kommuner), "beslutad": False, "gammal": key_id(home, scope)}
    write_json(note, _note(home))
    create_key(_with_new_key(home), scope)
    return _with_new_key(home)


def decide(home: Home, versions: Mapping[str, str | None]) -> None:
    """From here on the new key applies: every version stands that it made, and ``settle`` brings them forward."""
    write_json(read_json(_note(home)) | {"kommuner": dict(versions), "beslutad": True}, _note(home))


def is_pending(home: Home) -> bool:
    """Whether a change of keys is at work, or was killed and is not ended yet."""
    return _note(home).exists()


def settle(home: Home, place: str | None = None) -> None:
    """End a change of keys that is decided; undo one that is not, and that cannot be at work any more.

    Args:
        place: the municipality (or county) whose lock the caller holds. None: it holds ``only_run``, under which
            alone keys are changed.
    """
    if not is_pending(home):
        return
    with _one_at_a_time(home):
        note = read_json(_note(home))
        if note is None:
            return
        if note["beslutad"]:
            _bring_forward(home, note)
        elif place is None or place in note["kommuner"]:
            _undo(home, note)
        else:
            return
        if _new_keys(home).exists():
            shutil.rmtree(_new_keys(home))
        _note(home).unlink()


def _bring_forward(home: Home, note: dict[str, Any]) -> None:
    for kommunkod, version in note["kommuner"].items():
        if version is not None:
            _move_link(home, kommunkod, version)
            _note_that_it_stands(home, kommunkod)
    (home.lager / "lan" / "underlag.json").unlink(missing_ok=True)  # names folders that are about to go
    for folder in _folders_with_old_pseudonyms(home, note):
        shutil.rmtree(folder)
    new = key_path(_with_new_key(home), note["omfattning"])
    if new.exists():
        new.replace(key_path(home, note["omfattning"]))


def _undo(home: Home, note: dict[str, Any]) -> None:
    for kommunkod in note["kommuner"]:
        for folder in home.versions(kommunkod).glob(building_folder(home, kommunkod, "*").name):
            shutil.rmtree(folder)
        if current_version(home, kommunkod) is not None:
            _note_that_it_stands(home, kommunkod)


def _move_link(home: Home, kommunkod: str, version: str) -> None:
    if building_folder(home, kommunkod, version).exists():
        make_current(home, kommunkod, version)
    elif current_version(home, kommunkod) != version:
        replace_link(home.current(kommunkod), version_folder(home, kommunkod, version))


def _note_that_it_stands(home: Home, kommunkod: str) -> None:
    """A key is changed only where the current version is the latest delivery, so that this is true again."""
    about = describe_version(home, kommunkod)
    write_note(home, kommunkod, about["leverans"], about["version"], rebuild=False)
    write_status(home, kommunkod, "godkand", leverans=about["leverans"], version=about["version"])


def _folders_with_old_pseudonyms(home: Home, note: dict[str, Any]) -> Iterator[Path]:
    """Of the municipalities concerned every version but the current one; of others those that the old key made."""
    for folder in sorted((home.lager / ".versioner").glob("*/*/")):
        kommunkod = folder.parent.name
        if folder.name == current_version(home, kommunkod):
            continue
        about = read_json(folder / "version.json") or {}
        of_the_old_key = about.get("nyckel") == note["gammal"]
        unfinished = folder == building_folder(home, kommunkod, folder.name[1:].removesuffix(".bygge"))
        if of_the_old_key or (kommunkod in note["kommuner"] and (about or unfinished)):
            yield folder


def _note(home: Home) -> Path:
    return home.nycklar / ".byte.json"


def _new_keys(home: Home) -> Path:
    return home.nycklar / ".byte"


def _with_new_key(home: Home) -> Home:
    staged = Home(home.path)
    staged.nycklar = _new_keys(home)
    return staged


@contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    with (home.nycklar / ".las").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
