"""Contact sheets of a quarter: what a model drew for a prompt, week by week, in small; and a list for each model.

A week has an anchor on the sheet: `#w2026-11-23`.
"""

from __future__ import annotations

import heapq
import pickle
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from assets.leaderboard.cells import reading, showing
from assets.leaderboard.cells.reading import Cell, PromptPictures
from assets.leaderboard.page import words
from assets.leaderboard.views.kind import Crumb, PageKind, Sheet
from assets.leaderboard.views.message import Message, Quarter, model_title, say
from assets.leaderboard.views.query import View

#: Statements that these pages follow from; all of them read the rows of single weeks alone.
STATEMENTS = ("prompt_pages", "prompt_slots", "prompt_turns", "prompt_values")
#: Letters of a prompt in a list.
BRIEF = 80
SHEET = PageKind("contact_sheet")
MODEL = PageKind("model_quarter")
#: Pictures of a sheet, at most: it stays below 300 kB.
MOST = 900
#: Prompts whose pictures are read at once: all that a week has.
_AT_ONCE = 200


def quarters(weeks: Sequence[str]) -> dict[str, list[date]]:
    """Return the quarters of some weeks in order, each with those of its weeks; the last one may go on.

    Its sheets are made anew with each week and are by their content, too: an edition keeps those of its own weeks.
    """
    kept: dict[str, list[date]] = defaultdict(list)
    for week in weeks:
        day = date.fromisoformat(week)
        kept[Quarter.of(day).name].append(day)
    return dict(kept)


def sheets(
    con: duckdb.DuckDBPyConnection, quarter: str, of: Sequence[date], folder: Path
) -> Iterator[tuple[str, PageKind, Sheet]]:
    """Yield the contact sheets of a quarter, each with its model and its kind.

    The copy is asked while pages are taken. In the folder pictures of its weeks wait.
    """
    listed: dict[str, list[View]] = defaultdict(list)
    simulated: dict[str, bool] = {}
    for _, of_prompt in groupby(_of_weeks(con, of, folder), key=lambda prompt: prompt.id):
        cells: dict[str, list[tuple[PromptPictures, Cell]]] = defaultdict(list)
        for prompt in of_prompt:
            for cell in prompt.cells:
                cells[cell.model].append((prompt, cell))
        for model, of_model in cells.items():
            view = _sheet(quarter, model, of_model, len(of))
            head, simulated[model] = view.head, view.simulated
            listed[model].append(View(head=head, brief=showing.cut(head.text, BRIEF), pictures=view.pictures))
            title = say(
                "“%(prompt)s”, drawn by %(model)s: %(quarter)s",
                prompt=head.short,
                model=model_title(words.plain(model)),
                quarter=Quarter(quarter),
            )
            crumbs = (Crumb("", _title(model, quarter)),)
            yield model, SHEET, Sheet(head.address, title, view, crumbs=crumbs, index=False)
    for model, prompts in sorted(listed.items()):
        view = View(simulated=simulated[model], quarter=Quarter(quarter), prompts=prompts)
        yield model, MODEL, Sheet("", _title(model, quarter), view, index=False)


def _of_weeks(
    con: duckdb.DuckDBPyConnection, weeks: Sequence[date], folder: Path
) -> Iterator[PromptPictures]:
    """Yield the prompts of several weeks by their ids: each week is read once into a file, and one of each held."""
    files = [folder / f"{week}.prompts" for week in weeks]
    for week, file in zip(weeks, files, strict=True):
        with file.open("wb") as written:
            for prompt in reading.read(con, week, alone=True, at_once=_AT_ONCE):
                pickle.dump(prompt, written, pickle.HIGHEST_PROTOCOL)
    yield from heapq.merge(*map(_kept, files), key=lambda prompt: prompt.id)
    for file in files:
        file.unlink()


def _kept(file: Path) -> Iterator[PromptPictures]:
    with file.open("rb") as kept:
        while kept.peek(1):
            yield pickle.load(kept)  # noqa: S301 - this process or another of this publish wrote it


def _title(model: str, quarter: str) -> Message:
    return say("%(model)s: %(quarter)s", model=model_title(words.plain(model)), quarter=Quarter(quarter))


def _sheet(quarter: str, model: str, of_weeks: Sequence[tuple[PromptPictures, Cell]], of: int) -> View:
    """Return what a model drew for a prompt in a quarter: of each week `n` pictures, of which some are shown."""
    most = max(1, MOST // of)
    in_order = sorted(of_weeks, key=lambda one: one[0].week)
    return View(
        head=showing.head(in_order[-1][0]),
        model=words.plain(model),
        simulated=of_weeks[0][1].simulated,
        quarter=Quarter(quarter),
        pictures=sum(len(cell.pictures) for _, cell in of_weeks),
        weeks=[
            View(
                week=prompt.week,
                thumbs=[*showing.thumbs(prompt, cell.pictures[:most])],
                n=len(cell.pictures),
                refused=sum(week["refused"] for week in cell.weeks.values()),
            )
            for prompt, cell in in_order
        ],
    )
