"""Providers of tests, made by name as the registry makes the shipped ones.

Belongs here: the factories that tests put into `PROVIDERS`; a factory takes a connection.
"""

from __future__ import annotations

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.slots import Request
from tests.unit.generation.scripted import Scripted, ok

LIVE = "tests.orchestration.scripted:live"
DAMAGED = "tests.orchestration.scripted:damaged"
STOPPING = "tests.orchestration.scripted:stopping"


def live(connection: Connection) -> Scripted:
    """A model that exists in the present week only, as every real one does."""
    return Scripted(replayable=False)


def damaged(connection: Connection) -> Scripted:
    """A model whose first replicates are pictures, and whose others are answers with nothing in them."""

    def script(request: Request, number: int) -> Answer:
        return ok(request) if request.slot.replicate == 0 else Answer(outcome=Outcome.EMPTY_ANSWER)

    return Scripted(script)


def stopping(connection: Connection) -> Scripted:
    """A model that answers one call and then refuses the key; calls come in any order."""
    answered: list[Request] = []

    def script(request: Request, number: int) -> Answer:
        if not answered:
            answered.append(request)
            return ok(request)
        return Answer(outcome=Outcome.AUTH, error_message="the key is not valid")

    return Scripted(script)
