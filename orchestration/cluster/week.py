"""`cliche run --submit`: workers of other machines do the runs, this command follows them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import dagster as dg

from assets.generation.workplace import Workplace
from assets.labeling.status import partition_states
from assets.leaderboard.published import latest
from orchestration import weekly
from orchestration.cluster.ranges import LABEL_RANGE, at_work, left_to_label
from orchestration.cluster.ready import why
from orchestration.cluster.submit import AWAY, Submitted, followed, patiently, submit, submit_range, workspace
from orchestration.console import note, say
from orchestration.dagster_internals import WorkspaceRequestContext
from orchestration.definitions import GENERATE, PUBLISH, WAIT_S
from orchestration.gate import look
from orchestration.instance import open_instance, partition_key
from orchestration.settings import Settings
from warehouse.errors import ClicheError, UsageError
from warehouse.store import open_store


def submit_week(
    settings: Settings,
    place: Workplace,
    wanted: Sequence[tuple[str, str]],
    address: Callable[[Workplace], str],
) -> int:
    """Submit a run per (model, week) that is not complete, then the week's publish; return the exit code."""
    # Dagster's settings of the shared instance: where its own processes have them, else in the home.
    usual = settings.dagster_home / "dagster.yaml"
    named = Path(os.environ.get("DAGSTER_HOME") or usual.parent) / usual.name
    file = named if named.exists() else usual
    if settings.postgres is None or not file.exists():
        raise UsageError(
            f"--submit needs a shared instance: set CLICHE_POSTGRES and copy deploy/dagster.yaml to {file}"
        )
    try:
        return _submit(settings, place, wanted, address, file.parent)
    except dg.DagsterInvalidConfigError as error:
        raise UsageError(f"{file}: {why(error)}") from None
    except AWAY as error:
        raise ClicheError(
            f"the PostgreSQL of CLICHE_POSTGRES cannot be reached ({type(error).__name__}); what was submitted goes "
            "on; run again when it is back"
        ) from error


def _submit(
    settings: Settings,
    place: Workplace,
    wanted: Sequence[tuple[str, str]],
    address: Callable[[Workplace], str],
    config: Path,
) -> int:
    with (
        open_instance(settings.dagster_home, settings.postgres, config) as instance,
        workspace(instance) as of,
    ):
        states = partition_states(place.store, ((week, model) for model, week in wanted), place.labelers)
        todo = [(state.model, state.week) for state in states if not state.complete]
        keys = {str(partition_key(*one)): one for one in todo}
        runs = [submit(instance, of, GENERATE, partition_key(*one)) for one in todo]
        say(f"{len(runs)} of {len(wanted)} partitions submitted")
        place = replace(place, store=open_store(settings.store, WAIT_S))  # what goes on is followed patiently
        left, how = Counter(run.partition for run in runs), dict[str, dg.DagsterRunStatus]()

        def labels_of(run: Submitted) -> list[Submitted]:
            if run.job != GENERATE:
                return []
            more = _ranges(instance, of, settings, place, *keys[run.partition])
            left[run.partition] += len(more)
            return more

        code = 0
        for run, status in followed(instance, runs, labels_of):
            left[run.partition] -= 1
            if status is not dg.DagsterRunStatus.SUCCESS:
                how[run.partition] = status
            if left[run.partition]:  # ranges of its labels
                continue
            model, week = keys[run.partition]
            ended = how.get(run.partition, status)
            failed = "" if ended is dg.DagsterRunStatus.SUCCESS else f"its run ended as {ended.value.lower()}"
            problem = "; ".join(filter(None, (failed, weekly.open_slots(place, (model, week)))))
            note(f"{model}, week {week}: {problem or 'complete'} (run {run.run_id[:8]})")
            code = code or int(bool(problem))
        week = wanted[0][1]
        gate = look(place, settings, week)
        newest = latest(place.store)
        if not gate.is_open:
            say(f"Not published: {gate.why_closed()}.")
        elif newest is None or newest.week <= week:
            for run, status in followed(instance, [submit(instance, of, PUBLISH, week)]):
                if status is not dg.DagsterRunStatus.SUCCESS:
                    ended_as = status.value.lower()
                    say(f"Not published: run {run.run_id[:8]} ended as {ended_as}; see Dagster's page")
                    return 1
            edition = latest(place.store)
            say(f"Edition {edition.id if edition else '?'} is current: {address(place)}")
    return code


def _ranges(
    instance: dg.DagsterInstance,
    of: WorkspaceRequestContext,
    settings: Settings,
    place: Workplace,
    model: str,
    week: str,
) -> list[Submitted]:
    """Submit the runs that label what the run of a partition left to them; others may have done so already."""
    place = replace(place, label_range=settings.label_range)
    for run in patiently(left_to_label, instance, place, [(model, week)]):
        submit_range(instance, of, run)
    return [
        Submitted(LABEL_RANGE, str(partition_key(model, week)), run.run_id)
        for run in patiently(at_work, instance, model, week)
    ]
