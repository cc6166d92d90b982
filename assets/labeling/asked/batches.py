"""Labels in batches, at a batch's price: looks at pictures as lines of a file, and what their lines say."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from assets.gateway.admission import Admission, Settle, pause
from assets.gateway.batches import BatchStatus, Desk
from assets.gateway.records import Answer, Outcome
from assets.labeling.asked.journal import Journal
from assets.labeling.asked.spending import call_of
from assets.labeling.pictures import PictureToRead, ShownPicture, UnreadableError, prepare
from assets.labeling.records import RemoteLabeler, Sight
from warehouse import keys

if TYPE_CHECKING:  # it brings the SDK, which most commands do without
    from assets.generation.providers.openai.batches import BatchAccount

#: Calls in one batch: its file of requests holds the pictures, and may be 200 MB.
LABEL_BATCH_CALLS = 60


class BatchLabeler(RemoteLabeler, Protocol):
    """A labeler whose calls can be made in batches."""

    @property
    def batches(self) -> BatchAccount | None:
        """Return the account that takes batches, or None."""

    def request(self, pictures: Sequence[ShownPicture], attributes: Sequence[str]) -> dict[str, Any]:
        """Return the body of a call."""

    def read_answer(self, received: Any, attributes: Sequence[str], pictures: int) -> Sight:
        """Return what the answer to a call came to."""


def grouped(looks: Sequence[PictureToRead], size: int) -> Iterator[list[PictureToRead]]:
    """Yield groups of at most `size` pictures that are asked the same, in the order given."""
    alike: defaultdict[tuple[str, ...], list[PictureToRead]] = defaultdict(list)
    for look in looks:
        asked = tuple(look.attributes)
        alike[asked].append(look)
        if len(alike[asked]) == size:
            yield alike.pop(asked)
    yield from alike.values()


def labels_desk(
    labeler: RemoteLabeler,
    journal: Journal,
    groups: Mapping[str, Sequence[PictureToRead]],
    numbers: Mapping[str, int],
    money: Admission,
    take: Callable[[Sequence[PictureToRead], Sight, int, datetime, Settle | None], None],
    stop: threading.Event,
    stopped: Callable[[], bool],
) -> Desk[Sequence[PictureToRead], Sight]:
    """Return the desk of one labeler's calls in one scope.

    The journal is flushed before a batch is noted as ended. `stop` ends the wait for batches; once the run has ended
    for whatever reason (`stopped`), none is made.
    """
    next_number = {call: numbers.get(call, 1) for call in groups}
    ids = {id(group): call for call, group in groups.items()}

    def admission(group: Sequence[PictureToRead]) -> AbstractContextManager[Settle]:
        call = ids[id(group)]
        return money(call_of(labeler.name, journal.scope.path, call, next_number[call]))

    return Desk(
        store=journal.store,
        prefix=keys.label_batches_prefix(journal.scope.path, journal.labeler),
        who=labeler.name,
        calls=groups,
        numbers=next_number,
        admission=admission,
        take=take,
        lift=Sight,
        sleep=lambda seconds: pause(seconds, stop),
        stopped=stopped,
        flush=journal.flush,
    )


class LookBatches:
    """Batches of calls for labels; `groups` are the pictures of each call."""

    def __init__(
        self,
        labeler: BatchLabeler,
        groups: Mapping[str, Sequence[PictureToRead]],
        load: Callable[[PictureToRead], bytes],
    ) -> None:
        self._labeler, self._account = labeler, cast("BatchAccount", labeler.batches)
        self._groups, self._load = groups, load
        self._unreadable: dict[str, str] = {}

    def upload(self, calls: Mapping[str, Sequence[PictureToRead]]) -> str:
        """Upload the calls, pictures included; return the id of the file."""
        bodies: dict[str, dict[str, Any]] = {}
        for identity, group in calls.items():
            try:
                shown = [prepare(self._load(look), self._labeler.preparation) for look in group]
            except UnreadableError as error:
                self._unreadable[identity] = str(error)
                continue
            bodies[identity] = self._labeler.request(shown, group[0].attributes)
        return self._account.upload_bodies(bodies)

    def create(self, uploaded: str, mark: str) -> str:
        """Make the batch; return its id."""
        return self._account.create(uploaded, mark)

    def find(self, mark: str) -> str | None:
        """Return the batch that carries the mark."""
        return self._account.find(mark)

    def look(self, batch: str) -> BatchStatus:
        """Return how far a batch is."""
        return self._account.look(batch)

    def results(self, batch: str) -> Iterator[tuple[str, Sight]]:
        """Yield what was read off the pictures of each call."""
        for identity, answer in self._account.lines(batch):
            group = self._groups.get(identity.rpartition("-")[0])
            if group:
                yield identity, self._labeler.read_answer(answer, group[0].attributes, len(group))
        for identity, why in self._unreadable.items():
            yield identity, Sight(Answer(outcome=Outcome.CORRUPT_IMAGE, error_message=why))
