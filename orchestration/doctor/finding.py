"""One thing that was looked at: whether it is well, and what to do if it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """What was found about one thing, and how to fix it.

    `fail`: a run would certainly fail of it, as things are. `warn`: it may, or costs money or trouble later.
    """

    level: Level
    what: str
    line: str
