"""The counts that changes are looked for in, as arrays of weeks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

import duckdb
import numpy as np
import polars as pl

from assets.metrics.changes.boards import REFUSED
from assets.metrics.plain.arrays import Bools, Ints, Numbers
from assets.metrics.reading import read

#: Model, and the labeler with its version, or None and None of refusals.
Reader = tuple[str, str | None, str | None]
_TABLE = ("suite", "suite_major", "condition", "turn", "attribute")


class WeeklyCounts(NamedTuple):
    """Counts of one attribute, or answers.

    Attributes:
        rows: place of each reader.
        prompts: sorted.
        values: place of each value, or band.
        pictures: (readers, prompts, values, weeks).
    """

    rows: Mapping[Reader, int]
    prompts: tuple[str, ...]
    values: Mapping[str, int]
    pictures: Numbers


def read_counts(
    con: duckdb.DuckDBPyConnection,
    since: date,
    weeks: int,
    last: str,
    readers: Collection[Reader],
    suites: Collection[str],
) -> dict[tuple[Any, ...], WeeklyCounts]:
    """Return suite, its major version, condition, turn and attribute (None: answers) → counts of these readers.

    They are of so many weeks, from `since` to `last` (ISO date). One suite is read after the other, so that memory is
    that of the arrays and of one suite.
    """
    found: dict[tuple[Any, ...], WeeklyCounts] = {}
    named = [dict(zip(("model", "labeler", "labeler_version"), one, strict=True)) for one in readers]
    for suite in sorted(suites):
        where = {"suite": suite, "first": since.isoformat(), "last": last}
        nobody = dict.fromkeys(("attribute", "labeler", "labeler_version"), pl.lit(None, dtype=pl.String))
        answers = read(con, "change_answers", where).with_columns(**nobody)
        both = [
            answers.rename({counted: "counted"}).drop(other).with_columns(value=pl.lit(value))
            for counted, other, value in (
                ("refused", "pictures", REFUSED),
                ("pictures", "refused", "pictures"),
            )
        ]
        frames = [pl.concat(both)]
        if named:
            counts = read(con, "change_counts", {**where, "readers": named})
            frames.append(counts.rename({"pictures": "counted"}))
        for frame in frames:
            tables = frame.partition_by(_TABLE, as_dict=True, maintain_order=True, include_key=False)
            found |= {key: _counted(part, weeks) for key, part in tables.items()}
    return found


def _counted(frame: pl.DataFrame, weeks: int) -> WeeklyCounts:
    readers = [*frame.select("model", "labeler", "labeler_version").rows()]
    rows = {reader: place for place, reader in enumerate(dict.fromkeys(readers))}
    prompts = {name: place for place, name in enumerate(frame["prompt"].unique().sort())}
    values = {name: place for place, name in enumerate(frame["value"].unique().sort())}
    pictures = np.zeros((len(rows), len(prompts), len(values), weeks), dtype=np.int32)
    many = frame["at"].list.len().to_numpy()
    row = np.repeat(np.array([rows[reader] for reader in readers]), many)
    prompt = np.repeat(np.array([prompts[name] for name in frame["prompt"]]), many)
    value = np.repeat(np.array([values[name] for name in frame["value"]]), many)
    at, counted = (frame[name].explode().to_numpy() for name in ("at", "counted"))
    np.add.at(pictures, (row, prompt, value, at), counted)
    return WeeklyCounts(rows, tuple(prompts), values, pictures)


class Cut(NamedTuple):
    """Counts that end with a week, of the models that were asked in it.

    Attributes:
        models: their names, sorted.
        readers: those whose readings these are.
        prompts: that have any counts.
        values: place of each value.
        counts: (models, prompts, values, weeks) of weeks that count.
    """

    models: tuple[str, ...]
    readers: tuple[Reader, ...]
    prompts: tuple[str, ...]
    values: Mapping[str, int]
    counts: Numbers

    @property
    def pictures(self) -> Numbers:
        """(models, prompts, weeks) all that were read as a value that counts; of refusals answers."""
        return np.asarray(self.counts.sum(2))

    def hits(self, shows: Collection[str]) -> Numbers:
        """(models, prompts, weeks) pictures that show one of the values."""
        return np.asarray(
            self.counts[:, :, [self.values[value] for value in shows if value in self.values]].sum(2)
        )


def cut(held: WeeklyCounts, readers: Collection[Reader], weeks: slice, counted: Mapping[str, Bools]) -> Cut:
    """Return what is counted of readers, one of each model, in some weeks, of which those count that `counted` says."""
    known = sorted(reader for reader in readers if reader in held.rows)
    rows: Ints = np.array([held.rows[reader] for reader in known], dtype=np.int64)
    mask = np.array([counted[model] for model, *_ in known], dtype=bool).reshape(
        len(known), weeks.stop - weeks.start
    )
    counts = held.pictures[..., weeks][rows] * mask[:, None, None]
    there = counts[..., -1].sum((1, 2)) > 0
    prompts = counts[there].sum((0, 2, 3)) > 0
    kept = np.ascontiguousarray(counts[there][:, prompts], dtype=float)
    readers = tuple(reader for reader, here in zip(known, there, strict=True) if here)
    names = tuple(name for name, here in zip(held.prompts, prompts, strict=True) if here)
    return Cut(tuple(model for model, *_ in readers), readers, names, held.values, kept)
