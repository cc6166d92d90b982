"""A published week becomes a project for two raters and a third, and people's answers an edition."""

from __future__ import annotations

import json
from pathlib import Path

from assets.leaderboard.published import read_manifest
from tests.orchestration.commands.test_gold import MAIL, SAMPLE, answered
from tests.orchestration.installation import WEEK, Cliche, Installation
from warehouse.database.connection import connect


def test_a_week_is_rated_and_published(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    done = cliche(*SAMPLE)
    assert (done.code, done.err) == (0, "")
    assert "Gold set mine: 6 of 8 pictures of week 2026-11-09" in done.out
    assert "seed 7" in done.out
    assert "6 of the pictures are drawn by simulated models" in done.out
    assert "Raters: a and b, each of whom labels every picture" in done.out

    folder = tmp_path / "raters"
    done = cliche("gold", "export", "mine", "--to", str(folder))
    assert done.code == 0, done.err
    assert "6 pictures in " in done.out
    assert len([*(folder / "images").iterdir()]) == 6
    assert cliche("gold", "export", "mine", "--to", str(tmp_path / "csv"), "--format", "csv").code == 0

    assert "0 of 6 pictures rated" in cliche("gold", "status", "mine").out
    a, b = (answered(folder, "a", {"id": 4, "email": MAIL}), answered(folder, "b", 31, value="feminine"))
    done = cliche("gold", "import", "mine", str(a), str(b), "--rater", f"{MAIL}=a", "--rater", "31=b")
    assert (done.code, done.err) == (0, "")
    assert "6 of 6 pictures rated; 6 are of simulated models" in done.out
    assert (
        "Both raters answered 42 questions and differ in 6; of these a third person agrees with one of the two in 0, "
        "with neither in 0; 6 wait for that person\nNext:  cliche gold export mine --third --to DIR\n"
        in done.out
    )
    third = tmp_path / "third"
    done = cliche("gold", "export", "mine", "--third", "--to", str(third))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("a and b differ in 6 of 42 questions; 6 of them are for a third person\n")
    assert done.out.endswith("Next:  cliche gold import mine FILE --rater third\n")
    tasks = json.loads((third / "project-1" / "tasks-third.json").read_text())
    assert len(tasks) == 6
    says = {"from_name": "perceived_gender", "type": "choices", "value": {"choices": ["masculine"]}}
    for task in tasks:
        task["annotations"] = [{"completed_by": 5, "result": [says]}]
    c = third / "export.json"
    c.write_text(json.dumps(tasks))
    done = cliche("gold", "import", "mine", str(c), "--rater", "third")
    assert "a third person agrees with one of the two in 6, with neither in 0; 0 wait" in done.out
    with connect(published.settings.warehouse, read_only=True) as con:
        assert con.execute("SELECT count(*) FROM gold_labels").fetchall() == [(90,)]
        assert con.execute(
            "SELECT value, raters, differed, count(*) FROM gold_answers WHERE attribute = 'perceived_gender' "
            "GROUP BY ALL"
        ).fetchall() == [("masculine", 3, True, 6)]
    before = published.objects()
    done = cliche("gold", "import", "mine", str(a), "--rater", "a")
    assert "0 answers imported, " in done.out
    assert published.objects() == before
    assert all(MAIL.encode() not in data for data in before.values())

    done = cliche("publish", "--week", WEEK)
    assert done.code == 0, done.err
    assert f"Edition {WEEK}.2 is current" in done.out
    corrected = (
        "SELECT model FROM figures WHERE figure IN ('mean_share', 'corrected_share') AND estimate IS NOT NULL"
    )
    rows = json.loads(cliche("sql", corrected, "--format", "json").out)
    rests_on = read_manifest(published.store, f"{WEEK}.2")
    assert [(one["gold_set"], len(one["labels"])) for one in rests_on["gold"]] == [("mine", 2)]
    assert [one["anchor_set"] for one in rests_on["anchors"]] == ["simulated-1"]
    named = [key for part in ("gold", "anchors") for one in rests_on[part] for key in one["labels"]]
    named += [rests_on["gold"][0]["sample"], rests_on["anchors"][0]["pictures"]]
    assert len(named) == 5
    assert all(published.store.head(key) for key in named)
    assert rows == []  # four pictures of a model have no mean share, so none that people could correct
    assert cliche("verify").code == 0
    assert cliche("rebuild").code == 0
    with connect(published.settings.warehouse, read_only=True) as con:
        assert con.execute("SELECT count(*) FROM gold_labels").fetchall() == [(90,)]
        failed = con.execute(
            "SELECT check_name, message FROM check_results WHERE check_name LIKE 'gold%' AND status <> 'pass'"
        ).fetchall()
        assert failed == []
