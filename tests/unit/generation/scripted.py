"""A provider that answers from a script: for what the simulated models never do (stops, paid calls, kills)."""

from __future__ import annotations

import io
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence

from PIL import Image

from assets.gateway.records import Answer, Outcome
from assets.generation.slots import Request


def picture(seed: str) -> bytes:
    """A small whole PNG, another one for another seed."""
    number = int(seed[:6], 16)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (number >> 16, (number >> 8) & 255, number & 255)).save(buffer, "PNG")
    return buffer.getvalue()


def ok(request: Request) -> Answer:
    """The answer that every slot gets unless its script says otherwise."""
    return Answer(outcome=Outcome.OK, image=picture(request.slot.slot_key))


class Scripted:
    """`script(request, call number of the slot from 1)` answers; calls are counted by slot."""

    name = "simulated"
    adapter_version = "test"
    endpoint = "test"
    sdk_version = "test"
    simulated = True

    def __init__(
        self,
        script: Callable[[Request, int], Answer] = lambda request, number: ok(request),
        *,
        paid: bool = False,
        replayable: bool = True,
        idempotent: bool = False,
    ) -> None:
        self.script = script
        self.paid = paid
        self.replayable = replayable
        self.idempotent = idempotent
        self.calls: defaultdict[str, int] = defaultdict(int)
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Take everything."""

    def ask(self, request: Request) -> Answer:
        with self._lock:
            self.calls[request.slot.slot_key] += 1
            self.requests.append(request)
            number = self.calls[request.slot.slot_key]
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            return self.script(request, number)
        finally:
            with self._lock:
                self._now -= 1


def outcomes(*wanted: Outcome) -> Callable[[Request, int], Answer]:
    """A script that gives these outcomes in order to every slot, the last one for ever."""

    def script(request: Request, number: int) -> Answer:
        outcome = wanted[min(number, len(wanted)) - 1]
        return ok(request) if outcome is Outcome.OK else Answer(outcome=outcome, error_message="scripted")

    return script


def replies(wanted: Sequence[Answer]) -> Callable[[Request, int], Answer]:
    """A script that gives these answers in order to every slot, the last one for ever."""
    return lambda request, number: wanted[min(number, len(wanted)) - 1]
