"""Several partitions at once, a process each: models wait for their own servers."""

from __future__ import annotations

import multiprocessing
import threading
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import dagster as dg

from assets.gateway.workers import make_pool
from assets.generation.workplace import Listener, Workplace
from orchestration.resources import make_workplace
from orchestration.settings import Settings
from warehouse.errors import ClicheError

Partition = tuple[str, str]
Ended = tuple[Partition, ClicheError | dg.DagsterError | None]
Work = Callable[[Settings, Workplace, Partition], None]

_LOOK_S = 0.5  # how often a wait for the processes looks for Ctrl-C
_EVENTS = ("planned", "receipt", "to_label", "labelled", "to_shrink", "shrunk", "told")


def run_all(
    settings: Settings, place: Workplace, partitions: Sequence[Partition], work: Work
) -> Generator[Ended]:
    """Do `work` for every partition, `settings.runs_at_once` at a time; yield each with its error as it ends.

    Every process makes its own surroundings from the settings. The listener of `place` hears here what happens in the
    others, its `interrupt` ends them (what is in flight is recorded and nothing new is begun), and they count for its
    run. `work` is sent to the processes by name.

    Raises:
        KeyboardInterrupt: after the processes recorded what was in flight.
        ClicheError: if a process was killed.
    """
    context = multiprocessing.get_context("spawn")
    messages = context.Queue()
    messages.cancel_join_thread()  # a process that is killed while it tells may keep the queue's lock
    stop = context.Event()
    with _heard(messages, place.listener):
        given = (settings, messages, stop, context.Lock(), place.run_id)
        pool = make_pool(_begin, *given, workers=min(settings.runs_at_once, len(partitions)))
        futures: dict[Future[None], Partition] = {pool.submit(_do, work, one): one for one in partitions}
        try:
            running = {*futures}
            while running:  # a wait without an end is not always ended by Ctrl-C
                done, running = wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
                for future in done:
                    yield futures[future], _error(future)
        except BaseException:
            place.interrupt.set()
            stop.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _error(future: Future[None]) -> ClicheError | dg.DagsterError | None:
    try:
        future.result()
    except (ClicheError, dg.DagsterError) as error:
        return error
    except BrokenProcessPool:
        raise ClicheError("a process of this run was killed; run again to go on") from None
    return None


@contextmanager
def _heard(messages: Any, listener: Listener) -> Iterator[None]:
    """Pass on what the processes tell while the block runs, and all of it before the block ends."""

    def listen() -> None:
        while (message := messages.get()) is not None:
            name, values = message
            getattr(listener, name)(*values)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield
    finally:
        messages.put(None)
        thread.join(timeout=10)


_settings: Settings | None = None  # of a worker process
_place: Workplace | None = None


def _begin(settings: Settings, messages: Any, stop: Any, away: Any, run_id: str) -> None:
    warnings.simplefilter("ignore")  # of libraries, about themselves
    global _settings, _place
    told = {name: partial(_tell, messages, name) for name in _EVENTS}
    if settings.postgres:
        from orchestration.cluster.storage import OUTAGE

        OUTAGE.away, OUTAGE.say = away, told["told"]
    place = make_workplace(settings, Listener(**told))
    # The processes are as many as the cores, so each reads its pictures by itself.
    _settings, _place = settings, replace(place, workers=0, interrupt=stop, run_id=run_id)


def _tell(messages: Any, name: str, *values: object) -> None:
    messages.put((name, values))


def _do(work: Work, partition: Partition) -> None:
    if _settings is None or _place is None:
        raise RuntimeError("the worker process was not begun")
    if _place.interrupt.is_set():
        raise ClicheError("was not begun, the command was interrupted; run again to go on")
    work(_settings, _place, partition)
