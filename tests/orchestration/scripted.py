"""Providers of tests, made by name as the registry makes the shipped ones.

Belongs here: the factories that tests put into `PROVIDERS`; a factory takes a connection.
"""

from __future__ import annotations

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.slots import Request
from tests.unit.generation.scripted import Scripted, ok

STOPPING = "tests.orchestration.scripted:stopping"


def stopping(connection: Connection) -> Scripted:
    """A model that answers one call and then refuses the key; calls come in any order."""
    answered: list[Request] = []

    def script(request: Request, number: int) -> Answer:
        if not answered:
            answered.append(request)
            return ok(request)
        return Answer(outcome=Outcome.AUTH, error_message="the key is not valid")

    return Scripted(script)
