"""Forgeries of a published edition, each with a manifest made to agree with it: all of them are reported by name."""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.verifying import places
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.run import verify_place
from tests.orchestration.installation import WEEK, Installation
from tests.orchestration.verifying.forging import Edition, download
from tests.sampling import some
from warehouse.canonical import canonical_json
from warehouse.database.published import open_published
from warehouse.errors import CorruptObjectError, UsageError
from warehouse.keys import table_part

ID = f"{WEEK}.1"
BOARD = "boards/startup-ceo-perceived-gender/index.html"
MANY = 300 if os.environ.get("CLICHE_LONG_TESTS") else 40

#: How the notes of an edition begin of which nothing but the folder is here.
NOTES = [
    "  taken as published, for they read the store",
    "  0 thumbnails compared with the published hashes of their pictures; 8 more that pages show are not here or were "
    "left out",
    "  site/ was not compared",
    "  taken as stated, for only the moment of publishing knows them",
]


@pytest.fixture
def edition(published_once: Installation, tmp_path: Path) -> Edition:
    """A copy of a published edition's folder, and nothing beside it."""
    return Edition(download(published_once.store, ID, tmp_path / "downloaded"))


def verified(edition: Edition) -> VerifyReport:
    return verify_place(places.folder(str(edition.root)))


@dataclass(frozen=True)
class Forgery:
    """What is changed, how the manifest is changed besides, and a part of the line that reports it."""

    change: Callable[[Edition], None]
    told: str
    signed: Callable[[Edition], dict[str, Any]] = lambda edition: {}


def _sql(*statements: str, tables: tuple[str, ...] = ()) -> Callable[[Edition], None]:
    """Change rows, write Parquet and CSV of all relations from them, and make the page from them."""

    def change(edition: Edition) -> None:
        edition.sql(*statements)
        edition.export(tables)
        edition.page()

    return change


def _nothing(edition: Edition) -> None:
    del edition


def _swap_names(edition: Edition) -> None:
    edition.text("models/index.html", "sim-classic", "sim-x")
    edition.text("models/index.html", "sim-drift", "sim-classic")
    edition.text("models/index.html", "sim-x", "sim-drift")


def _add(name: str) -> Callable[[Edition], None]:
    def change(edition: Edition) -> None:
        path = edition.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"week\n2026-11-09\n")

    return change


def _drop(name: str) -> Callable[[Edition], None]:
    return lambda edition: (edition.folder / name).unlink()


def _hide_download(edition: Edition) -> None:
    """Drop a file and the links of pages to it."""
    (edition.folder / "data" / "changes.csv").unlink()
    for page in ("data/query/index.html", "fr/data/query/index.html"):
        edition.text(page, "data/changes.csv", "data/study_leaderboard.csv")


def _flag(edition: Edition) -> None:
    """Turn men into women in the labels, and in nothing that follows from them."""
    edition.sql(
        "UPDATE labels SET value = 'feminine' WHERE attribute = 'perceived_gender' AND value = 'masculine'"
    )
    edition.export()
    edition.page()


def _link(edition: Edition) -> None:
    _into_link(edition, edition.folder / "data" / "leaderboard.csv")


def _into_link(edition: Edition, path: Path) -> None:
    elsewhere = edition.root.parent / path.name
    path.rename(elsewhere)
    path.symlink_to(elsewhere)


def _doubled(edition: Edition) -> None:
    """Name a field twice: some programs read the first, some the last."""
    path = edition.folder / "manifest.json"
    path.write_bytes(b'{"revision":9,' + path.read_bytes()[1:])


def _partitions(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Edition], dict[str, Any]]:
    return lambda edition: {"partitions": [change(entry) for entry in edition.manifest["partitions"]]}


def _drop_table(name: str) -> Callable[[Edition], None]:
    def change(edition: Edition) -> None:
        for path in edition.parts(name):
            path.unlink()
        del edition.manifest["tables"][name]

    return change


def _add_table(edition: Edition) -> None:
    with duckdb.connect() as con:
        path = edition.folder / "data" / "extra.parquet"
        con.execute(f"COPY (SELECT 1 AS x) TO '{path}' (FORMAT parquet)")


def _invent_change(edition: Edition) -> None:
    """Fill a row of changes with something for each column."""
    values = {"VARCHAR": "'x'", "VARCHAR[]": "['x']", "DATE": f"DATE '{WEEK}'", "BOOLEAN": "FALSE"}
    with open_published(edition.database) as con:
        columns = con.execute("DESCRIBE changes").fetchall()
    row = ", ".join(values.get(kind, "1") for _, kind, *_ in columns)
    edition.sql(f"INSERT INTO changes VALUES ({row})")
    edition.export(("changes",))


def _kept(field: str, name: str) -> Callable[[Edition], dict[str, Any]]:
    """Return a change of the manifest: the parts of a relation have what is stated of those of another."""

    def change(edition: Edition) -> dict[str, Any]:
        tables = edition.manifest["tables"]
        of_slots = tables["slots"]["parts"][0][field]
        parts = [part | {field: of_slots} for part in tables[name]["parts"]]
        return {"tables": tables | {name: tables[name] | {"parts": parts}}}

    return change


FORGERIES: dict[str, Forgery] = {
    # the page
    "names swapped on a page": Forgery(_swap_names, "models/index.html is not what its version makes"),
    "a number on a board": Forgery(
        lambda e: e.text(BOARD, 'data-label="n">0<', 'data-label="n">40<'),
        f"{BOARD} is not what its version makes",
    ),
    "a script on a page": Forgery(
        lambda e: e.text("index.html", "</body>", "<script>1</script></body>"), "index.html is not what"
    ),
    "a style that hides a row": Forgery(
        lambda e: e.text("static/site.css", "body {", "tr{display:none} body {"),
        "static/site.css is not what",
    ),
    "a meaning in the data dictionary": Forgery(
        lambda e: e.text("docs/dictionary.md", "perceived", "real"),
        "docs/dictionary.md is not what its version makes",
    ),
    "a description for programs": Forgery(
        lambda e: e.text("croissant.json", "SIMULATED: ", "REAL: "),
        "croissant.json is not what its version makes",
    ),
    "a formula": Forgery(
        lambda e: e.text("docs/figures.md", "- Formula: ", "- Formula: 2 × "), "docs/figures.md is not what"
    ),
    # files
    "labels Parquet": Forgery(
        lambda e: e.rewrite("labels", "SELECT * REPLACE ('feminine' AS value) FROM old"),
        "of counts differ when made again",
    ),
    "leaderboard Parquet": Forgery(
        lambda e: e.rewrite(
            "leaderboard", "SELECT * REPLACE (0::DOUBLE AS estimate, 1::INTEGER AS rank_low) FROM old"
        ),
        "of leaderboard differ when made again",
    ),
    "Parquet of a view, figures in the eighth digit": Forgery(
        lambda e: e.rewrite("cell_shares", "SELECT * REPLACE (share * (1 + 1e-8) AS share) FROM old"),
        "tables/cell_shares/week=2026-11-09/",
    ),
    "Parquet of a view that is whole": Forgery(
        lambda e: e.rewrite("model_timeline", "SELECT * REPLACE ('x' AS model) FROM old"),
        "data/model_timeline.parquet: ",
    ),
    "a row of a view left out": Forgery(
        lambda e: e.rewrite("cell_counts", "FROM old OFFSET 1"), "tables/cell_counts/week=2026-11-09/"
    ),
    "leaderboard CSV": Forgery(
        lambda e: e.rewrite("leaderboard", "SELECT * REPLACE (1 AS n) FROM old", "csv"),
        "data/leaderboard.csv: ",
    ),
    "columns of a CSV swapped": Forgery(
        lambda e: e.text("data/leaderboard.csv", "week,track", "track,week"),
        "data/leaderboard.csv has other columns",
    ),
    "a row of a CSV left out": Forgery(
        lambda e: e.rewrite("leaderboard", "FROM old OFFSET 1", "csv"), "data/leaderboard.csv: "
    ),
    "a Parquet column renamed": Forgery(
        lambda e: e.rewrite("board_ranks", "SELECT * RENAME (rank_low AS low_rank) FROM old"),
        "board_ranks has other columns than this version",
    ),
    "a column added": Forgery(
        lambda e: e.rewrite("check_results", "SELECT *, 'x' AS note FROM old"),
        "check_results has other columns than this version",
    ),
    "a column of a view added": Forgery(
        lambda e: e.rewrite("reliability", "SELECT *, TRUE AS sure FROM old"),
        "reliability has other columns than",
    ),
    "a file added with its entry": Forgery(_add("data/extra.csv"), "data/extra.csv is in the manifest"),
    "a hidden table added with its entry": Forgery(
        _add("data/schema_hash.csv"), "data/schema_hash.csv is in the manifest"
    ),
    "a table added": Forgery(_add_table, "extra is in the manifest, and no edition"),
    "a file dropped with its entry": Forgery(
        _drop("data/leaderboard.csv"), "data/leaderboard.csv is not in the manifest"
    ),
    "a file dropped with its entry and its link": Forgery(
        _hide_download, "data/changes.csv is not in the manifest"
    ),
    "a table dropped with its parts": Forgery(
        _drop_table("check_results"), "check_results is not in the manifest, and every edition"
    ),
    "a view dropped with its parts": Forgery(
        _drop_table("reliability"), "reliability is not in the manifest, and every edition"
    ),
    # parts
    "the content hash of a part": Forgery(
        _nothing, "content_sha256 is not that of its rows", _kept("content_sha256", "images")
    ),
    "the table hash of a part": Forgery(
        _nothing, "table_hash is not that of its rows", _kept("table_hash", "plans")
    ),
    "a table hash of a view": Forgery(
        _nothing, "table_hash is not that of its rows", _kept("table_hash", "cell_counts")
    ),
    "a figure changed in every part and in CSV alike": Forgery(
        _sql("UPDATE figures SET estimate = 0.2, reason = NULL WHERE model = 'sim-drift' AND figure = 'gap'"),
        "of figures differ when made again",
    ),
    "a label changed everywhere": Forgery(_flag, "of counts differ when made again"),
    "an answer left out everywhere": Forgery(
        _sql(
            "CREATE TEMP TABLE gone AS SELECT min(slot_key) AS slot_key FROM slots WHERE model = 'sim-drift'",
            *(
                f"DELETE FROM {table} WHERE slot_key IN (FROM gone)"
                for table in ("labels", "images", "attempts", "slots")
            ),
        ),
        "differ when made again",
    ),
    "a row twice": Forgery(
        _sql("INSERT INTO check_results FROM check_results LIMIT 1"),
        "a table holds a row twice",
    ),
    "a label twice": Forgery(_sql("INSERT INTO labels FROM labels LIMIT 1"), "a table holds a row twice"),
    "a change over weeks invented": Forgery(_invent_change, "of changes differ when made again"),
    "a rank changed": Forgery(
        _sql("UPDATE board_ranks SET reason = 'none' WHERE reason IS NOT NULL"),
        "of board_ranks differ when made again",
    ),
    "an interval that was never there": Forgery(
        _sql(
            "UPDATE figures SET estimate = 0.5, low = 0.5, high = 0.5, reason = NULL WHERE figure = 'mean_share'"
        ),
        "of figures differ when made again",
    ),
    "pictures said to count for half": Forgery(
        _sql("UPDATE figures SET worth = 0.5 WHERE n > 1 AND prompt IS NOT NULL"),
        "of figures differ when made again",
    ),
    "two models told apart": Forgery(
        _sql(
            "INSERT INTO board_pairs BY NAME SELECT b.* EXCLUDE (lead, models, critical, df, resolution, would_find, "
            "reason), 'sim-classic' AS model_a, 'sim-drift' AS model_b, 1 AS prompts, TRUE AS told_apart, "
            "TRUE AS holds FROM boards AS b LIMIT 1"
        ),
        "of board_pairs differ when made again",
    ),
    "an effect of too few pictures made clear": Forgery(
        _sql("UPDATE words SET estimate = 0.5, low = 0.1, high = 0.9, clear = TRUE, reason = NULL"),
        "of words differ when made again",
    ),
    # the manifest
    "table_hashes empty": Forgery(
        _nothing, "table_hashes has another hash of table labels", lambda e: {"table_hashes": {}}
    ),
    "table_hashes of another table": Forgery(
        _nothing,
        "table_hashes has another hash of table labels",
        lambda e: {
            "table_hashes": e.manifest["table_hashes"] | {"labels": e.manifest["table_hashes"]["slots"]}
        },
    ),
    "content_sha256": Forgery(_nothing, "content_sha256 is not", lambda e: {"content_sha256": "0" * 64}),
    "partitions empty": Forgery(_nothing, "partitions of the manifest are not", lambda e: {"partitions": []}),
    "the hash of a plan": Forgery(
        _nothing,
        "partitions of the manifest are not",
        _partitions(lambda entry: entry | {"plan_sha256": "0" * 64}),
    ),
    "label parts of another week": Forgery(
        _nothing,
        "label_parts are not the names of its parts",
        _partitions(lambda entry: entry | {"label_parts": ["labels/week=2026-11-02/model=x/part-0.parquet"]}),
    ),
    "suites": Forgery(_nothing, "suites of the manifest are not", lambda e: {"suites": []}),
    "labelers": Forgery(
        _nothing,
        "labelers of the manifest are not",
        lambda e: {"labelers": [x | {"labeler": "people"} for x in e.manifest["labelers"]]},
    ),
    "anchors": Forgery(_nothing, "anchors of the manifest", lambda e: {"anchors": []}),
    "gold": Forgery(_nothing, "gold of the manifest", lambda e: {"gold": [{"gold_set": "g", "labels": []}]}),
    "studies": Forgery(_nothing, "studies of the manifest", lambda e: {"studies": [{"study": "x"}]}),
    "created_at before the last answer": Forgery(
        _nothing, "before the last attempts.answered_at", lambda e: {"created_at": "2026-11-09T00:00:01Z"}
    ),
    "created_at in the future": Forgery(
        _nothing, "which is in the future", lambda e: {"created_at": "2099-01-01T00:00:00Z"}
    ),
    "the analysis file's hash": Forgery(
        _nothing, "is not the file of analysis_plan_sha256", lambda e: {"analysis_plan_sha256": "0" * 64}
    ),
    "the week": Forgery(_nothing, "week and revision say 2026-11-16.1", lambda e: {"week": "2026-11-16"}),
    "the revision": Forgery(_nothing, f"week and revision say {WEEK}.2", lambda e: {"revision": 2}),
    "what it replaces": Forgery(_nothing, "no earlier revision", lambda e: {"replaces": f"{WEEK}.1"}),
}


#: Forgeries that do not touch each other are made and reported together; with CLICHE_LONG_TESTS each alone.
TOGETHER = (
    (
        *(
            "leaderboard Parquet",
            "Parquet of a view, figures in the eighth digit",
            "a row of a view left out",
        ),
        *("Parquet of a view that is whole", "columns of a CSV swapped", "a file added with its entry"),
        *("a hidden table added with its entry", "a column of a view added", "the content hash of a part"),
    ),
    ("labels Parquet", "a row of a CSV left out", "a script on a page", "a style that hides a row"),
    ("a Parquet column renamed", "a column added", "a table added", "a view dropped with its parts"),
    ("the table hash of a part", "a rank changed", "leaderboard CSV"),
    (
        *("table_hashes of another table", "the hash of a plan", "suites", "labelers", "anchors", "gold"),
        *("studies", "created_at in the future", "what it replaces"),
    ),
    (
        *("content_sha256", "partitions empty", "created_at before the last answer", "the revision"),
        "a table hash of a view",
    ),
)
_GROUPED = {name for names in TOGETHER for name in names}
GROUPS = [(name,) for name in FORGERIES]
if not os.environ.get("CLICHE_LONG_TESTS"):
    GROUPS = [*TOGETHER, *some((one for one in GROUPS if one[0] not in _GROUPED), 3)]


@pytest.mark.parametrize("names", GROUPS, ids=", ".join)
def test_a_forgery_is_reported_by_name(edition: Edition, names: tuple[str, ...]) -> None:
    for name in names:
        FORGERIES[name].change(edition)
    edition.sign()
    for name in names:
        edition.manifest |= FORGERIES[name].signed(edition)
    edition.write()
    report = verified(edition)
    assert report.exit_code == 1, report.lines()
    for name in names:
        assert any(FORGERIES[name].told in line for line in report.differences), (name, report.lines())


def test_the_kit_has_each_forgery_once_and_enough_of_them() -> None:
    assert len(FORGERIES) + len(UNSIGNED) >= 50
    assert sum(len(names) for names in TOGETHER) == len(_GROUPED)
    assert FORGERIES.keys() >= _GROUPED


def test_a_manifest_that_was_signed_again_without_any_forgery_agrees(edition: Edition) -> None:
    edition.sign()
    report = verified(edition)
    assert [line.split(":")[0] for line in report.lines()[1:]] == NOTES
    assert report.exit_code == 0


UNSIGNED: dict[str, tuple[Callable[[Edition], None], str]] = {
    "a file added": (_add("notes.txt"), "notes.txt is not in the manifest"),
    "a hidden file added": (_add("data/.hidden"), "data/.hidden is not in the manifest"),
    "a DuckDB file beside the rest": (_add("cliche.duckdb"), "cliche.duckdb is not in the manifest"),
    "a part that is not listed": (
        _add(f"../../tables/labels/week={WEEK}/{'0' * 64}.parquet"),
        f"tables/labels/week={WEEK}/{'0' * 64}.parquet is not of edition {ID}",
    ),
    "a part removed": (lambda e: e.parts("labels")[0].unlink(), ".parquet is missing"),
    "a part that is another": (
        lambda e: e.parts("labels")[0].write_bytes(e.parts("slots")[0].read_bytes()) and None,
        ".parquet has another hash than the manifest says",
    ),
    "a link in the place of a part": (
        lambda e: _into_link(e, e.parts("labels")[0]),
        ".parquet is not a plain file",
    ),
    "a file removed": (_drop("data/model_timeline.parquet"), "data/model_timeline.parquet is missing"),
    "a link in the place of a file": (_link, "data/leaderboard.csv is not a plain file"),
    "a name that looks like a line of the report": (
        _add("data/x\n  all agree\r\x1b[2J"),
        "data/x\N{REPLACEMENT CHARACTER}  all agree\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2J is not",
    ),
    "a field that is there twice": (_doubled, "is not what publish writes"),
}


def test_a_forged_figure_on_any_page_is_reported(edition: Edition) -> None:
    """One digit in the text of each page, in both languages."""
    forged = []
    for path in sorted(edition.folder.rglob("index.html")):
        name = path.relative_to(edition.folder).as_posix()
        before, main, after = path.read_text(encoding="utf-8").partition("<main")
        changed = re.sub(
            r"(>[^<>]*?)(\d)(?=[^<>]*<)", lambda m: f"{m[1]}{9 - int(m[2])}", main + after, count=1
        )
        if changed != main + after:
            path.write_text(before + changed, encoding="utf-8")
            forged.append(name)
    assert len(forged) > 30
    edition.sign()
    report = verified(edition)
    assert {
        line.partition(" ")[0] for line in report.differences if "is not what its version makes" in line
    } == {*forged}


@pytest.mark.parametrize("name", UNSIGNED)
def test_a_folder_that_is_not_what_the_manifest_says_is_reported(edition: Edition, name: str) -> None:
    change, told = UNSIGNED[name]
    change(edition)
    report = verified(edition)
    assert report.exit_code == 1
    assert any(told in line for line in report.differences), report.lines()


def test_a_flipped_byte_of_any_file_is_reported_with_its_name(edition: Edition) -> None:
    chance = random.Random(9)
    files = sorted(path for path in edition.root.rglob("*") if path.is_file())
    kinds: dict[str, list[Path]] = {}
    for path in files:
        kinds.setdefault(path.suffix if path.name != "manifest.json" else "manifest", []).append(path)
    for number in range(MANY):
        path = chance.choice(kinds[sorted(kinds)[number % len(kinds)]])
        whole = path.read_bytes()
        at = chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        name = path.relative_to(edition.folder if edition.folder in path.parents else edition.root).as_posix()
        try:
            lines = verified(edition).differences
        except CorruptObjectError as error:  # the manifest is none
            lines = [str(error)]
        assert lines, (name, at)
        assert name == "manifest.json" or any(line.startswith(f"{name} ") for line in lines), (
            name,
            at,
            lines,
        )
        path.write_bytes(whole)
    assert verified(edition).exit_code == 0


def test_a_link_in_the_place_of_the_manifest_is_not_followed(edition: Edition) -> None:
    path = edition.folder / "manifest.json"
    path.symlink_to(path.rename(edition.root.parent / "elsewhere.json"))
    with pytest.raises(UsageError, match=r"manifest.json is missing, or no plain file"):
        verified(edition)


def test_a_manifest_that_does_not_fit_its_seal_is_reported(edition: Edition) -> None:
    path = edition.folder / "manifest.json"
    whole = path.read_bytes()
    at = whole.index(b'"_sha256":"') + 20
    path.write_bytes(whole[:at] + (b"0" if whole[at : at + 1] != b"0" else b"1") + whole[at + 1 :])
    assert verified(edition).differences == [
        "manifest.json is not what publish writes: it does not fit its hash, or has a field twice"
    ]


# ---- versions ----


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


def test_a_version_number_that_is_not_known_here_is_not_checked(edition: Edition) -> None:
    edition.sign(code_version="99.0.0+abc")
    report = verified(edition)
    assert (report.exit_code, report.differences) == (4, [])
    assert report.unchecked == [
        f"code version 99.0.0+abc is not known here; it has the texts of {metadata.version('cliche')}"
    ]


# ---- the store ----


def test_the_pointer_of_the_store_is_compared(edition: Edition) -> None:
    names = ("edition", "week", "revision", "replaces")
    right = {name: edition.manifest[name] for name in names}
    pointer = edition.root / "editions" / "latest.json"
    for change, told in (
        ({}, None),
        ({"replaces": f"{WEEK}.9"}, "latest.json has another replaces"),
        ({"edition": "2026-11-02.1", "week": "2026-11-02"}, "which is earlier than this edition"),
        ({"edition": "2026-11-16.1", "week": "2026-11-16"}, None),
    ):
        pointer.write_bytes(canonical_json(right | change))
        report = verified(edition)
        assert report.differences == [] if told is None else told in report.differences[0]
    pointer.write_bytes(b"[]")
    assert "does not read" in verified(edition).differences[0]
    edition.folder.rename(edition.folder.with_name("2026-11-16.1"))
    assert "under the name 2026-11-16.1" in verified(edition).differences[0]


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"<html>",
    "cut": b'{"format":1,"edition":"2026-11-',
    "no UTF-8": b'{"format":1,"edition":"\xff"}',
    "a list": b"[]",
    "deep": b"[" * 200_000 + b"]" * 200_000,
    "deep in a field": b'{"format":1,"x":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    "a huge number": b'{"format":' + b"9" * 100_000 + b"}",
    "a format to come": b'{"format":3}',
    "another format": b'{"format":1}',
    "a format that is true": b'{"format":true}',
    "not a number": b'{"format":NaN}',
}


def _stated(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda manifest: manifest | changes


def _names(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    entry = {"sha256": "0" * 64, "bytes": 1}
    return lambda manifest: manifest | {"files": dict.fromkeys(names, entry)}


WRONG: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "files a list": _stated(files=[]),
    "an entry a text": _stated(files={"a": "b"}),
    "a hash too short": _stated(files={"a": {"sha256": "ab", "bytes": 1}}),
    "a size below zero": _stated(files={"a": {"sha256": "0" * 64, "bytes": -1}}),
    "a size of 10^30": _stated(files={"a": {"sha256": "0" * 64, "bytes": 10**30}}),
    "a size that is true": _stated(files={"a": {"sha256": "0" * 64, "bytes": True}}),
    "sizes that add up to too much": _stated(
        files={f"f{n}": {"sha256": "0" * 64, "bytes": 19_000_000_000} for n in range(9)}
    ),
    "a million names": _names(*(f"f{n}" for n in range(150_000))),
    "up": _names("../x"),
    "up within": _names("data/../../x"),
    "from the root": _names("/etc/passwd"),
    "a drive": _names("C:/x"),
    "a backslash": _names("data\\x"),
    "a NUL": _names("a\0b"),
    "a device": _names("data/NUL.csv"),
    "an empty part": _names("data//x"),
    "a hidden file": _names(".bashrc"),
    "itself": _names("Manifest.json"),
    "one name in two cases": _names("a.csv", "A.csv"),
    "a file that is a folder": _names("a", "a/b"),
    "a long name": _names("x" * 300),
    "a week that is a number": _stated(week=7),
    "an edition's week that is no Monday": _stated(week="2026-11-10"),
    "a time that is none": _stated(created_at="yesterday"),
    "a revision that it replaces and is none": _stated(replaces="x"),
    "no hash of its texts": _stated(texts_sha256=None),
    "no hash of the analysis file": _stated(analysis_plan_sha256=None),
    "no pages": _stated(pages=None),
    "a revision that is a text": _stated(revision="1"),
    "a revision of 10^40": _stated(revision=10**40),
    "an edition with a path": _stated(edition="../../x"),
    "partitions a text": _stated(partitions="x"),
    "tables a list": _stated(tables=[]),
    "no tables": _stated(tables=None),
    "a table without parts": _stated(tables={"labels": {}}),
    "a table of a strange name": lambda m: m | {"tables": {"a;b": m["tables"]["labels"]}},
    "a million parts": lambda m: _table(m, parts=m["tables"]["labels"]["parts"] * 600_000),
    "no columns": lambda m: _table(m, columns=[]),
    "a column that is a text": lambda m: _table(m, columns=["week"]),
    "a column of a strange name": lambda m: _table(m, columns=[["week", "DATE"], ['x"', "INTEGER"]]),
    "a column twice": lambda m: _table(m, columns=[["week", "DATE"], ["week", "DATE"]]),
    "no column week": lambda m: _table(m, columns=[["model", "VARCHAR"]]),
    "rows that do not add up": lambda m: _table(m, rows=m["tables"]["labels"]["rows"] + 1),
    "a part listed twice": lambda m: _table(m, parts=m["tables"]["labels"]["parts"] * 2),
    "parts not in order": lambda m: _table(
        m, parts=[*m["tables"]["labels"]["parts"], _of_week(m, "2026-11-02")]
    ),
    "a week that is no Monday": lambda m: _part(m, week="2026-11-10"),
    "a week in another form": lambda m: _part(m, week="20261109"),
    "a key of another week": lambda m: _part(m, week="2026-11-02"),
    "a key that leads out": lambda m: _part(m, key="tables/labels/week=2026-11-09/../../../../etc/passwd"),
    "a key in another table": lambda m: _part(m, key=m["tables"]["slots"]["parts"][0]["key"]),
    "a key from the root": lambda m: _part(m, key="/etc/passwd"),
    "a key that is a number": lambda m: _part(m, key=1),
    "a part of another hash than its key": lambda m: _part(m, sha256="0" * 64),
    "a part without a content hash": lambda m: _part(m, content_sha256=None),
    "a part of no bytes": lambda m: _part(m, bytes=0),
    "a part of 10^30 rows": lambda m: _part(m, rows=10**30),
    "a part whose rows are true": lambda m: _part(m, rows=True),
    "a table hash too short": lambda m: _part(m, table_hash="ab"),
    "a table that is whole, too": _names("data/labels.parquet"),
    "a whole table without rows": _names("data/studies.parquet"),
}


def _table(manifest: dict[str, Any], **changes: Any) -> dict[str, Any]:
    tables = manifest["tables"]
    return manifest | {"tables": tables | {"labels": tables["labels"] | changes}}


def _part(manifest: dict[str, Any], **changes: Any) -> dict[str, Any]:
    (part,) = manifest["tables"]["labels"]["parts"]
    return _table(manifest, parts=[part | changes])


def _of_week(manifest: dict[str, Any], week: str) -> dict[str, Any]:
    (part,) = manifest["tables"]["labels"]["parts"]
    return part | {"week": week, "key": table_part("labels", week, part["sha256"])}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_manifest_that_is_none_gives_one_line(edition: Edition, name: str) -> None:
    (edition.folder / "manifest.json").write_bytes(HOSTILE[name])
    _one_line(edition)


@pytest.mark.parametrize("name", WRONG)
def test_a_manifest_with_a_wrong_field_gives_one_line(edition: Edition, name: str) -> None:
    value = WRONG[name](edition.manifest)
    (edition.folder / "manifest.json").write_text(json.dumps(value))
    _one_line(edition)


def _one_line(edition: Edition) -> None:
    with pytest.raises(CorruptObjectError) as raised:
        verified(edition)
    assert "is no manifest of an edition: " in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 500


STRANGE: list[list[Any]] = [[1], [None], [[]], [{"week": [], "model": {}}], ["x" * 1000]]


@pytest.mark.parametrize("value", some(STRANGE, 2))
def test_fields_with_strange_entries_differ_and_nothing_breaks(edition: Edition, value: list[Any]) -> None:
    fields = ("suites", "labelers", "partitions", "anchors", "gold", "studies")
    edition.manifest |= dict.fromkeys(fields, value) | {"table_hashes": {"labels": value}}
    edition.write()
    report = verified(edition)
    assert report.exit_code == 1
    for field in (*fields, "table_hashes"):
        assert any(field in line for line in report.differences), report.lines()


def test_a_manifest_with_many_files_that_are_not_there_is_read_in_seconds() -> None:
    report = VerifyReport("2026-11-23.1")
    began = time.process_time()
    for number in range(100_000):
        report.differ(f"data/x{number:06}.csv is missing")
        report.differ(f"data/x{number:06}.csv is missing")
    assert len(report.differences) == 100_000
    assert time.process_time() - began < 2
