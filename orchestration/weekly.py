"""The two jobs in process: ask and load partitions, publish a week; no daemon needed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import dagster as dg

from assets.generation.partition import StoppedError
from assets.generation.plan import is_over
from assets.generation.providers.base import answerable
from assets.generation.providers.registry import make_provider
from assets.generation.workplace import Workplace
from assets.labeling.partition import UnlabeledError, ready
from assets.labeling.status import PartitionState, partition_state
from assets.leaderboard.published import Edition, latest, read_manifest
from orchestration.checks import FailedChecksError
from orchestration.definitions import GENERATE, PUBLISH, build_defs
from orchestration.gate import look
from orchestration.instance import bury_dead_runs, instance_of, partition_key, process_tags
from orchestration.parallel import Ended, Partition, run_all
from orchestration.settings import Settings
from orchestration.unwritable import require_room, told_in_one_line
from warehouse.errors import ClicheError, RefusedError
from warehouse.loading.load import partitions, studies
from warehouse.printable import one_line
from warehouse.store.local_errors import NoRoomError

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Ran:
    """What became of the partitions of one command: those run, and what went wrong."""

    run: list[tuple[str, str]] = field(default_factory=list)
    problems: dict[tuple[str, str], str] = field(default_factory=dict)
    refused: int = 0

    @property
    def exit_code(self) -> int:
        """Return 0 if all went well, 3 if everything that did not was refused, else 1."""
        if not self.problems:
            return 0
        return RefusedError.exit_code if self.refused == len(self.problems) else ClicheError.exit_code


def run_partitions(
    place: Workplace, settings: Settings, partitions: Iterable[tuple[str, str]], note: Callable[[str], None]
) -> Ran:
    """Ask, label and load every (model, week) that is not complete; one failing does not keep the others back.

    Everything that configuration can get wrong is reported before the first of them is asked.

    Raises:
        UsageError: for wrong configuration.
        RefusedError: for a week that cannot be asked for, or if another run holds the only partition.
    """
    wanted = [*dict.fromkeys(partitions)]
    todo = [state for state in ready(place, wanted) if not state.complete]
    done = Ran()
    if not todo:
        return done
    require_room(settings.dagster_home)
    _tidy(settings, note)
    todo_partitions = [(state.model, state.week) for state in todo]
    ended: Generator[Ended]
    if len(todo) == 1 or settings.runs_at_once == 1:
        ended = (_try(settings, place, one, alone=len(wanted) == 1) for one in todo_partitions)
    else:
        ended = run_all(settings, place, todo_partitions, run_partition)
    with closing(ended):  # an error here ends the processes too
        for partition, error in ended:
            if isinstance(error, NoRoomError):
                raise error
            _account(place, done, partition, error)
    return done


def _account(
    place: Workplace, done: Ran, partition: Partition, error: ClicheError | dg.DagsterError | None
) -> None:
    """Add to `done` what became of a partition."""
    if error is None:
        done.run.append(partition)
        problem = open_slots(place, partition)
    else:
        cause = _cause(place, partition) if isinstance(error, FailedChecksError) else ""
        problem = "; ".join(filter(None, (cause, one_line(error) or type(error).__name__)))
        done.refused += isinstance(error, RefusedError)
    if problem:
        done.problems[partition] = problem


def _try(settings: Settings, place: Workplace, partition: Partition, *, alone: bool) -> Ended:
    try:
        run_partition(settings, place, partition)
    except (ClicheError, dg.DagsterError) as error:
        if alone and isinstance(error, ClicheError) and not isinstance(error, FailedChecksError):
            raise
        return partition, error
    return partition, None


def run_partition(settings: Settings, place: Workplace, partition: Partition) -> None:
    """Run the job `generate_week` for one (model, week) in this process; what came before a stop is loaded, too."""
    job, instance, key = _job(settings, place, GENERATE), instance_of(settings), partition_key(*partition)
    loaded = () if settings.postgres else ("loaded",)  # as in `build_defs`
    with suppress(UnlabeledError):
        try:
            execute(job, instance, key)
        except StoppedError:
            execute(job, instance, key, only=("labels", *loaded))
        return
    if loaded:
        execute(job, instance, key, only=loaded)


def _cause(place: Workplace, partition: Partition) -> str:
    """Return what a failed check may have come from: slots that are open, a labeler that was stopped; else nothing.

    Labels that the failed check itself kept from being made are its consequence, and running again fixes nothing.
    """
    after = partition_state(place.store, partition[1], partition[0], place.labelers)
    return open_slots(place, partition) if after.open or after.labeler_stopped_by else ""


def open_slots(place: Workplace, partition: Partition) -> str:
    """Return what may still be asked or labeled and how to go on, or an empty string."""
    after = partition_state(place.store, partition[1], partition[0], place.labelers)
    if after.open:
        return f"{after.open} of {after.slots} slots are open; {_how_to_go_on(place, after)}"
    if after.unlabelled:
        stopped = after.labeler_stopped_by
        why = f"the labeler was stopped ({stopped})" if stopped else "run again to go on"
        return f"{after.unlabelled} pictures have no label yet; {why}"
    return ""


def _how_to_go_on(place: Workplace, state: PartitionState) -> str:
    provider = make_provider(place.model(state.model).provider)
    if is_over(provider, state.week):
        return "the week is over and they stay a gap"
    if state.stopped_by and state.at_cap:
        return f"a cap is reached: {state.stopped_by.partition(': ')[2]}"
    if state.stopped_by:
        return f"stopped by the provider ({state.stopped_by})"
    if answerable(provider) is not None:
        return f"waiting for a folder: cliche import midjourney DIR --week {state.week}"
    return "run again to go on"


def _job(settings: Settings, place: Workplace, name: str) -> dg.JobDefinition:
    """Return a job of this process's definitions; they are built once for one workplace."""
    if _definitions.get("place") is not place:
        _definitions.update(place=place, defs=build_defs(settings, place))
    return cast(dg.Definitions, _definitions["defs"]).resolve_job_def(name)


_definitions: dict[str, Any] = {}


def _tidy(settings: Settings, note: Callable[[str], None]) -> None:
    for dead in bury_dead_runs(instance_of(settings)):
        note(f"A run that was killed ({dead[:8]}) left its place in the queue; it was freed.")


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
    if not _studies_alone(place, newest):
        gate = look(place, settings, week)
        if wait and not gate.is_open:
            raise RefusedError(f"week {week} is not published: {gate.why_closed()}")
        if not any(state.planned for state in gate.states.values()):
            raise RefusedError(f"week {week} is not published: nobody was asked; cliche run --week {week}")
    job = _job(settings, place, PUBLISH)
    require_room(settings.dagster_home)
    _tidy(settings, note)
    try:
        execute(job, instance_of(settings), week)
    except (dg.DagsterError, FailedChecksError) as error:
        raise ClicheError(f"week {week} is not published: {one_line(error)}") from error
    edition = latest(place.store)
    if edition is None:
        raise ClicheError(f"week {week} was published but no edition is current; run cliche publish again")
    return edition.id


def _studies_alone(place: Workplace, newest: Edition | None) -> bool:
    """Return whether the store holds studies and no model was ever asked: an edition is of them, and no week waits.

    So it is, too, if the newest edition is of studies alone and all of them were removed since.
    """
    if partitions(place.store):
        return False
    if newest is None or studies(place.store):
        return bool(studies(place.store))
    return not read_manifest(place.store, newest.id)["partitions"]


def execute(
    job: dg.JobDefinition, instance: dg.DagsterInstance, key: str, *, only: Sequence[str] = ()
) -> None:
    """Run one partition of a job in this process, quietly; an error of a step is raised as it is.

    `only` names the assets to be made; by default all of the job's are.

    Raises:
        KeyboardInterrupt: for Ctrl-C and SIGTERM, which Dagster and DuckDB turn into errors of their own.
        FailedChecksError: if a check that blocks did not pass; the line says what each of them found.
    """
    try:
        with told_in_one_line(Path(instance.root_directory).parent):
            job.execute_in_process(
                partition_key=key,
                instance=instance,
                raise_on_error=True,
                run_config=_QUIET,
                tags=process_tags(instance),
                asset_selection=[dg.AssetKey(name) for name in only] or None,
            )
    except dg.DagsterExecutionInterruptedError:
        raise KeyboardInterrupt from None
    except dg.Failure as failure:  # made for Dagster's page
        raise (failure.__cause__ or failure) from None
