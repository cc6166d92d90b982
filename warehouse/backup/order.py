"""In which order objects are copied: what others rest on comes first, so that a copy is whole wherever it is stopped.

Within a part of a store objects are listed the other way round: what leads to others is listed before them, so that all
that it rests on is listed, too, although a run goes on writing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from warehouse import keys
from warehouse.store.base import Head, Store

_BATCH = r"(?:label-)?batches/.*-"
_REST = 6  # receipts, parts of tables, pages, files of editions
_RECORD, _MANIFEST, _PART, _NOTE, _RETRACTION, EDITION = 7, 8, 9, 10, 11, 12
#: Rank and pattern of keys, the first that fits; a number in a key (`n`) is an order within the rank.
_ROWS = tuple(
    (rank, re.compile(pattern))
    for rank, pattern in (
        (0, rf"images/|plans/|{keys.SITE}engine/|pages/styles/|{keys.REMOVALS}"),
        (1, r"intents/|label-intents/|trials/.*-intent|anchors/[^/]+/anchors\.json|gold/[^/]+/sample"),
        (2, rf"{_BATCH}intended"),
        (3, rf"{_BATCH}sent(?P<n>\d+)"),
        (4, rf"{_BATCH}submitted"),
        (5, rf"{_BATCH}ended"),
        (_RECORD, r".*\.parquet\.[0-9a-f]{64}\.json$"),
        (_MANIFEST, r"attempts/.*/manifest-(?P<n>\d+)\.parquet$"),
        (_PART, r"(?:labels|label-calls|gold|anchors|studies)/.*\.parquet$"),
        (_NOTE, rf".*/written-|studies/[^/]+/current-(?P<n>\d+)|{keys.PAST_INDEXES}|anchors/.*/accepted/"),
        (_RETRACTION, keys.RETRACTIONS),
        (EDITION, r"editions/[^/]+/manifest\.json$"),
        (_REST, ""),
    )
)
#: Prefixes that are listed before all others, and of which ranks.
_FIRST: tuple[tuple[str, frozenset[int]], ...] = (
    ("editions/", frozenset({EDITION})),
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


def turn(part: str) -> tuple[int, str]:
    """Return when a part of a store is copied: pictures and what pages are drawn with first, editions last.

    Removals come before all: what they name is copied no more.
    """
    if part == keys.REMOVALS:
        return -1, part
    first = part.startswith(("images/", "site/", "pages/styles/"))
    return 0 if first else 1 if part.startswith("week=") else 3 if part.startswith("editions/") else 2, part


def listed(store: Store, prefixes: Sequence[str]) -> dict[str, Head]:
    """Return the objects of a part that never change, by key, such that what each rests on in it is among them."""
    found: dict[str, Head] = {}
    for first, ranks in _FIRST:
        for prefix in prefixes:
            if prefix.startswith(first):
                found |= {head.key: head for head in _of(store, prefix) if rank(head.key)[0] in ranks}
    for prefix in prefixes:
        ranks = next((ranks for first, ranks in _FIRST if prefix.startswith(first)), frozenset())
        found |= {head.key: head for head in _of(store, prefix) if rank(head.key)[0] not in ranks}
    return found


def _of(store: Store, prefix: str) -> Iterator[Head]:
    heads = store.heads(prefix) if prefix.endswith("/") else filter(None, [store.head(prefix)])
    return (head for head in heads if not may_change(head.key))
