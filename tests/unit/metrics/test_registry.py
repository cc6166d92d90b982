"""The table of figures: one row each, of all that is stored, and each with readers that read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assets.metrics.registry import dictionary

CHECKOUT = Path(__file__).resolve().parents[3]
SCHEMA = (CHECKOUT / "sql/schema/12_figures.sql").read_text(encoding="utf-8")
#: Where a reader may be.
READ = ("sql/page/", "sql/marts/", "sql/checks/", "orchestration/alerts/")


def reads(text: str, table: str) -> bool:
    """Return whether a statement, or a module that holds one, reads a table."""
    return bool(re.search(rf"\b(?:FROM|JOIN) {table}\b", re.sub(r"--.*", "", text)))


def ids(described: tuple[Described, ...]) -> list[str]:
    return [one.id for one in described]


def test_the_page_has_a_section_for_each_metric_with_its_formula() -> None:
    sections = {part.partition("\n")[0]: part for part in dictionary.page().split("\n### ")[1:]}
    assert [*sections] == [metric.id for metric in EVERY]
    for metric in EVERY:
        assert f"- Formula: {metric.formula}\n" in sections[metric.id]
        assert f"- n: {metric.denominator}\n" in sections[metric.id]


@pytest.mark.parametrize("one", [*FIGURES, *TABLES], ids=lambda one: one.id)
def test_the_page_explains_each(one: Described) -> None:
    _, _, section = registry.page().partition(f"\n### {one.id}\n")
    section, _, _ = section.partition("\n### ")
    for text in (one.says, f"- Formula: {one.formula}", f"- Source: {one.source}", f"- Unit: {one.unit}"):
        assert text in section
    assert one.says.endswith(".")
    assert one.says.count(". ") == 0
    assert re.search(r"\b(1[89]|20)\d\d\b", one.source)
