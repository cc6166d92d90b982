"""Keys stay out of whatever is kept or reported: texts are searched for them, however they are written."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from urllib.parse import quote

from pydantic import SecretStr

from assets.gateway.network.connection import keys_read
from assets.gateway.records import Answer

_LEAST_SECRET = 8  # characters; a shorter "key" would blank out ordinary words
_LEAST_KEY = (
    16  # characters of a real key; what local servers take ("none", "local-test") may be in any answer
)


def redact(text: str, *secrets: SecretStr) -> str:
    """Return the text without the secrets, plain or as they are in an address, in JSON or in base64.

    Redact before cutting a text short: half a key is not found.
    """
    for secret in secrets:
        value = secret.get_secret_value()
        if len(value) < _LEAST_SECRET:
            continue
        for form in sorted(_forms(value), key=len, reverse=True):
            text = text.replace(form, "[key]")
    return text


def without_keys(answer: Answer) -> Answer:
    """Return an answer in whose texts no key stands that this process has read: the last line of defence.

    Providers redact what they know; this holds for all that an API echoes, before any of it is kept or reported.
    """
    keys = [key for key in keys_read() if len(key.get_secret_value()) >= _LEAST_KEY]
    if not keys:
        return answer
    told = answer.model_dump_json(exclude={"image"})
    cleaned = redact(told, *keys)
    if cleaned == told:
        return answer
    return Answer.model_validate_json(cleaned).model_copy(update={"image": answer.image})


@lru_cache(maxsize=64)
def _forms(value: str) -> frozenset[str]:
    """Return how a secret may be written: base64 at each of the three alignments, without what neighbors change."""
    raw = value.encode()
    forms = {
        value,
        quote(value, safe=""),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
    }
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
        first, last = -(-shift * 8 // 6), 1 if (shift + len(raw)) % 3 else 0
        inner = whole[first : len(whole) - last]
        forms |= {inner, inner.replace("+", "-").replace("/", "_")}
    return frozenset(form for form in forms if len(form) >= _LEAST_SECRET)
