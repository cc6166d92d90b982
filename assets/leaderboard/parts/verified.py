"""What people's labels say of a board's figures: the corrected distance, unverified labels, different errors."""

from __future__ import annotations

from typing import Any

from assets.leaderboard.page import words
from assets.leaderboard.views.query import Row
from assets.leaderboard.views.view import Corrected
from assets.metrics.labels.gold_evidence import PEOPLE


def beside(now: Row | None) -> dict[str, Any]:
    """Return the fields of a board's row that tell what gold says of its figure of the week; none without a figure."""
    if now is None or now["estimate"] is None:
        return {}
    return {
        "corrected": _corrected(now),
        "not_corrected": _not_corrected(now),
        "label_error": _label_error(now),
    }


def _corrected(now: Row) -> Corrected | None:
    if now["corrected_distance"] is None:
        return None
    return Corrected(now["corrected_distance"], now["corrected_low"], now["corrected_high"], now["gold_n"])


def _not_corrected(now: Row) -> str | None:
    """Return why people's answers do not correct a figure, where it is people who err."""
    return now["corrected_reason"] if now["corrected_reason"] in PEOPLE else None


def _label_error(now: Row) -> str | None:
    """Return in words that the labels of a model are wrong in another way than the others', if a test finds it."""
    if not now["label_error_differs"]:
        return None
    rate, low, high = (words.percent(now[f"label_error{end}"]) for end in ("", "_low", "_high"))
    return f"{rate} of labels wrong ({low} to {high}), in another way than the other models’: read its place with care"
