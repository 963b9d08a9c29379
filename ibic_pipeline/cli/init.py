"""``ibic init``: folders, settings and keys of a new installation."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ibic_pipeline.cli.common import DEFAULT_HOME, HomeOption, enter, say
from ibic_pipeline.errors import IbicError
from ibic_pipeline.resources import PACKAGE, PROFILES
from ibic_pipeline.storage import write_text

if TYPE_CHECKING:
    from ibic_pipeline.home import Home

EXAMPLES = ("ibic init --home /srv/ibic",)
DEFAULT_COUNTY = "jonkopings-lan"
PRIVATE = 0o700


def command(
    home: HomeOption = DEFAULT_HOME,
    lan: Annotated[str, typer.Option(help="Which shipped profiles to start from.")] = DEFAULT_COUNTY,
) -> None:
    """Create folders, copy the shipped profiles and make the keys; what exists is left as it is.

    Then read lan.yaml and kommuner/ through, and keep a copy of nycklar/ in a safe place: without a
    municipality's key its pseudonyms can never be made again.
    """
    made = initialise(enter(home), lan)
    say(f"{home}: {made} files created. Deliveries go to {home / 'inkorg'}/<kommunkod>/<date>/; then `ibic run`.")


def initialise(home: Home, county: str = DEFAULT_COUNTY) -> int:
    """Create what is missing and return how many files that was.

    Raises:
        IbicError: no shipped profiles have that name.
    """
    from ibic_pipeline.publish.access import folder_mode

    shipped = PROFILES / county
    if not shipped.is_dir():
        names = ", ".join(sorted(path.name for path in PROFILES.iterdir() if path.is_dir()))
        raise IbicError(f"one of {names}", county, "Choose one with --lan, or write lan.yaml and kommuner/ yourself.")
    home.path.mkdir(parents=True, exist_ok=True)
    for folder in (home.inkorg, home.lager, home.nycklar, home.dagster, home.path / "gallring"):
        folder.mkdir(exist_ok=True)
        folder.chmod(PRIVATE)
    home.publicerat.mkdir(exist_ok=True)
    made = _settings(home, shipped) + _dagster_settings(home) + _keys(home)
    home.publicerat.chmod(folder_mode(home))
    return made


def _settings(home: Home, shipped: Path) -> int:
    """Copy the profiles, ``lan.yaml`` last: where it stands, the county has made the settings its own."""
    own = home.path / "lan.yaml"
    if own.exists():
        return 0
    wanted = sorted((shipped / "kommuner").rglob("*.yaml"))
    targets = {home.path / path.relative_to(shipped): path for path in wanted} | {own: shipped / "lan.yaml"}
    missing = {target: source for target, source in targets.items() if not target.exists()}
    for target, source in missing.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return len(missing)


def _dagster_settings(home: Home) -> int:
    """A copy that needs only DAGSTER_HOME, for services that start Dagster without this program."""
    target = home.dagster / "dagster.yaml"
    if target.exists():
        return 0
    write_text(_shipped_dagster_settings().read_text(encoding="utf-8").replace("IBIC_DAGSTER", "DAGSTER_HOME"), target)
    return 1


def _shipped_dagster_settings() -> Path:
    """In an installed package the file lies inside it, in a clone beside it."""
    installed = PACKAGE / "dagster.yaml"
    return installed if installed.exists() else PACKAGE.parent / "dagster.yaml"


def _keys(home: Home) -> int:
    """A key per municipality; one of the county only where a profile asks for it."""
    from ibic_pipeline.pseudonym import COUNTY_KEY, create_key, key_path

    wanted = [*home.lan.kommuner, *([COUNTY_KEY] if _asks_for_the_countys_key(home) else [])]
    missing = [scope for scope in wanted if not key_path(home, scope).exists()]
    for scope in missing:
        create_key(home, scope)
    return len(missing)


def _asks_for_the_countys_key(home: Home) -> bool:
    """Whether any version of a profile does; one that cannot be read asks for nothing, and `ibic doctor` says why."""
    from ibic_pipeline.pseudonym import COUNTY_KEY, scope_of

    for code in home.lan.kommuner:
        with suppress(IbicError):
            if any(scope_of(profil) == COUNTY_KEY for _, profil in home.dated_profiles(code)):
                return True
    return False
