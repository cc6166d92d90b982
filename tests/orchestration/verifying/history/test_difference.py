"""An edition against one that was kept: what changed has a reason, or is named as unexplained."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.suites.analysis import load_changes
from orchestration.verifying import places
from orchestration.verifying.history import difference
from orchestration.verifying.history.changes import Changes
from orchestration.verifying.report import VerifyReport
from tests.orchestration.installation import NEXT, WEEK, Installation
from tests.orchestration.verifying.forging import Edition, download
from warehouse.errors import UsageError

FIRST, SECOND = f"{WEEK}.1", f"{NEXT}.1"
Change = Callable[[Edition], dict[str, Any] | None]


@pytest.fixture(scope="module")
def kept(following: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The edition before, in a folder that somebody kept; read only."""
    return download(following.store, FIRST, tmp_path_factory.mktemp("kept") / "kept")


def _compared(old: Path, new: Path, *, rows: bool = True) -> Changes:
    """Compare editions in folders, of the first with or without its rows."""
    before, after = (places.folder(str(root)).sealed() for root in (old, new))
    return difference.compare(before if rows else replace(before, pieces=_manifest_alone(before)), after)


def _manifest_alone(of: places.Place) -> Callable[[str, int], list[bytes]]:
    return lambda key, most: [of.data] if key == of.key else []


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


def _relabel(edition: Edition, labeler: str = "drawing@9") -> dict[str, Any]:
    entries = {e["model"]: e for e in edition.manifest["partitions"] if e["week"] == WEEK}
    part = f"labels/week={WEEK}/model=sim-classic/labeler={labeler}/part-{'0' * 64}.parquet"
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
    "plan": (
        _rows("plans", "SELECT * REPLACE ('f' || plan_sha256[2:] AS plan_sha256) FROM old"),
        f"plans {WEEK}: 1 row of sim-classic changed",
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
    "labels that came late": (
        _both(
            lambda e: _relabel(e, _labeler(e)),
            _rows("labels", READ_AGAIN.replace("'9' AS labeler_version", "'x' AS attribute")),
        ),
        f"labeled late: {WEEK}: labels",
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


def test_a_change_of_the_method_is_told_in_its_own_words(
    kept: Path, edition: Edition, tmp_path: Path
) -> None:
    before = Edition(Path(shutil.copytree(kept, tmp_path / "before")))
    manifest = dict(before.manifest)
    before.sign(analysis_plan_sha256="0" * 64)
    found = _compared(before.root, edition.root)
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


def test_what_has_no_reason_since_a_manifest_that_was_kept_is_told(kept: Path, edition: Edition) -> None:
    _rows("prompts", "SELECT * REPLACE ('a woman' AS text) FROM old")(edition)
    edition.sign(**_late(edition))
    before, after = (places.folder(str(root)) for root in (kept, edition.root))
    report = VerifyReport(SECOND)
    difference.tell(replace(before, pieces=_manifest_alone(before)), after, after.read, report)
    assert report.differences == [f"unexplained since {FIRST}: prompts {WEEK}: changed"]
    assert report.notes[0].startswith(f"against the manifest that was kept: {FIRST} → {SECOND}   ")


def _stated(manifest: dict[str, Any], **changes: Any) -> places.Place:
    """Return an edition of which the manifest alone is here."""
    data = json.dumps(manifest | changes).encode()
    return places.Place(SECOND, lambda key, most: [data] if key.endswith("manifest.json") else [])


def test_a_study_that_was_taken_back_is_explained(edition: Edition) -> None:
    (study,) = edition.manifest["studies"]
    later = {"edition": f"{NEXT}.2", "revision": 2, "studies": []}
    taken = {"study": "tiny", "definition_sha256": study["definition_sha256"], "reason": "of a person"}
    old = _stated(edition.manifest)
    retractions = [*edition.manifest["retractions"], taken | {"key": "retractions/study-tiny-2.json"}]
    new = _stated(edition.manifest, **later, retractions=retractions)
    found = difference.compare(old, new)
    assert found.exit_code == 0, [*found.lines()]
    assert "  retracted: study tiny: of a person" in [*found.lines()]
    (line,) = difference.compare(old, _stated(edition.manifest, **later)).differences
    assert re.fullmatch(r"study tiny \S+ is named no more, or otherwise", line)
    with pytest.raises(UsageError, match="write the earlier edition first"):
        difference.compare(new, old)


def test_labels_of_studies_and_removals_are_told(edition: Edition) -> None:
    changed = edition.manifest["table_hashes"] | {"study_labels": "0" * 64}
    removal = {"image_sha256": "ab" * 32, "reason": "of a person", "removed_at": "2026-11-30"}
    new = _stated(edition.manifest, edition=f"{NEXT}.2", revision=2, table_hashes=changed, removals=[removal])
    found = difference.compare(_stated(edition.manifest), new)
    assert found.unchecked == ["study_labels: labels of studies are in no manifest, so nothing says why"]
    assert "  removed: picture abababababab: of a person" in [*found.lines()]
    assert found.exit_code == 4


# ---- what is no edition ----
