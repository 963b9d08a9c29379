"""A county's installation: one folder with settings, deliveries, working tables and releases."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ibic_pipeline.corrections.model import Rattelse, Rattelser
from ibic_pipeline.county import Lan
from ibic_pipeline.errors import IbicError, did_you_mean
from ibic_pipeline.profile import Profil
from ibic_pipeline.profile_layers import LAYER_KEYS, in_force, merge, versions
from ibic_pipeline.resources import SQL
from ibic_pipeline.storage import read_json

Model = TypeVar("Model", bound=BaseModel)

YAML_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""As safe as ``yaml.safe_load`` and eight times as fast: a run reads every profile several times."""


class _TextLoader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Every scalar is the text that stands in the file, and a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key twice", node.start_mark)
        return mapping


class Settings(BaseSettings):
    """What the environment decides: ``IBIC_HOME``, how much DuckDB may use, and how large a delivered file may be."""

    model_config = SettingsConfigDict(env_prefix="IBIC_")

    home: Path = Path("home")
    memory: str = "2GB"
    threads: int = 2
    engine: str = ""
    """Where facts and units are derived: empty is DuckDB in this process, ``sc://…`` a Spark Connect server."""
    storsta_fil_mib: int = 1024
    """Files larger than this are refused (LEV-018) before they are read."""
    hamta_mib: int = 4096
    """Largest delivery that is fetched from a database or a remote folder, and below: most files of a remote one,
    longest time of a database's queries, and how long a remote delivery must lie unchanged."""
    hamta_filer: int = 1000
    hamta_sekunder: int = 3600
    hamta_lugn_sekunder: float = 30.0


class Home:
    """Folders of an installation, and its settings read on first use."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.inkorg = self.path / "inkorg"
        self.lager = self.path / "lager"
        self.publicerat = self.path / "publicerat"
        self.nycklar = self.path / "nycklar"
        self.kommuner = self.path / "kommuner"
        self.kodlistor = self.path / "kodlistor"
        self.rattelsemapp = self.path / "rattelser"
        self.dagster = self.path / "dagster"
        self.facit = self.path / "facit"
        self.queries = self.path / "sql" / "sources"

    @cached_property
    def lan(self) -> Lan:
        """The county's settings.

        Raises:
            IbicError: the file is missing or wrong.
        """
        return _load(self.path / "lan.yaml", Lan)

    @property
    def is_made_up(self) -> bool:
        """Whether `ibic synth` wrote the inbox: it leaves the truth beside it, never among real deliveries."""
        return self.facit.is_dir()

    def profil(self, kommunkod: str, day: date | None = None) -> Profil:
        """One municipality's profile, inheritance resolved: the version for deliveries extracted on ``day``.

        Without a day it is the latest version. Every version is checked, whichever is asked for.

        Raises:
            IbicError: the file is missing or wrong.
        """
        return in_force(self.dated_profiles(kommunkod), day)

    def dated_profiles(self, kommunkod: str) -> list[tuple[date, Profil]]:
        """First extraction date and profile of each version, the oldest first; its date is ``date.min``.

        Raises:
            IbicError: the file is missing or wrong.
        """
        path = self.kommuner / f"{kommunkod}.yaml"
        found = [(fran, _check(content, Profil, path, fran)) for fran, content in versions(_inherit(path), str(path))]
        for code in {profil.kommunkod for _, profil in found} - {kommunkod}:
            raise IbicError(
                f"kommunkod {kommunkod} in {path}", f"kommunkod {code}", "Correct the code or the file name."
            )
        _require_one_folder([profil for _, profil in found], path)
        for query in {fil.fraga for _, profil in found for fil in profil.files() if fil.fraga}:
            self.query(query)
        return found

    def rattelser(self, kommunkod: str) -> tuple[Rattelse, ...]:
        """A municipality's corrections, in the order of the file; none when there is no file.

        Raises:
            IbicError: the file is wrong, or holds a personal number.
        """
        path = self.rattelsemapp / f"{kommunkod}.yaml"
        content = _parsed(path, _TextLoader) if path.is_file() else None
        return () if content is None else tuple(_check(content, Rattelser, path).root.values())

    def query(self, name: str) -> Path:
        """The file of a profile's ``fraga``: the home's own, else the one that travels with the program.

        Raises:
            IbicError: there is none.
        """
        found = [folder / f"{name}.sql" for folder in (self.queries, SQL / "sources")]
        for path in found:
            if path.is_file():
                return path
        known = {path.stem for folder in (self.queries, SQL / "sources") for path in folder.glob("*.sql")}
        raise IbicError(f"a query {found[0]}", f"none{did_you_mean(name, known)}", "Write it, or correct fraga.")

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
    return merge(_inherit(path.parent / str(parent), (*seen, path)), own)


def _require_one_folder(profiles: list[Profil], path: Path) -> None:
    """A delivery is found before its date is known, so that the folder cannot depend on the date."""
    if len({profil.mapp for profil in profiles}) > 1:
        raise IbicError(
            f"one mapp for every version of {path.name}",
            "several",
            "Let all deliveries lie in one folder under inkorg/, and take mapp out of versioner.",
        )


def _load(path: Path, model: type[Model]) -> Model:
    return _check(_read_yaml(path), model, path)


def _read_yaml(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise IbicError(f"the file {path}", "no such file", "Run `ibic init --home <folder>`, or correct --home.")
    content = _parsed(path, YAML_LOADER)
    if not isinstance(content, dict):
        raise IbicError("keys and values", f"something else in {path}", "Correct the file.")
    return content


def _parsed(path: Path, loader: Any) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 (a safe one)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f"{path}" if line is None else f"{path}, line {line + 1}"
        raise IbicError(
            "a YAML file in UTF-8, each key once", f"something else in {where}", "Correct the file."
        ) from None


def _check(content: Any, model: type[Model], path: Path, version: date = date.min) -> Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        place = f" at {where}" if where else ""
        of_version = "" if version == date.min else f", version from {version}"
        raise IbicError(
            f"a valid {path.name}{of_version}",
            f"{first['msg']}{place}{_nearest(first, model)}",
            f"Correct {path}" + (f" ({error.error_count()} errors in all)." if error.error_count() > 1 else "."),
        ) from None


def _nearest(error: Any, model: type[BaseModel]) -> str:
    """The closest known key, when a key was not known."""
    if error["type"] != "extra_forbidden":
        return ""
    known = {name for each in _models_under(model) for name in each.model_fields}
    return did_you_mean(str(error["loc"][-1]), known | set(LAYER_KEYS if model is Profil else ()))


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
