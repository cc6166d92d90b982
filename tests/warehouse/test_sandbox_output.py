"""What a query shows: limits, JSON, CSV, and tables in a terminal, whatever the values hold."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.warehouse.test_sandbox import ask, folder
from warehouse.errors import ClicheError
from warehouse.sandbox.reading import QueryEnd

__all__ = ["folder"]


def test_a_limit_says_whether_there_was_more(folder: Path) -> None:
    assert ask(folder, "FROM range(5000)", form="csv", limit=1500)[1] == QueryEnd(1500, more=True)
    assert ask(folder, "FROM range(5000)", form="csv", limit=5000)[1] == QueryEnd(5000, more=False)
    assert ask(folder, "FROM range(0)", form="csv", limit=10)[1] == QueryEnd(0, more=False)


def test_values_of_every_kind_are_valid_json_and_csv(folder: Path) -> None:
    text = (
        "SELECT 'nan'::DOUBLE AS a, 'inf'::DOUBLE AS b, [1.5, 'nan'::DOUBLE] AS c, '\\xFF'::BLOB AS d, "
        "MAP {1: 'x'} AS e, {'f': [NULL, 1]} AS f, now() AS g, 1::DECIMAL(9, 2) AS h, uuid() AS i, true AS j, "
        "NULL AS k, 1 AS k, 'infinity'::DATE AS l, '1 day'::INTERVAL AS m"
    )
    (row,) = json.loads(ask(folder, text)[0], parse_constant=pytest.fail)
    assert (row["a"], row["b"], row["c"], row["d"]) == (None, None, [1.5, None], "\\xFF")
    assert (row["f"], row["j"], row["k"], row["k_1"]) == ({"f": [None, 1]}, True, None, 1)
    header, fields = csv.reader(io.StringIO(ask(folder, text, form="csv")[0].decode()))
    assert header[:2] == ["a", "b"]
    assert fields[9:11] == ["true", ""]
    assert ask(folder, text, form="table")[0]
    with pytest.raises(ClicheError, match="cannot be shown"):
        ask(folder, "SELECT INTERVAL 1000000000 DAYS AS x")


def test_csv_begins_no_formula_in_a_cell_or_a_title(folder: Path) -> None:
    out = ask(folder, "SELECT '=1+1' AS \"@x\", -2 AS n, '+1'::BLOB AS b, ['=1'] AS l", form="csv")[
        0
    ].decode()
    header, fields = csv.reader(io.StringIO(out))
    assert header[0] == "'@x"
    assert fields == ["'=1+1", "-2", "'+1", "['=1']"]


HOSTILE = "chr(27) || '[2J' || chr(7) || chr(155) || '31m' || chr(8238) || chr(0) || chr(13) AS \"a\x1b[2J\""


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_invariant_10_no_control_character_reaches_a_terminal(folder: Path, form: str) -> None:
    out = ask(folder, f"SELECT {HOSTILE}", form=form, screen=80)[0].decode()
    assert all(char.isprintable() or char == "\n" for char in out), ascii(out)
    if form == "json":
        assert list(json.loads(out)[0].values()) == ["\x1b[2J\x07\x9b31m\u202e\x00\r"]


def test_csv_in_a_file_keeps_the_text_as_it_is(folder: Path) -> None:
    out = ask(folder, "SELECT 'a' || chr(27) || chr(10) || 'é' AS x", form="csv")[0].decode()
    assert list(csv.reader(io.StringIO(out)))[1] == ["a\x1b\né"]


def test_a_table_is_aligned_and_folded_within_a_terminal_only(folder: Path) -> None:
    text = "SELECT 'short' AS a, repeat('long ', 30) AS b, 7 AS n UNION ALL SELECT '女', 'x', NULL"
    wide = ask(folder, text, form="table")[0].decode().splitlines()
    assert len(wide) == 3
    assert wide[0].startswith("a      b")
    assert wide[0].endswith("n")
    assert wide[2].startswith("女     x")
    narrow = ask(folder, text, form="table", screen=40)[0].decode().splitlines()
    assert len(narrow) > 3
    assert max(map(len, narrow)) <= 40


def test_lines_of_a_value_stay_in_its_column(folder: Path) -> None:
    out = ask(folder, "SELECT 'a' || chr(10) || 'b' AS x, 1 AS n", form="table")[0].decode()
    assert out == "x  n\na  1\nb\n"
