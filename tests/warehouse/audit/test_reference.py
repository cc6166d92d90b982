"""docs/reference.py, run as a reader runs it: what it recomputes from the planted world's labels is what was published.

`make test-readers` runs it with DuckDB 1.4 as well (CLICHE_READERS names that Python).
"""

from __future__ import annotations

import os
import random
import re
import runpy
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tests.once import made_once
from tests.world.making import World
from warehouse.database.connection import connect
from warehouse.database.published import columns_of, empty, published_tables, schema_of

DOCS = Path(__file__).resolve().parents[3] / "docs"
PROGRAM = DOCS / "reference.py"
OTHERS = os.environ.get("CLICHE_READERS")
PYTHONS = [
    pytest.param(sys.executable, id="newest"),
    pytest.param(
        OTHERS,
        id="1.4",
        marks=pytest.mark.skipif(not OTHERS, reason="DuckDB 1.4 is run by make test-readers"),
    ),
]
BOARD = "2026-11-23 rest-of-world@1 baseline"


def run(*arguments: object) -> int:
    """Run the program in this process, which is quicker; return its exit code."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return int(runpy.run_path(str(PROGRAM))["main"](*map(str, arguments)))


@pytest.fixture(scope="module")
def edition(planted_world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planted world as the one file of an edition, in the place that `edition fetch --database` gives it."""

    def make(folder: Path) -> None:
        path = folder / "site" / "cliche.duckdb"
        path.parent.mkdir(parents=True)
        shutil.copy(empty(), path)
        with connect(path) as con:
            con.execute(f"ATTACH '{planted_world.warehouse}' AS world (READ_ONLY)")
            for table in published_tables():
                columns = ", ".join(columns_of(table))
                con.execute(
                    f"INSERT INTO {schema_of(table)}.{table} BY NAME SELECT {columns} FROM world.{table}"
                )

    return made_once(tmp_path_factory, "planted-edition", make)


@pytest.mark.parametrize("python", PYTHONS)
def test_300_random_figures_are_as_published(python: str, edition: Path) -> None:
    ended = subprocess.run(
        [python, "-I", str(PROGRAM), str(edition)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.search(r"Of (\d+) published, \1 recomputed, 0 differ\.$", ended.stdout.strip())
    rows = [line for line in ended.stdout.splitlines() if " | " in line]
    wanted = ("mean_share", "refused", " gap ", " stereotypes ", " pair ", " rank ", " critical ", " change ")
    kinds = {kind: [row for row in rows if kind in row] for kind in wanted}
    assert min(map(len, kinds.values())) > 2
    of = random.Random(31)
    numbers = 0
    for row in of.sample(rows, 300) + [one for found in kinds.values() for one in found[:5]]:
        for column, theirs, ours in re.findall(r"(\w+) (\S+) ([^\s,]+)(?:,|$)", row.partition(" | ")[2]):
            if "None" in (theirs, ours):
                assert theirs == ours, row
            elif theirs not in ("True", "False"):
                assert float(ours) == pytest.approx(float(theirs), rel=1e-9, abs=1e-9), (row, column)
                numbers += column in ("estimate", "low", "high", "difference", "size")
    assert numbers > 600


def test_names_are_unique_and_nothing_that_is_published_is_left_out_unsaid(
    edition: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with duckdb.connect(str(edition / "site" / "cliche.duckdb"), read_only=True) as con:
        con.execute("SET search_path = 'main,study'; " + PROGRAM.with_suffix(".sql").read_text())
        for table in ("figures", "boards", "ranks", "pairs", "changes"):
            many, different = con.execute(
                f"SELECT count(*), count(DISTINCT (name, of)) FROM published_{table}"
            ).fetchall()[0]
            assert many == different > 0, table
        held = "SELECT DISTINCT figure FROM figures SEMI JOIN published_figures USING (estimate, low, high, k, n)"
        left = con.execute(
            "SELECT DISTINCT if(attribute ^@ 'all:', 'all:...', figure) FROM figures WHERE estimate IS NOT NULL "
            f"AND (attribute ^@ 'all:' OR figure = 'corrected_share' OR figure NOT IN ({held}) AND figure <> 'gap')"
        ).fetchall()
    run(edition, BOARD, "nothing of this name")
    said = capsys.readouterr().out
    assert {name for (name,) in left} == {"all:...", "corrected_share"}
    assert all(name in said for (name,) in left)


#: What is forged → how a row of the output that differs names it.
FORGED = {
    "UPDATE figures SET low = low - 2e-9 WHERE figure = 'gap' AND low > 0.1": " gap ",
    "UPDATE figures SET low = 0.1 WHERE figure = 'stereotypes'": " stereotypes ",
    "DELETE FROM figures WHERE figure = 'mean_share' AND model = 'cedar'": " cedar ",
    "UPDATE board_pairs SET told_apart = NOT told_apart": " pair ",
    "UPDATE board_ranks SET rank_low = 1 WHERE rank_low = 2": " rank ",
    "UPDATE boards SET critical = critical + 1": " critical ",
    "UPDATE changes SET size = size + 1e-6": " change ",
}
#: One label of a United States person is read the other way.
RELABELED = (
    "UPDATE labels SET value = if(value = 'yes', 'no', 'yes') WHERE attribute = 'national_flag' "
    "AND slot_key = (SELECT min(slot_key) FROM slots JOIN labels USING (week, model, slot_key) "
    "WHERE slots.model = 'alder' AND prompt = 'rest-of-world/person-united-states' "
    "AND week = DATE '2026-11-23' AND value IN ('yes', 'no') AND attribute = 'national_flag')"
)


def test_a_changed_label_and_forged_figures_are_found_and_named(
    edition: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def differing(board: str, *statements: str) -> list[str]:
        for statement in statements:
            con.execute(statement)
        con.execute("CHECKPOINT")
        con.close()
        assert run(changed, board) == 1
        return [line for line in capsys.readouterr().out.splitlines() if line.startswith("DIFFERS")]

    changed = Path(shutil.copy(edition / "site" / "cliche.duckdb", tmp_path / "cliche.duckdb"))
    con = duckdb.connect(str(changed))
    differ = differing(BOARD, RELABELED)
    named = f"{BOARD} mean_share national_flag yes rest-of-world/person-united-states alder | estimate "
    assert any(line.split(maxsplit=1)[1].startswith(named) for line in differ)
    assert any(f"{BOARD} stereotypes stereotypes alder" in line for line in differ)
    assert not any("litter" in line or " cedar |" in line for line in differ if "mean_share" in line)

    con = duckdb.connect(str(changed))
    differ = differing("2026-10-26", *FORGED)  # a week with changes
    assert {name for name in FORGED.values() if any(name in line for line in differ)} == {*FORGED.values()}
    assert all(any(name in line for name in FORGED.values()) for line in differ)


@pytest.mark.parametrize("what", ["nothing", "text", "folder", "another database", "it's; DROP"])
def test_what_is_no_edition_ends_in_one_line(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / what
    if what == "text":
        path.write_text("week,model\n")
    elif what == "folder":
        path.mkdir()
    elif what == "another database":
        with duckdb.connect(str(path)) as con:
            con.execute("CREATE SCHEMA study; CREATE TABLE labels (week DATE)")
    assert run(path) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"{path} is no edition that can be read: ")
    assert told.err.count("\n") == 1


def test_it_is_short_and_rests_on_nothing_of_the_project() -> None:
    lines = PROGRAM.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 200
    assert max(map(len, lines + PROGRAM.with_suffix(".sql").read_text(encoding="utf-8").splitlines())) <= 120
    imported = {line.split()[1].partition(".")[0] for line in lines if re.match(r"(import|from) \w", line)}
    assert imported - sys.stdlib_module_names == {"duckdb", "numpy", "scipy"}
