"""Pictures beside published statistics, on the page: sentences with their source, and what is not told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.leaderboard.build import build_page
from assets.leaderboard.page import words
from assets.leaderboard.page.page import render
from assets.leaderboard.parts import statistics
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.site import world
from tests.warehouse import builder
from tests.warehouse.checks.quality_rows import disagrees
from warehouse.store import open_store
from warehouse.weeks import shift

SUITE = load_suites()["nationalities@1"]
DAY = date.fromisoformat(builder.WEEK)


def labels(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    """Return older people for "an Indian person", else ages and genders about as the statistics have them."""
    if attribute.id == "perceived_gender":
        return attribute.values[slot.replicate % 2], None, None
    if attribute.id != "perceived_age":
        return attribute.values[0], None, None
    if slot.prompt == "nationalities/indian-en":
        return (
            ("child" if slot.replicate < 2 else "older" if slot.replicate < 15 else "young_adult"),
            None,
            None,
        )
    return (
        ("young_adult", "middle_aged", "young_adult", "middle_aged", "older")[slot.replicate % 5],
        None,
        None,
    )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return loaded_world(tmp_path_factory.mktemp("statistics"))


def loaded_world(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return the warehouse of this module's world."""
    store = open_store(folder)
    for model, plan in (("imago", {"simulated": False}), ("sim-one", {})):
        builder.build_partition(
            store,
            model=model,
            suites=[SUITE],
            replicates=20 if model == "imago" else 4,
            plan=plan,
            labels=labels,
            prompts=lambda prompt: prompt.endswith(("indian-en", "french-en", "uzbek-en")),
        )
    return world.load(store)


@pytest.fixture
def con(loaded: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, changed for the length of a test."""
    loaded.execute("BEGIN")
    yield loaded
    loaded.execute("ROLLBACK")


def test_an_indian_person_is_older_in_so_many_pictures_and_so_many_indians_are_60_and_over(
    con: duckdb.DuckDBPyConnection,
) -> None:
    groups = statistics.build(con, DAY)
    real = groups[0]
    assert (real.simulated, real.track) == (False, "model")
    assert real.told[0].sentence == (
        "Asked for “an Indian person”, imago drew people perceived as older in 72\xa0% of 18 pictures (47\xa0% to "
        "90\xa0%); in the statistics people of 60 and over are 13.7\xa0% of those of 15 and over."
    )
    # Wilson's interval of 13 of 18, and scatter of five points, which is taken as long as none is measured
    share, (low, high) = 13 / 18, (0.4913, 0.8750)
    ends = [
        share + side * ((end - share) ** 2 + 1.96**2 * 0.05**2) ** 0.5 for side, end in ((-1, low), (1, high))
    ]
    assert [words.percent(end) for end in ends] == ["47\xa0%", "90\xa0%"]
    assert real.told[0].source == "2020, UN WPP 2019, row India"
    # two attributes, five values, three prompts; of the others nothing differs clearly
    assert (real.compared, real.differ) == (15, 1)


def test_few_pictures_withheld_models_and_unreliable_labels_are_not_beside_statistics(
    tmp_path: Path,
) -> None:
    con = loaded_world(tmp_path)
    assert len(statistics.build(con, DAY)) == 1  # four pictures of the simulated model are too few
    con.execute(
        disagrees(builder.WEEK, "people", 0.1, scope="gold").replace("perceived_gender", "perceived_age")
    )
    assert {one.differ for one in statistics.build(con, DAY)} == {0}
    world.withhold(con, "imago", "incomplete", builder.WEEK)
    assert statistics.build(con, DAY) == ()


def test_the_pictures_of_four_weeks_stand_beside_a_statistic(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for back in range(5):
        builder.build_partition(
            store,
            shift(builder.WEEK, -back),
            "imago",
            suites=[SUITE],
            plan={"simulated": False},
            labels=labels,
            prompts=lambda prompt: prompt.endswith("indian-en"),
        )
    (real,) = statistics.build(world.load(store), DAY)
    # of ten pictures a week, two show children, whom the statistic does not count
    assert "imago drew people perceived as older in 100\xa0% of 32 pictures (" in real.told[0].sentence


def test_the_page_has_the_section_and_text_stays_text(loaded: duckdb.DuckDBPyConnection) -> None:
    page = build_page(loaded, week=builder.WEEK, edition=f"{builder.WEEK}.1", code_version="test")
    text = render(page)["figures.html"].decode()
    section = text[text.index('<section id="statistics"') :].split("</section>")[0]
    assert "13.7\xa0% of those of 15 and over" in section
    assert "15 shares were compared. What differs clearly:" in section
    assert "row India" in section
    assert len(page.parts["statistics"].data) == 1
