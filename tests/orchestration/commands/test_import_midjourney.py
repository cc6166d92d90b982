"""How `cliche import midjourney` ends: the exit code follows from how things are, not from which import it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.commands import imports
from tests.orchestration.installation import CHECKOUT, WEEK, Cliche, Installation
from tests.unit.generation.midjourney.downloads import ACCOUNT, Downloads
from warehouse.database.connection import connect
from warehouse.errors import StoreError
from warehouse.store.local import LocalStore
from warehouse.weeks import parse_week

IN_WEEK = "Tue, 10 Nov 2026 10:00:00 GMT"
EARLIER = "Tue, 03 Nov 2026 10:00:00 GMT"
PROMPT = "a French person"
#: Two slots, so that a third picture is surplus.
MIDJOURNEY = {
    "name": "midjourney-7",
    "title": "Midjourney 7",
    "provider": "midjourney",
    "model_id": "7",
    "labeler": "drawing",
    "suites": [{"suite": "french-person@1", "replicates": 2, "prompts": ["person-en"]}],
}


def fill(folder: Path, what: str, first: int = 0) -> None:
    """Write downloads into `folder`, one for each letter: g(ood), u(nmatched), o(ther week)."""
    folder.mkdir(exist_ok=True)
    download = Downloads(folder)
    download.count = first
    for letter in what:
        download({"u": "a French dog"}.get(letter, PROMPT), created={"o": EARLIER}.get(letter, IN_WEEK))


#: What is in the week before, what the folder holds, the exit code; and whether the same ends alike again.
ENDS = {
    "some pictures are taken": ("", "guo", 0),
    "more pictures than slots": ("", "ggg", 0),
    "none is matched or of the week": ("", "uo", 3),
    "every slot is taken, and another week's": ("gg", "go", 3),
}


@pytest.fixture
def home(fresh: Installation) -> Installation:
    fresh.write_models(MIDJOURNEY)
    return fresh


@pytest.mark.parametrize("case", ENDS)
def test_every_import_ends_alike(home: Installation, cliche: Cliche, tmp_path: Path, case: str) -> None:
    before, what, code = ENDS[case]
    if before:
        fill(tmp_path / "before", before)
        assert cliche("import", "midjourney", str(tmp_path / "before"), "--week", WEEK).code == 0
    folder = tmp_path / "folder"
    fill(folder, what, first=10)

    first = cliche("import", "midjourney", str(folder), "--week", WEEK)
    objects = home.objects()
    second = cliche("import", "midjourney", str(folder), "--week", WEEK)

    assert (first.code, second.code) == (code, code)
    assert home.objects() == objects
    assert ACCOUNT not in first.out + first.err + second.out + second.err
    if code == 3:
        assert second.error == first.error
        assert first.only_line.startswith("nothing imported")
    else:
        assert (first.err, second.err) == ("", "")
        assert second.out.splitlines()[-1] == "No picture is new."


def labels(home: Installation) -> int:
    with connect(home.place().warehouse) as con:
        found = con.execute(
            "SELECT count(DISTINCT slot_key) FROM labels WHERE week = $week", {"week": parse_week(WEEK)}
        ).fetchone()
    assert found
    return int(found[0])


def test_an_import_that_stopped_after_its_pictures_is_finished_by_the_next(
    home: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "folder", "gg")

    def full(*_: object) -> None:
        raise StoreError("the disk is full; free some space and run the same command again")

    monkeypatch.setattr(imports, "label", full)
    stopped = [cliche("import", "midjourney", str(tmp_path / "folder"), "--week", WEEK) for _ in range(2)]
    assert [one.code for one in stopped] == [1, 1]
    assert {one.error for one in stopped} == {
        "the disk is full; free some space and run the same command again"
    }
    monkeypatch.undo()
    monkeypatch.setenv("CLICHE_HOME", str(home.home))

    done = cliche("import", "midjourney", str(tmp_path / "folder"), "--week", WEEK)

    assert done.code == 0, done.err
    assert labels(home) == 2


def test_receipts_that_no_manifest_lists_are_listed_by_the_next_import(
    home: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the last receipt and the manifest: the warehouse reads the manifest alone."""
    fill(tmp_path / "folder", "gg")
    put = LocalStore.put_if_absent

    def killed(store: LocalStore, key: str, data: bytes) -> bool:
        if "/manifest-" in key:
            raise StoreError("killed")
        return put(store, key, data)

    monkeypatch.setattr(LocalStore, "put_if_absent", killed)
    assert cliche("import", "midjourney", str(tmp_path / "folder"), "--week", WEEK).code == 1
    monkeypatch.undo()
    monkeypatch.setenv("CLICHE_HOME", str(home.home))
    assert not [key for key in home.objects() if "/manifest-" in key]

    done = cliche("import", "midjourney", str(tmp_path / "folder"), "--week", WEEK)

    assert (done.code, labels(home)) == (0, 2)
    with connect(home.place().warehouse) as con:
        assert con.execute("SELECT count(*) FROM images").fetchone() == (2,)


def test_a_file_that_changes_while_it_is_read_is_told_and_no_picture(
    home: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    fill(folder, "gg")
    path = min(folder.iterdir())
    whole = path.read_bytes()
    match = imports.match

    def matched(*args: object, **keywords: object) -> object:
        found = match(*args, **keywords)  # type: ignore[arg-type]
        path.write_bytes(whole[:-1])
        return found

    monkeypatch.setattr(imports, "match", matched)
    first = cliche("import", "midjourney", str(folder), "--week", WEEK)
    of = f"midjourney-7, week {WEEK}"
    assert first.code == 1
    assert first.out.splitlines()[0] == f"{of}: 1 pictures imported, 1 slots still without one"
    assert first.only_line == f"{of}: 1 files changed while they were read; import the folder again"
    monkeypatch.undo()
    monkeypatch.setenv("CLICHE_HOME", str(home.home))
    path.write_bytes(whole)

    again = cliche("import", "midjourney", str(folder), "--week", WEEK)

    assert (again.code, labels(home)) == (0, 2)


def test_another_run_that_holds_the_week_is_told(home: Installation, cliche: Cliche, tmp_path: Path) -> None:
    fill(tmp_path / "folder", "gg")
    with home.store.lease(f"generate-{WEEK}-midjourney-7", purpose="generate"):
        ended = cliche("import", "midjourney", str(tmp_path / "folder"), "--week", WEEK)
    assert ended.code == 3
    assert "another run holds" in ended.only_line
    assert not [key for key in home.objects() if key.startswith(("images/", "attempts/"))]


def test_the_documented_example_is_what_is_said(home: Installation, cliche: Cliche, tmp_path: Path) -> None:
    """Three pictures of eight slots, one of a version without an entry, one of another week."""
    home.write_models({**MIDJOURNEY, "suites": [{"suite": "french-person@1", "replicates": 4}]})
    folder = tmp_path / "folder"
    fill(folder, "ggg")
    download = Downloads(folder)
    download.count = 3
    download(PROMPT, parameters="--v 6", created=IN_WEEK)
    download(PROMPT, created=EARLIER)
    ended = cliche("import", "midjourney", str(folder), "--week", WEEK)
    docs = (CHECKOUT / "docs/operations/importing.md").read_text("utf-8")
    (example,) = re.findall(r"\$ cliche import midjourney DIR --week \S+\n(.*?)```", docs, re.DOTALL)
    assert [words(line) for line in ended.out.splitlines()] == [words(line) for line in example.splitlines()]


def words(line: str) -> str:
    """Return a line without what differs between two folders: dates, times, the middle of job ids, a long entry."""
    line = re.sub(r"job \S*(\d) position", r"job \1 position", line)
    line = re.sub(r"\{name: midjourney-6, .*\}", "{name: midjourney-6, …}", line)
    return re.sub(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", "DATE", line)
