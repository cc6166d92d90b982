"""A week whose pictures are labeled by models that are asked: through the command, from models.yaml to the edition."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.labeling.asked.spending import label_charges
from tests.orchestration.installation import Cliche, Installation, entry
from tests.services.vision_contract import Said, Vision, first_value, vision
from tests.studies.conftest import ROWS, TINY, Study, picture
from tests.unit.labeling.vision import KEY, KEY_ENV, PRICE
from warehouse.database.connection import connect
from warehouse.weeks import current_week

MODEL = "sim-classic"
WEEK = current_week()  # its gate is closed while a picture has no label


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_ENV, KEY)


@pytest.fixture
def server() -> Iterator[Vision]:
    with vision() as running:
        yield running


def labeler(server: Vision, name: str, **more: Any) -> dict[str, Any]:
    connection = {"base_url": server.base_url, "key_env": KEY_ENV, "allow_private": True}
    base = {"name": name, "labeler": "openai_vision", "model_id": "gpt-6-luna", "price": PRICE}
    return {**base, "connection": connection, **more}


def write(made: Installation, labelers: list[dict[str, Any]], **model: Any) -> None:
    values = {"models": [entry(MODEL, **model)], "labelers": labelers}
    text = yaml.safe_dump(values, default_flow_style=False)
    (made.home / "models.yaml").write_text(text)


def rows(made: Installation, query: str) -> list[tuple[Any, ...]]:
    with connect(made.settings.warehouse, read_only=True) as con:
        return con.execute(query).fetchall()


def test_what_is_wrong_in_labelers_is_told_before_anything_is_asked(
    fresh: Installation, server: Vision, cliche: Cliche
) -> None:
    cases: list[tuple[list[dict[str, Any]], dict[str, Any], str]] = [
        ([], {"labeler": "eye"}, 'models.yaml: sim-classic: no labeler "eye"'),
        ([labeler(server, "drawing")], {}, "the name is that of a labeler of this program"),
        ([labeler(server, "eye", labeler="openai")], {}, 'unknown labeler "openai"'),
        ([labeler(server, "eye", settings={"api": "grpc"})], {}, "api is one of responses, chat"),
    ]
    for labelers, model, said in cases:
        write(fresh, labelers, **model)
        ran = cliche("run", "--week", WEEK, "--yes")
        assert ran.code == 2
        assert said in ran.only_line
    assert server.asked == []


def test_a_study_is_labelled_to_compare_a_labeler_with_its_people(
    fresh: Installation, server: Vision, cliche: Cliche, tmp_path: Path
) -> None:
    data = copy.deepcopy(TINY)
    values = {"values": ["feminine", "masculine"], "outside": ["ambiguous", "cannot_tell"]}
    data["attributes"].append({"id": "perceived_gender", "title": "perceived gender", **values})
    study = Study(fresh.home, tmp_path / "root", data)
    for number, folder in enumerate(("One", "m-two")):
        (study.root / "pics" / folder).mkdir(parents=True)
        (study.root / "pics" / folder / "ceo_1.png").write_bytes(picture(number))
        (study.root / "labels").mkdir(exist_ok=True)
        (study.root / "labels" / f"{folder}.csv").write_text("\n".join(ROWS[:2]) + "\n")
    study.run()
    write(fresh, [labeler(server, "watcher", concurrency=1)])
    server.says = lambda asked: Said(refusal="No.") if asked.number == 2 else first_value(asked)
    ran = cliche("study", "label", "tiny", "--labeler", "watcher")
    assert ran.code == 0, ran.err
    assert "tiny: 1 labels by watcher@1-" in ran.out
    assert "2 calls, $" in ran.out
    assert "it declined 1 pictures" in ran.out
    found = rows(fresh, "SELECT value, count(*) FROM study_labels WHERE labeler = 'watcher' GROUP BY 1")
    assert found == [("feminine", 1)]
    place = fresh.place()
    charges = [*label_charges(place.labelers)(place.store, current_week())]
    assert len(charges) == 2, "calls about a study count for the week in which they were made"
    assert "0 labels by watcher@1-" in cliche("study", "label", "tiny", "--labeler", "watcher").out
    assert len(server.asked) == 2
    write(fresh, [labeler(server, "watcher", concurrency=1, number=2)])
    server.says = lambda asked: Said(first_value(asked).values, speaks="/v1/chat/completions")
    ran = cliche("study", "label", "tiny", "--labeler", "watcher")
    assert ran.code == 1
    assert "labeler watcher: the first answer could not be read: the answer is a chat completion" in ran.err
    assert "cliche: 2 pictures got no label: the answer is a chat completion" in ran.err
    gone = cliche("study", "label", "tiny", "--labeler", "watchers")
    assert (gone.code, gone.only_line) == (2, 'no labeler "watchers"; known: drawing, photo, watcher')
