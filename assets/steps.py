"""What every step shares: one writer at a time, and errors that carry no values and leave a note."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dagster import InitResourceContext, resource

from assets.alive import ALIVE
from assets.failures import without_values
from assets.places import home, municipalities

LOCK = "las"
"""The resource that every step requires."""

OF_A_MUNICIPALITY: dict[str, Any] = {
    "owners": ["team:systemforvaltning"],
    "partitions_def": municipalities,
    "tags": {"niva": "kommun"},
}
OF_THE_COUNTY: dict[str, Any] = {"group_name": "lan", "owners": ["team:lansanalys"], "tags": {"niva": "lan"}}


@resource(
    required_resource_keys={ALIVE},
    description="En körning i taget skriver en kommuns versioner, respektive länets tal. Den som kommer sen väntar.",
)
def lock(context: InitResourceContext) -> Iterator[None]:
    """Held from the first step of a run to its last, whoever started it, in the UI or by `ibic run`."""
    with without_values():
        from ibic_pipeline.workflow.files import COUNTY, only_writer

        place = context.run.tags.get("dagster/partition", COUNTY) if context.run else COUNTY
        held = only_writer(home(), place, lambda: _tell(context, f"Väntar: en annan körning arbetar med {place}."))
    with held:
        yield


def _tell(context: InitResourceContext, text: str) -> None:
    if context.log:
        context.log.info(text)


@contextmanager
def step_of(kommunkod: str) -> Iterator[None]:
    """A step whose errors carry no values, and after whose failure the municipality counts as stale."""

    def note(text: str) -> None:
        from ibic_pipeline.workflow.municipality import mark_failed

        mark_failed(home(), kommunkod, text)

    with without_values(note):
        yield
