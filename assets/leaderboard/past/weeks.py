"""The pages of one week: what each model drew for each prompt, and a list of it for each model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

from assets.leaderboard.cells import showing
from assets.leaderboard.cells.one_cell import NOBODY, page_of
from assets.leaderboard.cells.reading import Cell, PromptPictures
from assets.leaderboard.page import words
from assets.leaderboard.past import pictures
from assets.leaderboard.views.cells import PromptHead
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import Message, model_title, say
from assets.leaderboard.views.past import ModelWeek, WeekRow, WeekSuite
from assets.leaderboard.views.query import by, stream_of_weeks

#: Statements that these pages follow from; all of them read the rows of the week alone.
STATEMENTS = ("prompt_pages", "prompt_slots", "prompt_turns", "prompt_values", "prompt_words")
CELL = PageKind("cell_week", lambda con, week: iter(()))
MODEL = PageKind("model_week", lambda con, week: iter(()))
BRIEF = 80


def sheets(con: duckdb.DuckDBPyConnection, week: date, folder: Path) -> Iterator[tuple[str, PageKind, Sheet]]:
    """Yield the pages of a week, each with its model, in whose folder its address is, and its kind.

    The copy is asked while pages are taken, for rows of the week alone. In the folder its pictures wait for the sheets
    of its quarter.
    """
    listed: dict[str, list[tuple[PromptPictures, WeekRow]]] = defaultdict(list)
    simulated: dict[str, bool] = {}
    yield from _cells(con, week, folder, listed, simulated)
    for model, found in sorted(listed.items()):
        yield model, MODEL, _model(model, week, found, simulated=simulated[model])


def _cells(
    con: duckdb.DuckDBPyConnection,
    week: date,
    folder: Path,
    listed: Mapping[str, list[tuple[PromptPictures, WeekRow]]],
    simulated: dict[str, bool],
) -> Iterator[tuple[str, PageKind, Sheet]]:
    """Yield the page of each prompt and model; note what the lists of models say of them."""
    said = by(stream_of_weeks(con, "prompt_words", [week], {}), "prompt", "model")
    for prompt in pictures.of_week(con, week, folder):
        head = showing.head(prompt)
        for cell in prompt.cells:
            row = _row(prompt, cell, head, week)
            listed[cell.model].append((prompt, row))
            simulated[cell.model] = cell.simulated
            quoted = said.get((prompt.id, cell.model), [{}])[0]
            yield (
                cell.model,
                CELL,
                Sheet(
                    head.address,
                    say(
                        "“%(prompt)s”, drawn by %(model)s in the week of %(week)s",
                        prompt=head.short,
                        model=model_title(words.plain(cell.model)),
                        week=week,
                    ),
                    page_of(prompt, cell, head, quoted, [week]),
                    crumbs=(Crumb("", _title(cell.model, week)),),
                    index=False,
                ),
            )


def _row(prompt: PromptPictures, cell: Cell, head: PromptHead, week: date) -> WeekRow:
    shares = showing.row(prompt, cell, 0).shares
    return WeekRow(
        head.address,
        showing.cut(head.text, BRIEF),
        head.language,
        shares[0] if shares else None,
        cell.weeks.get(week, NOBODY),
    )


def _title(model: str, week: date) -> Message:
    return say("%(model)s in the week of %(week)s", model=model_title(words.plain(model)), week=week)


def _model(
    model: str, week: date, found: Sequence[tuple[PromptPictures, WeekRow]], *, simulated: bool
) -> Sheet:
    suites: dict[tuple[str, int], list[WeekRow]] = defaultdict(list)
    for prompt, row in found:
        suites[prompt.declared[0]["suite"], prompt.declared[0]["suite_major"]].append(row)
    view = ModelWeek(
        words.plain(model),
        simulated,
        week,
        showing.total([row.outcomes for _, row in found]),
        tuple(WeekSuite(showing.suite_title(*suite), tuple(of)) for suite, of in suites.items()),
    )
    return Sheet("", _title(model, week), view, index=False)
