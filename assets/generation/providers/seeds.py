"""Seeds of slots: the same slot has the same seed whenever it is asked, two slots of a prompt never share one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warehouse.errors import UsageError


def slot_seed(slot_key: str, below: int = 2**31) -> int:
    """Return the seed of a slot: at least 1 (0 is "random" for some APIs) and less than `below`."""
    return 1 + int(slot_key[:12], 16) % (below - 1)


def seed_of(params: Mapping[str, Any], slot_key: str) -> int | None:
    """Return the seed to send for a slot, None if its model is asked without one."""
    return slot_seed(slot_key) if "seed" in params else None


def check_seed(provider: str, params: Mapping[str, Any], *, taken: bool = True) -> None:
    """Raise `UsageError` for a seed that is the same for all slots, or that the model does not take."""
    if "seed" not in params:
        return
    if not taken:
        raise UsageError(f"{provider}: this model takes no seed; remove seed")
    if params["seed"] != "slot":
        raise UsageError(
            f"{provider}: seed {params['seed']!r} would make all pictures of a prompt the same; "
            'write "seed: slot" (each slot its own) or remove it'
        )
