"""Simulated models: a shipped provider whose biases are planted, so that every later step can be checked against them.

Belongs here: personas, their planted truth and their drawings. Does not belong here: real models' APIs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assets.gateway.network.connection import Connection
    from assets.simulation.provider import Simulated


def make(connection: Connection | None = None, *, workers: int | None = None) -> Simulated:
    """Return the provider; `workers` processes draw (None: one for each processor; 0: none, it draws by itself)."""
    del connection  # nobody is reached
    # Not at import: the drawing processes and the labeler, which must not know the truth, import this package too.
    from assets.simulation.pool import shared
    from assets.simulation.provider import Simulated

    return Simulated(shared(workers))
