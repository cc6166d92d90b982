"""The sensors: one publishes a week once its gate is open, one looks for alerts."""

from datetime import UTC, datetime

import dagster as dg

from assets.generation.workplace import Workplace
from assets.leaderboard.published import latest
from orchestration.alerts.watch import look_once
from orchestration.gate import look
from orchestration.settings import Settings
from warehouse.weeks import current_week, shift


def build_sensor(job_name: str, settings: Settings, place: Workplace) -> dg.SensorDefinition:
    """Return the sensor that publishes a week once its gate is open."""

    @dg.sensor(
        name="publish_gate",
        job_name=job_name,
        minimum_interval_seconds=300,
        description="Publishes a week when every active model is complete or its deadline has passed.",
    )
    def publish_gate(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        present = current_week()
        newest = latest(place.store)
        requests: list[dg.RunRequest] = []
        closed: list[str] = []
        for week in (shift(present, -1), present):
            if newest is not None and newest.week >= week:
                continue
            gate = look(place, settings, week)
            if not any(state.planned for state in gate.states.values()):
                continue
            if gate.is_open:
                # A publish that failed is tried again, once an hour.
                run_key = f"publish-{week}-{datetime.now(UTC):%Y%m%dT%H}"
                requests.append(dg.RunRequest(run_key=run_key, partition_key=week))
            else:
                closed.append(f"week {week}: {gate.why_closed()}")
        if requests:
            # The newest alone: an edition is cumulative, and two publishes at once refuse each other.
            return dg.SensorResult(run_requests=requests[-1:])
        return dg.SensorResult(skip_reason="; ".join(closed) or "every complete week is published")

    return publish_gate


def build_alerts(settings: Settings, place: Workplace) -> dg.SensorDefinition:
    """Return the sensor that looks for alerts, as `cliche watch` does; both share the record of what was sent.

    Failed runs are read from the instance like all else: Dagster's own sensor of run failures hears of none that failed
    while the daemon was down.
    """

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=300,
        description="Looks for what a person should know, and sends each alert once.",
    )
    def alerts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        done = look_once(settings, lambda: place, datetime.now(UTC), context.instance)
        holds = "; ".join(one.title for one in done.alerts) or "all is quiet"
        return dg.SkipReason("; ".join([holds, *done.problems]))

    return alerts
