"""What a run would do with one municipality: which delivery, which version, and whether anything has changed."""

from __future__ import annotations

from dataclasses import dataclass

from ibic_pipeline.codes import code_lists, code_lists_fingerprint
from ibic_pipeline.corrections.columns import corrections_of
from ibic_pipeline.errors import DeliveryRefused, IbicError
from ibic_pipeline.extract import DeliveredFile, Delivery, profile_of_latest
from ibic_pipeline.fetch import fetch_delivery
from ibic_pipeline.home import Home, Settings
from ibic_pipeline.pseudonym import key_id, scope_of
from ibic_pipeline.publish.purge_list import purged_of_key
from ibic_pipeline.summary import find_latest
from ibic_pipeline.workflow.fingerprint import version_of
from ibic_pipeline.workflow.versions import current_version

Reasons = tuple[tuple[str, str], ...]
"""(rule code, sentence in Swedish) per thing that is wrong with a delivery as a whole."""


@dataclass(frozen=True)
class Plan:
    """One municipality's next step. ``delivery`` and ``version`` are None when the delivery is refused."""

    kommunkod: str
    delivery: Delivery | None
    version: str | None
    unchanged: bool
    reasons: Reasons = ()

    @property
    def refused(self) -> bool:
        """Whether the delivery cannot be used at all."""
        return self.version is None

    @property
    def leverans(self) -> str | None:
        """The delivery's name."""
        return self.delivery.leverans_id if self.delivery else None

    @property
    def files(self) -> tuple[DeliveredFile, ...]:
        """The delivered files; none when the delivery is refused."""
        return self.delivery.files if self.delivery else ()

    @property
    def unused(self) -> tuple[str, ...]:
        """Files in the delivery folder that no pattern of the profile matches."""
        return self.delivery.unused if self.delivery else ()


def fetch_and_plan(home: Home, kommunkod: str) -> Plan:
    """``plan``, after what is new in the municipality's database or remote folder has been brought to its inbox.

    A source that cannot be read counts as a refusal: whether the delivery at hand is the latest is not known.
    """
    try:
        fetch_delivery(home, kommunkod, Settings())
    except IbicError as error:
        return Plan(kommunkod, None, None, unchanged=False, reasons=(("INST", str(error)),))
    except DeliveryRefused as refused:
        return Plan(kommunkod, None, None, unchanged=False, reasons=tuple(refused.reasons))
    return plan(home, kommunkod)


def plan(home: Home, kommunkod: str) -> Plan:
    """Find the latest delivery and work out its version; nothing is written.

    A profile that cannot be read counts as a refusal, so that it stops one municipality and not the county; so do
    corrections, a purge list and a code list.
    """
    try:
        profil = profile_of_latest(home, kommunkod)
        key = key_id(home, scope_of(profil))
        code_lists(home)
        corrections = corrections_of(home, profil)
        purged = purged_of_key(home, kommunkod, key)
        delivery = find_latest(home, profil)
    except IbicError as error:
        return Plan(kommunkod, None, None, unchanged=False, reasons=(("INST", str(error)),))
    except DeliveryRefused as refused:
        return Plan(kommunkod, None, None, unchanged=False, reasons=tuple(refused.reasons))
    delivered = [(delivery.leverans_id, ""), *((file.name, file.sha256) for file in delivery.files)]
    version = version_of(delivered, profil, home.lan, key, code_lists_fingerprint(home), corrections, purged)
    return Plan(kommunkod, delivery, version, unchanged=version == current_version(home, kommunkod))
