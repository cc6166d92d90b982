"""The table of figures: one row each, of all that is stored, and each with readers that read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.metrics.figures import registry
from assets.metrics.figures.registry import FIGURES, TABLES, Described

CHECKOUT = Path(__file__).resolve().parents[3]
SCHEMA = (CHECKOUT / "sql/schema/12_figures.sql").read_text(encoding="utf-8")
#: Where a reader may be.
READ = ("sql/page/", "sql/marts/", "sql/checks/", "orchestration/alerts/")


def reads(text: str, table: str) -> bool:
    """Return whether a statement, or a module that holds one, reads a table."""
    return bool(re.search(rf"\b(?:FROM|JOIN) {table}\b", re.sub(r"--.*", "", text)))


def ids(described: tuple[Described, ...]) -> list[str]:
    return [one.id for one in described]


def test_all_that_is_stored_has_its_row() -> None:
    said = re.search(r"\n    figure VARCHAR NOT NULL,  -- identity: (.*?)\n    value ", SCHEMA, re.DOTALL)
    assert said
    assert ids(FIGURES) == re.findall(r"[a-z_]{3,}", said[1])
    assert {"figures", *ids(TABLES)} == {*re.findall(r"^CREATE TABLE (\w+)", SCHEMA, re.MULTILINE)}


@pytest.mark.parametrize("one", [*FIGURES, *TABLES], ids=lambda one: one.id)
def test_each_is_read_by_its_readers(one: Described) -> None:
    assert one.readers
    for reader in one.readers:
        assert reader.startswith(READ)
        path = CHECKOUT / reader
        assert path.is_file(), f"{one.id}: there is no {reader}"
        text = path.read_text(encoding="utf-8")
        assert reads(text, "figures" if one in FIGURES else one.id), f"{reader} does not read {one.id}"
        assert one in TABLES or f"'{one.id}'" in re.sub(r"--.*", "", text), f"{reader} does not name {one.id}"


@pytest.mark.parametrize("one", [*FIGURES, *TABLES], ids=lambda one: one.id)
def test_the_page_explains_each(one: Described) -> None:
    _, _, section = registry.page().partition(f"\n### {one.id}\n")
    section, _, _ = section.partition("\n### ")
    for text in (one.says, f"- Formula: {one.formula}", f"- Source: {one.source}", f"- Unit: {one.unit}"):
        assert text in section
    assert one.says.endswith(".")
    assert one.says.count(". ") == 0
    assert re.search(r"\b(1[89]|20)\d\d\b", one.source)
