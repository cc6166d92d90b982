"""The parts of a store: what is checked together is listed together, so that nobody holds the keys of all objects.

A part is a few folders: one model's week in all of its roots, pictures whose hashes begin alike with their thumbnails,
a study, an edition. Groups of objects (`kinds`) are whole within a part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from warehouse import keys
from warehouse.integrity.kinds import is_apart, parse
from warehouse.store.base import Store

Parts = Mapping[str, Sequence[str]]


def parts(*stores: Store) -> Parts:
    """Return the parts of stores by name: folders, each with a slash at its end, and keys that lie above them."""
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


def partitions(found: Parts) -> list[tuple[str, str]]:
    """Return (week, model) of the partitions among parts, sorted."""
    named = (keys.parse_partition(prefix) for prefixes in found.values() for prefix in prefixes)
    return sorted({one for one in named if one is not None})


def _prefixes(store: Store) -> Iterator[str]:
    for root in store.names(""):
        if is_apart(root):
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
