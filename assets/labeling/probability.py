"""How probable an answer's value was to the model that gave it, from the log probabilities of its tokens."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from assets.labeling.questions import picture_names


class Token(NamedTuple):
    """One token of an answer: its bytes and its log probability (natural)."""

    text: bytes
    logprob: float


def tokens_of(found: Iterable[Mapping[str, Any]]) -> list[Token]:
    """Return tokens as the OpenAI API reports them (`token`, `bytes`, `logprob`)."""
    return [
        Token(
            bytes(one["bytes"]) if one.get("bytes") else str(one.get("token", "")).encode(),
            float(one.get("logprob", math.nan)),
        )
        for one in found
    ]


def value_probability(
    text: str, tokens: Sequence[Token], attribute: str, value: str, *, picture: int = 1, pictures: int = 1
) -> float | None:
    """Return the probability in [0, 1] of the tokens that spell `value` as the answer to `attribute`.

    That is the product over the tokens that overlap the value between its quotes. None if the tokens do not spell the
    text, or the value is not found exactly once.
    """
    if not tokens or b"".join(token.text for token in tokens) != text.encode():
        return None
    start, end = _part_of(text, picture, pictures)
    pattern = re.compile(rf"{re.escape(_json(attribute))}\s*:\s*\"({re.escape(_json(value)[1:-1])})\"")
    found = list(pattern.finditer(text, start, end))
    if len(found) != 1:
        return None
    first, last = (len(text[:at].encode()) for at in found[0].span(1))
    at, total = 0, 0.0
    for token in tokens:
        after = at + len(token.text)
        if at < last and after > first:
            total += token.logprob
        at = after
    probability = math.exp(min(total, 0.0))
    return None if math.isnan(probability) else probability


def _part_of(text: str, picture: int, pictures: int) -> tuple[int, int]:
    """Return where in the text the answer about one of several pictures stands."""
    if pictures == 1:
        return 0, len(text)
    marks = [text.find(_json(name)) for name in picture_names(pictures)]
    start = marks[picture - 1]
    later = [mark for mark in marks if mark > start]
    return (start, min(later, default=len(text))) if start >= 0 else (0, 0)


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
