"""Gold of the demo: drawn, rated by simulated people, and taken in on the path of real gold."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.generation.workplace import Workplace
from assets.labeling.gold.importer import read_labels
from assets.labeling.gold.simulated import simulated_gold
from assets.labeling.gold.status import differing
from assets.simulation import rating
from tests.e2e import benchmark
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.gold_objects import load_gold
from warehouse.loading.load import load_partition

WEEK = benchmark.LAST
MODELS = ("sim-classic", "sim-drift")
SET = f"simulated-{WEEK}"
HEADSHOTS = {"occupations@1": (["*-headshot"], 2)}


@pytest.fixture
def place(tmp_path: Path) -> Workplace:
    entries = [benchmark.entry(name, HEADSHOTS) for name in MODELS]
    benchmark.write_models(tmp_path / "models.yaml", entries)
    place = benchmark.place_of(benchmark.settings_of(tmp_path))
    for model in MODELS:
        benchmark.ask_and_label(place, (model, WEEK))
    return place


def test_the_demos_gold_is_rated_by_two_and_a_third(
    place: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rating, "WRONG", 0.25)  # of these few pictures some are wrong
    sample, state = simulated_gold(place.store, WEEK, MODELS)
    labels = read_labels(place.store, SET)
    differ = differing(sample, labels)
    assert (state.compared, state.differing, state.open) == (len(sample.pictures), len(differ), 0)
    assert {picture.model for picture in sample.pictures} == {*MODELS}
    assert sample.simulated == len(sample.pictures) > 2 * len(differ) > 8
    assert {label.attribute for label in labels} == {"perceived_gender"}
    assert {label.rater for label in labels} == {"simulated-a", "simulated-b", "third"}
    assert {(label.task, label.attribute) for label in labels if label.rater == "third"} == differ
    with connect(None) as con:
        make_tables(con)
        for model in MODELS:
            load_partition(con, place.store, WEEK, model)
        load_gold(con, place.store, SET)
        rows = con.execute(
            "SELECT count(*), count(*) FILTER (WHERE value = read_value), bool_and(simulated) FROM gold_answers"
        ).fetchall()
    # A labeler that reads every drawing rightly is confirmed nearly always, though a quarter of answers are wrong.
    ((answers, confirmed, simulated),) = rows
    assert (answers, simulated) == (len(sample.pictures), True)
    assert 0.75 < confirmed / answers < 1
    # Again it changes no byte, and what was stopped after the draw goes on alike.
    first = (sample, state)
    before = {key: place.store.get(key) for key in place.store.list("gold/")}
    assert simulated_gold(place.store, WEEK, MODELS) == first
    assert {key: place.store.get(key) for key in place.store.list("gold/")} == before
    answers = {*read_labels(place.store, SET)}
    for key in before:
        if "/labels-" in key:
            (tmp_path / "store" / key).unlink()
    assert simulated_gold(place.store, WEEK, MODELS) == first
    assert {*read_labels(place.store, SET)} == answers
