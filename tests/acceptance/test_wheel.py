"""The wheel carries everything: installed beside nothing of the clone, it runs the demo."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from ibic_pipeline.resources import PACKAGE

CLONE = PACKAGE.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=CLONE)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_code_contracts_sql_and_profiles(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = [
        path.relative_to(CLONE).as_posix()
        for folder in ("ibic_pipeline", "assets", "schemas", "sql", "profiles")
        for path in (CLONE / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]

    assert len(shipped) > 150
    assert sorted(set(shipped) - names) == []
    assert "ibic_pipeline/dagster.yaml" in names


def test_an_installed_wheel_makes_a_home_and_has_all_that_it_needs(wheel: Path, tmp_path: Path) -> None:
    """The environment is new; only third-party libraries are lent to it, by a path on which no .pth is read.

    `.ci/run` runs the demo from the wheel, in an environment with what the wheel declares and nothing else.
    """
    run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    site = run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], cwd=tmp_path).strip()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": sysconfig.get_path("purelib")}
    where = run([str(python), "-c", "import ibic_pipeline; print(ibic_pipeline.__file__)"], tmp_path, environment)
    assert where.startswith(str(tmp_path))

    ibic = [str(python), "-m", "ibic_pipeline.cli"]
    run([*ibic, "init", "--home", "home"], tmp_path, environment)
    assert "T13" in run([*ibic, "indicators"], tmp_path, environment)
    assert "ICF" in run([*ibic, "codes", "list", "--home", "home"], tmp_path, environment).upper()
    run([*ibic, "synth", "--home", "home", "--scale", "0.002", "--years", "1"], tmp_path, environment)
    assert list((tmp_path / "home" / "inkorg").glob("*/*/*"))
    everything = "import assets.definitions, ibic_pipeline.workflow.county, ibic_pipeline.report, ibic_pipeline.alerts"
    run([str(python), "-c", everything], tmp_path, environment | {"IBIC_HOME": "home"})


def run(command: list[str], cwd: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
