"""Forgeries of a published edition, each named by the comparison that it is about; a few by the whole of `verify`."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from orchestration.verifying import again, claims, compared, files, manifest, page, places
from orchestration.verifying.report import VerifiedEdition, VerifyReport
from orchestration.verifying.run import verify_place
from tests.orchestration.installation import WEEK, Installation
from tests.orchestration.verifying import kit
from tests.orchestration.verifying.forging import Edition, download
from tests.orchestration.verifying.kit import ID, Forgery
from warehouse.canonical import canonical_json
from warehouse.database.connection import connect
from warehouse.database.published import open_published
from warehouse.errors import CorruptObjectError, UsageError

Built = tuple[Path, Mapping[str, str]]


@pytest.fixture
def edition(published_once: Installation, tmp_path: Path) -> Edition:
    """A copy of a published edition's folder, and nothing beside it."""
    return Edition(download(published_once.store, ID, tmp_path / "downloaded"))


@pytest.fixture(scope="module")
def honest(published_once: Installation, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The edition itself, with last digits as another processor computes them; read only."""
    made = Edition(download(published_once.store, ID, tmp_path_factory.mktemp("honest") / "downloaded"))
    made.rewrite("cell_shares", "SELECT * REPLACE (share * (1 + 1e-12) AS share) FROM old")
    made.sign()
    return made


@pytest.fixture(scope="module")
def built(honest: Edition) -> Built:
    """A DuckDB file with its rows, and the hashes of its tables."""
    report = VerifyReport(ID)
    (honest.root.parent / "made").mkdir()
    made = again.make(VerifiedEdition(honest.root, honest.manifest, report), honest.root.parent / "made")
    assert (report.differences, report.unchecked) == ([], [])
    assert min(report.counts, report.figures) > 50
    assert made
    return made


def of(edition: Edition) -> VerifiedEdition:
    return VerifiedEdition(edition.root, edition.manifest, VerifyReport(ID))


def verified(edition: Edition) -> VerifyReport:
    return verify_place(places.folder(str(edition.root)))


def named(report: VerifyReport, forgeries: Mapping[str, Forgery]) -> None:
    """Fail unless a difference names each forgery."""
    unseen = [name for name, one in forgeries.items() if not one.reported(report.differences)]
    assert unseen == [], "\n".join(report.lines())


def forge(edition: Edition, forgeries: Mapping[str, Forgery]) -> None:
    """Make forgeries that do not touch each other, and sign."""
    for one in forgeries.values():
        one.change(edition)
    edition.sign()
    for one in forgeries.values():
        edition.manifest |= one.signed(edition)
    edition.write()


# ---- the manifest ----


def stated(changed: dict[str, Any], built: Built) -> VerifyReport:
    """Return what is said of a manifest beside honest tables."""
    report = VerifyReport(ID)
    claims.compare_names(changed, None, report)
    with open_published(built[0]) as con:
        claims.compare_times(con, changed, report)
        claims.compare_sources(con, changed, built[1], report)
    return report


@pytest.mark.parametrize("name", kit.STATED)
def test_a_field_that_is_not_of_the_tables_is_named(name: str, honest: Edition, built: Built) -> None:
    assert stated(honest.manifest, built).differences == []
    forgery = kit.STATED[name]
    named(stated(honest.manifest | forgery.signed(honest), built), {name: forgery})


def test_fields_with_strange_entries_differ_and_nothing_breaks(honest: Edition, built: Built) -> None:
    fields = ("suites", "labelers", "partitions", "anchors", "gold", "studies")
    strange = {field: [{"week": [], "model": {}}] for field in fields}
    report = stated(honest.manifest | strange | {"table_hashes": {"labels": []}}, built)
    for field in (*fields, "table_hashes"):
        assert any(field in line for line in report.differences), report.lines()


def test_rows_of_what_was_taken_back_are_of_a_record_that_the_manifest_names(
    honest: Edition, built: Built, tmp_path: Path
) -> None:
    forged = tmp_path / "forged.duckdb"
    forged.write_bytes(built[0].read_bytes())
    with connect(forged) as con:
        con.execute(
            "INSERT INTO removals SELECT week, model, NULL, slot_key, image_sha256, 'why', week FROM images LIMIT 1; "
            "INSERT INTO retractions SELECT week, model, 'x', slot_key, NULL, NULL, NULL, 'why', week FROM images"
        )
    said = stated(honest.manifest, (forged, built[1])).differences
    assert [line.partition(" have none of ")[0] for line in said] == [
        "removals of the manifest",
        "retractions of the manifest",
    ]


def test_the_pointer_of_the_store_is_compared(honest: Edition) -> None:
    right = {name: honest.manifest[name] for name in ("edition", "week", "revision", "replaces")}
    for change, told in (
        ({}, None),
        ({"replaces": f"{WEEK}.9"}, "latest.json has another replaces"),
        ({"edition": "2026-11-02.1", "week": "2026-11-02"}, "which is earlier than this edition"),
        ({"edition": "2026-11-16.1", "week": "2026-11-16"}, None),
        ({"revision": "x"}, "does not read"),
    ):
        report = VerifyReport(ID)
        claims.compare_names(honest.manifest, canonical_json(right | change), report)
        assert report.differences == [] if told is None else told in report.differences[0]


# ---- files ----


@pytest.mark.parametrize("name", kit.UNSIGNED)
def test_a_folder_that_is_not_what_the_manifest_says_is_reported(edition: Edition, name: str) -> None:
    kit.UNSIGNED[name].change(edition)
    checked, place = of(edition), places.folder(str(edition.root))
    files.compare(checked, place.seen or (), place.read)
    named(checked.report, {name: kit.UNSIGNED[name]})


def test_a_flipped_byte_of_any_file_is_reported_with_its_name(edition: Edition) -> None:
    chance, kinds = random.Random(9), dict[str, list[Path]]()
    for path in sorted(path for path in edition.root.rglob("*") if path.is_file()):
        kinds.setdefault(path.suffix if path.name != "manifest.json" else "manifest", []).append(path)
    for number in range(40):
        path = chance.choice(kinds[sorted(kinds)[number % len(kinds)]])
        whole, place = path.read_bytes(), places.folder(str(edition.root))
        at = chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        if path.name == "manifest.json":
            with suppress(CorruptObjectError):
                assert not manifest.written_by_publish(place.data, place.manifest)
        else:
            checked = of(edition)
            files.compare(checked, place.seen or (), place.read)
            within = edition.folder if edition.folder in path.parents else edition.root
            assert any(
                line.startswith(f"{path.relative_to(within).as_posix()} ")
                for line in checked.report.differences
            ) or ".json is no index" in "".join(checked.report.differences), (path, at)
        path.write_bytes(whole)


def test_a_folder_nested_1_200_deep_is_one_line(edition: Edition) -> None:
    deep = [edition.folder / "/".join("d" * depth) for depth in range(1, 1_201)]
    for folder in deep:
        folder.mkdir()
    (deep[-1] / "x").touch()
    checked, place = of(edition), places.folder(str(edition.root))
    files.compare(checked, place.seen or (), place.read)
    (deep[-1] / "x").unlink()
    for folder in reversed(deep):  # or pytest cannot remove them
        folder.rmdir()
    assert checked.report.differences == [f"{'d/' * 1_200}x is not in the manifest"]


def test_a_link_in_the_place_of_the_manifest_is_not_followed(edition: Edition) -> None:
    path = edition.folder / "manifest.json"
    path.symlink_to(path.rename(edition.root.parent / "elsewhere.json"))
    with pytest.raises(UsageError, match=r"manifest.json is missing, or no plain file"):
        verified(edition)


# ---- pages, tables ----


def test_forgeries_of_pages_are_named(edition: Edition, built: Built) -> None:
    for one in kit.PAGES.values():
        one.change(edition)
    checked = of(edition)
    with open_published(built[0]) as con:
        page.compare(con, checked, lambda key: None)
    named(checked.report, kit.PAGES)


def test_a_forged_figure_on_any_page_is_reported(edition: Edition, built: Built) -> None:
    """One digit in the text of each page, in both languages."""
    forged = []
    for path in sorted(edition.folder.rglob("index.html")):
        before, main, after = path.read_text(encoding="utf-8").partition("<main")
        changed = re.sub(
            r"(>[^<>]*?)(\d)(?=[^<>]*<)", lambda m: f"{m[1]}{9 - int(m[2])}", main + after, count=1
        )
        if changed != main + after:
            path.write_text(before + changed, encoding="utf-8")
            forged.append(
                f"{path.relative_to(edition.folder).as_posix()} is not what its version makes of the tables"
            )
    assert len(forged) > 30
    edition.manifest["files"]["more.html"] = edition.manifest["files"].pop("index.html")
    checked = of(edition)
    with open_published(built[0]) as con:
        page.compare(con, checked, lambda key: None)
    assert {*checked.report.differences} == {
        *forged,
        "index.html is not in the manifest, and the pages need it",
        "more.html is in the manifest, and no page shows it",
    }


def test_tables_and_columns_of_no_edition_are_named(edition: Edition) -> None:
    forge(edition, kit.SHAPES)
    checked = of(edition)
    compared.unfit(checked)
    named(checked.report, kit.SHAPES)


def test_nothing_is_made_again_without_all_tables(edition: Edition, tmp_path: Path) -> None:
    forge(edition, {"": kit.SHAPES["a table dropped with its parts"]})
    checked = of(edition)
    assert again.make(checked, tmp_path) is None
    assert checked.report.notes == [
        "nothing was made again: first all tables must be there, as this version has them"
    ]


@pytest.mark.parametrize("forgeries", [kit.VIEWS, kit.COMPUTED])
def test_what_does_not_follow_from_rows_is_named(edition: Edition, forgeries: Mapping[str, Forgery]) -> None:
    forge(edition, forgeries)
    checked, folder = of(edition), edition.root.parent / "made"
    folder.mkdir()
    again.make(checked, folder)
    named(checked.report, forgeries)


# ---- the whole ----


def test_rows_that_are_there_twice_are_one_line(edition: Edition) -> None:
    twice = {"a row twice": kit.FORGERIES["a row twice"]}
    forge(edition, twice)
    report = verified(edition)
    named(report, twice)
    assert (report.exit_code, len("".join(report.differences).splitlines())) == (1, 1)


def test_an_edition_under_another_name_is_named(edition: Edition) -> None:
    edition.folder.rename(edition.folder.with_name("2026-11-16.1"))
    assert verified(edition).differences == [
        f"the manifest is of edition {ID}, and was found under the name 2026-11-16.1"
    ]


@pytest.mark.parametrize(
    "change", [lambda data: b'{"revision":9,' + data[1:], lambda data: data[:-1] + b" }"]
)
def test_a_manifest_that_publish_did_not_write_is_reported(
    edition: Edition, change: Callable[[bytes], bytes]
) -> None:
    path = edition.folder / "manifest.json"
    path.write_bytes(change(path.read_bytes()))
    (edition.folder / "index.html").unlink()
    assert verified(edition).differences == [
        "manifest.json is not what publish writes: it does not fit its hash, or has a field twice",
        "index.html is missing",
    ]


def test_an_edition_that_other_code_made_is_compared_by_its_files_alone_and_never_agrees(
    edition: Edition,
) -> None:
    edition.text("index.html", "</main>", "</main >")
    edition.rewrite("reliability", "SELECT * REPLACE (TRUE AS reliable) FROM old")
    edition.sign(texts_sha256="f" * 64)
    report = verified(edition)
    assert (report.exit_code, report.differences) == (4, [])
    assert report.lines()[0].endswith("   hashes agree")
    release = f"release {metadata.version('cliche')}"
    assert [line for line in report.unchecked if release in line] == report.unchecked != []
    (edition.folder / "index.html").write_bytes(b"forged")
    assert verified(edition).differences == ["index.html has another hash than the manifest says"]


def test_a_version_number_that_is_not_known_here_is_not_checked(honest: Edition) -> None:
    report = VerifyReport(ID)
    claims.compare_version(honest.manifest, report)
    assert report.exit_code == 0
    claims.compare_version(honest.manifest | {"code_version": "99.0.0+abc"}, report)
    assert (report.exit_code, report.unchecked) == (
        4,
        [f"code version 99.0.0+abc is not known here; it has the texts of {metadata.version('cliche')}"],
    )
