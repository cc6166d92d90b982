"""Checks that re-read objects of the store: plans whole, pictures by a random sample."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial

from assets.quality.scope import CheckScope, Row
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError
from warehouse.store.base import Store
from warehouse.store.pieces import read_if_there
from warehouse.taken_back import removal_of

#: Pictures of one model and week that are re-read. If one picture in ten is bad, 20 miss it in 12 % of weeks.
SAMPLE = 20

_PLANS = """
SELECT
    plans.week,
    plans.model,
    plans.plan_sha256,
    list(slots.slot_key) FILTER (WHERE slots.slot_key IS NOT NULL) AS slot_keys
FROM plans
LEFT JOIN slots ON plans.week = slots.week AND plans.model = slots.model
WHERE plans.week = $week AND ($model IS NULL OR plans.model = $model)
GROUP BY ALL
ORDER BY plans.model
"""

_PICTURES = f"""
SELECT model, slot_key, image_sha256, image_ext
FROM images
WHERE week = $week AND ($model IS NULL OR model = $model)
QUALIFY row_number() OVER (PARTITION BY model ORDER BY md5($seed || image_sha256 || slot_key)) <= {SAMPLE}
ORDER BY model, image_sha256
"""  # noqa: S608 - a number of our own


def plans_as_in_bucket(scope: CheckScope) -> list[Row]:
    """Return the plans whose object is missing, has another hash, or plans other slots than were loaded."""
    store = _store(scope)
    wrong: list[Row] = []
    for row in scope.rows(_PLANS):
        week = row["week"].isoformat()
        problem = _plan_problem(store, week, row["model"], row["plan_sha256"], row["slot_keys"] or [])
        if problem:
            wrong.append({"week": week, "model": row["model"], "problem": problem})
    return wrong


def _plan_problem(store: Store, week: str, model: str, sha256: str, slot_keys: list[str]) -> str | None:
    try:
        data = store.get(keys.plan(week, model))
    except KeyError:
        return "its plan is not in the store"
    if sha256_hex(data) != sha256:
        return "its plan in the store is not the one that was loaded"
    planned = [slot["slot_key"] for slot in json.loads(data)["slots"]]
    if sorted(planned) != sorted(slot_keys):
        missing, surplus = (
            len(set(planned) - set(slot_keys)),
            len(slot_keys) - len(set(planned) & set(slot_keys)),
        )
        return (
            f"{len(planned)} slots were planned; of the loaded {missing} are missing and {surplus} too many"
        )
    return None


def images_bytes_as_stored(scope: CheckScope) -> list[Row]:
    """Return the sampled pictures that are missing from the store, and were not removed, or have another hash."""
    store = _store(scope)
    wrong: list[Row] = []
    for row in scope.rows(_PICTURES):
        key = keys.image(row["image_sha256"], row["image_ext"])
        try:
            same = sha256_hex(store.get(key)) == row["image_sha256"]
            problem = None if same else "a stored picture has other bytes than were recorded"
        except KeyError:
            gone = removal_of(partial(read_if_there, store), [row["image_sha256"]])
            problem = None if gone else "a recorded picture is not in the store"
        if problem:
            wrong.append({**row, "key": key, "problem": problem})
    return wrong


def _store(scope: CheckScope) -> Store:
    if scope.store is None:
        raise UsageError("no store was given to read from")
    return scope.store


RULES: Mapping[str, Callable[[CheckScope], list[Row]]] = {
    "plans__as_in_bucket": plans_as_in_bucket,
    "images__bytes_as_stored": images_bytes_as_stored,
}
