"""The completeness below which a model's week is withheld: a rule of publishing, as configured when it is applied.

An edition records the floors that it was made by, so that a rebuild from the store alone finds what was published.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb

from assets.generation.workplace import Workplace
from warehouse import keys
from warehouse.loading.load import forget, transaction
from warehouse.store import Store


def set_floors(con: duckdb.DuckDBPyConnection, place: Workplace, through: str) -> None:
    """Write the floor of each planned model and week up to `through`; a week in which one changed is to be checked.

    It is that of models.yaml; of a model that is in it no more, that of the newest edition, else the plan's.
    """
    configured = {entry.name: entry.completeness_floor for entry in place.models}
    published = _published(place.store)
    rows = con.execute(
        "SELECT strftime(week, '%Y-%m-%d'), model, completeness_floor FROM plans WHERE week <= $through",
        {"through": through},
    ).fetchall()
    for week, model, stands in rows:
        floor = configured.get(model, published.get((week, model), stands))
        if floor != stands:
            with transaction(con):
                forget(con, ["plans"], [week])
                con.execute(
                    "UPDATE plans SET completeness_floor = $floor WHERE week = $week AND model = $model",
                    {"floor": floor, "week": week, "model": model},
                )
                # What rests on who is withheld is not made and checked until this week is again.
                con.execute("DELETE FROM history_weeks WHERE week = $week", {"week": week})


def _published(store: Store) -> dict[tuple[str, str], float]:
    """Return the floors that the newest edition was made by, by (week, model)."""
    try:
        newest = json.loads(store.get(keys.LATEST_EDITION))["edition"]
        manifest: dict[str, Any] = json.loads(store.get(f"{keys.edition_prefix(newest)}manifest.json"))
    except (KeyError, ValueError):  # nothing is published, or it does not read, which others say
        return {}
    return {(row["week"], row["model"]): row["completeness_floor"] for row in manifest["partitions"]}
