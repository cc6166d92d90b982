"""A labeler beside the planned one: it has counts of its own, may turn an order, and nothing else knows of it."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.generation.slots import Slot
from assets.leaderboard.page.sheets import NOWHERE, render_sheet
from assets.leaderboard.sheets import KINDS
from assets.metrics.declared import load_declared
from assets.metrics.pipeline import score_labels, score_spans
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute
from tests.warehouse.builder import LABELER, WEEK, build_partition
from warehouse.database import marts
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions
from warehouse.sqlfiles import header
from warehouse.store import Store, open_store
from warehouse.weeks import shift

Con = duckdb.DuckDBPyConnection
Label = tuple[str, float | None, str | None] | None
OTHER = "another"
WEEKS = [shift(WEEK, -back) for back in reversed(range(4))]
SUITES = tuple(load_suites()[name] for name in ("occupations@1", "rest-of-world@1", "startup-ceo@1"))
PROMPTS = (
    *(f"occupations/{name}" for name in ("ceo", "nurse", "doctor", "plumber")),
    *(f"rest-of-world/person-{name}" for name in ("india", "mexico")),
    *(f"startup-ceo/ceo-{name}" for name in ("his", "their")),
)
LOOKED_FOR = ("perceived_gender", "skin_tone", "headwear")
#: Model → share of women, of the declared hat, to the planned labeler; the other one reads these two the other way.
MODELS = {"near": (0.5, 0.0), "far": (0.05, 0.6), "unread": (0.3, 0.3)}
TURNED = {"near": "far", "far": "near"}
HATS = {"person-mexico": "sombrero", "person-india": "turban"}


def by(model: str, slot: Slot, attribute: Attribute) -> Label:
    """Read a picture as the planned labeler reads those of a model."""
    women, hats = MODELS[model]
    lot = random.Random(f"{slot.slot_key}/{attribute.id}").random()
    if lot > 0.97:
        return None if lot > 0.99 else ("cannot_tell", None, None)
    if attribute.id == "perceived_gender":
        return ("feminine" if slot.replicate % 10 < 10 * women else "masculine"), None, None
    if attribute.id == "headwear":
        hat = HATS.get(slot.prompt.rpartition("/")[2], "none")
        return (hat if slot.replicate % 10 < 10 * hats else "none"), None, None
    return f"monk_{1 + int(10 * lot / 0.97)}" if attribute.id == "skin_tone" else None, None, None


def planned(slot: Slot, attribute: Attribute) -> Label:
    return by(slot.model, slot, attribute) if attribute.id in LOOKED_FOR else None


def other(slot: Slot, attribute: Attribute) -> Label:
    """Read two of three models, and skin tone in one picture of four only."""
    if attribute.id not in LOOKED_FOR or (attribute.id == "skin_tone" and slot.replicate % 4):
        return None
    return by(TURNED[slot.model], slot, attribute)


def first(_slot: Slot, attribute: Attribute) -> Label:
    return attribute.values[0], None, None


def filled(store: Store, *, second: bool) -> Store:
    for week in WEEKS:
        for model in MODELS:
            given: dict[str, Any] = {"suites": SUITES, "replicates": 10, "prompts": PROMPTS.__contains__}
            build_partition(store, week, model, **given, labels=planned)
            if second and model in TURNED:
                again = {**given, "manifest": False, "labeler": OTHER}
                for version, read in (("1-x", first), ("2-y", other)):
                    build_partition(store, week, model, **again, labeler_version=version, labels=read)
    return store


def scored(folder: Path, *, second: bool) -> Con:
    """Return a warehouse of four weeks, without or with labels of another labeler."""
    store, made = filled(open_store(folder), second=second), connect(None)
    make_tables(made)
    load_declared(made)
    for week, model in partitions(store):
        load_partition(made, store, week, model)
    score_labels(made, WEEK)
    score_spans(made, [WEEK])
    return made


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    with scored(tmp_path_factory.mktemp("second"), second=True) as made:
        yield made


@contextmanager
def undone(con: Con) -> Iterator[None]:
    con.execute("BEGIN")
    try:
        yield
    finally:
        con.execute("ROLLBACK")


def test_pages_say_in_both_languages_who_read_what(con: Con) -> None:
    week = date.fromisoformat(WEEK)
    with undone(con):
        con.execute("DELETE FROM agreement")  # or no board would rank by labels that are read in two ways
        told = {
            path: " ".join(unescape(re.sub(r"<[^>]+>", " ", content.decode())).split())
            for kind in KINDS
            if kind.id == "method"
            for sheet in kind.build(con, week)
            if sheet.address.startswith("method/labels")
            for path, content in render_sheet(kind, sheet, week, NOWHERE)
            if path.endswith(".html")
        }
    listed = told["method/labels/index.html"]
    assert "Others that read the same pictures count on no board." in listed
    assert re.search(rf"{OTHER} 2-y\s.*counts on no board", listed)
    assert "1-x" not in listed, "its version with the highest number counts"


def test_boards_are_made_of_the_planned_labels_and_a_picture_counts_once(con: Con) -> None:
    each = "SELECT count(*), count(DISTINCT (slot_key, attribute)) FROM plan_labels"
    assert len({*(con.execute(each).fetchone() or ())}) == 1
    assert con.execute("SELECT DISTINCT labeler FROM plan_labels").fetchall() == [(LABELER,)]
    assert con.execute(f"SELECT count(*) FROM labels WHERE labeler = '{OTHER}'").fetchone() != (0,)
    assert con.execute("SELECT DISTINCT labeler FROM leaderboard").fetchall() == [(LABELER,)]
    filters = {view for view in marts.order() if header(f"marts/{view}").get("Weeks") == marts.FILTER}
    assert filters == {"plan_labels"}
