"""The list of quality checks, from which runs, asset checks and pages read what a check is.

A critical check blocks: a failing row that names a model withholds that model, any other stops publishing. A warning
is shown and blocks nothing.
"""

from __future__ import annotations

from assets.quality.spec import CheckSpec, Stage, bytes_check, columns_check, grain_check, sql_check
from warehouse.sqlfiles import names

_EARLY: tuple[Stage, ...] = ("images", "publish")
_LABELS: tuple[Stage, ...] = ("labels", "publish")
_PUBLISH: tuple[Stage, ...] = ("publish",)

#: Tables in the order in which a week fills them; checks of a table that is not here come last.
_TABLES = (
    "plans",
    "slots",
    "attempts",
    "images",
    "labels",
    "label_attempts",
    "agreement",
    "anchor_labels",
    "labeler_drift",
    "gold_samples",
    "gold_labels",
    "loaded",
    "counts",
    "figures",
    "boards",
    "board_ranks",
    "computed",
)

#: Of these, those that are filled when it is known who is withheld.
LATE: frozenset[str] = frozenset({"figures", "boards", "board_ranks", "computed"})

#: Checks that are no files of `sql/checks`.
_OTHERS: tuple[CheckSpec, ...] = (
    columns_check("plans", _EARLY),
    columns_check("slots", _EARLY),
    columns_check("attempts", _EARLY),
    columns_check("images", _EARLY),
    columns_check("labels", _LABELS),
    bytes_check(
        "plans__as_in_bucket",
        _EARLY,
        "The plan in the store has the hash that was loaded, and its slots are the slots of the warehouse.",
    ),
    bytes_check(
        "images__bytes_as_stored",
        _EARLY,
        "Re-read from the store, a random sample of pictures has the recorded hashes.",
    ),
    grain_check(
        "loaded__one_row_each",
        ("images", "labels", "publish"),
        "No row of a table that is loaded stands twice, by the grain in the table's comment.",
    ),
    grain_check(
        "computed__one_row_each",
        _PUBLISH,
        "No row of a table that is computed stands twice, by the grain in the table's comment.",
    ),
)


def checks() -> tuple[CheckSpec, ...]:
    """Return every check: table by table, its columns first, then what blocks, then warnings, each by name."""
    return tuple(sorted((*_OTHERS, *map(sql_check, names("checks"))), key=_place))


def _place(spec: CheckSpec) -> tuple[int, bool, bool, str]:
    table = _TABLES.index(spec.table) if spec.table in _TABLES else len(_TABLES)
    return table, spec.kind != "columns", spec.severity != "critical", spec.name


CHECKS: tuple[CheckSpec, ...] = checks()
