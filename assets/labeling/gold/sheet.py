"""The plain table that raters fill in with any spreadsheet, and its answers.

One row per picture, one column per attribute. A cell of an attribute that does not apply says `not asked`; an empty
cell is not answered yet. Label Studio's own CSV export has the same columns and is read here too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from assets.labeling.gold.label_studio import EXTRA, IMAGE, SET, TASK, RaterAnswer, accounts_of
from assets.labeling.gold.records import GoldPicture, Sample
from warehouse.database.table_files import FORMULA
from warehouse.errors import UsageError

NOT_ASKED = "not asked"
RATER = "rater"


def write_rater(sample: Sample, pictures: Sequence[GoldPicture], rater: str) -> str:
    """Return the table of one rater, to be filled in."""
    names = _columns(sample, pictures)
    rows = [
        [
            picture.task,
            f"images/{picture.task}.{picture.image_ext}",
            sample.gold_set,
            rater,
            *("" if name in picture.attributes else NOT_ASKED for name in names),
        ]
        for picture in pictures
    ]
    return _text([[TASK, IMAGE, SET, RATER, *names], *rows])


def write_values(sample: Sample) -> str:
    """Return the questions and the values that may be answered, a row each."""
    rows = {
        (attribute.id, " ".join(attribute.question.split()), value): None
        for suite in sample.suites
        for attribute in suite.attributes
        for value in (*attribute.values, *attribute.outside)
    }
    return _text([["attribute", "question", "value"], *map(list, rows)])


def _columns(sample: Sample, pictures: Sequence[GoldPicture]) -> list[str]:
    """Return the attributes of the pictures, in the order in which their suites declare them."""
    used = {name for picture in pictures for name in picture.attributes}
    declared = [attribute.id for suite in sample.suites for attribute in suite.attributes]
    return [name for name in dict.fromkeys(declared) if name in used]


def _text(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([inert(cell) for cell in row] for row in rows)
    return out.getvalue()


def inert(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: such text gets an apostrophe."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def read_table(data: bytes, file: str) -> Iterator[tuple[RaterAnswer, str | None] | str]:
    """Yield the answers of a table, each with the pseudonym of its row, and a line for everything that cannot be read.

    Commas, semicolons and tabs are understood, with or without a byte order mark.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no UTF-8 text; save it as CSV UTF-8") from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = [*csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise UsageError(f"{file} is no CSV table ({error})") from None
    if TASK not in first.replace('"', "").strip("\r").split(delimiter):
        raise UsageError(f'{file} has no column "{TASK}"; import the table that was exported, filled in')
    for number, row in enumerate(rows, start=2):
        yield from _row(row, f"{file}, line {number}")


def _row(
    row: Mapping[str | None, str | list[str] | None], where: str
) -> Iterator[tuple[RaterAnswer, str | None] | str]:
    cells = {
        name: _plain(cell) for name, cell in row.items() if name is not None and not isinstance(cell, list)
    }
    if None in row:
        yield f"{where}: more cells than columns"
    accounts = accounts_of(cells.get("annotator"))
    for name, value in cells.items():
        if value and value != NOT_ASKED and name not in {*EXTRA, RATER}:
            yield (
                RaterAnswer(where, cells.get(SET) or None, cells[TASK], name, value, accounts),
                cells.get(RATER) or None,
            )


def _plain(cell: str | None) -> str:
    text = (cell or "").strip()
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text
