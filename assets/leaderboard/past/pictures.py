"""Pictures of a week as its pages need them: read once, and kept in a file for the contact sheets of its quarter."""

from __future__ import annotations

import heapq
import pickle
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.reading import PromptPictures

#: Prompts whose pictures are read at once: all that a week has.
_AT_ONCE = 200


def of_week(con: duckdb.DuckDBPyConnection, week: date, folder: Path) -> Iterator[PromptPictures]:
    """Yield the prompts of a week by their ids, and keep them in the folder when all are taken."""
    file = _file(folder, week)
    if file.exists():
        yield from _kept(file)
        return
    part = file.with_suffix(".part")
    with part.open("wb") as written:
        for prompt in reading.read(con, week, alone=True, at_once=_AT_ONCE):
            pickle.dump(prompt, written, pickle.HIGHEST_PROTOCOL)
            yield prompt
    part.rename(file)


def of_weeks(con: duckdb.DuckDBPyConnection, weeks: Sequence[date], folder: Path) -> Iterator[PromptPictures]:
    """Yield the prompts of several weeks by their ids, one of each in memory; what was kept of them is gone then."""
    for week in weeks:
        if not _file(folder, week).exists():
            deque(of_week(con, week, folder), maxlen=0)
    files = [_file(folder, week) for week in weeks]
    yield from heapq.merge(*map(_kept, files), key=lambda prompt: prompt.id)
    for file in files:
        file.unlink()


def _file(folder: Path, week: date) -> Path:
    return folder / f"{week}.prompts"


def _kept(file: Path) -> Iterator[PromptPictures]:
    with file.open("rb") as kept:
        while kept.peek(1):
            yield pickle.load(kept)  # noqa: S301 - this process or another of this publish wrote it
