"""An edition against one that was kept: what changed has a reason, or is named as unexplained."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.generation.run import PartitionRun
from assets.labeling.run import label_partition
from assets.suites.analysis import load_changes
from orchestration.verifying import places
from orchestration.verifying.history import difference
from orchestration.verifying.history.changes import Changes
from tests.orchestration.installation import NEXT, WEEK, Cliche, Installation, copy, install
from tests.orchestration.verifying.forging import Edition, download
from tests.orchestration.verifying.test_clean_stores import published
from tests.services.loopback import Reply, serve
from tests.unit.generation.scripted import Scripted
from tests.warehouse.integrity import shapes

FIRST, SECOND = f"{WEEK}.1", f"{NEXT}.1"
Change = Callable[[Edition], dict[str, Any] | None]


@pytest.fixture
def kept(following: Installation, tmp_path: Path) -> Path:
    """The edition before, in a folder that somebody kept."""
    return download(following.store, FIRST, tmp_path / "kept")


@pytest.fixture
def edition(following: Installation, tmp_path: Path) -> Edition:
    """The edition after it, in a folder that a test may change."""
    return Edition(download(following.store, SECOND, tmp_path / "downloaded"))


def _compared(old: Path, new: Path, *, rows: bool = True) -> Changes:
    """Compare editions in folders, of the first with or without its rows."""
    before, after = (places.folder(str(root)).sealed() for root in (old, new))
    return difference.compare(before if rows else replace(before, read=lambda key: None), after)


def _rows(table: str, query: str) -> Change:
    """Write the rows of the first week anew."""
    return lambda edition: edition.rewrite_first(table, query)


def _first(edition: Edition, **changes: Any) -> dict[str, Any]:
    """Return the partitions with one of the first week, of sim-classic, changed."""
    entries = [dict(entry) for entry in edition.manifest["partitions"]]
    (one,) = (e for e in entries if (e["week"], e["model"]) == (WEEK, "sim-classic"))
    one |= changes
    return {"partitions": entries}


def _late(edition: Edition) -> dict[str, Any]:
    return _first(edition, manifest=f"attempts/week={WEEK}/model=sim-classic/manifest-0002.parquet")


def _relabel(edition: Edition) -> dict[str, Any]:
    entries = {e["model"]: e for e in edition.manifest["partitions"] if e["week"] == WEEK}
    part = f"labels/week={WEEK}/model=sim-classic/labeler=drawing@9/part-{'0' * 64}.parquet"
    return _first(edition, label_parts=[*entries["sim-classic"]["label_parts"], part])


def _both(*changes: Change) -> Change:
    def change(edition: Edition) -> dict[str, Any]:
        signed: dict[str, Any] = {}
        for one in changes:
            signed |= one(edition) or {}
        return signed

    return change


def _without_week(edition: Edition) -> dict[str, Any]:
    for table in edition.manifest["tables"].values():
        for part in [part for part in table["parts"] if part["week"] == WEEK]:
            (edition.root / part["key"]).unlink()
            table["parts"].remove(part)
    return {"partitions": [e for e in edition.manifest["partitions"] if e["week"] != WEEK]}


def _suite(edition: Edition) -> dict[str, Any]:
    return {"suites": [dict(one, sha256="0" * 64) for one in edition.manifest["suites"]]}


def _taken(edition: Edition, **what: Any) -> dict[str, Any]:
    """Name a retraction of the first week of sim-classic: of one slot's answer, unless it says otherwise."""
    with duckdb.connect() as con:
        path = edition.parts("attempts")[0]
        ((slot,),) = con.execute(f"SELECT min(slot_key) FROM '{path}' WHERE model = 'sim-classic'").fetchall()
    key = f"retractions/week={WEEK}/model=sim-classic/1.json"
    said = {
        "key": key,
        "week": WEEK,
        "model": "sim-classic",
        "slots": [slot],
        "labeler": None,
        "attribute": None,
    }
    return {"retractions": [said | {"reason": "wrong", "retracted_at": "2026-11-30T00:00:00"} | what]}


SLOT = "(SELECT min(slot_key) FROM old WHERE model = 'sim-classic')"
TAKEN = (
    f"SELECT * REPLACE (CASE WHEN slot_key = {SLOT} THEN 'retracted' ELSE outcome END AS outcome) FROM old"
)
WITHOUT = f"FROM old WHERE slot_key <> {SLOT}"
ONE_MORE = "FROM old UNION ALL (SELECT * REPLACE (attempt + 1 AS attempt) FROM old WHERE model = 'sim-classic' LIMIT 1)"
EARLIER = "SELECT * REPLACE (requested_at - INTERVAL 20 DAY AS requested_at) FROM old"
READ_AGAIN = (
    "FROM old UNION ALL SELECT * REPLACE ('9' AS labeler_version) FROM old WHERE model = 'sim-classic'"
)
FORGED: dict[str, tuple[Change, str]] = {
    "times": (_rows("attempts", EARLIER), f"attempts {WEEK}: 4 rows of sim-classic changed, or are gone"),
    "a hidden retry": (_rows("attempts", "FROM old LIMIT 6"), f"attempts {WEEK}: 2 of 8 rows are gone"),
    "one more call": (_rows("attempts", ONE_MORE), f"attempts {WEEK}: 1 row of sim-classic added"),
    "a time behind a late receipt": (
        _both(_late, _rows("attempts", f"FROM ({EARLIER}) UNION ALL FROM old")),
        f"attempts {WEEK}: 4 rows of sim-drift added",
    ),
    "a changed call behind a late receipt": (
        _both(_late, _rows("attempts", EARLIER)),
        "rows of sim-classic changed",
    ),
    "a late receipt of another model": (
        _both(_late, _rows("attempts", ONE_MORE.replace("classic", "drift"))),
        "1 row of sim-drift added",
    ),
    "prompt": (
        _rows("prompts", "SELECT * REPLACE ('a woman' AS text) FROM old"),
        f"prompts {WEEK}: 4 rows of sim-classic changed",
    ),
    "prompt behind a relabel": (
        _both(_relabel, _rows("prompts", "SELECT * REPLACE ('a woman' AS text) FROM old")),
        f"prompts {WEEK}: 4 rows of sim-classic changed",
    ),
    "plan": (
        _rows("plans", "SELECT * REPLACE ('f' || plan_sha256[2:] AS plan_sha256) FROM old"),
        f"plans {WEEK}: 1 row of sim-classic changed",
    ),
    "title": (
        _rows("model_titles", "SELECT * REPLACE ('GPT Image 2' AS title) FROM old"),
        f"model_titles {WEEK}",
    ),
    "pictures": (
        _rows("images", "SELECT * REPLACE (reverse(image_sha256) AS image_sha256) FROM old"),
        f"images {WEEK}",
    ),
    "label": (
        _rows("labels", "SELECT * REPLACE ('feminine' AS raw) FROM old"),
        f"labels {WEEK}: ",
    ),
    "labels read again, and nothing says so": (_rows("labels", READ_AGAIN), f"labels {WEEK}: "),
    "another plan": (
        lambda e: _first(e, plan_sha256="0" * 64),
        f"plan {WEEK} sim-classic is named no more, or otherwise",
    ),
    "fewer receipts": (
        lambda e: _first(e, manifest=None),
        f"receipts {WEEK} sim-classic is named no more, or otherwise",
    ),
    "label parts left out": (lambda e: _first(e, label_parts=[]), f"labels {WEEK} sim-classic labels/"),
    "a week left out": (_without_week, f"plan {WEEK} sim-classic is named no more, or otherwise"),
    "an answer taken back, and nothing says so": (
        _rows("attempts", TAKEN),
        f"attempts {WEEK}: 1 row of sim-classic changed",
    ),
    "a time behind a retraction": (
        _both(_taken, _rows("attempts", f"SELECT * REPLACE (latency_ms + 1 AS latency_ms) FROM ({TAKEN})")),
        f"attempts {WEEK}: 4 rows of sim-classic changed",
    ),
    "a picture of another slot behind a retraction": (
        _both(_taken, _rows("images", WITHOUT.replace("min(", "max("))),
        f"images {WEEK}: 1 row of sim-classic changed",
    ),
    "a picture of another model behind a retraction": (
        _both(_taken, _rows("images", WITHOUT.replace("classic", "drift"))),
        f"images {WEEK}: 1 row of sim-drift changed",
    ),
    "labels behind a retraction of another labeler's": (
        _both(
            lambda e: _taken(e, slots=[], labeler="photo@1-0"),
            _rows("labels", "FROM old WHERE model <> 'sim-classic'"),
        ),
        f"labels {WEEK}: ",
    ),
    "labels added behind a retraction": (_both(_taken, _rows("labels", READ_AGAIN)), f"labels {WEEK}: "),
    "a suite": (_suite, "suite startup-ceo 1.0.0 is named no more, or otherwise"),
    "the method": (lambda e: {"analysis_plan_sha256": "0" * 64}, "method_changes.yaml here has no entry"),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_was_forged_in_a_past_week_is_unexplained(kept: Path, edition: Edition, name: str) -> None:
    change, told = FORGED[name]
    edition.sign(**(change(edition) or {}))
    found = _compared(kept, edition.root)
    assert (found.exit_code, any(told in line for line in found.differences)) == (1, True), [*found.lines()]


def _labeler(edition: Edition) -> str:
    with duckdb.connect() as con:
        return str(
            con.execute(
                f"SELECT min(labeler || '@' || labeler_version) FROM '{edition.parts('labels')[0]}'"
            ).fetchall()[0][0]
        )


CLEAN: dict[str, tuple[Change, str]] = {
    "a new week": (lambda e: {}, f"new week: {NEXT}: attempts"),
    "a late receipt": (_both(_late, _rows("attempts", ONE_MORE)), f"late receipt: {WEEK}: attempts"),
    "a relabel": (_both(_relabel, _rows("labels", READ_AGAIN)), f"relabeled: {WEEK}: labels"),
    "an answer that was taken back": (
        _both(_taken, _rows("attempts", TAKEN), _rows("images", WITHOUT), _rows("labels", WITHOUT)),
        f"retracted: {WEEK}: attempts, images, labels",
    ),
    "labels that were taken back": (
        _both(
            lambda e: _taken(e, slots=[], labeler=_labeler(e)),
            _rows("labels", "FROM old WHERE model <> 'sim-classic'"),
        ),
        f"retracted: {WEEK}: labels",
    ),
    "code": (lambda e: {"texts_sha256": "0" * 64}, "code: "),
}


@pytest.mark.parametrize("name", CLEAN)
def test_what_has_a_reason_is_explained(kept: Path, edition: Edition, name: str) -> None:
    change, told = CLEAN[name]
    edition.sign(**(change(edition) or {}))
    found = _compared(kept, edition.root)
    assert found.exit_code == 0, [*found.lines()]
    assert any(told in line for line in found.lines()), [*found.lines()]


def test_a_change_of_the_method_is_told_in_its_own_words(kept: Path, edition: Edition) -> None:
    before = Edition(kept)
    manifest = dict(before.manifest)
    before.sign(analysis_plan_sha256="0" * 64)
    found = _compared(kept, edition.root)
    (newest,) = [one for one in load_changes() if one.sha256 == manifest["analysis_plan_sha256"]]
    assert any(line.startswith(f"  method: {newest.day}: {newest.said[:40]}") for line in found.lines())
    assert found.exit_code == 0


def test_a_manifest_alone_tells_what_no_entry_explains_and_says_what_it_cannot_tell(
    kept: Path, edition: Edition
) -> None:
    edition.sign(**(_both(_late, _rows("attempts", ONE_MORE))(edition) or {}))
    found = _compared(kept, edition.root, rows=False)
    assert (found.exit_code, found.differences) == (4, [])
    assert found.unchecked == [f"attempts {WEEK}: whether no row changed; the rows of before are not at hand"]
    _rows("prompts", "SELECT * REPLACE ('a woman' AS text) FROM old")(edition)
    edition.sign()
    assert _compared(kept, edition.root, rows=False).differences == [f"prompts {WEEK}: changed"]


def test_the_same_edition_with_another_manifest_is_unexplained(
    edition: Edition, following: Installation, tmp_path: Path
) -> None:
    folder = download(following.store, SECOND, tmp_path / "before")
    assert [*_compared(folder, edition.root).lines()] == [f"{SECOND} → {SECOND}   nothing changed"]
    edition.text("index.html", "</main>", "</main >")
    edition.sign()
    found = _compared(folder, edition.root)
    assert found.differences == [
        f"edition {SECOND} has another manifest; what was published never changes",
        "1 pages and files changed, the first is index.html",
    ]


def test_verify_against_a_manifest_that_was_kept(
    kept: Path, edition: Edition, tmp_path: Path, cliche: Cliche
) -> None:
    manifest = tmp_path / "mine.json"
    manifest.write_bytes((Edition(kept).folder / "manifest.json").read_bytes())
    ended = cliche("verify", str(edition.root), "--against", str(manifest))
    assert ended.code == 0, ended.out
    assert f"{FIRST} → {SECOND}   " in ended.out
    _rows("prompts", "SELECT * REPLACE ('a woman' AS text) FROM old")(edition)
    edition.sign()
    ended = cliche("verify", str(edition.root), "--against", str(manifest))
    assert ended.code == 1
    assert f"unexplained since {FIRST}: prompts {WEEK}: changed" in ended.out


def test_a_study_that_was_taken_back_and_a_new_week_are_explained(
    following: Installation, tmp_path: Path, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy(following, tmp_path / "home")
    monkeypatch.setenv("CLICHE_HOME", str(home.home))
    assert cliche("edition", "diff", FIRST, SECOND).code == 0
    assert cliche("study", "remove", "tiny", "--reason", "pictures of a real person").code == 0
    assert cliche("publish").code == 0
    ended = cliche("edition", "diff", SECOND, f"{NEXT}.2")
    assert (ended.code, "retracted: study tiny: pictures of a real person" in ended.out) == (0, True), (
        ended.out
    )
    ended = cliche("edition", "diff", f"{NEXT}.2", FIRST)
    assert (ended.code, "write the earlier edition first" in ended.only_line) == (2, True)
    manifest = Edition(download(home.store, f"{NEXT}.2", tmp_path / "second"))
    manifest.sign(retractions=[])
    ended = cliche("edition", "diff", SECOND, str(manifest.root))
    assert (ended.code, bool(re.search(r"study tiny \S+ is named no more", ended.out))) == (1, True), (
        ended.out
    )


def test_receipts_and_labels_that_came_late_are_explained(
    tmp_path: Path, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
    made, provider = install(tmp_path / "home"), Scripted()
    plan = shapes.plan_of(made.store, "free", provider)
    editions = []
    for slots in (plan.slots[:3], plan.slots):
        asked = [slot.slot_key for slot in slots]
        PartitionRun(made.store, plan, provider, retry=shapes.FAST, only=asked).run()
        with shapes.labeler("person_count"):
            label_partition(made.store, plan, workers=0)
        editions.append(published(made))
    ended = cliche("edition", "diff", *editions)
    assert ended.code == 0, ended.out
    assert f"late receipt: {shapes.WEEK}: attempts, images" in ended.out
    (both,) = [line for line in ended.out.splitlines() if "labeled late, late receipt: 2" in line]
    assert " labels," in both


# ---- what is no edition ----


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(300_000_000)


@pytest.mark.parametrize(
    ("make", "code", "told"),
    [
        (lambda path: None, 2, "is no edition, no folder"),
        (lambda path: path.mkdir(), 2, "is no edition, no folder"),
        (lambda path: path.write_text("{}"), 1, "is no manifest of an edition"),
        (lambda path: path.write_text("[" * 100_000), 1, "is no manifest of an edition"),
        (lambda path: path.write_bytes(b"\xff\x00"), 1, "is no manifest of an edition"),
        (_large, 1, "has more than 32,000,000 bytes"),
    ],
)
def test_what_is_no_edition_gives_one_line(
    fresh: Installation, tmp_path: Path, cliche: Cliche, make: Callable[[Path], None], code: int, told: str
) -> None:
    path = tmp_path / "x"
    make(path)
    for command in (("edition", "diff", str(path), SECOND), ("verify", "--against", str(path))):
        ended = cliche(*command)
        assert (ended.code, told in ended.only_line) == (code, True), ended.err


@pytest.mark.parametrize("target", ["../x", "a\0b", "ftp://x/y", "x" * 5000, "2026-11-16.9"])
def test_a_name_of_nothing_is_wrong_use(fresh: Installation, cliche: Cliche, target: str) -> None:
    ended = cliche("edition", "diff", target, SECOND)
    assert ended.code == 2
    assert ended.only_line


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(500), "the server answered 500"),
        (Reply(302, headers={"location": "http://169.254.169.254/"}), "redirects to another host"),
        (Reply(body=b"<html>"), "is no manifest of an edition"),
    ],
)
def test_an_address_without_a_manifest_gives_one_line(
    fresh: Installation, cliche: Cliche, reply: Reply, told: str
) -> None:
    with serve(lambda seen: reply) as base:
        ended = cliche("edition", "diff", f"{base}/editions/{SECOND}/", SECOND)
    assert (ended.code, told in ended.only_line) == (1, True), ended.err


def test_two_editions_at_addresses_are_compared(following: Installation, cliche: Cliche) -> None:
    root = Path(following.settings.store)

    def answer(seen: Any) -> Reply:
        path = root / seen.target.lstrip("/")
        return Reply(body=path.read_bytes()) if path.is_file() else Reply(404)

    with serve(answer) as base:
        ended = cliche("edition", "diff", f"{base}/editions/{FIRST}/", f"{base}/editions/{SECOND}/index.html")
    assert (ended.code, f"{FIRST} → {SECOND}" in ended.out) == (0, True), ended.out
