"""One cell, one figure: no two pages of either language give different figures, intervals or verdicts for it."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from assets.leaderboard.evidence.claims import VERDICTS
from assets.leaderboard.page.sheets import NOWHERE
from assets.leaderboard.sheets import sheets
from assets.suites.claims import shipped_claims
from tests.site.looks.cells import contradictions, listed_verdicts, printed, verdicts, wrong
from tests.world import planted

WEEK = date.fromisoformat(planted.LAST)
#: Kinds of pages that print cells: as path begins and how deep it is.
KINDS = {
    ("index.html", 0),
    ("prompts", 3),
    ("prompts", 4),
    ("findings", 1),
    ("findings", 2),
    ("models", 2),
    ("2023", 1),
}
KINDS |= {("2023", 2), ("boards", 4)}


@pytest.fixture(scope="module")
def pages(planted_con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    made = sheets(planted_con, WEEK, NOWHERE)
    return {path: data.decode() for path, data in made if path.endswith(".html")}


def test_no_two_pages_give_two_answers_for_one_cell(pages: dict[str, str]) -> None:
    assert contradictions(pages) == []
    forms = printed(pages)
    where = {page.removeprefix("fr/") for form in forms.values() for seen in form.values() for page in seen}
    assert {(page.partition("/")[0], page.count("/")) for page in where} >= KINDS
    assert sum(len(seen) > 2 for form in forms.values() for seen in form.values()) > 50


def test_what_is_printed_is_what_the_table_holds(
    planted_con: duckdb.DuckDBPyConnection, pages: dict[str, str]
) -> None:
    assert wrong(planted_con, WEEK, pages) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_figure_that_was_changed_by_hand_on_one_page_is_found(
    planted_con: duckdb.DuckDBPyConnection, pages: dict[str, str], kind: tuple[str, int]
) -> None:
    """In each kind of page: the ends of an interval are swapped for others, on one page alone."""
    several = [
        (cell, page)
        for cell, forms in printed(pages).items()
        for seen in forms.values()
        for page in sorted(seen)
        if len(seen) > 1 and (page.partition("/")[0], page.count("/")) == kind
    ]
    assert several, "no cell of this kind of page is on another page"
    cell, path = several[0]
    at = pages[path].index(f'data-cell="{cell}"')
    forged = pages[path][:at] + pages[path][at:].replace("–", "–1", 1)
    assert [one for one in contradictions(pages | {path: forged}) if one.startswith(cell)]


def test_a_verdict_follows_from_the_interval_beside_it(pages: dict[str, str]) -> None:
    """Ends are printed in whole percent: one that is printed as the share itself may lie on either side of it."""
    thresholds = {claim.id: 100 * claim.threshold for claim in shipped_claims() if claim.threshold}
    told = {
        path.split("/")[1]: [*verdicts({path: page})]
        for path, page in pages.items()
        if path.startswith("2023/")
    }
    seen = set()
    for claim, found in told.items():
        for cell, verdict, low, high in found:
            line = thresholds[claim]
            may = {VERDICTS["yes"].text} if low > line else {VERDICTS["no"].text} if high < line else set()
            may |= {VERDICTS["cannot_tell"].text} if low <= line <= high else set()
            may |= {VERDICTS["yes"].text} if low == line else {VERDICTS["no"].text} if high == line else set()
            assert verdict in may, (cell, verdict, low, high, line)
            seen.add(verdict)
    assert seen == {one.text for one in VERDICTS.values()}
    shown = {(cell, verdict) for found in told.values() for cell, verdict, *_ in found}
    listed = {one for one in listed_verdicts(pages["2023/index.html"]) if one[1] in seen}
    assert shown == listed
