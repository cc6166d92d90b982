"""A study's pictures on its page: by model, prompt and condition, and those of rows that are of several of these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from assets.leaderboard.cells.showing import cut
from assets.leaderboard.evidence.pictures import GRID
from assets.leaderboard.evidence.study_figures import StudyWords, cell_id, condition
from assets.leaderboard.page import words
from assets.leaderboard.views.query import Row, View, by
from assets.suites.comparisons import in_order

#: Pictures of the cells of a page, at most; and of its rows half as many: it stays below 300 kB.
MOST = 600
#: Model, prompt and condition.
_Cell = tuple[str, str, str]
CELL = ("model", "prompt", "condition")


class Galleries:
    """The pictures of one study."""

    def __init__(self, pictures: Sequence[Row], names_of: StudyWords, baseline: str | None) -> None:
        """Take its pictures, those of each cell in the order in which they are to be shown."""
        self._names = names_of
        self._conditions = in_order({row["condition"] for row in pictures}, baseline)
        ordered = sorted(pictures, key=lambda row: self._conditions.index(row["condition"]))
        self._asked: dict[str, str] = {}
        for row in ordered:
            self._asked.setdefault(row["prompt"], row["text"] or row["prompt_title"] or row["prompt"])
        self._cells: Mapping[_Cell, list[Row]] = by(ordered, *CELL)
        self._wanted: set[_Cell] = set()

    def of_rows(
        self, shows: Sequence[View], prompts: Mapping[tuple[str, int, str], Sequence[Row]]
    ) -> Iterator[View]:
        """Give each line the place of its pictures on the page, and yield what is there of lines of several cells."""
        lines = sum(len(row) for show in shows for table in show.tables for row in table.lines)
        most = min(GRID, max(1, MOST // 2 // max(1, lines)))
        for show in shows:
            grids: dict[tuple[str, str], View] = {}
            for line in (line for table in show.tables for row in table.lines for line in row):
                asked = prompts[show.study, show.position, line.row]
                every = ((line.model, one["prompt"], one["condition"]) for one in asked)
                cells = [cell for cell in every if cell in self._cells]
                if len(cells) > 1:
                    label, place = None if show.whole else line.label, f"row-{show.position}-{len(grids)}"
                    turns = [(at, row) for cell in cells for at, row in enumerate(self._cells[cell])]
                    # One of each cell after another.
                    rows = [row for _, row in sorted(turns, key=itemgetter(0))]
                    thumbs = [self._thumb(row, show.attribute, show.value) for row in rows[:most]]
                    named = {"prompt": None, "label": label, "model": line.model_title}
                    grid = View(cell=place, thumbs=thumbs, n=len(rows), **named)
                    line.cell = grids.setdefault((line.row, line.model), grid).cell
                else:
                    line.cell = self._place(cells[0]) if cells else None
                    self._wanted.update(cells)
            if grids:
                yield View(model=None, title=show.title, about=show.about, grids=[*grids.values()])

    def of_models(self) -> Iterator[View]:
        """Yield the pictures of each model by cell; where there are very many, those that rows lead to."""
        first = sorted(self._cells, key=lambda cell: (cell not in self._wanted, cell))[: MOST // 2]
        each = max(1, MOST // max(1, len(first)))
        titles = {cell: (self._cells[cell][0]["title"], cell[0]) for cell in first}
        ordered = sorted(first, key=lambda cell: (*titles[cell], cell[1], self._conditions.index(cell[2])))
        for (name, _), of_model in groupby(ordered, key=titles.__getitem__):
            grids = []
            for cell in of_model:
                thumbs = [self._thumb(row) for row in self._cells[cell][:each]]
                named = {"prompt": cut(self._asked[cell[1]]), "condition": condition(cell[2])}
                n = len(self._cells[cell])
                grids.append(View(cell=self._place(cell), thumbs=thumbs, n=n, **named))
            yield View(model=words.plain(name), grids=grids)

    def _place(self, cell: _Cell) -> str:
        place = cell_id(cell[0], cell[1])
        return place if cell[2] == self._conditions[0] else f"{place}--{words.plain(cell[2])}"

    def _thumb(self, row: Row, attribute: str | None = None, value: str | None = None) -> View:
        """Return a picture with the word for what was read of an attribute, else of the first one; framed: `value`."""
        said = [one for one in row["readings"] or () if attribute in (None, one["attribute"])]
        word = self._names.value(row["study"], said[0]["attribute"], said[0]["value"]) if said else None
        framed = value is not None and any(one["value"] == value for one in said)
        return View(sha256=row["image_sha256"], word=word, framed=framed)
