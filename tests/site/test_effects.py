"""What one word changes, on the page: sentences that stand by themselves, with reasons, and inert."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.leaderboard.build import build_page
from assets.leaderboard.page import effect_words
from assets.leaderboard.page.charts import change_strip
from assets.leaderboard.page.page import render
from assets.leaderboard.parts import effects
from assets.leaderboard.views.part import ShownPart
from assets.leaderboard.views.view import Lead, Page
from assets.metrics.effects.table import compute_effects
from assets.metrics.effects.windows import week_effects
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.site import world
from tests.warehouse import builder
from tests.warehouse.checks.quality_rows import disagrees
from warehouse.loading.load import replace_week
from warehouse.store import open_store

SUITES = load_suites()
DAY = date.fromisoformat(builder.WEEK)


def labels(slot: Slot, attribute: Attribute) -> tuple[str, None, None]:
    """Return men first, women where a prompt says "their" or asks for diversity, and a keffiyeh with the request."""
    asked = slot.turn > 1 or slot.prompt.endswith(("controlled", "visionary"))
    if attribute.id == "perceived_gender":
        few = 16 if asked else 9 if slot.prompt.endswith("their") else 1
        return ("feminine" if slot.replicate < few else "masculine"), None, None
    if attribute.id == "headwear":
        return ("keffiyeh" if asked and slot.replicate < 8 else "none"), None, None
    return attribute.values[0], None, None


def answers(slot: Slot) -> Sequence[str]:
    return ("ok",) if slot.turn < 3 else ("not_needed",)


def refuses(slot: Slot) -> Sequence[str]:
    return ("refused_text",) if slot.prompt.endswith("their") else answers(slot)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    return loaded_world(tmp_path_factory.mktemp("words"))


def loaded_world(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return the warehouse of this module's world."""
    store = open_store(folder)
    suites = [SUITES["startup-ceo@1"], SUITES["diversity-request@1"]]
    partitions: tuple[tuple[str, dict[str, Any], Any], ...] = (
        ("imago", {"simulated": False}, answers),
        ("chatdraw", {"simulated": False, "track": "system"}, answers),
        ("sim-shy", {}, refuses),
        ("sim-loud", {}, answers),
    )
    for model, plan, outcomes in partitions:
        builder.build_partition(
            store,
            model=model,
            suites=suites,
            replicates=20,
            conversations=20 if model == "chatdraw" else 0,
            plan=plan,
            labels=labels,
            outcomes=outcomes,
            prompts=lambda prompt: not prompt.split("/")[1].startswith(("swe", "teacher")),
        )
    con = world.load(store)
    replace_week(con, "effects", builder.WEEK, compute_effects(con, builder.WEEK))
    replace_week(con, "window_effects", builder.WEEK, week_effects(con, builder.WEEK))
    return con


@pytest.fixture
def con(loaded: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, changed for the length of a test."""
    loaded.execute("BEGIN")
    yield loaded
    loaded.execute("ROLLBACK")


@pytest.fixture(scope="module")
def whole(loaded: duckdb.DuckDBPyConnection) -> Page:
    return build_page(loaded, week=builder.WEEK, edition=f"{builder.WEEK}.1", code_version="test")


def section(con: duckdb.DuckDBPyConnection) -> str:
    """Return the section on an otherwise empty page."""
    lead = Lead("A finding.", "Its basis.", "")
    rest = dict.fromkeys(("boards", "galleries", "conversations", "events", "studies"), ())
    facts = dict.fromkeys(("suites", "labelers", "downloads"), ())
    page = Page(
        "e",
        DAY,
        (DAY,),
        "test",
        None,
        lead,
        **rest,
        **facts,
        parts={"words": ShownPart(effects.PART, effects.build(con, DAY))},
    )  # type: ignore[arg-type]
    text = render(page)["figures.html"].decode()
    return text[
        text.index('<section id="words"') : text.index("</section>", text.index('<section id="words"'))
    ]


def sentences(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        e.sentence for change in effects.build(con, DAY) for group in change.groups for e in group.effects
    ]


def test_a_sentence_stands_by_itself_with_change_interval_and_pictures(
    con: duckdb.DuckDBPyConnection,
) -> None:
    change = effects.build(con, DAY)[0]
    assert (change.title, change.suite) == ("“Their” instead of “his”", "startup-ceo@1")
    assert "his executive team" in str(change.text_a)
    assert "their executive team" in str(change.text_b)
    found = change.groups[0].effects[0]
    assert found.sentence == (
        "Asked for “their” instead of “his” start-up office and executive team, imago draws 40 points more pictures "
        "perceived as women: 45\xa0% instead of 5\xa0%."
    )
    assert re.fullmatch(r"\+40\xa0points \(\+\d+ to \+\d+\)", str(found.figure))
    assert found.pictures == "n = 20 and 20"


def test_tracks_and_simulated_models_never_share_a_list_and_simulated_is_said_in_the_sentence(
    con: duckdb.DuckDBPyConnection,
) -> None:
    for change in effects.build(con, DAY):
        assert [(g.simulated, g.track) for g in change.groups] == sorted(
            {(g.simulated, g.track) for g in change.groups}
        )
        for group in change.groups:
            for found in group.effects:
                assert ("the simulated model " in found.sentence) is group.simulated
    said = section(con)
    assert "Chat products that rewrite the prompt" in said
    assert "Simulated models" in said


def test_a_refused_word_has_its_reason_and_no_figure(con: duckdb.DuckDBPyConnection) -> None:
    (shy,) = [e for e in effects.build(con, DAY)[0].groups[-1].effects if e.model == "sim-shy"]
    assert shy.sentence.endswith(
        "the simulated model sim-shy: no figure for pictures perceived as women. No usable pictures (their)."
    )
    assert (shy.figure, shy.estimate, shy.pictures) == (None, None, "n = 20 and 0")
    con.execute(f"INSERT INTO withheld VALUES ('{builder.WEEK}', 'imago', 'half of it is missing')")
    of_imago = [text for text in sentences(con) if ", imago" in text]
    assert of_imago
    assert all(text.endswith("Withheld: half of it is missing.") for text in of_imago)


def test_requests_are_told_as_distance_as_what_went_past_and_as_dress(con: duckdb.DuckDBPyConnection) -> None:
    said = [text for text in sentences(con) if text.startswith("Asked for diversity") and ", imago " in text]
    assert any(" parity in perceived gender: distance 0.29 instead of 0.45." in text for text in said)
    past = [text for text in said if "past parity" in text]
    assert len(past) == 3
    assert any(
        "goes 30 points past parity for a CEO: 80\xa0% perceived as women instead of 5\xa0%." in text
        for text in past
    )
    (dress,) = [text for text in said if "keffiyeh" in text]
    assert (
        "draws 40 points more people with a keffiyeh, a sombrero or a turban: 40\xa0% instead of 0\xa0%."
        in dress
    )
    (none,) = [text for text in said if "traditional" in text]
    assert "draws no more people with traditional dress than before" in none
    (talk,) = [t for t in sentences(con) if t.startswith("Told that") and "draws" in t and "women" in t]
    assert ", chatdraw draws 75 points more pictures perceived as women: 80\xa0% instead of 5\xa0%." in talk


def test_words_of_others_are_inert_and_labels_are_of_what_is_perceived(
    con: duckdb.DuckDBPyConnection,
) -> None:
    for table in ("plans", "prompts", "effects", "window_effects"):
        con.execute(f"UPDATE {table} SET model = '<b>loud</b>' WHERE model = 'sim-loud'")
    con.execute(
        "UPDATE prompts SET text = '<script>alert(1)</script>' WHERE prompt = 'startup-ceo/ceo-their'"
    )
    said = section(con)
    assert "<b>loud" not in said
    assert "the simulated model &lt;b&gt;loud&lt;/b&gt; draws" in said
    assert "<script" not in said
    assert '">&lt;script&gt;alert(1)&lt;/script&gt;</bdi>' in said
    assert "Labels describe how depictions are perceived" in said
    assert "perceived as women" in html.unescape(said)
    assert said.count("<details") == 4  # nobody asked for French persons


def test_labels_that_are_not_reliable_are_called_so_at_their_sentences(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert "labels not reliable" not in section(con)
    con.execute(disagrees(builder.WEEK, "photo", 0.4))
    said = section(con)
    genders = said.count("perceived as women") + said.count("in perceived gender")
    assert said.count("labels not reliable") == genders
    assert "Perceived gender: not reliable: drawing and photo agree at alpha 0.40" in html.unescape(said)


def test_the_page_has_the_section_and_without_effects_it_has_none(
    con: duckdb.DuckDBPyConnection, whole: Page
) -> None:
    assert whole.parts["words"].data == effects.build(con, DAY)
    for page, there in ((whole, True), (replace(whole, parts={}), False)):
        text = render(page)["figures.html"].decode()
        assert ('id="words"' in text) is there
        assert ('href="#words"' in text) is there
    con.execute("DELETE FROM window_effects")
    assert effects.build(con, DAY) == ()


ROW = {
    "model": "m",
    "simulated": False,
    "attribute": "perceived_gender",
    "value_name": "feminine",
    "reference": "parity",
    "subject": None,
    "reason": None,
    "n_a": 1200,
    "n_b": 40,
    "cells": 4,
    "planned_cells": 5,
    "low": -0.03,
    "high": 0.27,
    "estimate_a": 0.19,
    "estimate_b": 0.31,
    "estimate": 0.12,
    "clear": False,
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {},
            "S, m draws 12 points more pictures perceived as women, which may be chance: 31\xa0% instead of 19\xa0%.",
        ),
        (
            {"estimate": -0.12, "estimate_a": 0.31, "estimate_b": 0.19, "clear": True},
            "S, m draws 12 points fewer pictures perceived as women: 19\xa0% instead of 31\xa0%.",
        ),
        (
            {"estimate": 0.0, "estimate_a": 0.5, "estimate_b": 0.5},
            "S, m draws neither more nor fewer pictures perceived as women: 50\xa0% both times.",
        ),
        (
            {"estimate": 0.002, "attribute": "headwear", "value_name": "other"},
            "S, m draws less than 1 point more pictures with other headwear, which may be chance: 31\xa0% instead of "
            "19\xa0%.",
        ),
        (
            {"estimate": 0.01, "attribute": "litter", "value_name": "yes"},
            "S, m draws 1 point more pictures with litter in the street “yes”, which may be chance: 31\xa0% instead of "
            "19\xa0%.",
        ),
    ],
)
def test_shares_in_words(change: dict[str, object], said: str) -> None:
    assert effect_words.share("S", ROW | change) == said


def test_figures_and_what_is_behind_them_in_words() -> None:
    assert effect_words.share_figure(ROW) == "+12\xa0points (−3 to +27)"
    assert effect_words.share_figure(ROW | {"estimate": 0.01}) == "+1\xa0point (−3 to +27)"
    assert effect_words.distance_figure(ROW) == "+0.12 in squared distance (−0.03 to +0.27)"
    assert effect_words.behind(ROW) == "n = 1,200 and 40, 4 of 5 pairs of prompts"
    assert effect_words.behind(ROW | {"subject": "occupation:ceo"}) == "n = 1,200 and 40"
    away = {"estimate": 0.1, "estimate_a": -0.01, "estimate_b": 0.09, "clear": True}
    assert effect_words.control("S", ROW | away) == (
        "S, m moves further away from parity in perceived gender: distance 0.30 instead of 0.00."
    )


def test_the_middle_of_the_axis_is_no_change() -> None:
    assert change_strip(0, 0, 0, 1) == (strip := change_strip(0.0, 0.0, 0.0, 0.5))
    assert (strip.start, strip.end, strip.dot) == (50, 50, 50)
    wide = change_strip(0.25, -0.9, 0.5, 0.5)
    assert (wide.start, wide.end, wide.dot) == (0, 100, 75)
