"""The table of figures: one row each, of all that is stored, and each with readers that read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.leaderboard.columns.table import COLUMNS
from assets.metrics.figures import registry
from assets.metrics.figures.registry import FIGURES, TABLES, Described

CHECKOUT = Path(__file__).resolve().parents[3]
SCHEMA = (CHECKOUT / "sql/schema/12_figures.sql").read_text(encoding="utf-8")
#: What readers may be, without comments.
READERS = {
    path: re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
    for folder in ("sql/page", "sql/marts", "sql/checks", "orchestration/alerts")
    for path in (CHECKOUT / folder).rglob("*")
    if path.suffix in {".sql", ".py"}
}


def ids(described: tuple[Described, ...]) -> list[str]:
    return [one.id for one in described]


def test_all_that_is_stored_has_its_row() -> None:
    said = re.search(r"\n    figure VARCHAR NOT NULL,  -- identity: (.*?)\n    value ", SCHEMA, re.DOTALL)
    assert said
    assert ids(FIGURES) == re.findall(r"[a-z_]{3,}", said[1])
    assert {"figures", *ids(TABLES)} == {*re.findall(r"^CREATE TABLE (\w+)", SCHEMA, re.MULTILINE)}


@pytest.mark.parametrize("one", [*FIGURES, *TABLES], ids=lambda one: one.id)
def test_each_has_a_reader(one: Described) -> None:
    table, named = ("figures", f"'{one.id}'") if one in FIGURES else (one.id, "")
    in_columns = one in FIGURES and one.id in {
        column.figure for column in COLUMNS
    }  # `column_cells` is given these
    assert in_columns or any(
        re.search(rf"\b(?:FROM|JOIN) {table}\b", text) and named in text for text in READERS.values()
    )


@pytest.mark.parametrize("one", [*FIGURES, *TABLES], ids=lambda one: one.id)
def test_the_page_explains_each(one: Described) -> None:
    _, _, section = registry.page().partition(f"\n### {one.id}\n")
    section, _, _ = section.partition("\n### ")
    for text in (one.says, f"- Formula: {one.formula}", f"- Source: {one.source}", f"- Unit: {one.unit}"):
        assert text in section
    assert one.says.endswith(".")
    assert one.says.count(". ") == 0
    assert re.search(r"\b(1[89]|20)\d\d\b", one.source)
