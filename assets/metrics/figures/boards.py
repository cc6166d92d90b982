"""Boards: models compared by their typical gap from a yardstick, or by the declared stereotypes that they draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from assets.metrics.figures.rows import Row, mean_rows, of_occasion
from assets.metrics.plain.arrays import Floats
from assets.metrics.plain.boards import Board, board
from assets.metrics.plain.quantiles import student
from assets.metrics.spans import AttributeCounts, Field, Span

STEREOTYPES = "stereotypes"
#: Weeks of history from which on a board says which difference it tells apart.
SAID_FROM = 8
#: The board that orders the leaderboard.
LEAD = ("rest-of-world", STEREOTYPES)


@dataclass(frozen=True)
class Compared:
    """What a board compares.

    Attributes:
        yardstick: name of the reference, or stereotypes.
        table: counts of its cells: prompts, or declared pairs of a prompt and a value.
        target: (cells, values) expected shares; None of stereotypes.
        group: of each cell, the declared pair; None: all cells weigh the same.
    """

    yardstick: str
    table: AttributeCounts
    target: Floats | None
    group: Sequence[str] | None

    @property
    def attribute(self) -> str | None:
        """Return the attribute that is compared; None of stereotypes, which are of several."""
        return self.table.attribute or None

    @property
    def figure(self) -> str:
        """Return what models are ordered by."""
        return "gap" if self.target is not None else STEREOTYPES


def gap_board(
    table: AttributeCounts,
    yardstick: str,
    shares: Mapping[tuple[str | None, str], float],
    prompts: Sequence[str],
) -> Compared | None:
    """Return a comparison with a reference, or None where it has no row for any prompt.

    `shares` has (prompt or None for every, value) → expected share; the values of a row add up to 1. `prompts` are
    those of the field.
    """
    own = {prompt for prompt, _ in shares if prompt is not None}
    rows = [prompts[place] if prompts[place] in own else None for place in table.places]
    values = [value for value in table.values if any((row, value) in shares for row in {*rows})]
    held = np.array([any((row, value) in shares for value in values) for row in rows], dtype=bool)
    if not values or not held.any():
        return None
    target = np.array(
        [
            [shares.get((row, value), 0.0) for value in values]
            for row, has in zip(rows, held, strict=True)
            if has
        ]
    )
    return Compared(yardstick, table.of(held, values), target, None)


def stereotype_board(
    field: Field, pairs: Sequence[tuple[str, str, str]], *, others: bool = False
) -> Compared | None:
    """Return the comparison by declared stereotypes whose base is 0, or None where none is looked for.

    `pairs` are attribute, value and subject; with `others` the same values are meant over the other subjects of the
    same kind.
    """
    places: list[int] = []
    groups: list[str] = []
    counts, unseen, outside = [], [], []
    for attribute, value, subject in pairs:
        if (table := field.tables.get(attribute)) is None or value not in table.values:
            continue
        kind = subject.partition(":")[0]
        for at, place in enumerate(table.places):
            here = field.subjects[place]
            if (here == subject) is others or (others and here.partition(":")[0] != kind):
                continue
            shown = table.counts[:, at, table.values.index(value)]
            counts.append(np.stack([shown, table.counts[:, at].sum(1) - shown], 1))
            unseen.append(table.unseen[:, at])
            outside.append(table.outside[:, at])
            places.append(int(place))
            groups.append(f"{attribute} {value} {subject}")
    if not places:
        return None
    table = AttributeCounts(
        "", np.array(places), ("shown", "not"), np.stack(counts, 1), np.stack(unseen, 1), np.stack(outside, 1)
    )
    return Compared(STEREOTYPES, table, None, groups)


def board_rows(span: Span, field: Field, of: Compared, would_find: float | None) -> dict[str, list[Row]]:
    """Return the rows of one board in `figures`, `boards`, `board_ranks` and `board_pairs`."""
    table, one, readers = of.table, of.table.counts.shape[1] == 1, field.models.readers
    # read by another labeler, or version, than most: not ranked with these
    seen = np.flatnonzero(table.window.sum((1, 2)) > 0).tolist()
    others = (_reader(field, seen), None)
    known = {row: "other_labeler" for row in seen if readers[row] not in others}
    known |= field.models.known
    made = board(
        table.counts,
        table.answers,
        of.target,
        group=of.group,
        prompt=table.places,
        study=field.models.study,
        known=known,
        worth=field.worth(table, 0) if one and len(table.values) == 2 else 1.0,
    )
    # fields of a study differ by their labeler, also where no model has a figure
    every = range(len(field.models.names)) if field.models.study else ()
    labeler, version = _reader(field, made.members or made.shown or every) or (None, None)
    key = {
        **field.key,
        **of_occasion(span.occasion),
        **{"attribute": of.attribute, "yardstick": of.yardstick},
        **{"labeler": labeler, "labeler_version": version},
    }
    ranked = len(made.members)
    history = int((table.counts.sum((0, 1, 2)) > 0).sum())
    lead = (field.key["suite"], of.yardstick) == LEAD and field.key["condition"] == "baseline"
    reasons = [word for word in made.reason if word in ("one_model", "few_weeks")]
    unsure = made.told > made.holds
    doubtful = np.logical_or(unsure.any(0), unsure.any(1)).tolist()
    long = history >= SAID_FROM or field.models.study
    boards = {
        "lead": lead,
        "models": ranked if made.pairs else 0,
        "critical": made.critical if made.pairs else None,
        "df": made.pairs.df if made.pairs and np.isfinite(made.pairs.df) else None,
        "resolution": made.resolution / 100 if made.pairs and long else None,
        "would_find": would_find,
        "reason": None if made.pairs else (*reasons, "one_model")[0],
    }
    ranks = [
        {
            "model": field.models.names[row],
            "rank_low": int(made.rank[row, 0]) or None,
            "rank_high": int(made.rank[row, 1]) or None,
            "holds": None if word else not doubtful[row],
            "reason": word or None,
        }
        for row, word in enumerate(made.reason)
    ]
    return {
        "figures": figure_rows(span, field, of, made),
        "boards": [key | boards],
        "board_ranks": [key | row for row in ranks],
        "board_pairs": [key | row for row in _pairs(field, made)],
    }


def figure_rows(span: Span, field: Field, of: Compared, made: Board, figure: str | None = None) -> list[Row]:
    """Return the rows of a board's figure: of every model that was asked, or is withheld."""
    critical = np.full(len(made.reason), np.nan)
    if made.means is not None:
        critical[~np.isnan(made.figure[1])] = student(made.means.df)
    part = {
        **{"attribute": of.attribute, "figure": figure or of.figure, "yardstick": of.yardstick},
        **{"worth": 1.0, "critical": critical},
    }
    return mean_rows(span, field, of.table, made, part, target=of.target)


def _pairs(field: Field, made: Board) -> Iterator[Row]:
    """Yield a row for each pair of ranked models, the one with the smaller figure on common cells first."""
    if (pairs := made.pairs) is None:
        return
    numbers = {"difference": pairs.difference, "se": pairs.standard_error, "dispersion": pairs.dispersion}
    for one, other in combinations(range(len(made.members)), 2):
        a, b = (one, other) if pairs.difference[other, one] >= 0 else (other, one)
        model_a, model_b = made.members[a], made.members[b]
        common = np.isfinite(pairs.standard_error[b, a])
        yield {
            **{"model_a": field.models.names[model_a], "model_b": field.models.names[model_b]},
            "prompts": int((pairs.weights[a, b] > 0).sum()),
            **{name: float(of[b, a]) if common else None for name, of in numbers.items()},
            "told_apart": bool(made.told[model_b, model_a]),
            "holds": bool(made.holds[model_b, model_a]),
        }


def _reader(field: Field, models: Sequence[int]) -> tuple[str, str] | None:
    """Return who read the pictures of most of these models; of equally many the later version."""
    readers = [reader for row in models if (reader := field.models.readers[row]) is not None]
    return max(readers, key=lambda reader: (readers.count(reader), reader), default=None)
