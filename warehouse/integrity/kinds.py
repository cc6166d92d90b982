"""Every kind of key that a store may hold; which objects are checked together, and which are listed together.

A key that no row matches is unexpected. Leases (`locks/`) are not read: they come and go. Half-written files of a
local folder lie in `.tmp`, which is never listed; the next writer removes what dead processes left there.

A part of a store is a few folders, so that nobody holds the keys of all objects: one model's week in all of its roots,
pictures whose hashes begin alike with their thumbnails, a study, an edition. Groups of objects are whole within a part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from warehouse import keys
from warehouse.store.base import Store

_NAME = r"[a-z0-9][a-z0-9._-]*"
_WEEK = r"\d{4}-\d{2}-\d{2}"
_PERIOD = rf"{_WEEK}|\d{{4}}-Q[1-4]"
_SHA = "[0-9a-f]{64}"
_LABELER = "labeler=[^/]+@[^/]+"
_PARTITION = f"week=(?P<week>{_WEEK})/model=(?P<model>{_NAME})"
_OTHER = f"(?P<scope>week={_WEEK}/(?:anchors|trial)|study=[^/]+)"
_CALLS = rf"(?:labels/{_PARTITION}|label-calls/{_OTHER})"
_ANCHORS, _STUDIES = rf"anchors/(?P<of>{_NAME})", "studies/(?P<of>[^/]+)"
_RECORD = rf"(?:\.{_SHA}\.json)?"
_STATE = r"\d{4,}-(?:intended|sent\d+|submitted|ended)\.json"

#: kind → pattern of its keys. Groups `week` and `model`, `scope`, or `of` name what is checked together.
KINDS: tuple[tuple[str, str], ...] = (
    ("plan", rf"plans/{_PARTITION}\.json"),
    ("intent", rf"intents/{_PARTITION}/(?P<slot>{_SHA})/(?P<n>\d+)\.json"),
    ("receipt", rf"attempts/{_PARTITION}/(?P<slot>{_SHA})/(?P<n>\d+)\.json"),
    ("manifest", rf"attempts/{_PARTITION}/manifest-(?P<n>\d{{4,}})\.parquet"),
    ("manifest record", rf"attempts/{_PARTITION}/manifest-(?P<n>\d{{4,}})\.parquet\.{_SHA}\.json"),
    ("batch", rf"batches/{_PARTITION}/{_STATE}"),
    ("labels", rf"labels/{_PARTITION}/{_LABELER}/part-{_SHA}\.parquet"),
    ("label intent", rf"label-intents/(?:{_PARTITION}|{_OTHER})/{_LABELER}/[0-9a-f]{{32}}/\d+\.json"),
    ("label batch", rf"label-batches/(?:{_PARTITION}|{_OTHER})/{_LABELER}/{_STATE}"),
    ("label calls", rf"{_CALLS}/{_LABELER}/attempts-{_SHA}\.parquet"),
    ("note", rf"{_CALLS}/{_LABELER}/written-{_SHA}\.json"),
    ("trial intent", rf"trials/week=(?P<of>{_WEEK})/model={_NAME}/\d{{4,}}-intent\.json"),
    ("trial receipt", rf"trials/week=(?P<of>{_WEEK})/model={_NAME}/\d{{4,}}-receipt\.json"),
    ("image", r"images/(?P<of>[0-9a-f]{2})/(?P=of)[0-9a-f]{62}\.[a-z0-9]+"),
    ("image thumbnail", r"thumbnails/(?P<of>[0-9a-f]{2})/(?P=of)[0-9a-f]{62}-(?P<n>\d+)\.webp"),
    ("thumbnail note", rf"thumbnails/{_PARTITION}/made-[0-9a-f]{{16}}\.json"),
    ("study note", rf"thumbnails/study=(?P<of>{_NAME})/made-[0-9a-f]{{16}}\.json"),
    ("gold sample", rf"gold/(?P<of>{_NAME})/sample\.json"),
    ("gold labels", rf"gold/(?P<of>{_NAME})/labels-{_SHA}\.parquet"),
    ("gold note", rf"gold/(?P<of>{_NAME})/written-{_SHA}\.json"),
    ("anchor list", rf"{_ANCHORS}/anchors\.json"),
    ("anchor labels", rf"{_ANCHORS}/labels/week={_WEEK}/{_LABELER}\.parquet{_RECORD}"),
    ("anchor acceptance", rf"{_ANCHORS}/accepted/week={_WEEK}/{_LABELER}/attribute=[^/]+\.json"),
    ("study pointer", rf"{_STUDIES}/current-(?P<n>\d{{4,}})\.json"),
    ("study definition", rf"{_STUDIES}/definition-[0-9a-f]{{16}}\.json"),
    ("study table", rf"{_STUDIES}/tables-[0-9a-f]{{16}}/[a-z_]+\.parquet{_RECORD}"),
    ("study labels", rf"{_STUDIES}/labels/{_LABELER}/part-(?:[0-9a-f]{{16}}|{_SHA})\.parquet{_RECORD}"),
    ("study note", rf"{_STUDIES}/labels/{_LABELER}/written-{_SHA}\.json"),
    ("study retraction", rf"retractions/study-(?P<of>{_NAME})-(?P<n>[1-9]\d*)\.json"),
    ("retraction", rf"retractions/{_PARTITION}/(?P<n>[1-9]\d*)\.json"),
    ("removal", rf"removals/{_SHA}\.json"),
    ("table part", rf"tables/(?P<of>{_NAME})/week=(?:{_WEEK}|none)/{_SHA}\.parquet"),
    ("past index", rf"pages/indexes/(?P<of>{_PERIOD})/{_SHA}\.json"),
    ("past page", rf"pages/(?P<of>{_PERIOD})/{_NAME}/[0-9a-f]{{16}}/.+\.html"),
    ("style", rf"pages/(?P<of>styles)/{_SHA}\.(?:css|svg)"),
    ("site database", r"site/(?P<of>cliche)\.duckdb"),
    ("site note", r"site/(?P<of>cliche)\.duckdb\.json"),
    ("pages note", r"site/pages\.json"),
    ("pages page", r"site/(?:[a-z]{2}/)?(?:editions/)?index\.html"),
    ("pages page", rf"site/(?:[a-z]{{2}}/)?(?:changes|models/{_NAME})/feed\.(?:xml|json)"),
    ("pages page", r"site/(?:log\.txt|sitemap\.xml)"),
    ("engine", rf"site/(?P<of>engine)/{_SHA}\.(?:js|wasm)"),
    ("latest edition", r"editions/(?P<of>latest)\.json"),
    ("edition", rf"editions/(?P<of>{_WEEK}\.\d+)/.+"),
)
#: Kinds whose keys end with the hash of the bytes, or its beginning.
IN_NAME = frozenset({"image", "table part", "past index", "style", "engine", "study definition"})
#: Kinds whose hash another object records, which the check of their group knows.
ELSEWHERE = frozenset({"edition", "latest edition", "pages page", "past page", "site database"})
_COMPILED = tuple((kind, kind.partition(" ")[0], re.compile(pattern)) for kind, pattern in KINDS)
_APART = ("locks/", keys.HOME_COPIES)  # a lease, the files of a home in a copy

#: Folders, each with a slash at its end, and keys that lie above them, by the name of the part.
Parts = Mapping[str, Sequence[str]]


class Key(NamedTuple):
    """A key with what it says of itself; `group` names what is checked together with it."""

    key: str
    kind: str
    group: tuple[str, ...]
    slot: str = ""
    number: int = 0


def parse(key: str) -> Key | None:
    """Return what a key says of itself, or None if no kind of object has such a key."""
    for kind, family, pattern in _COMPILED:
        if found := pattern.fullmatch(key):
            said = found.groupdict("")
            group: tuple[str, ...] = (family, said.get("of", ""))
            if said.get("model"):
                group = ("partition", said["week"], said["model"])
            elif said.get("scope"):
                group = ("calls", said["scope"])
            return Key(key, kind, group, said.get("slot", ""), int(said.get("n") or 0))
    return None


def parts(*stores: Store) -> Parts:
    """Return the parts of stores by name."""
    found: dict[str, set[str]] = {}
    for store in stores:
        for prefix in _prefixes(store):
            found.setdefault(_part(prefix), set()).add(prefix)
    return {name: sorted(found[name]) for name in sorted(found)}


def keys_in(store: Store, prefixes: Sequence[str]) -> Iterator[str]:
    """Yield the keys of a part that a store holds."""
    for prefix in prefixes:
        if prefix.endswith("/"):
            yield from store.list(prefix)
        elif store.head(prefix) is not None:
            yield prefix


def _prefixes(store: Store) -> Iterator[str]:
    for root in store.names(""):
        if root.startswith(_APART):
            continue
        for name in store.names(root) if root.endswith("/") else [root]:
            deeper = name.startswith(f"{root}week=") and root != "trials/"
            if name.endswith("/") and (deeper or name == keys.PAST_INDEXES):
                yield from store.names(name)
            else:
                yield name


def _part(prefix: str) -> str:
    """Return the name of the part that a folder, or a key above all folders, belongs to."""
    root, _, rest = prefix.partition("/")
    if prefix.startswith(keys.RETRACTIONS) and (known := parse(prefix)):
        root, rest = "studies", f"{known.group[1]}/"
    if root == "studies":
        return f"study={rest}"
    if root == "thumbnails" and "=" not in rest:
        return f"images/{rest}"
    if root == "site":
        return "site/"
    if root == "pages":
        return f"pages/{rest.removeprefix('indexes/')}"
    if rest.startswith(("week=", "study=")) and root != "trials":
        return f"{rest.removesuffix('.json').rstrip('/')}/" if root == "plans" else rest
    return prefix if prefix.endswith("/") else f"{root}/" if rest else ""
