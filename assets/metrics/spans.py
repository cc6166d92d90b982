"""Spans: the counts that figures are made of, as arrays: of four weeks and their history, or of a study.

A field is what models are compared in: one track, suite and condition; of a study, its pictures as one labeler read
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import duckdb
import numpy as np
import polars as pl

from assets.metrics.plain.arrays import Bools, Floats, Ints
from assets.metrics.plain.cells import HISTORY, WINDOW
from assets.metrics.plain.intervals import worth
from assets.metrics.reading import read
from warehouse.occasions import Occasion
from warehouse.weeks import shift

#: What names a field, in the tables of figures.
FIELD = ("track", "simulated", "suite", "suite_major", "condition", "turn")
#: Value and support of a combination or claim of several attributes.
JOINT = "all:"
#: (model, attribute) → how many weeks before the last its span begins anew; attribute None: refusals.
Restarts = Mapping[tuple[str, str | None], int]
_OF_SUITE = ("suite", "suite_major", "condition", "turn")


@dataclass(frozen=True)
class AttributeCounts:
    """Counts of one attribute in a field of G models, of the P prompts that it is looked for in, over T weeks.

    Attributes:
        attribute: its name, or all:<id> of a combination or claim.
        places: (P,) rows of the field's prompts.
        values: the V values, or bands, that count.
        counts: (G, P, V, T) pictures; the last week is the last.
        unseen: (G, P) answers of the window that may have shown a value: refused, cannot_tell, invalid, not assessed.
        outside: (G, P) pictures of the window that were seen to show none.
    """

    attribute: str
    places: Ints
    values: tuple[str, ...]
    counts: Floats
    unseen: Floats
    outside: Floats

    def of(self, prompts: Ints | Bools, values: Sequence[str] | None = None) -> AttributeCounts:
        """Return the counts of some rows of `places`, and of some values alone."""
        kept = self.values if values is None else tuple(values)
        counts = self.counts[:, prompts][:, :, [self.values.index(value) for value in kept]]
        places, unseen, outside = self.places[prompts], self.unseen[:, prompts], self.outside[:, prompts]
        return AttributeCounts(self.attribute, places, kept, counts, unseen, outside)

    @property
    def window(self) -> Floats:
        """(G, P, V) pictures of the window."""
        return np.asarray(self.counts[..., -WINDOW:].sum(-1))

    @property
    def answers(self) -> Floats:
        """(G, P) pictures of the window and answers that may have shown a value; 0 where nothing was asked."""
        return np.asarray(self.window.sum(2) + self.unseen)

    @property
    def weeks(self) -> Bools:
        """(G, weeks of the window) whether anything was read."""
        return np.asarray(self.counts[..., -WINDOW:].sum((1, 2)) > 0)


class Models(NamedTuple):
    """The G models of a field.

    Attributes:
        names: as planned, or of a study.
        readers: their labelers with versions; None for a model that was not planned in the week itself.
        known: why a model has no figure, by its row: withheld.
        study: whether there are no weeks.
        restarts: where spans of a model begin anew.
    """

    names: tuple[str, ...]
    readers: tuple[tuple[str, str] | None, ...]
    known: Mapping[int, str]
    study: bool
    restarts: Restarts


@dataclass(frozen=True)
class Field:
    """What G models answered to P prompts.

    Attributes:
        key: values of `FIELD`.
        models: the models.
        prompts: P names.
        subjects: P subjects.
        refused: (G, P, 2, T) refused answers and pictures, of all weeks.
        planned: (G, P) answers planned in the window.
        draws: (G,) sum of squares over sum of the pictures that calls drew; 1 where each drew one.
        tables: by attribute.
    """

    key: Mapping[str, Any]
    models: Models
    prompts: tuple[str, ...]
    subjects: tuple[str, ...]
    refused: Floats
    planned: Floats
    draws: Floats
    tables: dict[str, AttributeCounts] = field(default_factory=dict)

    def counted(self, attribute: str | None) -> Bools:
        """(G, T) which weeks are since the last reported change of an attribute, or of refusals (None)."""
        weeks = self.refused.shape[-1]
        first = [
            weeks - 1 - self.models.restarts.get((model, attribute), weeks) for model in self.models.names
        ]
        return np.asarray(np.arange(weeks) >= np.array(first)[:, None])

    def worth(self, table: AttributeCounts, value: int) -> Floats:
        """(G,) how many pictures of a value count as one."""
        k, n = table.counts[:, :, value], table.counts.sum(2)
        return np.array([worth(k[row], n[row], self.draws[row]) for row in range(len(k))])


@dataclass(frozen=True)
class Span:
    """What figures of a week or a study are made of."""

    occasion: Occasion
    fields: Sequence[Field]

    @property
    def weeks(self) -> Sequence[str]:
        """Return the ISO dates of the window, the last one last; none of a study."""
        if self.occasion.column == "study":
            return ()
        return [shift(self.occasion.name, back - WINDOW + 1) for back in range(WINDOW)]


@dataclass(frozen=True)
class WeekRows:
    """All rows that spans which end with one week are made of, read once; see `sql/metrics/span_*.sql`."""

    week: Occasion
    models: pl.DataFrame
    prompts: pl.DataFrame
    values: pl.DataFrame
    counts: pl.DataFrame
    answers: pl.DataFrame
    draws: pl.DataFrame
    restarts: Restarts

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection, week: Occasion) -> WeekRows:
        """Read what was asked in the window of a week, with its history."""
        where = {"week": week.name, "first": shift(week.name, 1 - HISTORY)}
        since = {"week": week.name, "since": shift(week.name, 1 - WINDOW)}
        models = read(con, "span_models", where)
        on_track = models.select("model", "track", "simulated")
        statements = {"span_counts": where | since, "span_answers": where | since, "span_draws": where}
        counts, answers, draws = (
            read(con, name, of).join(on_track, on="model") for name, of in statements.items()
        )
        prompts, values = (read(con, name, since) for name in ("span_prompts", "span_values"))
        restarts = {(model, of): back for model, of, back in read(con, "span_restarts", week.where).rows()}
        return cls(week, models, prompts, values, counts, answers, draws, restarts)

    def span(self, *, moved: bool = False, first_turns: bool = False) -> Span:
        """Return the span that ends with the week.

        With `moved`, prompts count that a model was asked in any week of the window, and not in the last alone: of a
        suite version that it left, for instance. With `first_turns`, the first turns of conversations, which no figure
        is made of, are in the fields of turn 1.
        """
        late = pl.lit(value=True) if moved else pl.col("late")
        turns = late if first_turns else late & ~pl.col("opening")
        kept = replace(
            self,
            prompts=self.prompts.filter(late),
            values=self.values.filter(late),
            counts=self.counts.filter(turns),
            answers=self.answers.filter(turns),
        )
        return Span(self.week, [*_of_week(kept)])


def read_span(con: duckdb.DuckDBPyConnection, occasion: Occasion) -> Span:
    """Return the span of figures that ends with a week, or that is a study; nothing is written."""
    if occasion.column == "study":
        return Span(occasion, [*_of_study(con, occasion)])
    return WeekRows.read(con, occasion).span()


def _of_week(of: WeekRows) -> Iterator[Field]:
    of_field = _parts(of.counts, FIELD)
    for key, held in _parts(of.answers, FIELD).items():
        track = of.models.filter(pl.col("track") == key[0], pl.col("simulated") == key[1])
        named = dict(zip(FIELD, key, strict=True))
        of_suite = [pl.col(name) == named[name] for name in FIELD[:-1]]
        looked_for = of.prompts.filter(of_suite).join(held.select("prompt"), on="prompt", how="semi")
        asked = looked_for.unique("prompt", maintain_order=True)
        drawn = of.draws.filter([pl.col(name) == named[name] for name in FIELD])
        known = {row: "withheld" for row, hidden in enumerate(track["withheld"]) if hidden}
        readers = (
            None if one[0] is None else one for one in track.select("labeler", "labeler_version").rows()
        )
        models = Models(tuple(track["model"]), tuple(readers), known, False, of.restarts)
        made = _field(named, models, asked, held, HISTORY, drawn)
        suite = of.values.filter([pl.col(name) == named[name] for name in ("suite", "suite_major")])
        _add_tables(made, of_field.get(key, of.counts.clear()), suite, looked_for.drop_nulls("attribute"))
        yield made


def _of_study(con: duckdb.DuckDBPyConnection, study: Occasion) -> Iterator[Field]:
    counts = read(con, "study_span_counts", study.where)
    answers = read(con, "study_span_answers", study.where)
    prompts = read(con, "study_span_prompts", study.where)
    values = read(con, "study_span_values", study.where)
    models = tuple(answers["model"].unique().sort())
    by_condition = _parts(answers, _OF_SUITE)
    for key, held in _parts(counts, (*_OF_SUITE, "labeler", "labeler_version")).items():
        *of_suite, labeler, version = key
        named = {"track": "study", "simulated": False, **dict(zip(_OF_SUITE, of_suite, strict=True))}
        asked = prompts.filter(pl.col("condition") == named["condition"])
        of = Models(models, ((labeler, version),) * len(models), {}, True, {})
        made = _field(named, of, asked, by_condition[tuple(of_suite)], 1)
        _add_tables(made, held, values, None)
        yield made


def _field(
    key: Mapping[str, Any],
    models: Models,
    asked: pl.DataFrame,
    answers: pl.DataFrame,
    weeks: int,
    draws: pl.DataFrame | None = None,
) -> Field:
    prompts, shape = tuple(asked["prompt"]), (len(models.names), asked.height)
    row, column = _places(answers, models.names, prompts)
    week = weeks - 1 - answers["back"].to_numpy()
    refused, planned, drawn = np.zeros((*shape, 2, weeks)), np.zeros(shape), np.ones(shape[0])
    for place, name in enumerate(("refused", "pictures")):
        refused[row, column, place, week] = answers[name].to_numpy()
    recent = answers["back"].to_numpy() < WINDOW
    np.add.at(planned, (row[recent], column[recent]), answers["planned"].to_numpy()[recent])
    of_models = () if draws is None else draws.select("model", "pictures", "squares").rows()
    for model, pictures, squares in of_models:
        place = models.names.index(model)
        total = max(float(refused[place, :, 1].sum()), pictures)
        drawn[place] = (squares + total - pictures) / total
    return Field(key, models, prompts, tuple(asked["subject"]), refused, planned, drawn)


def _add_tables(
    to: Field, counts: pl.DataFrame, values: pl.DataFrame, looked_for: pl.DataFrame | None
) -> None:
    """Add a table for each attribute that is looked for; without `looked_for`, what was read is so everywhere."""
    declared = values.group_by("attribute", maintain_order=True).agg("value")
    support = {attribute: tuple(listed) for attribute, listed in declared.rows()}
    weeks = to.refused.shape[-1]
    asked = {} if looked_for is None else _parts(looked_for, ("attribute",))
    parts = _parts(counts, ("attribute",))
    for (attribute,) in parts if looked_for is None else asked:
        held = parts.get((attribute,), counts.clear())
        listed = ("shown", "other") if attribute.startswith(JOINT) else support.get(attribute, ())
        if not listed:
            continue
        places = np.arange(len(to.prompts))
        if looked_for is not None:
            places = np.flatnonzero(np.isin(to.prompts, asked[attribute,]["prompt"].to_list()))
        since = to.counted(attribute)[:, None]
        kinds_of = {"support": len(listed), "unseen": 1, "outside": 1}
        shape = len(to.models.names), len(to.prompts)
        made = {kind: np.zeros((*shape, number, weeks)) for kind, number in kinds_of.items()}
        row, column = _places(held, to.models.names, to.prompts)
        value, many = _place(held["value"], listed), held["back"].list.len().to_numpy()
        back, pictures = (held[name].explode().to_numpy() for name in ("back", "pictures"))
        at = [np.repeat(places, many) for places in (row, column, value)]
        kinds = np.repeat(held["kind"].to_numpy(), many)
        for kind, into in made.items():
            here = kinds == kind
            np.add.at(into, (*(places[here] for places in at), weeks - 1 - back[here]), pictures[here])
        unseen = (made["unseen"][:, :, 0] + to.refused[:, :, 0]) * since
        outside = made["outside"][:, :, 0] * since
        to.tables[attribute] = AttributeCounts(
            attribute,
            places,
            listed,
            made["support"][:, places] * since[:, :, None],
            unseen[:, places, -WINDOW:].sum(-1),
            outside[:, places, -WINDOW:].sum(-1),
        )


def _places(frame: pl.DataFrame, models: Sequence[str], prompts: Sequence[str]) -> tuple[Ints, Ints]:
    return _place(frame["model"], models), _place(frame["prompt"], prompts)


def _place(names: pl.Series, among: Sequence[str]) -> Ints:
    """Return the place of each name; 0 of what is not among them."""
    of = {name: place for place, name in enumerate(among)}
    return np.array([of.get(name, 0) for name in names.to_list()], dtype=np.int64)


def _parts(frame: pl.DataFrame, on: Sequence[str]) -> dict[tuple[Any, ...], pl.DataFrame]:
    return frame.partition_by(on, as_dict=True, maintain_order=True)
