"""Two models side by side: on each board that ranks both, and prompt by prompt with pictures of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from assets.leaderboard.cells import reading
from assets.leaderboard.cells.question import Looks, looks
from assets.leaderboard.cells.showing import many
from assets.leaderboard.models import boards, names
from assets.leaderboard.models.history import board_slug
from assets.leaderboard.models.pictures import CountedValue, PictureGrid, grid, slots
from assets.leaderboard.views.message import Message, say
from assets.leaderboard.views.query import Row, by, rows, rows_of_weeks

#: Pages are made for neighbors on the first of these boards that ranks anybody: suite, attribute, reference.
HEADLINES = (
    ("occupations", "perceived_gender", "parity"),
    ("diversity-request", "perceived_gender", "parity"),
)
#: Which value is counted in the pictures of both.
_VALUE = "feminine"
#: Pictures of each model for each prompt.
_SHOWN = 6
_PAIRS = 40


@dataclass(frozen=True)
class BothRanked:
    """One board: the figures of both, and whether they are told apart on common prompts."""

    slug: str
    question: Message
    figure: str
    estimates: Mapping[str, float]
    prompts: int
    verdict: Message
    holds: bool  # whatever the unseen answers would have shown


@dataclass(frozen=True)
class OneSide:
    """`k` of `n` pictures of a prompt by one model show the value."""

    address: str
    k: int
    n: int
    grid: PictureGrid


@dataclass(frozen=True)
class SamePrompt:
    """One prompt, asked of both."""

    text: str
    language: str
    first: OneSide
    second: OneSide


@dataclass(frozen=True)
class PairPage:
    """Two models."""

    models: tuple[str, str]
    titles: tuple[Message, Message]
    simulated: bool
    what: Message
    boards: tuple[BothRanked, ...]
    prompts: tuple[SamePrompt, ...]
    first_week: date

    @property
    def address(self) -> str:
        """Return the address of its page."""
        return address(*self.models)


def address(first: str, second: str) -> str:
    """Return the address of the page of two models, whichever is named first."""
    return f"compare/models/{'/'.join(sorted((first, second)))}/"


def neighbors(found: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the pairs, of rows of `pairs`, that follow each other on the board that pages are made for.

    Where models were asked several versions of its suite, they are those of the newest one: two models that are
    neighbors on both have one page.
    """
    for suite, attribute, reference in HEADLINES:
        chosen = [
            row
            for row in found
            if (row["suite"], row["attribute"], row["yardstick"]) == (suite, attribute, reference)
            and row["condition"] == "baseline"
            and abs(row["place_a"] - row["place_b"]) == 1
        ]
        if chosen:
            newest = max(row["suite_major"] for row in chosen)
            pairs = [
                sorted((row["model_a"], row["model_b"])) for row in chosen if row["suite_major"] == newest
            ]
            return [(first, second) for first, second in pairs[:_PAIRS]]
    return []


def read(con: duckdb.DuckDBPyConnection, week: date) -> Iterator[PairPage]:
    """Yield the pages of a week."""
    found = rows_of_weeks(con, "pairs", [week], {})
    values = looks(con, week)
    texts = {row["prompt"]: row for row in rows(con, "asked_now", {"week": week.isoformat()})}
    of_pair: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in found:
        of_pair[min(row["model_a"], row["model_b"]), max(row["model_a"], row["model_b"])].append(row)
    known: dict[tuple[str, str], dict[str, OneSide]] = {}  # a model is beside two others
    for pair in neighbors(found):
        own = of_pair[pair]
        suite = next(
            row["suite"] for row in own if (row["suite"], row["attribute"], row["yardstick"]) in HEADLINES
        )
        for model in pair:
            if (model, suite) not in known:
                known[model, suite] = _sides(con, week, model, suite, values)
        sides = [known[model, suite] for model in pair]
        yield PairPage(
            models=pair,
            titles=(names.model(pair[0]), names.model(pair[1])),
            simulated=bool(own[0]["simulated"]),
            what=many("perceived_gender", _VALUE),
            boards=tuple(_board(row) for row in own),
            prompts=tuple(
                SamePrompt(
                    texts[prompt]["text"], texts[prompt]["language"], sides[0][prompt], sides[1][prompt]
                )
                for prompt in sides[0]
                if prompt in sides[1] and prompt in texts
            ),
            first_week=reading.first_week(week),
        )


def _board(row: Row) -> BothRanked:
    verdict = say("not told apart")
    if row["told_apart"] and row["attribute"] is None:
        verdict = say("%(model)s shows fewer", model=names.model(row["model_a"]))
    elif row["told_apart"]:
        verdict = say("%(model)s is closer", model=names.model(row["model_a"]))
    return BothRanked(
        slug=board_slug(row),
        question=boards.question(row),
        figure="stereotypes" if row["attribute"] is None else "gap",
        estimates={row["model_a"]: row["estimate_a"], row["model_b"]: row["estimate_b"]},
        prompts=row["prompts"],
        verdict=verdict,
        holds=row["holds"],
    )


def _sides(
    con: duckdb.DuckDBPyConnection,
    week: date,
    model: str,
    suite: str,
    values: Looks,
) -> dict[str, OneSide]:
    given = {"week": week.isoformat(), "model": model, "suite": suite, "attribute": "perceived_gender"}
    shares = {row["prompt"]: row for row in rows(con, "model_shares", given) if row["value"] == _VALUE}
    if not shares:
        return {}
    first = min(row["first_week"] for row in shares.values())
    weeks = [first + timedelta(weeks=number) for number in range((week - first).days // 7 + 1)]
    drawn = slots(con, week, weeks, model, [*shares])
    pictures = by((row for row in drawn if row["week"] >= shares[row["prompt"]]["first_week"]), "prompt")
    found = {}
    for prompt, share in shares.items():
        looked = values.get((share["suite"], share["suite_major"], "perceived_gender"))
        counted = CountedValue(looked, (_VALUE,), share["labeler_version"], share["params_hash"], 1)
        found[prompt] = OneSide(
            f"prompts/{prompt}/{model}/", share["k"], share["n"], grid(pictures[prompt], counted, _SHOWN)
        )
    return found
