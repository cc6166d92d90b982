"""Thumbnails of a fetched edition against the published hashes of their pictures, and which of them a fetch brings."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
from PIL import Image

from orchestration.verifying import places
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from orchestration.verifying.thumbnails import compare
from tests.orchestration.installation import NEXT, Cliche, Installation
from tests.orchestration.verifying.forging import exchange_pictures
from warehouse import keys
from warehouse.database.published import open_published
from warehouse.loading.webp_seals import sealed

EDITION = f"{NEXT}.1"
NOTE = " thumbnails compared with the published hashes of their pictures"


def compared(fetched: Path, **unlike: Any) -> VerifyReport:
    place, report = replace(places.folder(str(fetched)), **unlike), VerifyReport(EDITION)
    with open_published(fetched / "site" / "cliche.duckdb") as con:
        of = VerifiedEdition(fetched, place.manifest, report)
        compare(con, of, place)
    return report


def lying(fetched: Path) -> list[str]:
    return sorted(path.relative_to(fetched).as_posix() for path in fetched.glob("thumbnails/??/*.webp"))


def test_those_of_an_edition_are_of_their_pictures(fetched: Path) -> None:
    report = compared(fetched)
    assert (report.differences, report.unchecked) == ([], [])
    assert report.notes == [f"{len(lying(fetched)):,}{NOTE}"]


def test_pictures_that_were_exchanged_and_sealed_anew_are_named(
    fetched: Path, following: Installation
) -> None:
    forged = exchange_pictures(fetched, following.store)
    assert forged
    report = compared(fetched)
    assert [line.partition(" ")[0] for line in report.differences] == sorted(forged)
    assert all("shows another picture: " in line for line in report.differences)


def test_files_that_are_no_thumbnails_of_the_edition_are_named(fetched: Path) -> None:
    stranger = keys.thumbnail("ab" * 32)
    first, second, *_ = lying(fetched)
    link = Path(first).with_name("a" * 64 + "-160.webp").as_posix()
    for key in ("thumbnails/evil.html", stranger):
        (fetched / key).parent.mkdir(exist_ok=True)
        (fetched / key).write_bytes(b"<script>")
    (fetched / link).symlink_to(fetched / first)
    (fetched / second).write_bytes((fetched / first).read_bytes())
    assert compared(fetched).differences == [
        *(
            f"{key!r} is no thumbnail of a picture of the edition"
            for key in sorted(("thumbnails/evil.html", stranger, link), key=lambda key: _listed(fetched, key))
        ),
        f"{second} has bytes that do not match the hash in them",
    ]
    of_a_store = compared(fetched, whole=True)  # which holds pictures of no edition, too
    assert [line.partition(" ")[0] for line in of_a_store.differences] == [second]


def _listed(fetched: Path, key: str) -> int:
    from orchestration.verifying.files import present

    return [*present(fetched / "thumbnails")].index(key.removeprefix("thumbnails/"))


def test_those_that_are_not_there_are_counted_and_no_difference(fetched: Path) -> None:
    there = lying(fetched)
    for key in there[::2]:
        (fetched / key).unlink()
    report = compared(fetched)
    left = len(there[::2])
    assert (report.differences, report.unchecked) == ([], [])
    assert report.notes == [
        f"{len(there) - left:,}{NOTE}; {left:,} more that pages show are not here or were left out"
    ]


def test_what_is_no_thumbnail_or_has_no_published_hash_is_told(fetched: Path) -> None:
    first, second, third, *_ = lying(fetched)
    for key, size in ((first, (161, 8)), (second, (8, 8))):
        buffer = io.BytesIO()
        Image.new("RGB", size).save(buffer, "WEBP")
        data = buffer.getvalue()
        broken = data[:20] + b"\xff" * (len(data) - 20)
        (fetched / key).write_bytes(sealed(key, data if key == first else broken, *size, "any"))
    with duckdb.connect(str(fetched / keys.SITE_DATABASE)) as con:
        for table in ("images", "study.study_slots"):
            of_third = f"WHERE image_sha256 = '{keys.picture_of(third)}'"
            con.execute(f"UPDATE {table} SET image_phash = NULL {of_third}")
    report = compared(fetched)
    assert [line.partition(" (")[0] for line in report.differences] == [
        f"{first} has 161 × 8 pixels, more than any thumbnail",
        f"{second} does not decode, or the hash of its picture is none",
    ]
    assert report.unchecked == ["1 thumbnails: no perceptual hash of their pictures is published"]


# ---- which of them a fetch brings ----


def test_a_fetch_brings_those_of_cards_and_of_the_newest_week(
    fetched: Path, following: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    some = tmp_path / "some"
    ended = cliche("edition", "fetch", EDITION, str(some))
    assert ended.code == 0
    all_of_them, brought = lying(fetched), lying(some)
    left = len(all_of_them) - len(brought)
    assert 0 < len(brought) < len(all_of_them)
    assert f"{left:,} more thumbnails that pages show are not among them" in ended.out
    with open_published(fetched / "site" / "cliche.duckdb") as con:
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
    shutil.copytree(fetched / "site", some / "site", dirs_exist_ok=True)
    assert compared(some).notes == [
        f"{len(brought):,}{NOTE}; {left:,} more that pages show are not here or were left out"
    ]
    assert compared(fetched, root=None).notes == compared(some).notes


def test_a_fetch_without_pictures_brings_none(
    following: Installation, cliche: Cliche, tmp_path: Path, fetched: Path
) -> None:
    none = tmp_path / "none"
    ended = cliche("edition", "fetch", EDITION, str(none), "--pictures", "none")
    assert (ended.code, lying(none)) == (0, [])
    assert f"{len(lying(fetched)):,} more thumbnails that pages show are not among them" in ended.out
    assert cliche("edition", "fetch", EDITION, str(none), "--pictures", "some").code == 2
