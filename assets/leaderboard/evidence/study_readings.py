"""What was read in a study's pictures: what its authors printed, and what its page shows first, row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby
from math import isfinite
from operator import itemgetter
from statistics import fmean

import duckdb

from assets.leaderboard.cells.showing import NEEDED, cut
from assets.leaderboard.evidence.study_figures import StudyWords, condition
from assets.leaderboard.page import words
from assets.leaderboard.views.message import Message, say, title, verbatim
from assets.leaderboard.views.query import Row, View, by, rows
from assets.metrics.plain.intervals import wilson
from assets.suites.comparisons import in_order

#: Columns of the file with all rows of a study.
CSV = (
    *("show", "attribute", "row", "model", "labeler", "by_people", "value", "k", "n", "share", "low", "high"),
    *("median", "mean"),
)
#: Rows of a table, and lines of all tables of a page, at most.
MOST_ROWS, MOST_LINES = 40, 240
#: What groups no prompts: each model has one row.
WHOLE = ("model", "all")
_ROWS = {"prompt": say("Prompt"), "subject": say("Subject"), "condition": say("Condition")}


def published(figures: Sequence[Row]) -> Iterator[View]:
    """Yield what a study's authors printed, place by place, in the order of the study file."""
    for (title_of, where), of in groupby(figures, key=itemgetter("title", "printed_in")):
        yield View(title=title_of, where=where, rows=tuple(of))


class Shows:
    """What the pages of all studies show first: each show with the table of each labeler, people's first."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        """Read the counts of all studies, and which prompts are in each row."""
        counted = rows(con, "study_shows")
        self.words = StudyWords(con, counted)
        self.prompts = by(rows(con, "study_rows"), "study", "position", "shown_in")
        self._values = by(rows(con, "study_values"), "study", "attribute")
        self.of: Mapping[str, list[View]] = defaultdict(list)
        of_each = by([*counted, *rows(con, "study_numbers")], "study", "position")
        for (study, _), every in sorted(of_each.items()):
            self.of[study].append(self._show(every))

    def _show(self, every: Sequence[Row]) -> View:
        first, numeric = every[0], "mean" in every[0]
        if numeric:
            tables = [self._measured(every)]
        else:
            tables = [self._counted(of) for of in by(every, "labeler", "labeler_version").values()]
            tables.sort(key=lambda one: (not one.by_people, one.labeler))
        return View(
            **{name: first[name] for name in ("study", "position", "attribute", "grouped_by")},
            title=first["title"] and words.plain(first["title"]),
            value=first.get("wanted"),
            about=self.words.attribute(first["study"], first["attribute"]),
            unit=first.get("unit") and words.plain(first["unit"]),
            row_title=_ROWS.get(first["grouped_by"])
            or verbatim(words.spaced(first["grouped_by"]).capitalize()),
            whole=first["grouped_by"] in WHOLE,
            numeric=numeric,
            tables=tables,
        )

    def _counted(self, of: Sequence[Row]) -> View:
        """Return what one labeler counted: lines by row and model, with a share of each value that is shown."""
        first = of[0]
        study, attribute = first["study"], first["attribute"]
        declared = self._values[study, attribute]
        support = [one["value"] for one in declared if one["in_support"]]
        wanted = [first["wanted"]] if first["wanted"] else support
        lines = [self._line(cell, support, wanted) for cell in by(of, "shown_in", "model").values()]
        reader = self.words.reader(first) | {
            "key": (first["labeler"], first["labeler_version"]),
            "consensus": first["labeler_kind"] == "consensus",
            "ordinal": any(one["ordinal"] for one in declared),
            "raters": None,
        }
        named = [View(value=value, word=self.words.value(study, attribute, value)) for value in wanted]
        return View(lines=self._ordered(first, lines), values=named, support=support, **reader)

    def _line(self, cell: Sequence[Row], support: Sequence[str], wanted: Sequence[str]) -> View:
        first, read = cell[0], {row["value"]: row["pictures"] for row in cell}
        named = partial(self.words.value, first["study"], first["attribute"])
        others = [(named(value), n) for value, n in read.items() if value not in support]
        ks = [read.get(value, 0) for value in support]
        n, (lows, highs) = sum(ks), (end.tolist() for end in wilson(ks, [sum(ks)] * len(ks)))
        of = dict(zip(support, map(partial(_share, n), ks, lows, highs), strict=True))
        counted = {"of": of, "shares": [of[value] for value in wanted], "drawn": sum(read.values())}
        return View(**self._named(first), **counted, n=n, others=others)

    def _measured(self, of: Sequence[Row]) -> View:
        lines = [View(**self._named(row), n=row["n"], median=row["median"], mean=row["mean"]) for row in of]
        labelers = {labeler for row in of for labeler in row["labelers"]}
        labeler = words.plain(labelers.pop()) if len(labelers) == 1 else None
        people = all(row["people"] for row in of)
        return View(
            lines=self._ordered(of[0], lines), labeler=labeler, by_people=people, rater=False, raters=None
        )

    def _named(self, row: Row) -> dict[str, object]:
        return {
            "row": row["shown_in"],
            "label": self._label(row),
            "model": row["model"],
            "model_title": self.words.model(row),
        }

    def _label(self, row: Row) -> Message:
        """Return what a row is called."""
        name, how = row["shown_in"], row["grouped_by"]
        if how == "condition":
            return condition(name)
        if how == "subject":
            # of occupations the files may have several: "cooks, short order"
            known = words.has_phrase(name) and (not name.startswith("occupation:") or words.several(name))
            return (
                title(words.subject(name))
                if known
                else verbatim(words.spaced(name.partition(":")[2] or name))
            )
        if how == "prompt":
            prompts = self.prompts[row["study"], row["position"], name]
            texts = {one["text"] or one["prompt_title"] for one in prompts}
            return verbatim(cut(texts.pop() if len(texts) == 1 else prompts[0]["prompt_title"]))
        return verbatim(cut(name))

    def _ordered(self, of: Row, lines: Sequence[View]) -> list[list[View]]:
        """Return rows, each with its models: conditions in their order, numbers by size, others by what they show."""
        grouped: dict[str, list[View]] = defaultdict(list)
        for line in sorted(lines, key=lambda line: (line.model_title, line.model)):
            grouped[line.row].append(line)
        names = [*grouped]
        if of["grouped_by"] == "condition":
            names = in_order(names, self.words.baselines[of["study"]])
        elif all(_number(name) is not None for name in names):
            names.sort(key=lambda name: _number(name) or 0)
        else:
            names.sort(key=lambda name: (-_height(grouped[name]), name))
        return [grouped[name] for name in names]


def _share(n: int, k: int, *ends: float) -> View:
    """Return a share with its interval; of few pictures there is neither."""
    share, low, high = (k / n, *ends) if n >= NEEDED else (None, None, None)
    return View(k=k, share=share, low=low, high=high)


def _number(text: str) -> float | None:
    with suppress(ValueError):
        if isfinite(number := float(text)):
            return number
    return None


def _height(lines: Sequence[View]) -> float:
    """Return what a row is ordered by: its share of the first value, or its mean."""
    n = sum(line.n for line in lines)
    shown = (line.shares[0].k if "shares" in vars(line) else line.mean * line.n for line in lines)
    return sum(shown) / n if n else -1.0


def _together(tables: Sequence[View]) -> View:
    """Return the means of several raters' shares, which have no interval, line by line."""
    same: dict[tuple[str, str], list[View]] = defaultdict(list)
    for line in (line for table in tables for row in table.lines for line in row):
        same[line.row, line.model].append(line)
    lines = [[_mean(same[line.row, line.model]) for line in row] for row in tables[0].lines]
    return View(**vars(tables[0]) | {"lines": lines, "raters": len(tables)})


def _mean(lines: Sequence[View]) -> View:
    shares = []
    for of in zip(*(line.shares for line in lines), strict=True):
        known = [one.share for one in of if one.share is not None]
        ends = (min(known), max(known)) if known else None
        shares.append(View(k=None, share=fmean(known) if known else None, low=None, high=None, ends=ends))
    n = [line.n for line in lines]
    return View(**vars(lines[0]) | {"shares": shares, "n": (min(n), max(n)), "others": ()})


def on_page(shows: Sequence[View]) -> list[View]:
    """Return shows with as many rows as a page has room for, half from each end, and how many are `left` out."""
    made = []
    tables = [_of_readers(show) for show in shows]
    room = MOST_LINES // max(1, sum(map(len, tables)))
    for show, kept in zip(shows, tables, strict=True):
        for table in kept:
            table.models = len({line.model for row in table.lines for line in row})
            most = max(2, min(MOST_ROWS, room // table.models))
            table.left = max(0, len(table.lines) - most)
            if table.left:
                table.lines = [*table.lines[: most - most // 2], *table.lines[-(most // 2) :]]
        made.append(View(**vars(show) | {"tables": kept}))
    return made


def _of_readers(show: View) -> list[View]:
    """Return the tables of a show that are on the page: several people's as one."""
    raters = [table for table in show.tables if table.rater]
    together = [_together(raters)] if raters else []
    return [*together, *(View(**vars(one)) for one in show.tables if not one.rater)]


def as_rows(shows: Sequence[View]) -> Iterator[tuple[object, ...]]:
    """Yield every row of every labeler, as the file beside the page has them."""
    tables = ((show, table) for show in shows for table in show.tables)
    for show, table in tables:
        for line in (line for row in table.lines for line in row):
            shown = (show.title or show.attribute, show.attribute, words.plain(line.row))
            of = (*shown, line.model_title, table.labeler, table.by_people)
            if show.numeric:
                yield (*of, None, None, line.n, None, None, None, line.median, line.mean)
                continue
            for value, one in zip(table.values, line.shares, strict=True):
                ends = (
                    None if share is None else round(share, 6) for share in (one.share, one.low, one.high)
                )
                yield (*of, value.value, one.k, line.n, *ends, None, None)
