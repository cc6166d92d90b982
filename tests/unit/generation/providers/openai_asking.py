"""Requests for the tests of providers on the OpenAI API."""

from __future__ import annotations

from typing import Any

from assets.gateway.records import Answer
from assets.generation.slots import Exchange, Request, Slot


def request(prompt: str = "an Indian person", **changes: Any) -> Request:
    """A request of one slot; `changes` are fields of it."""
    slot = Slot(
        slot_key="ab" * 32,
        week="2026-11-23",
        model="m",
        suite="s",
        suite_version="1.0.0",
        prompt="s/p",
        replicate=0,
    )
    fields = {"slot": slot, "attempt": 1, "model_id": "gpt-image-2", "params": {}, "language": "en"}
    return Request(**{**fields, "prompt_text": prompt, **changes})


def turn(asked: Request, answer: Answer) -> Exchange:
    """One earlier turn of a conversation, as the run hands it on."""
    return Exchange(
        prompt_text=asked.prompt_text,
        outcome=answer.outcome,
        text=answer.text,
        revised_prompt=answer.revised_prompt,
        provider_conversation_id=answer.provider_conversation_id,
    )
