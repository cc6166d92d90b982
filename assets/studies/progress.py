"""How a long step of a study tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

#: Called with (what is being done, how many are done, of how many).
Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""
