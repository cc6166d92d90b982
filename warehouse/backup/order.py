"""In which order objects are copied: what others rest on comes first, so that a copy is whole wherever it is stopped.

Objects are listed the other way round: what leads to others is listed before them, so that all that it rests on is
listed, too, although a run goes on writing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from warehouse import keys
from warehouse.integrity.kinds import is_lock
from warehouse.store.base import Head, Store

_BATCH = r"(?:label-)?batches/.*-"
_REST = 6  # receipts, parts of tables, pages, files of editions
_RECORD, _MANIFEST, _PART, _NOTE, _EDITION = 7, 8, 9, 10, 11
#: Rank and pattern of keys, the first that fits; a number in a key (`n`) is an order within the rank.
_ROWS = tuple(
    (rank, re.compile(pattern))
    for rank, pattern in (
        (0, rf"images/|plans/|{keys.SITE}engine/|pages/styles/"),
        (1, r"intents/|label-intents/|trials/.*-intent|anchors/[^/]+/anchors\.json|gold/[^/]+/sample"),
        (2, rf"{_BATCH}intended"),
        (3, rf"{_BATCH}sent(?P<n>\d+)"),
        (4, rf"{_BATCH}submitted"),
        (5, rf"{_BATCH}ended"),
        (_RECORD, r".*\.parquet\.[0-9a-f]{64}\.json$"),
        (_MANIFEST, r"attempts/.*/manifest-(?P<n>\d+)\.parquet$"),
        (_PART, r"(?:labels|label-calls|gold|anchors|studies)/.*\.parquet$"),
        (_NOTE, rf".*/written-|studies/[^/]+/current-(?P<n>\d+)|{keys.PAST_INDEXES}|anchors/.*/accepted/"),
        (_EDITION, r"editions/[^/]+/manifest\.json$"),
        (_REST, ""),
    )
)
#: Prefixes that are listed before all others, and of which ranks.
_FIRST: tuple[tuple[str, frozenset[int]], ...] = (
    ("editions/", frozenset({_EDITION})),
    (keys.PAST_INDEXES, frozenset({_NOTE})),
    *(
        (f"{name}/", frozenset({_PART, _NOTE}))
        for name in ("labels", "label-calls", "gold", "anchors", "studies")
    ),
    ("attempts/", frozenset({_RECORD, _MANIFEST})),
)


def rank(key: str) -> tuple[int, int]:
    """Return when an object is copied: after all of lower ranks."""
    for number, pattern in _ROWS:
        if found := pattern.match(key):
            return number, int(found.groupdict().get("n") or 0)
    raise AssertionError(key)  # the last pattern fits every key


def may_change(key: str) -> bool:
    """Return whether an object is made anew by each publish: what leads readers to the newest edition."""
    return key == keys.LATEST_EDITION or (
        key.startswith(keys.SITE) and not key.startswith(f"{keys.SITE}engine/")
    )


def listed(store: Store) -> dict[str, Head]:
    """Return the objects that never change, by key, such that what each rests on is among them."""
    found: dict[str, Head] = {}
    for prefix, ranks in _FIRST:
        found |= {head.key: head for head in _of(store.heads(prefix)) if rank(head.key)[0] in ranks}
    for head in _of(store.heads("")):
        first = next((ranks for prefix, ranks in _FIRST if head.key.startswith(prefix)), frozenset())
        if rank(head.key)[0] not in first:
            found[head.key] = head
    return found


def _of(heads: Iterable[Head]) -> Iterable[Head]:
    return (head for head in heads if not is_lock(head.key) and not may_change(head.key))
