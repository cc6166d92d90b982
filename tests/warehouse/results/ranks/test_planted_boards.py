"""Every board of the analysis file with planted models on it: none puts more of a declared stereotype before less.

Labels have exactly the planted shares, as far as the number of pictures allows, so that nothing here is chance; draws
are in the study `declared.boards`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.metrics.declared import load_declared
from assets.metrics.results import WEEK_RESULTS, WINDOW_RESULTS
from assets.suites.analysis import STEREOTYPES, shipped
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Prompt, Suite
from tests.studies.simulations.declared import planted
from tests.studies.simulations.declared.planted import (
    ALL,
    MODELS,
    NOBODY,
    NOTHING,
    ONE,
    PARITY,
    REFUSES,
    REVERSED,
    STATISTIC,
    Board,
)
from tests.warehouse.builder import WEEK, build_partition
from tests.warehouse.results.test_pair_boards import again
from warehouse.database.connection import connect
from warehouse.database.marts import create_views
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions, replace_week
from warehouse.store import open_store

Row = dict[str, Any]
REPLICATES = 30
#: First versions: a model is asked one version of a suite in a week, and the study has the boards of all.
SUITES = {
    suite.id: suite
    for suite in load_suites().values()
    if suite.major == 1 and suite.id not in {"canary", "french-ceo"}
}
PROMPTS = {suite.prompt_id(prompt): prompt for suite in SUITES.values() for prompt in suite.prompts}
NAMES = {f"m{number}": model for number, model in enumerate(MODELS)}
#: Attributes of boards; nothing else is labeled.
LOOKED_AT = {(one.suite.partition("@")[0], one.attribute) for one in shipped().declared.yardsticks}
BOARDS = [board for board in planted.boards() if board.suite.major == 1]


def shown(model: str, suite: Suite, attribute: Attribute, prompt: Prompt, replicate: int) -> str:
    """Return what one picture shows: shares are stacked, and pictures lie evenly over them."""
    place, end = (replicate + 0.5) / REPLICATES, 0.0
    shares = planted.drawn(model, suite, attribute, prompt)
    for value, share in shares.items():
        end += share
        if place < end:
            return value
    return [*shares][-1]


def labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
    if (slot.suite, attribute.id) not in LOOKED_AT:
        return None
    value = shown(NAMES[slot.model], SUITES[slot.suite], attribute, PROMPTS[slot.prompt], slot.replicate)
    return attribute.bands.get(value, (value,))[0], 0.9, None


def outcomes(slot: Slot) -> Sequence[str]:
    refuses = NAMES[slot.model] == REFUSES
    return (
        ("refused_text",)
        if refuses and PROMPTS[slot.prompt].id in planted.refused(SUITES[slot.suite])
        else ("ok",)
    )


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    store = open_store(tmp_path_factory.mktemp("planted"))
    for name in NAMES:
        build_partition(
            store,
            WEEK,
            name,
            suites=tuple(SUITES.values()),
            replicates=REPLICATES,
            conversations=REPLICATES,
            outcomes=outcomes,
            labels=labels,
        )
    with connect(None) as made:
        make_tables(made)
        load_declared(made)
        for week, model in partitions(store):
            load_partition(made, store, week, model)
        for table in ("scores", *WINDOW_RESULTS):
            replace_week(made, table, WEEK, WEEK_RESULTS[table](made, WEEK))
            # of one week scatter is assumed, and what it costs is tested with windows
            made.execute("UPDATE window_scores SET scatter = 0")
        create_views(made)
        yield made


def rows(con: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = con.execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def leaderboard(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Row]]:
    """Board → planted model → its row."""
    found: dict[str, dict[str, Row]] = {board.name: {} for board in BOARDS}
    by_key = {(b.suite.id, b.attribute.id, b.reference, b.condition): b.name for b in BOARDS}
    for row in rows(con, "FROM leaderboard"):
        name = by_key[row["suite"], row["attribute"], row["reference"], row["condition"]]
        found[name][NAMES[row["model"]]] = row
    return found


def seen(board: Board, model: str) -> dict[str, dict[str, float]]:
    """Return the shares that the pictures of a model really show, by prompt."""
    found = {}
    for prompt in board.prompts:
        counts = Counter(
            shown(model, board.suite, board.attribute, prompt, replicate) for replicate in range(REPLICATES)
        )
        found[prompt.id] = {value: k / REPLICATES for value, k in counts.items()}
    return found


def common(board: Board, *models: str) -> list[Prompt]:
    gone = planted.refused(board.suite) if REFUSES in models else set()
    return [prompt for prompt in board.prompts if prompt.id not in gone]


def before(one: Row, other: Row) -> bool:
    """Return whether a board ranks one model before the other: its best rank, or else its worst, is a better one."""
    return (one["rank_low"], one["rank_high"]) < (other["rank_low"], other["rank_high"])


def test_every_board_of_the_analysis_file_has_every_planted_model(
    leaderboard: dict[str, dict[str, Row]],
) -> None:
    assert {(b.suite.label, b.attribute.id, b.reference) for b in BOARDS} == {
        (one.suite, one.attribute, one.reference)
        for one in shipped().declared.yardsticks
        if one.suite.endswith("@1")
    }
    assert {name: set(found) for name, found in leaderboard.items()} == {b.name: set(MODELS) for b in BOARDS}


@pytest.fixture(scope="module")
def closer(con: duckdb.DuckDBPyConnection) -> set[tuple[str, str, str, str, str, str]]:
    """Every pair that a board tells apart: what names the board, the model that it puts first, the other."""
    names = ("suite", "attribute", "reference", "condition")
    return {
        (*(row[name] for name in names), *(NAMES[row[f"model_{side}"]] for side in sides))
        for row in rows(con, "FROM model_pairs")
        for sides in ({"a is closer": "ab", "b is closer": "ba"}.get(row["verdict"]),)
        if sides
    }


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_no_board_ranks_more_of_a_stereotype_before_less(
    board: Board, leaderboard: dict[str, dict[str, Row]], closer: set[tuple[str, ...]]
) -> None:
    found = leaderboard[board.name]
    key = (board.suite.id, board.attribute.id, board.reference, board.condition)
    ranked = [model for model in MODELS if found[model]["rank_low"] is not None]
    assert set(ranked) >= set(MODELS) - {REFUSES}
    told, largest = 0, 0.0
    for one, other in permutations(ranked, 2):
        prompts = common(board, one, other)
        difference = board.truth(seen(board, one), prompts) - board.truth(seen(board, other), prompts)
        largest = max(largest, difference)
        if (*key, one, other) in closer:
            told += 1
            assert difference < 0, (one, other)
        # by ranks alone a distance that is known well may come after a larger one that is not
        if before(found[one], found[other]) and board.reference == STEREOTYPES:
            assert difference < 1e-9, (one, other)
    assert told > 0 or largest < 0.2, "a board that tells nobody apart shows nothing"


@pytest.mark.parametrize(
    "board", [b for b in BOARDS if b.reference == STEREOTYPES], ids=lambda board: board.name
)
def test_adversaries_read_as_they_should_on_boards_of_declared_stereotypes(
    board: Board, con: duckdb.DuckDBPyConnection, leaderboard: dict[str, dict[str, Row]]
) -> None:
    found = leaderboard[board.name]
    told = {model: found[model]["estimate"] for model in MODELS}
    few = round(0.2 * REPLICATES) / REPLICATES
    assert told == {
        **dict.fromkeys((STATISTIC, NOBODY, REVERSED), pytest.approx(0)),
        NOTHING: pytest.approx(few),
        PARITY: pytest.approx(0.5),
        **dict.fromkeys((ALL, ONE), pytest.approx(1)),
        REFUSES: told[REFUSES],
    }
    groups = [group for _, group in planted.pairs(board.suite, board.attribute)]
    subjects = {p.id: p.subject for p in board.suite.prompts}
    if {subjects[name] for name in planted.refused(board.suite)} & {*groups}:
        assert told[REFUSES] is None
        assert found[REFUSES]["rank_low"] is None
        alone = len(groups) == 1 and len(board.prompts) == len(board.suite.prompts)
        assert found[REFUSES]["rank_reason"].startswith(
            "no usable pictures" if alone else "too few: 10 needed in every declared group"
        )


@pytest.mark.parametrize(
    "board", [b for b in BOARDS if b.reference != STEREOTYPES], ids=lambda board: board.name
)
def test_adversaries_read_as_they_should_on_boards_of_distances(
    board: Board, leaderboard: dict[str, dict[str, Row]]
) -> None:
    found = leaderboard[board.name]
    for model in set(MODELS) - {REFUSES}:
        exact = board.truth(seen(board, model), board.prompts)
        assert found[model]["estimate"] ** 2 == pytest.approx(exact, abs=0.5 / REPLICATES)
    best = PARITY if board.reference in ("parity", "uniform") else STATISTIC
    assert found[best]["rank_low"] == 1
    assert found[ALL]["estimate"] > found[best]["estimate"] + 0.1
    # who refuses its most one-sided prompts is no closer for it
    if found[REFUSES]["rank_low"] is not None:
        assert not before(found[REFUSES], found[ALL])
        assert not before(found[ALL], found[REFUSES])


def test_an_older_indian_counts_beyond_the_statistic(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        con,
        "FROM scores WHERE metric = 'stereotype_share' AND reference = 'un-wpp-2019' "
        "AND suite = 'nationalities' AND value_name IS NULL",
    )
    read = {NAMES[row["model"]]: row["estimate"] for row in found}
    assert read[STATISTIC] == pytest.approx(0, abs=1 / REPLICATES)
    assert read[REVERSED] > 0.1
    assert read[ONE] > 0.8
    assert read[ALL] < 0  # fewer older people than there are


def test_ranks_of_all_boards_are_found_again_from_labels(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert {row["attribute"] for row in again(con)} == {
        board.attribute.id for board in BOARDS if board.reference == STEREOTYPES
    }
