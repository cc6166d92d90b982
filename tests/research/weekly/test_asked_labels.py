"""A week whose pictures are labeled by models that are asked, from models.yaml to the edition, over a stop."""

from __future__ import annotations

from pathlib import Path

from assets.gateway.records import Outcome
from assets.labeling.asked.attempts import LabelAttempt, read_attempts
from assets.leaderboard.published import latest, read_manifest
from tests.orchestration.commands.test_labelers import MODEL, WEEK, _key, labeler, rows, server, write
from tests.orchestration.installation import Cliche, Installation
from tests.services.vision_contract import Said, Vision, first_value
from tests.unit.labeling.vision import KEY
from warehouse.database.connection import connect

__all__ = ["_key", "server"]  # fixtures


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
