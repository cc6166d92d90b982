"""Paid providers of tests, made by name as the registry makes the shipped ones.

Belongs here: factories that tests put into `PROVIDERS`; a factory takes a connection.
"""

from __future__ import annotations

import os

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.base import Probe
from assets.generation.slots import Request
from tests.unit.generation.scripted import Scripted, ok

CHEAP = "tests.orchestration.paid:cheap"
DEAR = "tests.orchestration.paid:dear"
LOSING = "tests.orchestration.paid:losing"
ODD = "tests.orchestration.paid:odd"
PROBED = "tests.orchestration.paid:probed"
REAL = "tests.orchestration.paid:real"

#: What every entry of these providers costs a picture.
PRICE = {"per_image_usd": 0.25, "source": "test", "date": "2026-11-01"}


def cheap(connection: Connection) -> Scripted:
    """Every picture costs a quarter of a dollar, and says so."""
    return Scripted(
        lambda request, number: ok(request).model_copy(update={"cost_usd": 0.25}), paid=True, replayable=False
    )


def dear(connection: Connection) -> Scripted:
    """Every picture costs four times what is expected."""
    return Scripted(
        lambda request, number: ok(request).model_copy(update={"cost_usd": 1.0}), paid=True, replayable=False
    )


def losing(connection: Connection) -> Scripted:
    """The first replicates time out after they were sent; the others cost four times what is expected."""

    def script(request: Request, number: int) -> Answer:
        if request.slot.replicate == 0:
            return Answer(outcome=Outcome.TIMEOUT, maybe_billed=True, retry_after_s=0)
        return ok(request).model_copy(update={"cost_usd": 1.0})

    return Scripted(script, paid=True, replayable=False)


def odd(connection: Connection) -> Scripted:
    """The first replicates get answers that no error table knows."""

    def script(request: Request, number: int) -> Answer:
        if request.slot.replicate == 0:
            return Answer(
                outcome=Outcome.SERVER_ERROR,
                unmapped=True,
                raw_body="[bold]Teapot\nshort and stout",
                retry_after_s=0,
            )
        return ok(request)

    return Scripted(script, paid=True, replayable=False)


class _Probed(Scripted):
    def probe(self, model_id: str) -> Probe:
        key = os.environ.get("TEST_API_KEY")
        if key is None:
            return Probe(None, None, "no key: set the variable TEST_API_KEY")
        if key != "right":
            return Probe(False, None, "401: the key is not valid")
        return Probe(True, model_id == "classic", f"the key works, {model_id} is asked for")


def probed(connection: Connection) -> Scripted:
    """A provider with a free call that knows one key and one model."""
    return _Probed(paid=True, replayable=False)


def real(connection: Connection) -> Scripted:
    """The same, of pictures that were not made here."""
    made = probed(connection)
    made.simulated = False
    return made
