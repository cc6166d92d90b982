"""`cliche remove`: what it deletes is nowhere in the store any more, all else stays, and nobody brings it back."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterable
from pathlib import Path

import pytest

from assets.generation.plan import read_plan
from assets.labeling.anchors.freeze import freeze
from assets.labeling.gold.exporter import export
from assets.labeling.gold.frame import read_frame
from assets.labeling.run import label_partition, missing
from assets.labeling.thumbnails.partition import pictures
from assets.leaderboard.removing import remove
from assets.simulation.drawing.labeler import Drawing
from orchestration.verifying import page
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from tests.orchestration.conftest import ask
from tests.orchestration.installation import WEEK, Cliche, Installation
from tests.orchestration.taking_back.pictures import MODEL, WHY, manifest, on_a_card, own, slots
from tests.orchestration.verifying.forging import Edition, download
from warehouse import keys
from warehouse.database.published import open_published
from warehouse.store.local import LocalStore

FIRST, SECOND = f"{WEEK}.1", f"{WEEK}.2"


def _counts(home: Installation, edition: str, pages: Iterable[str]) -> dict[str, list[str]]:
    """Return what pages say of how many of how many, "2 of 2", by page."""
    read = {name: home.store.get(keys.edition_prefix(edition) + name).decode() for name in pages}
    return {name: re.findall(r"\b\d+ (?:of|sur) \d+\b", text) for name, text in read.items()}


def test_a_killed_removal_goes_on_and_no_byte_of_it_is_left(home: Installation, cliche: Cliche) -> None:
    sha256 = on_a_card(home)
    of, gone = slots(home)[sha256], own(home, sha256)
    assert len(gone) >= 4
    _killed_before_it_deletes(home, cliche, sha256)
    assert own(home, sha256) == gone
    told = cliche("verify", "--store")
    still_there = told.out.count("its removal is on record; cliche remove deletes it")
    assert (told.code, still_there) == (1, len(gone))
    told = cliche("remove", f"images/{sha256[:2]}/{sha256}.png", "--reason", "another reason", "--yes")
    assert (told.code, told.err, f"({keys.removal(sha256)}: {WHY})" in told.out) == (0, "", True)
    assert all(key in told.out for key in gone)
    assert all(slot[:12] in told.out for slot in of)
    # Nowhere: neither under its keys, nor within another object, half-written files included.
    files = [path for path in home.home.rglob("*") if path.is_file()]
    needles = [data[len(data) // 3 :][:200] for data in gone.values()]
    assert not [path for path in files for data in [path.read_bytes()] if any(one in data for one in needles)]
    before, after = manifest(home, FIRST), manifest(home, SECOND)
    differing = {
        name for name, of_table in after["table_hashes"].items() if before["table_hashes"][name] != of_table
    }
    assert differing == {"removals"}
    assert after["tables"]["removals"]["rows"] == len(of)
    shown = [name for name in after["files"] if name.endswith(".html")]
    prefix = keys.edition_prefix(SECOND)
    assert not [name for name in shown if f"{sha256}-" in home.store.get(prefix + name).decode()]
    assert not [name for name, entry in after["files"].items() if sha256 in entry.get("pictures", ())]
    assert _counts(home, FIRST, shown) == _counts(home, SECOND, shown)
    verified = cliche("verify", FIRST)
    assert (verified.code, verified.err) == (0, ""), verified.out
    drawn = [key for key in gone if key.startswith("editions/")]
    assert verified.out.count(f": removed (removals/{sha256}.json: {WHY})") == len(drawn)
    assert "all as recorded" in cliche("verify", "--store").out
    changed = cliche("edition", "diff", FIRST, SECOND)
    assert (changed.code, f"removed: {WEEK}: removals" in changed.out) == (0, True)
    assert "Objects that go: 0" in cliche("remove", sha256, "--reason", WHY).out


def _killed_before_it_deletes(home: Installation, cliche: Cliche, sha256: str) -> None:
    child = os.fork()
    if not child:
        LocalStore.delete = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment,method-assign]
        assert cliche("remove", sha256, "--reason", WHY, "--yes").code == 0
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert home.store.head(keys.removal(sha256))


def test_cards_are_not_compared_without_their_pictures(home: Installation, tmp_path: Path) -> None:
    edition = Edition(download(home.store, FIRST, tmp_path / "downloaded"))
    of = VerifiedEdition(edition.root, edition.manifest, VerifyReport(FIRST))
    with open_published(edition.database) as con:
        page.compare(con, of, lambda key: None)
    assert of.report.differences == []
    (note,) = of.report.notes
    assert re.fullmatch(
        r"\d+ cards were not compared: \d+ pictures on them are not here \(cliche edition fetch brings them\)",
        note,
    )


def test_nobody_asks_for_it_labels_it_or_shows_it_again(
    home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sha256 = on_a_card(home)
    (data,) = [data for key, data in own(home, sha256).items() if key.startswith("images/")]
    assert cliche("gold", "sample", "--week", WEEK, "--n", "30", "--set", "mine").code == 0
    assert remove(home.store, sha256, WHY).key == keys.removal(sha256)
    (plan, before) = (read_plan(home.store, WEEK, MODEL), home.objects())
    assert plan
    ask(home, WEEK)
    assert home.objects().keys() == before.keys()
    # A new version of the labeler reads all but it.
    read: list[bytes] = []
    was = Drawing.read
    monkeypatch.setattr(Drawing, "version", "9-00000000")
    monkeypatch.setattr(
        Drawing,
        "read",
        lambda self, image, attributes: read.append(image) or was(self, image, attributes),
    )
    assert label_partition(home.store, plan, workers=0).pictures == len(slots(home)) - 1 == len(read)
    assert data not in read
    assert sha256 not in {task.sha256 for task in missing(home.store, plan, ("perceived_gender",), ())}
    assert sha256 not in {picture.sha256 for picture in pictures(home.store, WEEK, MODEL)}
    assert sha256 not in {one.image_sha256 for one in read_frame(home.store, WEEK).pictures}
    names = {path.read_bytes() for path in _exported(home, tmp_path)}
    assert len(names) > 20
    assert all(one != data for one in names)
    freeze(home.store, "mine", WEEK, size=60)
    assert sha256 not in home.store.get("anchors/mine/anchors.json").decode()
    # The same bytes of another slot, or from a copy, are not written.
    assert home.store.put_if_absent(keys.image(sha256, "png"), data) is False
    assert home.store.head(keys.image(sha256, "png")) is None


def _exported(home: Installation, folder: Path) -> list[Path]:
    from assets.labeling.gold.records import read_sample

    export(home.store, read_sample(home.store, "mine"), folder / "gold", "csv")
    return [*(folder / "gold" / "images").iterdir()]


def test_wrong_use_is_one_line_and_writes_nothing(home: Installation, cliche: Cliche) -> None:
    before, sha256 = home.objects(), on_a_card(home)
    for arguments, code, words in (
        (("none", "--reason", WHY, "--yes"), 2, "'none' names no picture: write its SHA-256"),
        (("0" * 64, "--reason", WHY, "--yes"), 2, f"no picture {'0' * 64} in"),
        ((sha256, "--reason", " ", "--yes"), 2, "give a reason"),
        ((sha256, "--yes"), 2, "--reason"),
        ((sha256, "--reason", WHY), 3, "no terminal to confirm, so pass --yes"),
    ):
        told = cliche("remove", *arguments)
        assert (told.code, words in told.only_line) == (code, True), told.err
    assert home.objects() == before
