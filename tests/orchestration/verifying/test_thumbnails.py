"""Thumbnails of a fetched edition against the published hashes of their pictures, and which of them a fetch brings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from assets.labeling.thumbnails.encoder import thumbnails
from orchestration.verifying.report import VerifyReport, silent
from orchestration.verifying.sources import reader
from orchestration.verifying.thumbnails import compare
from orchestration.verifying.verified import VerifiedEdition
from tests.once import made_once
from tests.orchestration.installation import NEXT, Cliche, Installation
from warehouse import keys
from warehouse.database.published import open_published

EDITION = f"{NEXT}.1"
NOTE = " thumbnails compared with the published hashes of their pictures"


@pytest.fixture
def folder(
    following: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:  # fmt: skip
    """A copy of a fetched edition with all of its thumbnails and its DuckDB file."""
    monkeypatch.setenv("CLICHE_HOME", str(following.home))

    def make(folder: Path) -> None:
        assert cliche("edition", "fetch", EDITION, str(folder), "--pictures", "all", "--database").code == 0

    whole = made_once(tmp_path_factory, "fetched-whole", make)
    return Path(shutil.copytree(whole, tmp_path / "fetched"))


def compared(folder: Path, *, every: bool = True, alone: bool = True) -> VerifyReport:
    edition = folder / "editions" / EDITION
    manifest: Any = json.loads((edition / "manifest.json").read_bytes())
    report = VerifyReport(EDITION)
    with open_published(folder / "site" / "cliche.duckdb") as con:
        of = VerifiedEdition(edition, folder, manifest, report, silent)
        compare(con, of, reader(folder), every=every, alone=alone)
    return report


def lying(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob("thumbnails/??/*.webp"))


def test_those_of_an_edition_are_of_their_pictures(folder: Path) -> None:
    report = compared(folder)
    assert (report.differences, report.unchecked) == ([], [])
    assert report.notes == [f"{len(lying(folder)):,}{NOTE}"]


def test_pictures_that_were_exchanged_and_sealed_anew_are_named(
    folder: Path, following: Installation
) -> None:
    with open_published(folder / "site" / "cliche.duckdb") as con:
        rows = con.execute("SELECT DISTINCT image_sha256, image_ext, image_phash FROM images").fetchall()
    one, other = max(
        ((a, b) for a in rows for b in rows),
        key=lambda pair: (int(pair[0][2], 16) ^ int(pair[1][2], 16)).bit_count(),
    )
    forged = []
    for mine, theirs in ((one, other), (other, one)):
        for key, data in thumbnails(mine[0], following.store.get(keys.image(*theirs[:2]))).items():
            if (folder / key).is_file():
                (folder / key).write_bytes(data)
                forged.append(key)
    assert forged
    report = compared(folder)
    assert [line.partition(" ")[0] for line in report.differences] == sorted(forged)
    assert all("shows another picture: " in line for line in report.differences)


def test_files_that_are_no_thumbnails_of_the_edition_are_named(folder: Path) -> None:
    stranger = keys.thumbnail("ab" * 32, 96)
    first, second, *_ = lying(folder)
    link = Path(first).with_name("a" * 64 + "-96.webp").as_posix()
    for key in ("thumbnails/evil.html", stranger):
        (folder / key).parent.mkdir(exist_ok=True)
        (folder / key).write_bytes(b"<script>")
    (folder / link).symlink_to(folder / first)
    (folder / second).write_bytes((folder / first).read_bytes())
    assert compared(folder).differences == [
        *(
            f"{key!r} is no thumbnail of a picture of the edition"
            for key in sorted(("thumbnails/evil.html", stranger, link), key=lambda key: _listed(folder, key))
        ),
        f"{second} has bytes that do not match the hash in them",
    ]
    of_a_store = compared(folder, alone=False)  # which holds pictures of no edition, too
    assert [line.partition(" ")[0] for line in of_a_store.differences] == [second]


def _listed(folder: Path, key: str) -> int:
    from orchestration.verifying.files import present

    return [*present(folder / "thumbnails")].index(key.removeprefix("thumbnails/"))


def test_those_that_are_not_there_are_counted_and_no_difference(folder: Path) -> None:
    there = lying(folder)
    for key in there[::2]:
        (folder / key).unlink()
    report = compared(folder)
    left = len(there[::2])
    assert (report.differences, report.unchecked) == ([], [])
    assert report.notes == [
        f"{len(there) - left:,}{NOTE}; {left:,} more that pages show are not here or were left out"
    ]


# ---- which of them a fetch brings ----


def test_a_fetch_brings_those_of_cards_and_of_the_newest_week(
    folder: Path, following: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    some = tmp_path / "some"
    ended = cliche("edition", "fetch", EDITION, str(some))
    assert ended.code == 0
    all_of_them, brought = lying(folder), lying(some)
    left = len(all_of_them) - len(brought)
    assert 0 < len(brought) < len(all_of_them)
    assert f"{left:,} more thumbnails that pages show are not among them" in ended.out
    with open_published(folder / "site" / "cliche.duckdb") as con:
        newest = {
            row[0] for row in con.execute(f"SELECT image_sha256 FROM images WHERE week = '{NEXT}'").fetchall()
        }
    assert {key for key in all_of_them if keys.picture_of(key) in newest} <= {*brought}
    of_cards = {
        found[0]
        for card in some.glob("editions/*/findings/*/card.png")
        for found in keys.THUMBNAIL.finditer(card.with_name("index.html").read_text())
    }
    assert of_cards <= {*brought}
    shutil.copytree(folder / "site", some / "site", dirs_exist_ok=True)
    assert compared(some).notes == [
        f"{len(brought):,}{NOTE}; {left:,} more that pages show are not here or were left out"
    ]
    assert compared(folder, every=False, alone=False).notes == compared(some).notes


def test_a_fetch_without_pictures_brings_none(
    following: Installation, cliche: Cliche, tmp_path: Path, folder: Path
) -> None:
    none = tmp_path / "none"
    ended = cliche("edition", "fetch", EDITION, str(none), "--pictures", "none")
    assert (ended.code, lying(none)) == (0, [])
    assert f"{len(lying(folder)):,} more thumbnails that pages show are not among them" in ended.out
    assert cliche("edition", "fetch", EDITION, str(none), "--pictures", "some").code == 2
