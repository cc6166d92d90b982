"""Taking an imported study back, on record: nothing is deleted, and a higher version brings the study back."""

from __future__ import annotations

from assets.studies.layout import current, read_rows, version_order
from warehouse import keys
from warehouse.errors import StoreError, UsageError
from warehouse.loading.study_objects import Retraction, absent, current_pointer, retraction_of, retractions
from warehouse.store.base import Store
from warehouse.taken_back import checked_reason
from warehouse.weeks import utc_now


def remove_study(store: Store, study: str, reason: str) -> Retraction:
    """Take back the current import of a study: write the record, and return it.

    Raises:
        UsageError: if no such study is there, it was removed already, or there is no reason, or too long a one.
        StoreError: if an import of it, or another removal, ended meanwhile.
    """
    said = checked_reason(reason)
    known = sorted(folder.split("/")[1] for folder in store.folders("studies/"))
    if study not in known:  # the name may be anything
        there = ", ".join(one for one in known if current_pointer(store, one)) or "none"
        raise UsageError(f"no study {study[:100]!r} in {store.url}; there: {there}")
    found = current(store, study)
    if found is None or retraction_of(store, study):
        raise absent(store, study)
    number, pointer = found
    (row,) = read_rows(store, f"{pointer.tables}studies.parquet")
    last = max((keys.retraction_number(one.key) for one in retractions(store, study)), default=0)
    key = keys.retraction(study, last + 1)
    of = row["version"], row["definition_sha256"]
    made = Retraction(key, study, number, *of, said, utc_now().isoformat())
    if not store.put_if_absent(key, made.to_bytes()) or retraction_of(store, study) != made:
        raise StoreError(f"{study}: an import or a removal of it ended meanwhile; look at it, run this again")
    return made


def require_not_removed(store: Store, study: str, version: str) -> None:
    """Raise UsageError unless a version that is to be imported is higher than all that were removed."""
    removed = max(retractions(store, study), key=lambda one: version_order(one.version), default=None)
    if removed and version_order(version) <= version_order(removed.version):
        raise UsageError(
            f"{study} {removed.version} was removed ({removed}); {version} is not imported: "
            "only a higher version, in the study file, brings the study back"
        )
