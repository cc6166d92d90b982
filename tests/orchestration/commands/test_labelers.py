"""A week whose pictures are labeled by models that are asked: through the command, from models.yaml to the edition."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.gateway.records import Outcome
from assets.labeling.asked.attempts import LabelAttempt, read_attempts
from assets.labeling.asked.spending import label_charges
from assets.leaderboard.published import latest, read_manifest
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


def test_a_week_goes_on_after_a_stop_and_is_published(
    fresh: Installation, server: Vision, cliche: Cliche
) -> None:
    broken = labeler(server, "broken", labeler="openai_decisions", concurrency=1)
    watcher = labeler(server, "watcher", concurrency=1)
    write(fresh, [watcher, broken], labeler="watcher", also_labelers=["broken", "drawing"])
    wrong = Said(status=401, error={"code": "invalid_api_key", "message": "that key is not ours"})
    server.says = lambda asked: first_value(asked) if asked.number == 1 else wrong
    ran = cliche("run", "--week", WEEK, "--yes")
    assert ran.code == 1
    assert "3 pictures have no label yet; the labeler was stopped (auth: that key is not ours)" in ran.err
    assert "broken left 4 of 4 pictures (auth: that key is not ours)" in ran.err
    assert len(attempts(fresh, "watcher")) == 2

    server.says = lambda asked: wrong if asked.path == "/v1/decisions" else first_value(asked)
    ran = cliche("run", "--week", WEEK, "--yes")
    assert ran.code == 0, ran.err
    assert [one.outcome for one in attempts(fresh, "watcher")].count(Outcome.OK) == 4

    found = rows(fresh, "SELECT labeler, count(DISTINCT slot_key) FROM labels GROUP BY 1 ORDER BY 1")
    assert found == [("drawing", 4), ("watcher", 4)]
    assert rows(fresh, "SELECT DISTINCT labeler FROM cell_counts WHERE pictures > 0") == [("watcher",)]
    calls = rows(fresh, "SELECT labeler, outcome, count(*) FROM label_attempts GROUP BY ALL ORDER BY ALL")
    assert calls == [("broken", "auth", 2), ("watcher", "auth", 1), ("watcher", "ok", 4)]
    spent = sum(attempt.cost_usd or 0 for attempt in read_attempts(fresh.store, WEEK, MODEL))
    assert spent > 0
    assert f"${spent:,.2f}" in cliche("status", "--week", WEEK).out

    # Nothing of where a picture is from was sent.
    sent = b"".join([*server.bodies, *(picture for one in server.asked for picture in one.pictures)])
    for prompt in fresh.place().suites["startup-ceo@1"].prompts:
        assert prompt.text.encode() not in sent
    for word in (MODEL, "classic", "startup-ceo", "watcher", WEEK):
        assert word.encode() not in sent

    # The edition holds the calls without what only the operator needs.
    newest = latest(fresh.store)
    assert newest is not None
    table = read_manifest(fresh.store, newest.id)["tables"]["label_attempts"]
    assert table["rows"] == 7
    (part,) = table["parts"]
    with connect(None) as con:
        file = str(Path(fresh.settings.store) / part["key"])
        published = con.execute("FROM read_parquet($file, hive_partitioning = false)", {"file": file})
        columns = [column[0] for column in published.description]
        told = repr(published.fetchall())
    assert columns == [name for name, _ in table["columns"]]
    assert not {"request_id", "raw_body"} & {*columns}
    assert "that key is not ours" in told
    assert KEY not in told

    # What the labeler beside the planned one read is counted too; verify and an audit query find it again.
    counted = rows(fresh, "SELECT labeler, count(*) FROM counts GROUP BY 1 ORDER BY 1")
    assert [name for name, _ in counted] == ["drawing", "watcher"]
    assert rows(fresh, "SELECT DISTINCT labeler FROM plan_labels") == [("watcher",)]
    audited = cliche("sql", "-f", "counts_from_labels", "--labeler", "drawing", "--format", "csv")
    assert sum(",drawing," in line for line in audited.out.splitlines()) == counted[0][1]
    verified = cliche("verify")
    assert verified.code == 0, verified.out


def attempts(made: Installation, name: str) -> list[LabelAttempt]:
    return [one for one in read_attempts(made.store, WEEK, MODEL) if one.labeler == name]


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
