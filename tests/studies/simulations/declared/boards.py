"""Every board of the analysis file with planted models and drawn pictures: which model is ranked before which.

Belongs here: draws, and what the product's tests of pairs make of them. Does not belong here: what the models draw
(`planted`), figures alone (`stereotypes`, `statistic`).
"""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import numpy as np

from assets.metrics.formulas import distance
from assets.metrics.ranks.order import Compared, compare_counts, covered, enough
from assets.metrics.ranks.pair_boards import PairBoard
from assets.suites.analysis import STEREOTYPES
from assets.suites.schema import Prompt
from tests.studies.simulations.declared import planted
from tests.studies.simulations.declared.planted import MODELS, REFUSES, Board
from tests.studies.simulations.tables import Entry, Table

TITLE = "Ranks of planted models on every board"
DRAWS = 200
SEED = 7500
PICTURES = 40
#: Models are told apart wrongly on at most this share of boards.
WRONG = 0.05
#: What is less is equal.
_SAME = 1e-9


def counts(
    rng: np.random.Generator, board: Board, prompts: Sequence[Prompt], values: Sequence[str]
) -> np.ndarray:
    """Return (models, prompts, values) pictures; what a model refuses is all 0."""
    found = np.zeros((len(MODELS), len(prompts), len(values)))
    gone = board.refused
    for row, model in enumerate(MODELS):
        for column, prompt in enumerate(prompts):
            if model == REFUSES and prompt.id in gone:
                continue
            shares = planted.drawn(model, board.suite, board.attribute, prompt)
            p = np.array([shares.get(value, 0.0) for value in values])
            found[row, column] = rng.multinomial(PICTURES, p / p.sum())
    return found


def ranked(
    board: Board, seen: np.ndarray, prompts: Sequence[Prompt], values: Sequence[str]
) -> tuple[np.ndarray, Compared]:
    """Return which models the board ranks, and what it says of all pairs of these."""
    n = seen.sum(axis=2)
    unseen = PICTURES - n
    if board.reference == STEREOTYPES:
        declared = planted.pairs(board.suite, board.attribute)
        entries = [
            (pair, column)
            for pair, (_, group) in enumerate(declared)
            for column, prompt in enumerate(prompts)
            if prompt.subject == group
        ]
        pair, prompt = (np.array(side, dtype=np.int64) for side in zip(*entries, strict=True))
        k = np.stack([seen[:, column, values.index(declared[of][0])] for of, column in entries], axis=1)
        one = cast(
            "PairBoard",
            SimpleNamespace(
                k=k,
                n=n,
                have=n >= distance.MIN_PICTURES,
                unseen=unseen,
                worth=n.astype(float),
                effect=np.ones(n.shape),
                prompt=prompt,
                pair=pair,
                names=[v for v, _ in declared],
                added=lambda _: None,  # one week: nothing scatters
                _weighed=lambda common: PairBoard._weighed(one, common),
            ),
        )
        fit = np.array([PairBoard.lacks(one, row) is None for row in range(len(MODELS))])
        return fit, PairBoard.compared(one, fit)
    q = np.array([[(board.expected(prompt) or {}).get(value, 0.0) for value in values] for prompt in prompts])
    fit = np.asarray(enough(covered(n, unseen).sum(axis=1), len(prompts)))
    return fit, compare_counts(seen[fit], q, n[fit] >= distance.MIN_PICTURES)


def on_board(board: Board, draws: int, place: int) -> tuple[list[Entry], list[tuple[str, Entry, bool]]]:
    """Return the row of a board, and its marks."""
    rng = np.random.default_rng([SEED, place])
    prompts = board.prompts
    if board.reference == STEREOTYPES:
        values = [*board.attribute.bands] or [*board.attribute.values]
    else:
        values = [*(board.expected(prompts[0]) or {})]
    gone = board.refused
    shares = {
        model: {prompt.id: planted.drawn(model, board.suite, board.attribute, prompt) for prompt in prompts}
        for model in MODELS
    }
    wrong, told, possible, hidden = 0, 0.0, 0, 0
    for _ in range(draws):
        fit, found = ranked(board, counts(rng, board, prompts, values), prompts, values)
        names = [model for model, fits in zip(MODELS, fit, strict=True) if fits]
        hidden += REFUSES not in names
        upside_down = False
        for i, one in enumerate(names):
            for j, other in enumerate(names):
                common = [p for p in prompts if REFUSES not in (one, other) or p.id not in gone]
                difference = board.truth(shares[one], common) - board.truth(shares[other], common)
                upside_down |= bool(found.farther[i, j]) and difference <= _SAME
                possible += difference > _SAME
                told += bool(found.farther[i, j]) and difference > _SAME
        wrong += upside_down
    share = wrong / draws
    row: list[Entry] = [board.name, len(prompts), told / max(possible, 1), share, hidden / draws]
    marks: list[tuple[str, Entry, bool]] = [
        (f"{board.name}: more before less, or equals apart, on at most 5 % of boards", share, share <= WRONG)
    ]
    if board.reference == STEREOTYPES:
        marks.append(
            (f"{board.name}: who refuses a declared group is not ranked", hidden / draws, hidden == draws)
        )
    return row, marks


def tables(draws: float) -> list[Table]:
    """Return the tables of this study; `draws` is the part of the full number of draws."""
    number = max(int(DRAWS * draws), 10)
    found = [on_board(board, number, place) for place, board in enumerate(planted.boards())]
    return [
        Table(
            f"{len(MODELS)} planted models on each board, {PICTURES} pictures per prompt, {number:,} boards",
            (
                "board",
                "prompts",
                "pairs that differ told apart",
                "boards with a pair upside down",
                "the refusing model not ranked",
            ),
            [row for row, _ in found],
            [mark for _, marks in found for mark in marks],
            f"Models: {'; '.join(MODELS)}.",
        )
    ]
