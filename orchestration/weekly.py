"""The two jobs in process: ask and load partitions, publish a week; no daemon needed.

Belongs here: running Dagster jobs from the command, and what became of each partition. Does not belong here: what is
printed (`console`), what a job holds (`definitions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import dagster as dg

from assets.generation.asset import plan_partition
from assets.generation.plan import Plan, check_frozen, make_plan, read_plan, require_askable
from assets.generation.providers.base import Provider
from assets.generation.providers.registry import make_provider
from assets.labeling.status import PartitionState, partition_state
from assets.leaderboard.edition import latest
from assets.workplace import Workplace
from orchestration.definitions import GENERATE, PUBLISH, build_defs
from orchestration.gate import look
from orchestration.instance import bury_dead_runs, open_instance, process_tags
from orchestration.partitions import partition_key
from orchestration.settings import Settings
from warehouse.errors import ClicheError, RefusedError

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Ran:
    """What became of the partitions of one command: those complete before, those run, and what went wrong."""

    complete_before: list[tuple[str, str]] = field(default_factory=list)
    run: list[tuple[str, str]] = field(default_factory=list)
    problems: dict[tuple[str, str], str] = field(default_factory=dict)


def run_partitions(
    place: Workplace, settings: Settings, partitions: Iterable[tuple[str, str]], note: Callable[[str], None]
) -> Ran:
    """Ask, label and load every (model, week) that is not complete; one failing does not keep the others back.

    Everything that configuration can get wrong is told before the first of them is asked.

    Raises:
        UsageError: for wrong configuration.
        RefusedError: for a week that cannot be asked for, or if another run holds the only partition.
    """
    wanted = [*partitions]
    for model, week in wanted:
        preview(place, model, week)
    done = Ran()
    states = [partition_state(place.store, week, model) for model, week in wanted]
    todo = [state for state in states if not state.complete]
    done.complete_before = [(state.model, state.week) for state in states if state.complete]
    if not todo:
        return done
    job = build_defs(settings, place).resolve_job_def(GENERATE)
    with open_instance(settings.dagster_home) as instance:
        for dead in bury_dead_runs(instance):
            note(f"A run that was killed ({dead[:8]}) left its place in the queue; it was freed.")
        for state in todo:
            _run_one(place, instance, job, state, done, single=len(wanted) == 1)
    return done


def preview(place: Workplace, model: str, week: str, *, freeze: bool = False) -> tuple[Plan, Provider]:
    """Return the plan that a partition has or would have, and its provider; `freeze` writes it.

    Raises:
        UsageError: for wrong configuration.
        RefusedError: for a week that cannot be asked for.
    """
    if freeze:
        return plan_partition(place, model, week)
    entry = place.model(model)
    provider = make_provider(entry.provider)
    provider.check(entry.model_id, dict(entry.params))
    require_askable(provider, week)
    check_frozen(place.store, place.suites)
    return read_plan(place.store, week, model) or make_plan(entry, place.suites, week, provider), provider


def _run_one(
    place: Workplace,
    instance: dg.DagsterInstance,
    job: dg.JobDefinition,
    state: PartitionState,
    done: Ran,
    *,
    single: bool,
) -> None:
    partition = (state.model, state.week)
    try:
        execute(job, instance, partition_key(*partition))
    except ClicheError as error:
        if single:
            raise
        done.problems[partition] = str(error)
    except dg.DagsterError as error:
        done.problems[partition] = _one_line(error)
    else:
        done.run.append(partition)
        after = partition_state(place.store, state.week, state.model)
        if after.open:
            why = (
                f"stopped by the provider ({after.stopped_by})" if after.stopped_by else "run again to go on"
            )
            done.problems[partition] = f"{after.open} of {after.slots} slots are open; {why}"


def publish(
    place: Workplace, settings: Settings, week: str, *, note: Callable[[str], None], wait: bool = True
) -> str:
    """Check, score and publish a week; return the id of the edition that is current afterwards.

    Raises:
        RefusedError: if the gate is closed and `wait` is true, or another run is publishing.
        ClicheError: if a critical check failed without naming a model.
    """
    newest = latest(place.store)
    if newest is not None and newest.week > week:
        raise RefusedError(
            f"edition {newest.id} is newer than week {week}; "
            f"an edition is cumulative, so publish {newest.week} again"
        )
    gate = look(place, settings, week)
    if wait and not gate.is_open:
        raise RefusedError(f"week {week} is not published: {gate.why_closed()}")
    job = build_defs(settings, place).resolve_job_def(PUBLISH)
    with open_instance(settings.dagster_home) as instance:
        for dead in bury_dead_runs(instance):
            note(f"A run that was killed ({dead[:8]}) left its place in the queue; it was freed.")
        try:
            execute(job, instance, week)
        except dg.DagsterError as error:
            raise ClicheError(f"week {week} is not published: {_one_line(error)}") from error
    edition = latest(place.store)
    if edition is None:
        raise ClicheError(f"week {week} was published but no edition is current; run cliche publish again")
    return edition.id


def execute(job: dg.JobDefinition, instance: dg.DagsterInstance, key: str) -> None:
    """Run one partition of a job in this process, quietly; an error of a step is raised as it is."""
    job.execute_in_process(
        partition_key=key, instance=instance, raise_on_error=True, run_config=_QUIET, tags=process_tags()
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
