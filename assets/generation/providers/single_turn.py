"""Providers whose model answers one prompt at a time: a later turn of a conversation is refused."""

from __future__ import annotations

from assets.gateway.records import Answer, Outcome
from assets.generation.slots import Request


def refused_turn(provider: str, request: Request) -> Answer | None:
    """Return the answer to a later turn of a conversation, which stops the run, or None: the request stands alone."""
    if not request.history:
        return None
    told = f"{provider} holds no conversations; remove conversations from this model's suites"
    return Answer(outcome=Outcome.INVALID_PARAMS, error_code="no_conversation", error_message=told)
