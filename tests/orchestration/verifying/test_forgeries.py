"""Forgeries of a published edition, each with a manifest made to agree with it: all of them are reported by name."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.verifying.report import VerifyReport
from orchestration.verifying.run import verify_source
from orchestration.verifying.sources import StatedSource
from tests.orchestration.installation import WEEK, Installation
from tests.orchestration.verifying.forging import Edition
from warehouse.canonical import canonical_json
from warehouse.errors import CorruptObjectError

ID = f"{WEEK}.1"
MANY = 300 if os.environ.get("CLICHE_LONG_TESTS") else 40


@pytest.fixture
def edition(published_once: Installation, tmp_path: Path) -> Edition:
    """A copy of a published edition's folder, and nothing beside it."""
    folder = tmp_path / "downloaded"
    shutil.copytree(Path(published_once.settings.store) / "editions" / ID, folder)
    return Edition(folder)


def verified(edition: Edition, **source: Any) -> VerifyReport:
    return verify_source(StatedSource(edition.folder, **source))


@dataclass(frozen=True)
class Forgery:
    """What is changed, how the manifest is changed besides, and a part of the line that reports it."""

    change: Callable[[Edition], None]
    told: str
    signed: Callable[[Edition], dict[str, Any]] = lambda edition: {}


def _sql(*statements: str, tables: tuple[str, ...] = ()) -> Callable[[Edition], None]:
    """Change the DuckDB file, write Parquet and CSV of all relations from it, and make the page from it."""

    def change(edition: Edition) -> None:
        edition.sql(*statements)
        edition.export(tables)
        edition.page()

    return change


def _nothing(edition: Edition) -> None:
    del edition


def _swap_names(edition: Edition) -> None:
    edition.text("index.html", "sim-classic", "sim-x")
    edition.text("index.html", "sim-drift", "sim-classic")
    edition.text("index.html", "sim-x", "sim-drift")


def _swap_pictures(edition: Edition) -> None:
    one, other = edition.pictures()[:2]
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def _add(name: str) -> Callable[[Edition], None]:
    return lambda edition: (edition.folder / name).write_bytes(b"week\n2026-11-09\n") and None


def _drop(name: str) -> Callable[[Edition], None]:
    return lambda edition: (edition.folder / name).unlink()


def _drop_picture(edition: Edition) -> None:
    edition.pictures()[0].unlink()


def _hide_download(edition: Edition) -> None:
    """Drop a file and the page's link to it."""
    (edition.folder / "data" / "labels.csv").unlink()
    edition.text("index.html", 'href="data/labels.csv"', 'href="data/labels.parquet"')


def _view(statement: str) -> Callable[[Edition], None]:
    def change(edition: Edition) -> None:
        edition.sql(statement)

    return change


_CONSTANT = (
    "CREATE OR REPLACE VIEW reliability AS SELECT * REPLACE (TRUE AS reliable) FROM "
    "read_parquet('/nowhere.parquet')"
)


def _constant_view(edition: Edition) -> None:
    """Put a constant in the place of a view, with the rows that it gave but one figure."""
    with duckdb.connect(str(edition.database)) as con:
        ((text,),) = con.execute("SELECT sql FROM duckdb_views() WHERE view_name = 'cell_shares'").fetchall()
        body = text.partition(" AS ")[2].rstrip(";")
        con.execute(f"CREATE OR REPLACE VIEW cell_shares AS SELECT * REPLACE (0.5 AS share) FROM ({body})")
    edition.export(("cell_shares",))


def _flag(edition: Edition) -> None:
    """Turn men into women in the labels, and in nothing that follows from them."""
    edition.sql(
        "UPDATE labels SET value = 'feminine' WHERE attribute = 'perceived_gender' AND value = 'masculine'"
    )
    edition.export()
    edition.page()


def _read_etc(edition: Edition) -> None:
    edition.sql("CREATE OR REPLACE VIEW slot_outcomes AS SELECT * FROM read_text('/etc/passwd')")


def _link(edition: Edition) -> None:
    path = edition.folder / "data" / "labels.csv"
    path.rename(edition.folder.parent / "labels.csv")
    path.symlink_to(edition.folder.parent / "labels.csv")


def _manifest_link(edition: Edition) -> None:
    path = edition.folder / "manifest.json"
    path.symlink_to(path.rename(edition.folder.parent / "elsewhere.json"))


def _doubled(edition: Edition) -> None:
    """Name a field twice: some programs read the first, some the last."""
    path = edition.folder / "manifest.json"
    path.write_bytes(b'{"revision":9,' + path.read_bytes()[1:])


def _partitions(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Edition], dict[str, Any]]:
    return lambda edition: {"partitions": [change(entry) for entry in edition.manifest["partitions"]]}


def _drop_table(edition: Edition) -> None:
    edition.sql("DROP TABLE withheld")
    for kind in ("csv", "parquet"):
        (edition.folder / "data" / f"withheld.{kind}").unlink()


def _without(edition: Edition, name: str) -> dict[str, Any]:
    (edition.folder / name).unlink()
    return {"files": {key: value for key, value in edition.manifest["files"].items() if key != name}}


def _invent_change(edition: Edition) -> None:
    """Fill a row of drift_events with something for each column."""
    with duckdb.connect(str(edition.database)) as con:
        columns = con.execute("DESCRIBE drift_events").fetchall()
        values = {"VARCHAR": "'x'", "DATE": f"DATE '{WEEK}'", "BOOLEAN": "FALSE"}
        row = ", ".join(values.get(kind, "1") for _, kind, *_ in columns)
        con.execute(f"INSERT INTO drift_events VALUES ({row})")
    edition.export(("drift_events",))


FORGERIES: dict[str, Forgery] = {
    # the page
    "names swapped on the page": Forgery(_swap_names, "index.html is not what its version makes"),
    "a number on the page": Forgery(
        lambda e: e.text("index.html", "n = 4", "n = 40"), "index.html is not what its version makes"
    ),
    "a script on the page": Forgery(
        lambda e: e.text("index.html", "</body>", "<script>1</script></body>"), "index.html is not what"
    ),
    "a style that hides a row": Forgery(
        lambda e: e.text("static/page.css", "body", "tr{display:none} body"), "static/page.css is not what"
    ),
    "a meaning in the data dictionary": Forgery(
        lambda e: e.text("docs/dictionary.md", "perceived", "real"),
        "docs/dictionary.md is not what its version makes",
    ),
    "a formula": Forgery(
        lambda e: e.text("docs/metrics.md", "- Formula: ", "- Formula: 2 × "), "docs/metrics.md is not what"
    ),
    "pictures swapped under their content names": Forgery(
        _swap_pictures, "holds another picture than its name"
    ),
    "a picture dropped with its entry": Forgery(
        _drop_picture, "is linked from the page and not in the manifest"
    ),
    "a picture added with its entry": Forgery(_add(f"pictures/{'0' * 64}.png"), f"pictures/{'0' * 64}.png"),
    # files
    "labels Parquet": Forgery(
        lambda e: e.rewrite("labels", "SELECT * REPLACE ('feminine' AS value) FROM old"),
        "data/labels.parquet differs from the DuckDB file",
    ),
    "leaderboard Parquet": Forgery(
        lambda e: e.rewrite(
            "leaderboard", "SELECT * REPLACE (0::DOUBLE AS distance, 1::INTEGER AS rank_low) FROM old"
        ),
        "data/leaderboard.parquet differs from the DuckDB file",
    ),
    "Parquet of a view, figures in the eighth digit": Forgery(
        lambda e: e.rewrite("cell_shares", "SELECT * REPLACE (share * (1 + 1e-8) AS share) FROM old"),
        "data/cell_shares.parquet differs from the DuckDB file",
    ),
    "labels CSV": Forgery(
        lambda e: e.rewrite("labels", "SELECT * REPLACE ('feminine' AS value) FROM old", "csv"),
        "data/labels.csv differs from the DuckDB file",
    ),
    "columns of a CSV swapped": Forgery(
        lambda e: e.text("data/cell_counts.csv", "week,model", "model,week"),
        "data/cell_counts.csv has other columns",
    ),
    "a row of a CSV left out": Forgery(
        lambda e: e.rewrite("attempts", "FROM old LIMIT 7", "csv"), "data/attempts.csv differs"
    ),
    "a Parquet column renamed": Forgery(
        lambda e: e.rewrite("ranks", "SELECT * RENAME (rank_low AS low_rank) FROM old"),
        "data/ranks.parquet has other columns",
    ),
    "a file added with its entry": Forgery(_add("data/extra.csv"), "data/extra.csv is in the manifest"),
    "a hidden table added with its entry": Forgery(
        _add("data/schema_migrations.csv"), "data/schema_migrations.csv is in the manifest"
    ),
    "a file dropped with its entry": Forgery(
        _drop("data/labels.csv"), "data/labels.csv is not in the manifest"
    ),
    "a file dropped with its entry and its link": Forgery(
        _hide_download, "data/labels.csv is not in the manifest"
    ),
    "the DuckDB file dropped": Forgery(
        lambda e: None,
        "data/cliche.duckdb is not in the manifest",
        lambda e: _without(e, "data/cliche.duckdb"),
    ),
    # the DuckDB file
    "a view replaced by a constant": Forgery(_constant_view, "view cell_shares has another statement"),
    "a view that reads a file": Forgery(_read_etc, "view slot_outcomes has "),
    "a view added": Forgery(_view("CREATE VIEW more AS SELECT 1 AS x"), "holds the view more"),
    "a view that never ends": Forgery(
        _view(
            "CREATE OR REPLACE VIEW reliability AS SELECT count(*) AS n "
            "FROM range(1000000000) AS a, range(1000000000) AS b"
        ),
        "view reliability has ",
    ),
    "a table dropped with its files": Forgery(_drop_table, "has no withheld"),
    "a table added": Forgery(_view("CREATE TABLE extra AS SELECT 1 AS x"), "holds the table extra"),
    "a column added": Forgery(
        _view("ALTER TABLE withheld ADD COLUMN note VARCHAR"), "table withheld has other columns or comments"
    ),
    "a comment changed": Forgery(
        _view("COMMENT ON COLUMN labels.value IS 'identity: how it is'"),
        "table labels has other columns or comments",
    ),
    "a comment that takes a column out of the hash": Forgery(
        _view("COMMENT ON COLUMN labels.value IS 'run time: nothing'"),
        "table labels has other columns or comments",
    ),
    "a comment on a view changed": Forgery(
        _view("COMMENT ON VIEW leaderboard IS 'all is well'"),
        "view leaderboard has other columns or comments",
    ),
    "a macro in the place of a function": Forgery(
        _view("CREATE MACRO count_star() AS 0"), "holds the macro count_star"
    ),
    "a schema beside": Forgery(_view("CREATE SCHEMA beside"), "holds the schema beside"),
    "a score changed in DuckDB, Parquet and CSV alike": Forgery(
        _sql("UPDATE scores SET estimate = estimate / 2 WHERE model = 'sim-drift' AND estimate > 0.1"),
        "scores differ when computed again",
    ),
    "a label changed everywhere": Forgery(_flag, "scores differ when computed again"),
    "an answer left out everywhere": Forgery(
        _sql(
            "CREATE TEMP TABLE gone AS SELECT min(slot_key) AS slot_key FROM slots WHERE model = 'sim-drift'",
            *(
                f"DELETE FROM {table} WHERE slot_key IN (FROM gone)"
                for table in ("labels", "images", "attempts", "slots")
            ),
        ),
        "differ when computed again",
    ),
    "a row twice": Forgery(
        _sql("INSERT INTO check_results FROM check_results LIMIT 1"),
        "table check_results has 1 row more than once",
    ),
    "a label twice": Forgery(
        _sql("INSERT INTO labels FROM labels LIMIT 1"), "table labels has 1 row more than once"
    ),
    "a change over weeks invented": Forgery(_invent_change, "drift_events differ when computed again"),
    "a rank changed": Forgery(
        _sql("UPDATE ranks SET reason = 'none' WHERE reason IS NOT NULL"),
        "rows of ranks differ when computed again",
    ),
    # the manifest
    "table_hashes empty": Forgery(
        _nothing, "table_hashes has no hash of table labels", lambda e: {"table_hashes": {}}
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
    "created_at no time": Forgery(_nothing, "no time in UTC", lambda e: {"created_at": "yesterday"}),
    "code_version": Forgery(
        _nothing, "index.html is not what its version makes", lambda e: {"code_version": "0.1.0+ffffffffffff"}
    ),
    "the week": Forgery(_nothing, "week and revision say 2026-11-16.1", lambda e: {"week": "2026-11-16"}),
    "the revision": Forgery(_nothing, f"week and revision say {WEEK}.2", lambda e: {"revision": 2}),
    "what it replaces": Forgery(_nothing, "no earlier revision", lambda e: {"replaces": f"{WEEK}.1"}),
}


#: Forgeries that do not touch each other are made and reported together; with CLICHE_LONG_TESTS each alone.
TOGETHER = (
    (
        *("labels Parquet", "leaderboard Parquet", "Parquet of a view, figures in the eighth digit"),
        *("columns of a CSV swapped", "a row of a CSV left out", "a Parquet column renamed"),
        *("a file added with its entry", "a hidden table added with its entry"),
    ),
    ("labels CSV", "a script on the page", "a style that hides a row"),
    ("a view added", "a table added", "a column added", "a comment changed", "a comment on a view changed"),
    (
        *("table_hashes of another table", "the hash of a plan", "suites", "labelers", "anchors", "gold"),
        *("studies", "created_at in the future", "code_version", "what it replaces"),
    ),
    ("content_sha256", "partitions empty", "created_at before the last answer", "the revision"),
)
_GROUPED = {name for names in TOGETHER for name in names}
GROUPS = [(name,) for name in FORGERIES if os.environ.get("CLICHE_LONG_TESTS") or name not in _GROUPED]
GROUPS += [] if os.environ.get("CLICHE_LONG_TESTS") else TOGETHER


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
    assert len(report.lines()) == 1
    assert report.exit_code == 0


def test_a_view_of_a_forged_file_reads_nothing(edition: Edition) -> None:
    secret = edition.folder.parent / "secret.csv"
    secret.write_text("top secret\n")
    edition.sql(f"CREATE OR REPLACE VIEW reliability AS FROM read_csv('{secret}', header = false)")
    edition.sign()
    assert "secret" not in " ".join(line.replace("secret.csv", "") for line in verified(edition).lines())


UNSIGNED: dict[str, tuple[Callable[[Edition], None], str]] = {
    "a file added": (_add("notes.txt"), "notes.txt is not in the manifest"),
    "a hidden file added": (_add("data/.hidden"), "data/.hidden is not in the manifest"),
    "a write-ahead log beside the DuckDB file": (
        _add("data/cliche.duckdb.wal"),
        "data/cliche.duckdb.wal is not in the manifest",
    ),
    "a file removed": (_drop("data/ranks.parquet"), "data/ranks.parquet is missing"),
    "a link in the place of a file": (_link, "data/labels.csv is not a plain file"),
    "a name that looks like a line of the report": (
        _add("data/x\n  all agree\r\x1b[2J"),
        "data/x\N{REPLACEMENT CHARACTER}  all agree\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2J is not",
    ),
    "a link in the place of the manifest": (_manifest_link, "manifest.json is not a plain file"),
    "a field that is there twice": (_doubled, "not in the form that publish writes"),
}


@pytest.mark.parametrize("name", UNSIGNED)
def test_a_folder_that_is_not_what_the_manifest_says_is_reported(edition: Edition, name: str) -> None:
    change, told = UNSIGNED[name]
    change(edition)
    report = verified(edition)
    assert report.exit_code == 1
    assert any(told in line for line in report.differences), report.lines()


def test_a_flipped_byte_of_any_file_is_reported_with_its_name(edition: Edition) -> None:
    chance = random.Random(9)
    files = sorted(path for path in edition.folder.rglob("*") if path.is_file())
    kinds: dict[str, list[Path]] = {}
    for path in files:
        kinds.setdefault(path.suffix if path.name != "manifest.json" else "manifest", []).append(path)
    for number in range(MANY):
        path = chance.choice(kinds[sorted(kinds)[number % len(kinds)]])
        whole = path.read_bytes()
        at = chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        name = path.relative_to(edition.folder).as_posix()
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


# ---- versions ----


def test_an_edition_of_an_unknown_version_is_not_checked_in_full(edition: Edition) -> None:
    edition.text("index.html", "<main>", "<main >")
    edition.sign(texts_sha256="f" * 64)
    report = verified(edition)
    assert report.exit_code == 4, report.lines()
    assert "pages" in report.open_parts
    assert "pages" not in report.lines()[0]
    assert any("is not known here" in line for line in report.lines())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sim-classic</span>", "sim-drift</span>"),
        ('data-column="pictures">4', 'data-column="pictures">5'),
        ('data-column="planned">4', 'data-column="planned">7'),
    ],
)
def test_figures_on_the_page_of_another_version_are_compared_by_their_address(
    edition: Edition, old: str, new: str
) -> None:
    edition.text("index.html", "<main>", "<main >")
    edition.sign(texts_sha256="f" * 64)
    assert verified(edition).differences == []
    edition.text("index.html", old, new)
    edition.sign(texts_sha256="f" * 64)
    report = verified(edition)
    assert report.exit_code == 1
    assert any(line.startswith("the page says ") for line in report.differences), report.lines()


def test_a_forged_view_of_an_unknown_version_is_never_asked_and_never_agrees(edition: Edition) -> None:
    _read_etc(edition)
    edition.sign(texts_sha256="f" * 64)
    report = verified(edition)
    assert report.exit_code == 4
    assert "views" in report.open_parts
    assert any("slot_outcomes" in line for line in report.unchecked)


def test_an_old_manifest_without_the_hash_of_its_texts_is_told_by_its_commit(edition: Edition) -> None:
    edition.manifest.pop("texts_sha256")
    edition.write()
    report = verified(edition)
    assert (report.differences, report.exit_code) == ([], 0), (
        report.lines()
    )  # the page is the same, made again


# ---- the store ----


def test_the_pointer_of_the_store_is_compared(edition: Edition) -> None:
    names = ("edition", "week", "revision", "replaces")
    right = {name: edition.manifest[name] for name in names}
    for change, told in (
        ({}, None),
        ({"replaces": f"{WEEK}.9"}, "latest.json has another replaces"),
        ({"edition": "2026-11-02.1", "week": "2026-11-02"}, "which is earlier than this edition"),
        ({"edition": "2026-11-16.1", "week": "2026-11-16"}, None),
    ):
        report = verified(edition, named=ID, latest=canonical_json(right | change))
        assert report.differences == [] if told is None else told in report.differences[0]
    assert "does not read" in verified(edition, latest=b"[]").differences[0]
    assert "under the name 2026-11-16.1" in verified(edition, named="2026-11-16.1").differences[0]


HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"<html>",
    "cut": b'{"format":1,"edition":"2026-11-',
    "no UTF-8": b'{"format":1,"edition":"\xff"}',
    "a list": b"[]",
    "deep": b"[" * 200_000 + b"]" * 200_000,
    "deep in a field": b'{"format":1,"x":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    "a huge number": b'{"format":' + b"9" * 100_000 + b"}",
    "another format": b'{"format":2}',
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
    "a revision that is a text": _stated(revision="1"),
    "a revision of 10^40": _stated(revision=10**40),
    "an edition with a path": _stated(edition="../../x"),
    "partitions a text": _stated(partitions="x"),
}


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


@pytest.mark.parametrize("value", STRANGE, ids=range(len(STRANGE)))
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
