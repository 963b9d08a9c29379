"""A county's installation: one folder with settings, deliveries, working tables and releases."""

from __future__ import annotations

import difflib
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ibic_pipeline.county import Lan
from ibic_pipeline.errors import IbicError
from ibic_pipeline.profile import Profil
from ibic_pipeline.storage import read_json

Model = TypeVar("Model", bound=BaseModel)


class Settings(BaseSettings):
    """What the environment decides: ``IBIC_HOME``, and how much DuckDB may use."""

    model_config = SettingsConfigDict(env_prefix="IBIC_")

    home: Path = Path("home")
    memory: str = "2GB"
    threads: int = 2


class Home:
    """Folders of an installation, and its settings read on first use."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.inkorg = self.path / "inkorg"
        self.lager = self.path / "lager"
        self.publicerat = self.path / "publicerat"
        self.nycklar = self.path / "nycklar"
        self.kommuner = self.path / "kommuner"
        self.dagster = self.path / "dagster"

    @cached_property
    def lan(self) -> Lan:
        """The county's settings.

        Raises:
            IbicError: the file is missing or wrong.
        """
        return _load(self.path / "lan.yaml", Lan)

    def profil(self, kommunkod: str) -> Profil:
        """One municipality's profile, inheritance resolved.

        Raises:
            IbicError: the file is missing or wrong.
        """
        path = self.kommuner / f"{kommunkod}.yaml"
        profil = _check(_inherit(path), Profil, path)
        if profil.kommunkod != kommunkod:
            raise IbicError(
                f"kommunkod {kommunkod} in {path}",
                f"kommunkod {profil.kommunkod}",
                "Correct the code or the file name.",
            )
        return profil

    def versions(self, kommunkod: str) -> Path:
        """The folder that holds a municipality's versions and ``status.json``."""
        return self.lager / ".versioner" / kommunkod

    def current(self, kommunkod: str) -> Path:
        """The link to a municipality's current version; it need not exist."""
        return self.lager / kommunkod

    def status(self, kommunkod: str) -> dict[str, Any] | None:
        """The latest attempt to load a municipality."""
        found: dict[str, Any] | None = read_json(self.versions(kommunkod) / "status.json")
        return found


def _inherit(path: Path, seen: tuple[Path, ...] = ()) -> dict[str, Any]:
    own = _read_yaml(path)
    parent = own.pop("arver", None)
    if parent is None:
        return own
    if path in seen:
        raise IbicError("profiles that inherit in one direction", f"a circle through {path}", "Remove one `arver`.")
    return _merge(_inherit(path.parent / str(parent), (*seen, path)), own)


def _merge(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merged[key] = _merge(base[key], value)
        else:
            merged[key] = value
    return merged


def _load(path: Path, model: type[Model]) -> Model:
    return _check(_read_yaml(path), model, path)


def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise IbicError(f"the file {path}", "no such file", "Run `ibic init --home <folder>`, or correct --home.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f"{path}" if line is None else f"{path}, line {line + 1}"
        raise IbicError("a YAML file in UTF-8", f"something else in {where}", "Correct the file.") from None
    if not isinstance(content, dict):
        raise IbicError("keys and values", f"something else in {path}", "Correct the file.")
    return content


def _check(content: dict[str, Any], model: type[Model], path: Path) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise IbicError(
            f"a valid {path.name}",
            f"{first['msg']} at {where}{_nearest(first, model)}",
            f"Correct {path}" + (f" ({error.error_count()} errors in all)." if error.error_count() > 1 else "."),
        ) from None


def _nearest(error: Any, model: type[BaseModel]) -> str:
    """The closest known key, when a key was not known."""
    if error["type"] != "extra_forbidden":
        return ""
    known = sorted({name for each in _models_under(model) for name in each.model_fields})
    close = difflib.get_close_matches(str(error["loc"][-1]), known, n=1, cutoff=0.5)
    return f" (did you mean {close[0]}?)" if close else ""


def _models_under(model: type[BaseModel]) -> list[type[BaseModel]]:
    found = [model]
    for each in found:
        for info in each.model_fields.values():
            for candidate in _classes_in(info.annotation):
                if candidate not in found:
                    found.append(candidate)
    return found


def _classes_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _classes_in(part)]
