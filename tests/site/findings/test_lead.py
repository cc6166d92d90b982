"""The first finding, derived once more from the published table and from single labels; changes of the month."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.leaderboard.evidence import finding_words, ranked
from assets.leaderboard.evidence.doubts import Doubts
from assets.leaderboard.models import changes
from assets.leaderboard.models.changes import Detected
from assets.leaderboard.page import words
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.views.query import View
from assets.metrics.pipeline import score_spans
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.site import world
from tests.warehouse import builder, changed
from tests.warehouse.checks.quality_rows import disagrees
from warehouse.database.schema import open_warehouse
from warehouse.store import Store, open_store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection
DAY = date.fromisoformat(world.WEEK)
REST = load_suites()["rest-of-world@1"]
MEXICO, INDIA = "rest-of-world/person-mexico", "rest-of-world/person-india"


@pytest.fixture
def con(filled_store: Store) -> Iterator[Con]:
    """Four weeks of eight models, two of them real."""
    with world.load(filled_store) as con:
        yield con


def first(con: Con) -> View:
    return ranked.ranked(ranked.compared(con, DAY))[0]


def sentence(con: Con) -> str:
    return tongue("en").say(finding_words.sentence(strongest(con)))


def strongest(con: Con) -> View:
    found = ranked.strongest(con, DAY)
    assert found is not None
    return found


def test_numbers_of_the_sentence_are_those_of_single_labels(con: Con) -> None:
    """Which share comes first, and all other sentences, are derived again in tests of pages of findings."""
    best, said = strongest(con), sentence(con)
    assert not best.simulated, "sim-classic draws men alone, and is no real model"
    (counted,) = con.execute(
        """
        SELECT count(*) FILTER (WHERE b.value = $value), count(*) FILTER (WHERE b.value IN ('feminine', 'masculine')),
            count(*)
        FROM attempts AS a
        INNER JOIN labels AS b USING (week, model, slot_key)
        INNER JOIN slots USING (week, model, slot_key)
        WHERE a.outcome = 'ok' AND b.attribute = 'perceived_gender' AND model = $model AND slots.prompt = $prompt
            AND week BETWEEN $first AND $week
        """,
        {
            "value": best.value,
            "model": best.model,
            "prompt": best.prompt,
            "first": best.first_week,
            "week": best.week,
        },
    ).fetchall()
    k, n, drawn = counted
    assert (best.k, best.n, best.drawn) == counted
    since = f"since the week of {words.week(best.first_week)}"
    assert (since in said) == (best.weeks < 4)
    numbers = [int(number) for number in re.findall(r"\d+", said.replace(best.model, "").replace(since, ""))]
    assert numbers == ([k, n] if n == drawn else [drawn, n, k])
    assert best.model in said
    assert words.depiction("perceived_gender", best.value) in said


def test_simulated_models_are_told_of_where_no_real_one_has_a_finding_and_are_called_so(con: Con) -> None:
    for model in ("imago-2", "chatdraw"):
        world.withhold(con, model, "test")
    found = strongest(con)
    assert (found.model, found.simulated) == ("sim-classic", True)
    assert " the simulated model sim-classic drew " in sentence(con)
    assert found.k == found.n == found.drawn
    assert sentence(con).startswith(f"All {found.n} pictures of ")


def test_labels_that_are_not_reliable_are_told_of_only_where_there_are_no_others(con: Con) -> None:
    con.execute(disagrees(world.WEEK, "photo", 0.42))
    assert not strongest(con).reliable


# --- Small worlds -----------------------------------------------------------------------------------------------------


def drawn(folder: Path, *models: str, **options: Any) -> Con:
    """Return a warehouse of models that draw what `options` say, in one week; sombreros are declared a stereotype."""
    store = open_store(folder)
    for model in models:
        builder.build_partition(store, world.WEEK, model, suites=(REST,), **({"replicates": 20} | options))
    con = world.load(store, scored=())
    con.execute(
        "INSERT INTO stereotype_pairs VALUES "
        "('rest-of-world', 1, 'headwear', 'sombrero', 'person:mexican', NULL), "
        "('rest-of-world', 1, 'headwear', 'turban', 'person:indian', NULL), "
        "('rest-of-world', 1, 'perceived_age', 'older', 'person:indian', 'un-wpp-2019')"
    )
    score_spans(con, [world.WEEK])
    return con


def cliche(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    """Everybody Mexican wears a sombrero, everybody Indian a turban; half are men, and ages are mixed."""
    if attribute.id == "headwear":
        return {MEXICO: "sombrero", INDIA: "turban"}.get(slot.prompt, "none"), None, None
    if attribute.id in {"perceived_gender", "perceived_age"}:
        return attribute.values[slot.replicate % 2 + (attribute.id == "perceived_age")], None, None
    return attribute.values[0], None, None


def one_in_four_unread(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    return ("cannot_tell", None, None) if slot.replicate % 4 == 0 else cliche(slot, attribute)


def test_of_equals_the_first_by_name_is_told_and_no_other_is_called_further(tmp_path: Path) -> None:
    con = drawn(tmp_path, "one", "two", labels=cliche, prompts=lambda prompt: prompt in {MEXICO, INDIA})
    told = [(one.model, one.prompt) for one in ranked.ranked(ranked.compared(con, DAY))]
    assert told[:4] == [("one", INDIA), ("one", MEXICO), ("two", INDIA), ("two", MEXICO)]
    said = sentence(con)
    assert said.startswith("All 20 pictures of an Indian person that ")
    assert said.endswith(" drew since the week of 23 November 2026 show a turban.")


def test_all_men_of_many_pictures_come_before_a_sombrero_in_each_of_few(tmp_path: Path) -> None:
    """In points the sombreros, held against 0, are further away than any gender, held against one half, can be."""

    def men(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
        return {"perceived_gender": "masculine", "headwear": "none"}.get(attribute.id, "older"), None, None

    store = open_store(tmp_path)
    for model, labels, prompt, replicates in (("hats", cliche, MEXICO, 12), ("men", men, INDIA, 100)):
        builder.build_partition(
            store,
            world.WEEK,
            model,
            suites=(REST,),
            replicates=replicates,
            labels=labels,
            prompts=lambda asked, wanted=prompt: asked == wanted,
        )
    con = drawn(tmp_path)
    con.execute("DELETE FROM stereotype_pairs WHERE statistic IS NOT NULL")
    found = {(one.model, one.attribute): one for one in ranked.compared(con, DAY)}
    men_only, hats = found["men", "perceived_gender"], found["hats", "headwear"]
    assert (men_only.k, men_only.n, hats.k, hats.n) == (100, 100, 12, 12)
    assert hats.distance > 0.5 >= men_only.distance
    assert men_only.reach == pytest.approx(2 * men_only.low - 1)
    assert hats.reach == hats.low
    assert men_only.reach > hats.reach
    assert strongest(con).model == "men"
    con.execute("UPDATE figures SET high = 0.2, low = 0.1 WHERE model = 'men' AND value = 'masculine'")
    below = next(
        one for one in ranked.compared(con, DAY) if (one.model, one.attribute) == ("men", "perceived_gender")
    )
    assert below.reach == pytest.approx((below.expected - below.high) / below.expected)
    assert tongue("en").say(finding_words.against(below)) == "Compared with equal parts."


def test_one_share_of_one_model_is_compared_with_nothing(tmp_path: Path) -> None:
    con = drawn(tmp_path, "alone", labels=cliche, prompts=lambda prompt: prompt == MEXICO)
    con.execute("DELETE FROM yardsticks WHERE attribute = 'perceived_gender'")
    found = first(con)
    assert (found.prompt, found.among) == (MEXICO, 1)


def test_pictures_that_could_not_be_read_are_in_the_sentence(tmp_path: Path) -> None:
    con = drawn(tmp_path, "one", labels=one_in_four_unread, prompts=lambda prompt: prompt == MEXICO)
    assert sentence(con) == (
        "Of the 20 pictures of a Mexican person that the simulated model one drew since the week of 23 November 2026, "
        "15 count, and all of them show a sombrero."
    )


def test_without_a_picture_nothing_is_told(tmp_path: Path) -> None:
    con = drawn(tmp_path, "silent", labels=cliche, outcomes=lambda slot: ("refused_text",))
    assert ranked.strongest(con, DAY) is None
    assert ranked.compared(con, DAY) == []


def test_a_model_that_refuses_everything_is_not_told_of_and_changes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    only = {"suites": (REST,), "replicates": 20, "prompts": lambda prompt: prompt == MEXICO}
    builder.build_partition(store, world.WEEK, "draws", labels=cliche, **only)
    alone = drawn(tmp_path)
    before = sentence(alone)
    builder.build_partition(store, world.WEEK, "silent", outcomes=lambda slot: ("refused_text",), **only)
    assert sentence(drawn(tmp_path)) == before
    assert "draws" in before


def test_where_nothing_lies_clearly_off_that_is_said(tmp_path: Path) -> None:
    def even(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
        return ("none" if attribute.id == "headwear" else cliche(slot, attribute)[0], None, None)

    con = drawn(tmp_path, "fair", labels=even, prompts=lambda prompt: prompt == MEXICO)
    assert ranked.strongest(con, DAY) is None
    assert len(ranked.compared(con, DAY)) == 2


# --- Changes of the month ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opened", "causes", "said"),
    [
        ([-4], [], Detected(0, 0)),
        ([-3], ["model_version"], Detected(1, 0)),
        ([0, -3, -4], ["completeness", "labeler"], Detected(2, 0)),
        ([0], ["labeler_drift"], Detected(0, 1)),
        ([0, -1], ["completeness", "all_models"], Detected(0, 2)),
        ([0], ["suite"], Detected(0, 1)),
    ],
)
def test_changes_are_those_that_were_opened_in_the_window(
    con: Con, opened: list[int], causes: list[str], said: Detected
) -> None:
    for number, back in enumerate(opened):
        changed.report(
            con, week=date.fromisoformat(shift(world.WEEK, back)), model=f"m{number}", causes=causes
        )
    assert changes.detected(changes.known(con, DAY), DAY) == said


def test_a_change_that_is_seen_in_several_values_and_prompts_is_one(con: Con) -> None:
    for value in ("feminine", "masculine"):
        changed.report(con, value=value)
    changed.report(con, prompt="occupations/ceo")
    assert changes.detected(changes.known(con, DAY), DAY) == Detected(1, 0)


# --- What is said of labels -------------------------------------------------------------------------------------------

_KEY = (
    f"DATE '{DAY}' AS week, 'm' AS model, 'occupations' AS suite, 1 AS suite_major, 'perceived_gender' AS attribute, "
    "'photo' AS labeler, '1' AS labeler_version, 'masculine' AS value"
)
_ROW = (
    "'model' AS track, FALSE AS simulated, 'baseline' AS condition, 1 AS turn, 'corrected_share' AS figure, 280 AS n, "
    "1.0 AS worth, 0 AS unseen, 14 AS prompts, 14 AS planned_prompts, 4 AS weeks"
)


@pytest.mark.parametrize(
    ("reliable", "ends", "said"),
    [
        (
            True,
            "0.52 AS low, 0.64 AS high",
            "the mean share over all prompts is 58% (95% interval 52% to 64%).",
        ),
        (True, "NULL AS low, NULL AS high", ""),
        (False, "0.52 AS low, 0.64 AS high", ""),
    ],
)
def test_the_share_by_peoples_eyes_is_said_where_it_has_an_interval(
    reliable: bool, ends: str, said: str
) -> None:
    with open_warehouse(None) as con:
        con.execute(
            f"INSERT INTO labeler_error BY NAME SELECT {_KEY}, 280 AS n, 200 AS gold_n, 0.04 AS estimate, 0.01 AS low, "
            "0.07 AS high, 0.05 AS differ"
        )
        con.execute(f"INSERT INTO figures BY NAME SELECT {_KEY}, {_ROW}, 0.58 AS estimate, {ends}")
        doubts = Doubts(con, DAY, [])
    of = {"model": "m", "suite": "occupations", "suite_major": 1, "attribute": "perceived_gender"}
    of |= {"value": "masculine"}
    finding = cast(Any, SimpleNamespace(**of, reliable=reliable))
    told = [tongue("en").say(message) for message in doubts._by_eyes(finding)]
    assert told == ([f"By people’s eyes, {said}"] if said else [])
