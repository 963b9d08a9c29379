"""The sensor that looks for what someone must know of; a timer looks, too, in case Dagster stands still."""

from __future__ import annotations

from datetime import UTC, datetime

from dagster import DefaultSensorStatus, SensorEvaluationContext, SkipReason, sensor

from assets.places import home
from assets.watched import watched

SECONDS_BETWEEN_LOOKS = 300


@sensor(
    name="larm",
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    default_status=DefaultSensorStatus.RUNNING,
    description="Säger till dem som lan.yaml anger (larm) när en leverans vägras eller dröjer och när något "
    "misslyckas. Det som gick inte att skicka skickas nästa gång.",
)
def alerts(context: SensorEvaluationContext) -> SkipReason:
    """Tell what is new; never starts a run and never fails for a mail server's sake."""
    from ibic_pipeline.alerts import look

    now = datetime.now(UTC)
    seen = look(home(), watched(context.instance, now), now)
    said = [f"{len(seen.alerts)} saker att se till."]
    said += [f"Sagt ({channel}): {subject}" for channel, subject in seen.sent.items()]
    said += [f"Gick inte att skicka ({channel}): {why}" for channel, why in seen.not_sent.items()]
    return SkipReason(" ".join(said))
