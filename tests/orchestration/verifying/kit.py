"""The forgeries of one edition, by the comparison that they are about, and how each is reported.

Belongs here: what is changed. Does not belong here: making all else agree (`forging`), what no figure rests on
(`test_unseen`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tests.orchestration.installation import WEEK
from tests.orchestration.verifying.forging import Edition
from warehouse.database.published import open_published

ID = f"{WEEK}.1"
BOARD = "boards/startup-ceo-perceived-gender/index.html"


@dataclass(frozen=True)
class Forgery:
    """What is changed, parts of the line that reports it, and how the manifest is changed besides."""

    change: Callable[[Edition], object]
    told: str
    signed: Callable[[Edition], dict[str, Any]] = lambda edition: {}

    def reported(self, lines: Iterable[str]) -> bool:
        """Return whether one line holds every part; others of the same kind are in other tables."""
        parts = self.told.split(" … ")
        return any(all(part in line for part in parts) for line in lines)


def sql(*statements: str) -> Callable[[Edition], None]:
    """Change rows, write Parquet and CSV of all relations from them, and make the page from them."""

    def change(edition: Edition) -> None:
        edition.sql(*statements)
        edition.export()
        edition.page()

    return change


def _text(name: str, old: str, new: str) -> Forgery:
    return Forgery(lambda edition: edition.text(name, old, new), f"{name} is not what its version makes")


def _query(name: str, query: str, told: str, kind: str = "parquet") -> Forgery:
    return Forgery(lambda edition: edition.rewrite(name, query, kind), told)


def _swap_names(edition: Edition) -> None:
    for old, new in (("sim-classic", "sim-x"), ("sim-drift", "sim-classic"), ("sim-x", "sim-drift")):
        edition.text("models/index.html", old, new)


def _exchange_drawings(edition: Edition) -> None:
    """Put each drawing but cards, whose pictures are not here, in the place of another of its size."""
    drawings = sorted(path for path in edition.folder.glob("**/*.png") if path.name != "card.png")
    data = [path.read_bytes() for path in drawings]
    assert len({*data}) > 1
    for path, other in zip(drawings, data[1:] + data[:1], strict=True):
        path.write_bytes(other)


#: Pages, documents, drawings: whatever is beside the data.
PAGES: dict[str, Forgery] = {
    "names swapped on a page": Forgery(_swap_names, "models/index.html is not what its version makes"),
    "a number on a board": _text(BOARD, 'data-label="n">0<', 'data-label="n">40<'),
    "a script on a page": _text("index.html", "</body>", "<script>1</script></body>"),
    "a style that hides a row": _text("static/site.css", "body {", "tr{display:none} body {"),
    "a meaning in the data dictionary": _text("docs/dictionary.md", "perceived", "real"),
    "a description for programs": _text("croissant.json", "SIMULATED: ", "REAL: "),
    "a formula": _text("docs/figures.md", "- Formula: ", "- Formula: 2 × "),
    "the search": _text("search/index.json", "sim-drift", "sim-best"),
    "a font's license": _text("static/source-sans-3-OFL.txt", "Copyright", "Copyleft"),
    "drawings exchanged": Forgery(_exchange_drawings, "board.png is not what its version makes"),
}


def _add(name: str) -> Callable[[Edition], None]:
    def change(edition: Edition) -> None:
        path = edition.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"week\n2026-11-09\n")

    return change


def _drop(name: str) -> Callable[[Edition], None]:
    return lambda edition: (edition.folder / name).unlink()


def _drop_table(name: str) -> Callable[[Edition], None]:
    def change(edition: Edition) -> None:
        for path in edition.parts(name):
            path.unlink()
        del edition.manifest["tables"][name]

    return change


def _make_whole(name: str) -> Callable[[Edition], None]:
    def change(edition: Edition) -> None:
        parts, path = [*map(str, edition.parts(name))], edition.folder / "data" / f"{name}.parquet"
        with duckdb.connect() as con:
            con.execute(f"COPY (FROM read_parquet({parts}, hive_partitioning = false)) TO '{path}'")
        _drop_table(name)(edition)

    return change


def _add_table(edition: Edition) -> None:
    with duckdb.connect() as con:
        path = edition.folder / "data" / "extra.parquet"
        con.execute(f"COPY (SELECT 1 AS x) TO '{path}' (FORMAT parquet)")


#: Which tables and files there are, and their columns.
SHAPES: dict[str, Forgery] = {
    "a Parquet column renamed": _query(
        "board_ranks",
        "SELECT * RENAME (rank_low AS low_rank) FROM old",
        "board_ranks has other columns than this version",
    ),
    "a column added": _query(
        "check_results", "SELECT *, 'x' AS note FROM old", "check_results has other columns than this version"
    ),
    "a file added with its entry": Forgery(_add("data/extra.csv"), "data/extra.csv is in the manifest"),
    "a table added": Forgery(_add_table, "extra is in the manifest, and no edition"),
    "a file dropped with its entry": Forgery(
        _drop("data/leaderboard.csv"), "data/leaderboard.csv is not in the manifest"
    ),
    "a table dropped with its parts": Forgery(
        _drop_table("plans"), "plans is not in the manifest, and every edition"
    ),
    "a view dropped with its parts": Forgery(
        _drop_table("reliability"), "reliability is not in the manifest, and every edition"
    ),
}


def _invent_change(edition: Edition) -> None:
    """Fill a row of changes with something for each column."""
    values = {"VARCHAR": "'x'", "VARCHAR[]": "['x']", "DATE": f"DATE '{WEEK}'", "BOOLEAN": "FALSE"}
    with open_published(edition.database) as con:
        columns = con.execute("DESCRIBE changes").fetchall()
    row = ", ".join(values.get(kind, "1") for _, kind, *_ in columns)
    edition.sql(f"INSERT INTO changes VALUES ({row})")
    edition.export(("changes",))


def _kept(field: str, name: str) -> Forgery:
    """Change the manifest alone: the parts of a relation have what is stated of those of another."""

    def change(edition: Edition) -> dict[str, Any]:
        tables = edition.manifest["tables"]
        of_slots = tables["slots"]["parts"][0][field]
        parts = [part | {field: of_slots} for part in tables[name]["parts"]]
        rows = sum(part["rows"] for part in parts)
        return {"tables": tables | {name: tables[name] | {"parts": parts, "rows": rows}}}

    return Forgery(_nothing, f"tables/{name}/ … {field} is not that of its rows", change)


def _rows(table: str, statement: str) -> Forgery:
    """Change rows of a table that is computed, and nothing that follows from it."""

    def change(edition: Edition) -> None:
        edition.sql(statement)
        edition.export((table,))

    return Forgery(change, f"of {table} differ when made again")


def _nothing(edition: Edition) -> None:
    """Change the manifest alone."""


def _partitions(field: str, value: Any) -> Callable[[Edition], dict[str, Any]]:
    return lambda edition: {"partitions": [one | {field: value} for one in edition.manifest["partitions"]]}


def _stated(told: str, /, **changes: Any) -> Forgery:
    return Forgery(_nothing, told, lambda edition: changes)


#: Views, CSV and what is stated of parts, which follow from rows.
VIEWS: dict[str, Forgery] = {
    "leaderboard Parquet": _query(
        "leaderboard",
        "SELECT * REPLACE (0::DOUBLE AS estimate, 1::INTEGER AS rank_low) FROM old",
        "of leaderboard differ when made again",
    ),
    "Parquet of a view, figures in the eighth digit": _query(
        "cell_shares",
        "SELECT * REPLACE (share * (1 + 1e-8) AS share) FROM old",
        "tables/cell_shares/week=2026-11-09/",
    ),
    "Parquet of a view that is whole": _query(
        "model_timeline", "SELECT * REPLACE ('x' AS model) FROM old", "data/model_timeline.parquet: "
    ),
    "a row of a view left out": _query(
        "cell_counts", "FROM old OFFSET 1", "tables/cell_counts/week=2026-11-09/"
    ),
    "a column of a view added": _query(
        "reliability", "SELECT *, TRUE AS sure FROM old", "reliability has other columns than"
    ),
    "a row of a CSV left out": _query("leaderboard", "FROM old OFFSET 1", "data/leaderboard.csv: ", "csv"),
    "a file's number of rows": Forgery(
        _nothing,
        "data/outcomes.parquet: rows is not that of its rows",
        lambda e: {"files": e.manifest["files"] | {"data/outcomes.parquet": _more_rows(e)}},
    ),
    "the content hash of a part": _kept("content_sha256", "images"),
}


def _more_rows(edition: Edition) -> dict[str, Any]:
    entry: dict[str, Any] = edition.manifest["files"]["data/outcomes.parquet"]
    return entry | {"rows": entry["rows"] + 1}


#: Rows that are computed, in every part, and what is stated of others.
COMPUTED: dict[str, Forgery] = {
    "the hash of the analysis file": _stated(
        "docs/analysis.yaml is not the file of analysis_plan_sha256", analysis_plan_sha256="0" * 64
    ),
    "the table hash of a part": _kept("table_hash", "plans"),
    "a table hash of a view": _kept("table_hash", "outcomes_weekly"),
    "the rows of a part": _kept("rows", "labels"),
    "the rows of a view": _kept("rows", "outcomes_weekly"),
    "labels Parquet": _query(
        "labels", "SELECT * REPLACE ('feminine' AS value) FROM old", "of counts differ when made again"
    ),
    "a table by the week that is stated whole": Forgery(
        _make_whole("images"), "images has other columns than this version gives it"
    ),
    "columns of a CSV swapped": Forgery(
        lambda e: e.text("data/leaderboard.csv", "week,track", "track,week"),
        "data/leaderboard.csv has other columns",
    ),
    "a figure": _rows(
        "figures",
        "UPDATE figures SET estimate = 0.2, reason = NULL WHERE model = 'sim-drift' AND figure = 'gap'",
    ),
    "a rank changed": _rows("board_ranks", "UPDATE board_ranks SET reason = 'none' WHERE reason IS NOT NULL"),
    "a change over weeks invented": Forgery(_invent_change, "of changes differ when made again"),
    "two models told apart": _rows(
        "board_pairs",
        "INSERT INTO board_pairs BY NAME SELECT b.* EXCLUDE (lead, models, critical, df, resolution, would_find, "
        "reason), 'sim-classic' AS model_a, 'sim-drift' AS model_b, 1 AS prompts, TRUE AS told_apart, "
        "TRUE AS holds FROM boards AS b LIMIT 1",
    ),
    "an effect of too few pictures made clear": _rows(
        "words",
        "UPDATE words SET estimate = 0.5, low = 0.1, high = 0.9, clear = TRUE, reason = NULL",
    ),
}
#: The same, published as honest figures are: pages and all files follow from the changed rows.
THROUGHOUT: dict[str, Forgery] = {
    "a label changed everywhere": Forgery(
        sql(
            "UPDATE labels SET value = 'feminine' WHERE attribute = 'perceived_gender' AND value = 'masculine'"
        ),
        "of counts differ when made again",
    ),
    "an answer left out everywhere": Forgery(
        sql(
            "CREATE TEMP TABLE gone AS SELECT min(slot_key) AS slot_key FROM slots WHERE model = 'sim-drift'",
            *(
                f"DELETE FROM {table} WHERE slot_key IN (FROM gone)"
                for table in ("labels", "images", "attempts", "slots")
            ),
        ),
        "differ when made again",
    ),
    "a row twice": Forgery(
        lambda e: (e.sql("INSERT INTO labels FROM labels LIMIT 1"), e.export(("labels",))),
        "a table holds a row twice",
    ),
}


#: What the manifest says of its tables, and of itself.
STATED: dict[str, Forgery] = {
    "table_hashes of another table": Forgery(
        _nothing,
        "table_hashes has another hash of table labels",
        lambda e: {
            "table_hashes": e.manifest["table_hashes"] | {"labels": e.manifest["table_hashes"]["slots"]}
        },
    ),
    "content_sha256": _stated("content_sha256 is not", content_sha256="0" * 64),
    "partitions empty": _stated("partitions of the manifest are not", partitions=[]),
    "the hash of a plan": Forgery(
        _nothing, "partitions of the manifest are not", _partitions("plan_sha256", "0" * 64)
    ),
    "label parts of another week": Forgery(
        _nothing,
        "label_parts are not the names of its parts",
        _partitions("label_parts", ["labels/week=2026-11-02/model=x/part-0.parquet"]),
    ),
    "no label parts": Forgery(
        _nothing, "label_parts are not the names of its parts", _partitions("label_parts", [])
    ),
    "suites": _stated("suites of the manifest are not", suites=[]),
    "labelers": Forgery(
        _nothing,
        "labelers of the manifest are not",
        lambda e: {"labelers": [x | {"labeler": "people"} for x in e.manifest["labelers"]]},
    ),
    "anchors": _stated("anchors of the manifest", anchors=[]),
    "gold": _stated("gold of the manifest", gold=[{"gold_set": "g", "labels": []}]),
    "studies": _stated("studies of the manifest", studies=[{"study": "x"}]),
    "created_at before the last answer": _stated(
        "before the last attempts.answered_at", created_at="2026-11-09T00:00:01Z"
    ),
    "created_at before the week": _stated(
        f"before the week of {WEEK} began", created_at="2026-11-08T00:00:01Z"
    ),
    "created_at in the future": _stated("which is in the future", created_at="2099-01-01T00:00:00Z"),
    "the week": _stated("week and revision say 2026-11-16.1", week="2026-11-16"),
    "the revision": _stated(f"week and revision say {WEEK}.2", revision=2),
    "what it replaces": _stated("no earlier revision", replaces=f"{WEEK}.1"),
}


def _into_link(path: Path) -> None:
    path.symlink_to(path.rename(path.parents[3] / "elsewhere"))


#: Folders that are not what their manifest says.
UNSIGNED: dict[str, Forgery] = {
    "a hidden file added": Forgery(_add("data/.hidden"), "data/.hidden is not in the manifest"),
    "a part removed": Forgery(lambda e: e.parts("labels")[0].unlink(), ".parquet is missing"),
    "a part that is another": Forgery(
        lambda e: e.parts("labels")[0].write_bytes(e.parts("slots")[0].read_bytes()),
        ".parquet has another hash than the manifest says",
    ),
    "a link in the place of a part": Forgery(
        lambda e: _into_link(e.parts("labels")[0]), ".parquet is not a plain file"
    ),
    "a file removed": Forgery(_drop("data/model_timeline.parquet"), "data/model_timeline.parquet is missing"),
    "a link in the place of a file": Forgery(
        lambda e: _into_link(e.folder / "data" / "leaderboard.csv"),
        "data/leaderboard.csv is not a plain file",
    ),
    "a name that looks like a line of the report": Forgery(
        _add("data/x\n  all agree\r\x1b[2J"),
        "data/x\N{REPLACEMENT CHARACTER}  all agree\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}[2J is not",
    ),
}
#: All that is signed again.
FORGERIES: dict[str, Forgery] = PAGES | SHAPES | VIEWS | COMPUTED | THROUGHOUT | STATED
