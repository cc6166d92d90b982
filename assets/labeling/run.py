"""Labeling one partition: what is missing is read from the pictures and kept as write-once Parquet parts."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa

from assets.gateway.models_file import LabelerEntry
from assets.gateway.receipts import PartitionAttempts, Receipt, read_partition
from assets.gateway.records import Outcome
from assets.gateway.workers import may_have_processes, pool_for
from assets.generation.plan import Plan
from assets.generation.slots import Slot
from assets.labeling.asked.asking import FREELY, Asking, AskingResult, ask_all
from assets.labeling.asked.attempts import closed
from assets.labeling.asked.journal import Journal, of_partition
from assets.labeling.pictures import PictureToRead
from assets.labeling.ranges import WHOLE, Range
from assets.labeling.records import LABEL_COLUMNS, Labeler, Reading, RemoteLabeler
from assets.labeling.registry import NOBODY, is_remote, make_labeler
from warehouse import keys
from warehouse.loading.beside import parquet, put_named
from warehouse.loading.objects import read_image, read_parquet
from warehouse.store import Store
from warehouse.taken_back import answers_taken, removed, week_retractions
from warehouse.weeks import utc_now

#: Pictures a part holds: what a kill can cost at most is the reading of one part.
PART_PICTURES = 500
#: Seconds of reading, judged by the first picture, from which on starting processes pays.
_WORTH_PROCESSES_S = 5.0
#: Pictures that are held at once while worker processes read them.
_AT_ONCE = 64

_SCHEMA = pa.schema([(name, kind) for name, kind, _ in LABEL_COLUMNS])


@dataclass
class LabelReport(AskingResult):
    """What one run did: pictures to read, labels written, labels that were there already; and what calls came to."""

    pictures: int = 0
    written: int = 0
    already: int = 0
    labeler: str = ""


@dataclass(frozen=True)
class Task:
    """One picture, the slots that hold it, and what is to be read for each."""

    sha256: str
    ext: str
    wanted: Mapping[Slot, Sequence[str]]

    @property
    def attributes(self) -> tuple[str, ...]:
        """Return what is to be read off the picture, for any of its slots."""
        return tuple(sorted({attribute for some in self.wanted.values() for attribute in some}))


def label_partition(
    store: Store,
    plan: Plan,
    *,
    labeler_name: str | None = None,
    labelers: Mapping[str, LabelerEntry] = NOBODY,
    part: Range = WHOLE,
    workers: int | None = None,
    on_tasks: Callable[[int], None] = lambda pictures: None,
    on_picture: Callable[[], None] = lambda: None,
    asking: Asking = FREELY,
) -> LabelReport:
    """Read what is not yet labeled by the plan's labeler in its present version; safe to run again.

    Without `labeler_name` the plan's labeler reads; pictures outside of `part` are left alone. With 0 workers this
    process reads, None takes one a core; a labeler that is asked needs none. `on_tasks` hears how many pictures there
    are to read, `on_picture` of each that was read.
    """
    labeler = make_labeler(labeler_name or plan.labeler, labelers)
    name = f"{labeler.name}@{labeler.version}"
    done = labelled(store, plan, labeler)
    if is_remote(labeler):
        return _ask(store, plan, labeler, part, done, on_tasks, on_picture, asking)
    lacking = missing(store, plan, labeler.attributes(), done, by=name)
    tasks = [task for task in lacking if task.sha256 in part]
    on_tasks(len(tasks))
    written = 0
    queue = iter(tasks)
    while batch := [*islice(queue, PART_PICTURES)]:
        rows: list[dict[str, object]] = []
        for task, readings in zip(batch, read_all(store, labeler, batch, workers), strict=True):
            rows += _rows(plan, labeler, task, readings)
            on_picture()
        written += len(rows)
        _write_part(store, plan, name, rows)
    return LabelReport(pictures=len(tasks), written=written, already=len(done), labeler=name)


def _ask(
    store: Store,
    plan: Plan,
    labeler: RemoteLabeler,
    part: Range,
    done: Collection[tuple[str, str]],
    on_tasks: Callable[[int], None],
    on_picture: Callable[[], None],
    asking: Asking,
) -> LabelReport:
    """Ask a labeler about what is missing, but for what it declined before, or what too many calls were lost about."""
    name = f"{labeler.name}@{labeler.version}"
    tasks: dict[str, Task] = {}
    written = 0

    def keep(readings: Mapping[str, Mapping[str, Reading]]) -> None:
        nonlocal written
        rows = [row for sha256, read in readings.items() for row in _rows(plan, labeler, tasks[sha256], read)]
        written += len(rows)
        if rows:
            _write_part(store, plan, name, rows)

    journal = Journal(store, of_partition(plan.week, plan.model), name, keep, part)
    lacking = missing(store, plan, labeler.attributes(), done, closed(journal.known), by=name)
    tasks |= {task.sha256: task for task in lacking if task.sha256 in part}
    on_tasks(len(tasks))
    asked = ask_all(
        labeler,
        [PictureToRead(task.sha256, task.ext, task.attributes) for task in tasks.values()],
        journal,
        load=lambda look: read_image(store, look.sha256, look.ext),
        on_picture=on_picture,
        asking=asking,
    )
    return LabelReport(**vars(asked), pictures=len(tasks), written=written, already=len(done), labeler=name)


def missing(
    store: Store,
    plan: Plan,
    readable: Collection[str],
    done: Collection[tuple[str, str]],
    closed: Collection[tuple[str, str]] = frozenset(),
    known: PartitionAttempts | None = None,
    by: str | None = None,
) -> list[Task]:
    """Return the pictures of a partition that lack labels, but for those that were removed or taken back.

    `readable` holds the attributes that a labeler reads, `done` the (slot, attribute) pairs there are, `closed` the
    (picture, attribute) pairs there will never be, `known` the partition's attempts, if they were read already. `by` is
    the labeler version that would read: labels of it that were taken back are not missing.
    """
    state = known or read_partition(store, plan.week, plan.model)
    prompts = plan.prompts()
    found: list[tuple[Slot, str, str, list[str]]] = []
    for slot in plan.slots:
        receipt: Receipt | None = state.of(slot.slot_key).last
        if receipt is None or receipt.outcome is not Outcome.OK:
            continue
        lacking = [
            attribute
            for attribute in prompts[slot.prompt].attributes
            if attribute in readable
            and (slot.slot_key, attribute) not in done
            and (receipt.image_sha256, attribute) not in closed
        ]
        if lacking and receipt.image_sha256 and receipt.image_ext:
            found.append((slot, receipt.image_sha256, receipt.image_ext, lacking))
    if not found:  # and nobody lists what was taken back
        return []
    gone, back = removed(store), week_retractions(store, plan.week, plan.model)
    taken, unread = answers_taken(back), {one.attribute for one in back if by and one.labeler == by}
    wanted: defaultdict[str, dict[Slot, Sequence[str]]] = defaultdict(dict)
    ext: dict[str, str] = {}
    for slot, sha256, kind, lacking in found:
        left = [] if None in unread else [name for name in lacking if name not in unread]
        if left and sha256 not in gone and not taken(slot.slot_key):
            wanted[sha256][slot] = left
            ext[sha256] = kind
    return [Task(sha256, ext[sha256], wanted[sha256]) for sha256 in sorted(wanted)]


def read_all(
    store: Store, labeler: Labeler, tasks: Sequence[Task | PictureToRead], workers: int | None
) -> Iterator[Mapping[str, Reading]]:
    """Yield the readings of each task's picture, in the order of the tasks; in processes where that pays.

    Raises:
        CorruptObjectError: if a picture is damaged or missing.
    """
    inputs = ((read_image(store, task.sha256, task.ext), [*task.attributes]) for task in tasks)
    begun = time.perf_counter()
    first = [labeler.read(image, attributes) for image, attributes in islice(inputs, 1)]
    rest_s = (time.perf_counter() - begun) * (len(tasks) - 1)
    yield from first
    if workers == 0 or rest_s < _WORTH_PROCESSES_S or not may_have_processes():
        yield from (labeler.read(image, attributes) for image, attributes in inputs)
        return
    # The pool ends with the batch: a process that is itself a child cannot end while it has children.
    killed = "a process that reads pictures was killed; run again to go on"
    with pool_for(killed, _begin, labeler.name, workers=workers) as pool:
        while some := [*islice(inputs, _AT_ONCE)]:
            yield from pool.map(_read_one, *zip(*some, strict=True), chunksize=8)


_labeler: Labeler | None = None  # of a worker process


def _begin(labeler_name: str) -> None:
    global _labeler  # noqa: PLW0603 - one labeler a worker process, made once
    _labeler = make_labeler(labeler_name)


def _read_one(image: bytes, attributes: list[str]) -> Mapping[str, Reading]:
    if _labeler is None:
        raise RuntimeError("the worker process was not begun")
    return _labeler.read(image, attributes)


def _rows(
    plan: Plan, labeler: Labeler | RemoteLabeler, task: Task, readings: Mapping[str, Reading]
) -> Iterator[dict[str, object]]:
    declared = plan.declared_values()
    for slot, attributes in task.wanted.items():
        for attribute in attributes:
            if attribute not in readings:  # declined
                continue
            yield {
                "week": plan.week,
                "model": plan.model,
                "slot_key": slot.slot_key,
                "attribute": attribute,
                "labeler": labeler.name,
                "labeler_version": labeler.version,
                **readings[attribute].columns(declared[slot.suite, attribute]),
                "image_sha256": task.sha256,
                "labeled_at": utc_now(),
            }


def _write_part(store: Store, plan: Plan, labeler: str, rows: list[dict[str, object]]) -> None:
    rows = sorted(rows, key=lambda row: (str(row["slot_key"]), str(row["attribute"])))
    data = parquet(pa.Table.from_pylist(rows, schema=_SCHEMA))
    put_named(store, lambda sha256: keys.label_part(plan.week, plan.model, labeler, sha256), data)


def labelled(
    store: Store, plan: Plan, labeler: Labeler | RemoteLabeler, listed: Iterable[str] | None = None
) -> set[tuple[str, str]]:
    """Return the (slot, attribute) pairs that this labeler version has read already.

    `listed` are the keys of the partition's labels, if they were listed already.
    """
    return _pairs(_parts(store, plan.week, plan.model, f"{labeler.name}@{labeler.version}/", listed))


def labelled_by_name(store: Store, plan: Plan, name: str, listed: Iterable[str]) -> set[tuple[str, str]]:
    """Return the (slot, attribute) pairs that a labeler of that name has read already, in whatever version."""
    return _pairs(_parts(store, plan.week, plan.model, f"{name}@", listed))


def _pairs(parts: Iterable[pa.Table]) -> set[tuple[str, str]]:
    columns = ((part["slot_key"].to_pylist(), part["attribute"].to_pylist()) for part in parts)
    return {pair for slots, attributes in columns for pair in zip(slots, attributes, strict=True)}


def read_labels(store: Store, week: str, model: str, labeler: str) -> list[dict[str, object]]:
    """Return the rows of all parts of one labeler version (`<name>@<version>`), in the order of their keys."""
    return [row for part in _parts(store, week, model, f"{labeler}/") for row in part.to_pylist()]


def _parts(
    store: Store, week: str, model: str, labeler: str, listed: Iterable[str] | None = None
) -> Iterator[pa.Table]:
    """Yield parts of labelers that begin so."""
    prefix = f"{keys.labels_prefix(week, model)}labeler={labeler}"
    for key in store.list(prefix) if listed is None else listed:
        if key.startswith(prefix) and "/part-" in key:
            yield read_parquet(store, key)
