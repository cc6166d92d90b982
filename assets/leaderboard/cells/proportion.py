"""Pictures in proportion: of each value as many as its part of all asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assets.leaderboard.views.cells import Thumb


def proportional(thumbs: Sequence[Thumb], most: int) -> list[Thumb]:
    """Return so many pictures of each word as its part of all asks for, in the order given (largest remainders)."""
    if len(thumbs) <= most:
        return list(thumbs)
    words = Counter(str(one.word) for one in thumbs)
    due = {word: count * most / len(thumbs) for word, count in words.items()}
    left = {word: int(part) for word, part in due.items()}
    rest = most - sum(left.values())
    for word in sorted(due, key=lambda word: (left[word] - due[word], word))[:rest]:
        left[word] += 1
    chosen = []
    for one in thumbs:
        if left[str(one.word)] > 0:
            left[str(one.word)] -= 1
            chosen.append(one)
    return chosen
