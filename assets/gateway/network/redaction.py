"""Keys stay out of whatever is kept or reported: texts are searched for them, however they are written."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from pydantic import SecretStr

from assets.gateway.network.connection import keys_read
from assets.gateway.records import Answer

_LEAST_SECRET = 8  # characters; a shorter "key" would blank out ordinary words
#: Characters of a real key; what local servers take ("none", "local-test") may be in any answer.
_LEAST_KEY = 16

#: What looks like a key: by how makers begin theirs, by what stands before it, or by being long and mixed.
_LIKE_KEY = re.compile(
    r"\b(?:sk|pk|rk|r8|hf|xai|gsk|ghp|gho|github_pat|glpat|xox[a-z]|whsec)[-_][A-Za-z0-9_-]{16,}"
    r"|\bAKIA[0-9A-Z]{16}\b|\bAIza[A-Za-z0-9_-]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|://[^/\s:@]+:[^/\s@]+@|hooks\.slack\.com/services/\S+|discord(?:app)?\.com/api/webhooks/\S+"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|(?i:\b(?:api[_-]?key|secret|password|passwd|token|bearer)\b['\"]?\s*[:=]\s*['\"]?[^\s'\"#$]{8,})"
    r"|\b(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])(?=[A-Za-z0-9]*[0-9])[A-Za-z0-9]{32,}\b"
)
_KEY_NAMES = re.compile("KEY|TOKEN|SECRET|PASSWORD|WEBHOOK")  # of variables of the environment


def line_with_key(text: str, environ: Mapping[str, str] = os.environ) -> int | None:
    """Return the number of the first line that holds a key of the environment, or what looks like a key; else None."""
    secrets = [
        SecretStr(value)
        for name, value in environ.items()
        if _KEY_NAMES.search(name) and len(value) >= _LEAST_KEY
    ]
    for number, line in enumerate(text.splitlines(), start=1):
        if _LIKE_KEY.search(line) or redact(line, *secrets) != line:
            return number
    return None


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
    text = answer.model_dump_json(exclude={"image"})
    cleaned = redact(text, *keys)
    if cleaned == text:
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
