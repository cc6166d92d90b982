"""What a labeler beside the planned one read changes no row but those that say what it read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from tests.warehouse.builder import WEEK
from tests.warehouse.results.test_second_labelers import MODELS, OTHER, PROMPTS, scored
from warehouse.database import marts
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.sqlfiles import names, sql

Con = duckdb.DuckDBPyConnection
#: Statements that say what another labeler read, and in which rows of theirs.
MEANT = {
    "labels": "labeler <> '{other}'",
    "counts": "labeler <> '{other}'",
    "counts_from_labels": "labeler <> '{other}'",
    "agreement": "'{other}' NOT IN (labeler_a, labeler_b)",
}


def asked(statement: str) -> dict[str, Any]:
    """Return parameters for a statement of `sql/page` or `sql/checks`."""
    known: dict[str, Any] = {
        **{"week": WEEK, "model": "near", "suite": "occupations", "attribute": "perceived_gender"},
        **{
            "models": [*MODELS],
            "asked": [*PROMPTS],
            "prompts": [*PROMPTS],
            "pictures": 9,
            "conversations": 9,
        },
        "subjects": ["occupation:ceo", "person:mexican"],
        "claim": "mexican-sombrero",
        "figures": [
            {
                **{"figure": "share", "suite": "occupations", "prompt": PROMPTS[0], "selection": None},
                **{"attribute": "perceived_gender", "value": "feminine"},
            }
        ],
    }
    text = re.sub(r"--.*", "", statement)
    return {name: value for name, value in known.items() if re.search(rf"\${name}\b", text)}


def statements() -> Iterator[tuple[str, str]]:
    """Yield the name and text of each table, view and statement, what is meant to say more cut to the rest."""
    with connect(None) as made:
        make_tables(made)
        tables = [name for (name,) in made.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    for name in (*tables, *marts.order()):
        if name not in {"label_parts", "loads", "schema_hash"}:
            yield name, f"FROM {name} WHERE {MEANT.get(name, 'TRUE').format(other=OTHER)}"
    for folder in ("page", "audit", "checks"):
        for name in names(folder):
            cut = MEANT.get(name, "TRUE").format(other=OTHER)
            yield f"{folder}/{name}", f"FROM ({sql(f'{folder}/{name}').strip().rstrip(';')}) WHERE {cut}"


def test_what_another_labeler_read_changes_nothing_but_what_is_said_of_it(tmp_path: Path) -> None:
    """Of the tables, views, statements of pages, audits and checks, row by row; else a picture would count twice."""
    differ, told = set(), set()
    with scored(tmp_path / "alone", second=False) as alone, scored(tmp_path / "second", second=True) as both:
        # how far the two agree is said of the planned one, and whether it can be relied on
        both.execute(f"DELETE FROM agreement WHERE NOT ({MEANT['agreement'].format(other=OTHER)})")
        for name, statement in statements():
            here, there = (said(world, statement) for world in (alone, both))
            told |= {name} if here else set()
            differ |= {name} if here != there else set()
    assert differ == {"page/prompt_slots", "page/labelers_beside", "audit/label_provenance"}  # all labelers
    assert told >= {"figures", "boards", "board_ranks", "board_pairs", "words", "claim_shares", "leaderboard"}
    assert len(told) > 75


def said(con: Con, statement: str) -> list[str]:
    found = con.execute(statement, asked(statement)).fetchall()
    return sorted(
        repr([float(f"{value:.9g}") if isinstance(value, float) else value for value in row]) for row in found
    )
