"""Is what was loaded what the store holds now? A fingerprint of the objects' names answers without reading them.

What is behind is loaded here, in one step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import duckdb

from warehouse.canonical import digest
from warehouse.loading import load, objects, study_objects
from warehouse.loading.anchor_objects import load_anchors
from warehouse.loading.gold_objects import load_stale_gold
from warehouse.store.base import Store
from warehouse.taken_back import load_removals
from warehouse.weeks import shift


def load_behind(
    con: duckdb.DuckDBPyConnection,
    store: Store,
    through: str = "9999-12-27",
    progress: Callable[[str, int, int], None] = lambda _what, _done, _total: None,
) -> None:
    """Bring the warehouse up to the store: partitions and anchors through a week, studies, gold sets and removals.

    `progress` hears what is loaded, how many partitions and studies are done, and of how many.
    """
    partitions, studies = stale_partitions(con, store, through), stale_studies(con, store)
    total = len(partitions) + len(studies)
    for done, (week, model) in enumerate(partitions):
        progress(f"{week} {model}", done, total)
        load.load_partition(con, store, week, model)
    for done, study in enumerate(studies, len(partitions)):
        progress(study, done, total)
        load.load_study(con, store, study)
    progress("anchors, gold sets and removals", total, total)
    load_anchors(con, store, through)
    load_stale_gold(con, store)
    load_removals(con, store)


def loaded_partitions(con: duckdb.DuckDBPyConnection, through: str) -> list[tuple[str, str, str]]:
    """Return (week, model, fingerprint) of the partitions that are loaded, through a week, in this order."""
    return [(week, model, known) for (week, model), (known, _) in _loaded(con).items() if week <= through]


def stale_partitions(con: duckdb.DuckDBPyConnection, store: Store, through: str) -> list[tuple[str, str]]:
    """Return (week, model) of planned partitions up to the week `through` whose rows are not those of the store."""
    planned = {partition for partition in load.partitions(store) if partition[0] <= through}
    loaded = {partition: known for partition, known in _loaded(con).items() if partition in planned}
    there = objects.names_of_all(store, {partition: manifest for partition, (_, manifest) in loaded.items()})
    return sorted(
        partition
        for partition in planned
        if partition not in loaded or loaded[partition][0] != there[partition].fingerprint
    )


def names_of_loaded(con: duckdb.DuckDBPyConnection, store: Store) -> dict[objects.Partition, objects.Names]:
    """Return the objects of the store that every loaded partition is made of."""
    manifests = {partition: manifest for partition, (_, manifest) in _loaded(con).items()}
    return objects.names_of_all(store, manifests)


def _loaded(con: duckdb.DuckDBPyConnection) -> dict[objects.Partition, tuple[str, str | None]]:
    """Return fingerprint and manifest of each loaded partition, in order; None: there was no manifest."""
    rows = con.execute(
        "SELECT strftime(week, '%Y-%m-%d'), model, fingerprint, manifest FROM loads ORDER BY ALL"
    ).fetchall()
    return {(week, model): (fingerprint, manifest) for week, model, fingerprint, manifest in rows}


def stale_studies(con: duckdb.DuckDBPyConnection, store: Store) -> list[str]:
    """Return the studies whose rows are not those of their current import in the store, as of one that was removed."""
    loaded = dict(con.execute("SELECT study, fingerprint FROM study_loads").fetchall())
    there = {study: study_objects.fingerprint(store, study) for study in load.studies(store)}
    stale = {study for study in there if loaded.get(study) != there[study]}
    return sorted(stale | {*removed_studies(con, store)})


def removed_studies(con: duckdb.DuckDBPyConnection, store: Store) -> list[str]:
    """Return the studies that are loaded and were removed since, sorted."""
    loaded = con.execute("SELECT study FROM study_loads ORDER BY study").fetchall()
    return [study for (study,) in loaded if study_objects.retraction_of(store, study)]


def week_inputs(
    con: duckdb.DuckDBPyConnection, weeks: Iterable[str], extra: Sequence[str] = (), gold_weeks: int = 1
) -> dict[str, str]:
    """Return, of each week, a digest of what its scores are computed from.

    These are the week's loads, `extra`, all anchor labels through it, of which labeler drift is computed, and, where
    there is gold in the `gold_weeks` that end with it, the gold and all loads of these, of which agreement is.
    """
    loads = [(week, model, known) for (week, model), (known, _) in _loaded(con).items()]
    anchors = con.execute(
        "SELECT strftime(week, '%Y-%m-%d'), fingerprint FROM anchor_loads WHERE week IS NOT NULL ORDER BY week"
    ).fetchall()
    gold = con.execute(
        "SELECT DISTINCT gold_set, fingerprint, strftime(week, '%Y-%m-%d') FROM gold_loads "
        "INNER JOIN gold_labels USING (gold_set) ORDER BY ALL"
    ).fetchall()
    inputs = {}
    for week in weeks:
        rests_on = [*extra, digest([one for one in anchors if one[0] <= week])]
        first = shift(week, 1 - gold_weeks)
        sets = dict.fromkeys((name, fingerprint) for name, fingerprint, day in gold if first <= day <= week)
        if sets:
            rests_on.append(digest([*sets, *(one for one in loads if first <= one[0] <= week)]))
        inputs[week] = digest([*((model, known) for day, model, known in loads if day == week), *rests_on])
    return inputs
