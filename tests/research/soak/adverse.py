"""What the two paid services of the soak answer: mostly well, at times badly, in a storm hardly at all.

Belongs here: which answers, how often. Does not belong here: servers (`tests.services`), what must come of it.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field, replace

from tests.services.openai.wire import small_picture
from tests.services.openai_contract import Call, Reply
from tests.services.vision_contract import Asked, Said, first_value

_WAIT = {"retry-after": "1", "retry-after-ms": "200"}
_LIMITED = {"status": 429, "code": "rate_limit_exceeded", "type": "requests"}
_BROKEN = {"status": 500, "code": "server_error", "type": "server_error"}
_BLOCKED = {"status": 400, "code": "moderation_blocked", "type": "image_generation_user_error"}
#: Share of calls → what a call for a picture is answered with, in usual times.
PICTURES = (
    (0.04, Reply(error=_LIMITED, headers=_WAIT)),
    (0.03, Reply(error=_BROKEN)),
    (0.04, Reply(error=_BLOCKED)),
    (0.02, Reply(raw="<html><title>Sign in</title></html>", raw_type="text/html")),
    (0.01, Reply(raw='{"created": 1, "data": [{"b64_json": "iVBORw0')),
    (0.02, Reply(image=small_picture(1)[:-20])),
    (0.01, Reply(image=b"")),
    (0.02, Reply(fault="cut")),
    (0.02, Reply(fault="reset")),
)
#: The same of calls for labels.
LABELS = (
    (0.03, Said(status=429, error={"code": "rate_limit_exceeded", "message": "slow down"}, headers=_WAIT)),
    (0.02, Said(status=500, error={"code": "server_error", "message": "scripted"})),
    (0.02, Said(refusal="I cannot help with that.")),
    (0.01, Said(raw=b"<html><title>Sign in</title></html>")),
    (0.01, Said(text='{"person_count": ')),
    (0.01, Said(cut_off=True)),
)


@dataclass
class Weather:
    """Decides each answer from a seed; `storm` many of the next calls are refused for now."""

    draw: random.Random
    latency_s: float = 0.05
    storm: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def clear(self) -> None:
        """End a storm."""
        self.storm = 0

    def picture(self, call: Call) -> Reply:
        """Return what a call for a picture is answered with."""
        with self._lock:
            dice, self.storm = self.draw.random(), max(0, self.storm - 1)
            if self.storm:
                return Reply(error=_LIMITED if dice < 0.5 else _BROKEN, headers=_WAIT)
        for share, reply in PICTURES:
            if dice < share:
                return replace(reply, latency_s=self.latency_s)
            dice -= share
        return Reply(latency_s=self.latency_s)

    def labels(self, asked: Asked) -> Said:
        """Return what a call for labels is answered with."""
        with self._lock:
            dice = self.draw.random()
        for share, said in LABELS:
            if dice < share:
                return replace(said, values=first_value(asked).values, wait_s=self.latency_s)
            dice -= share
        return replace(first_value(asked), wait_s=self.latency_s)
