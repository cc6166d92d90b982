"""What is asked: slots, the requests that providers are given for them, and earlier turns of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.gateway.records import Outcome, Record
from warehouse.canonical import canonical_json, sha256_hex


class Slot(Record):
    """One planned answer; `slot_key` is the SHA-256 of its identity in canonical JSON."""

    slot_key: str
    week: str
    model: str
    suite: str
    suite_version: str
    prompt: str  # "<suite>/<prompt>"
    replicate: int  # from 0
    turn: int = 1  # from 1
    conversation: str | None = None  # joins the turns of one confrontation


def slot_key(
    *,
    suite: str,
    suite_version: str,
    prompt: str,
    model: str,
    params: Mapping[str, Any],
    replicate: int,
    week: str,
    turn: int,
) -> str:
    """Return the key of a slot: 64 hexadecimal digits, a function of what was asked and of nothing else."""
    identity = {
        "suite": f"{suite}@{suite_version}",
        "prompt": prompt,
        "model": model,
        "params": dict(params),
        "replicate": replicate,
        "week": week,
        "turn": turn,
    }
    return sha256_hex(canonical_json(identity))


class Exchange(Record):
    """One earlier turn: what was sent and what came back (without the picture's bytes)."""

    prompt_text: str
    outcome: Outcome
    text: str | None = None
    revised_prompt: str | None = None
    image_sha256: str | None = None
    provider_conversation_id: str | None = None


class Request(Record):
    """What a provider is asked for one slot. `history` holds the earlier turns of the conversation."""

    slot: Slot
    attempt: int  # from 1
    model_id: str
    params: dict[str, Any]
    prompt_text: str
    language: str
    force_image: bool = True  # a conversation's free turn may answer in words
    history: tuple[Exchange, ...] = ()
