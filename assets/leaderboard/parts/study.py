"""Published studies on the page: models × conditions, never a weekly series, with what is missing said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import duckdb

from assets.leaderboard.page import words
from assets.leaderboard.page.charts import axis_end, ticks
from assets.leaderboard.parts import study_effects
from assets.leaderboard.parts.orders import study_orders
from assets.leaderboard.views.query import Row, rows
from assets.leaderboard.views.study_view import (
    Study,
    StudyCell,
    StudyChange,
    StudyChanges,
    StudyRow,
    StudyTable,
)
from assets.metrics.study.differences import in_order
from assets.metrics.study.tests import LEVEL, smallest_finding

_KINDS = {
    "person": "labels by people",
    "vision_model": "labels by a vision model",
    "local_model": "labels by a local model",
}
NBSP = "\N{NO-BREAK SPACE}"
NO_TEST = "under one of the conditions no picture could be assessed"
_SAME = 0.005  # what is rounded to the same figure
#: Rows of differences that the page shows of a study, all of its tables together; all rows are in the data.
MOST_DIFFERENCES = 50
#: References that everything of a study is compared with; what changed between conditions is shown beside them alone.
_EVEN = ("parity", "uniform")
_Table = tuple[str, str, str, str]  # attribute, reference, labeler, version
_Labels = tuple[str, str, str, str]  # study, attribute, labeler, version


def build(con: duckdb.DuckDBPyConnection) -> tuple[Study, ...]:
    """Return the imported studies, sorted by id; empty if there is none."""
    figures: dict[str, dict[_Table, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(con, "study_figures"):
        key = (row["attribute"], row["reference"], row["labeler"], row["labeler_version"])
        figures[row["study"]][key].append(row)
    changes, effects = _by_labels(rows(con, "study_changes")), _by_labels(rows(con, "study_effects"))
    orders = study_orders(con)
    models: dict[str, list[Row]] = defaultdict(list)
    for row in rows(con, "study_models"):
        models[row["study"]].append(row)
    return tuple(
        Study(
            id=row["study"],
            title=words.plain(row["title"]),
            citation=words.plain(row["citation"]),
            licence=words.plain(row["licence"]),
            source=words.plain(row["source"]),
            note=None if row["note"] is None else words.plain(row["note"]),
            planned=row["planned"],
            missing=row["missing"],
            pictures=row["planned"] - row["missing"] - row["unpublished"],
            labels_alone=row["unpublished"] > 0,
            tables=_clearest(
                _table(
                    key,
                    found,
                    models[row["study"]],
                    changes[row["study"], key[0], *key[2:]] if key[1] in _EVEN else (),
                    effects[row["study"], key[0], *key[2:]],
                    orders[row["study"], *key],
                    row["baseline"],
                )
                for key, found in sorted(figures[row["study"]].items())
            ),
        )
        for row in rows(con, "studies")
    )


def _clearest(tables: Iterable[StudyTable]) -> tuple[StudyTable, ...]:
    """Return the tables of a study with the differences that are shown: of each table the clearest, in turn."""
    found = tuple(tables)
    ranked = sorted(
        (place, number, part)
        for number, table in enumerate(found)
        for part, changes in enumerate(table.changes)
        for place in range(len(changes.rows))
    )
    shown = Counter((number, part) for _, number, part in ranked[:MOST_DIFFERENCES])
    return tuple(
        replace(
            table,
            changes=tuple(
                replace(changes, rows=changes.rows[: shown[number, part]])
                for part, changes in enumerate(table.changes)
            ),
        )
        for number, table in enumerate(found)
    )


def _by_labels(found: Iterable[Row]) -> dict[_Labels, list[Row]]:
    """Return rows by what was labelled and by whom; without rows an empty list."""
    parts: dict[_Labels, list[Row]] = defaultdict(list)
    for row in found:
        parts[row["study"], row["attribute"], row["labeler"], row["labeler_version"]].append(row)
    return parts


def _table(
    key: _Table,
    found: Sequence[Row],
    models: Sequence[Row],
    changes: Sequence[Row],
    effects: Sequence[Row],
    orders: Mapping[str, str],
    baseline: str | None,
) -> StudyTable:
    cells = {(row["model"], row["condition"]): row for row in found}
    conditions = in_order({condition for _, condition in cells}, baseline)
    attribute, reference, labeler, version = key
    kind = _KINDS.get(found[0]["labeler_kind"], words.spaced(found[0]["labeler_kind"] or "labeler"))
    titles = {model["model"]: words.plain(model["title"]) for model in models}
    compared = in_order({row["condition_b"] for row in changes})
    return StudyTable(
        attribute_title=words.attribute(attribute),
        reference_title=words.reference(reference),
        labeler=words.plain(f"{kind}: {labeler} ({version})"),
        conditions=tuple(conditions),
        axis=(axis := axis_end(row["high"] for row in found)),
        marks=ticks(axis),
        rows=tuple(
            StudyRow(
                model=titles[model["model"]],
                planned=model["planned"],
                missing=model["missing"],
                cells=tuple(_cell(c, cells.get((model["model"], c))) for c in conditions),
            )
            for model in models
        ),
        orders=tuple(
            f"{words.plain(c)[:1].upper()}{words.plain(c)[1:]} prompts: {orders[c]}"
            for c in conditions
            if c in orders
        ),
        changes=tuple(
            _changes([row for row in changes if row["condition_b"] == c], titles) for c in compared
        ),
        effects=study_effects.build(
            [row for row in effects if row["reference"] in {None, reference}], titles
        ),
    )


def _cell(condition: str, row: Row | None) -> StudyCell:
    if row is None:
        return StudyCell(condition, None, None, None, None, None, 0, "Not part of the study")
    ranked, low, high = row["rank_low"] is not None, row["bound_low"], row["bound_high"]
    return StudyCell(
        condition,
        row["distance"],
        row["low"],
        row["high"],
        row["tvd"],
        row["tvd_floor"],
        row["n"] or 0,
        None if row["distance"] is not None else words.reason(row["reason"] or "no figure"),
        rank=words.rank(row["rank_low"], row["rank_high"], row["ranked_of"]) if ranked else None,
        unranked=words.plain(row["rank_reason"]) if row["rank_reason"] else None,
        bounds=None if ranked or low is None or high - low < _SAME else (low, high),
    )


def _changes(found: Sequence[Row], titles: Mapping[str, str]) -> StudyChanges:
    """Return what changed between two conditions, `found` being all that was compared, by p-value."""
    return StudyChanges(
        before=words.plain(found[0]["condition_a"]),
        after=words.plain(found[0]["condition_b"]),
        tests=found[0]["tests"],
        compared=len(found),
        survivors=sum(bool(row["survives"]) for row in found),
        summary=tuple(_summary(found)),
        rows=tuple(
            StudyChange(
                model=titles.get(row["model"], words.plain(row["model"])),
                prompt=words.plain(row["prompt_title"]),
                value=words.plain(row["value"]),
                before=(row["k_a"], row["n_a"]),
                after=(row["k_b"], row["n_b"]),
                chi_square_p=row["chi_square_p"],
                fisher_p=row["fisher_p"],
                holm_p=row["holm_p"],
                survives=bool(row["survives"]),
                reason=None if row["reason"] is None else words.reason(row["reason"]),
            )
            for row in found[:MOST_DIFFERENCES]
        ),
    )


def _summary(found: Sequence[Row]) -> Iterator[str]:
    """Yield in sentences how many differences are left, the more strictly it is asked."""
    tested = [row for row in found if row["fisher_p"] is not None]
    if untested := len(found) - len(tested):
        yield f"{words.number(untested)} of {words.number(len(found))} differences cannot be tested: {NO_TEST}."
    if not tested:
        return
    chi_square, exact = (sum(row[name] < LEVEL for row in tested) for name in ("chi_square_p", "fisher_p"))
    strict, lenient = (sum(row[name] <= LEVEL for row in tested) for name in ("holm_p", "fdr_p"))
    looks = found[0]["tests"]
    yield (
        f"Of {words.number(len(tested))} differences, {_many(chi_square)} a chi-square p-value below 0.05, which is "
        "what studies usually publish; with so few pictures that test promises too much. By Fisher’s exact test "
        f"{_many(exact)}."
    )
    yield (
        f"Who looks {words.number(looks)} times finds some by chance alone. Corrected for that (Holm: any false "
        f"finding at all has a chance of 5{NBSP}% at most) {_left(strict)}; if one in twenty findings may be false "
        f"(Benjamini and Hochberg), {_left(lenient)}."
    )
    before, after = (max(row[name] for row in tested) for name in ("n_a", "n_b"))
    needed = smallest_finding(before, after, looks)
    yield (
        f"With {words.number(before)} pictures before and {words.number(after)} after, "
        + (
            "no difference could survive, however large."
            if needed is None
            else f"a value that nobody showed must be in {needed} of {after} to survive."
        )
    )


def _many(number: int) -> str:
    return "none has" if number == 0 else "1 has" if number == 1 else f"{words.number(number)} have"


def _left(number: int) -> str:
    return (
        "none is left" if number == 0 else "1 is left" if number == 1 else f"{words.number(number)} are left"
    )
