"""The clearest findings of an edition with their pictures, sentences and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import duckdb

from assets.leaderboard.cells.showing import address_of, cut, worth
from assets.leaderboard.evidence import finding_words
from assets.leaderboard.evidence.claims import read
from assets.leaderboard.evidence.doubts import Doubts
from assets.leaderboard.evidence.pictures import GRID, NOTHING, Drawn, drawn
from assets.leaderboard.evidence.ranked import Ranked, compared, ranked
from assets.leaderboard.page import words
from assets.leaderboard.views.finding import LeadFinding
from assets.leaderboard.views.findings import FindingView
from assets.leaderboard.views.message import title
from assets.suites.loader import suite_words

FOLDER = "findings/"


def findings(
    con: duckdb.DuckDBPyConnection, week: date, shares: Sequence[LeadFinding] | None = None
) -> tuple[FindingView, ...]:
    """Return the clearest findings of the window that ends with a week, in their order."""
    found = ranked(compared(con, week) if shares is None else shares)
    pictures = drawn(con, week, {one.finding.prompt for one in found})
    doubts = Doubts(con, week, found)
    return tuple(
        _view(one, pictures.get((one.finding.prompt, one.finding.model), NOTHING), doubts) for one in found
    )


def _view(one: Ranked, drew: Drawn, doubts: Doubts) -> FindingView:
    finding = one.finding
    wanted = {finding.attribute: (finding.value,)}
    counted = drew.counted(wanted, finding.first_week)
    return FindingView(
        slug=one.slug,
        address=f"{FOLDER}{one.slug}/",
        sentence=finding_words.sentence(finding),
        headline=finding_words.sentence(finding, brief=True),
        model=words.plain(finding.model),
        simulated=finding.simulated,
        key={"model": finding.model, "prompt": finding.prompt, "attribute": finding.attribute},
        text=cut(finding.text, 1000),
        language=doubts.language(finding),
        attribute=title(words.attribute(finding.attribute)),
        shown=title(words.depiction(finding.attribute, finding.value)),
        k=finding.count,
        n=finding.n,
        share=finding.count / finding.n,
        low=finding.low,
        high=finding.high,
        worth=worth(finding.n, finding.worth),
        bounds=finding.bounds,
        expected=finding.expected,
        against=finding_words.against(finding),
        doubts=tuple(doubts.of(one, drew)),
        sensitive=bool((said := suite_words().get(finding.suite)) and said.sensitive),
        grid=tuple(read(picture, wanted, framed=picture.shows(wanted)) for picture in counted[:GRID]),
        pictures=address_of(finding.prompt, finding.model) if drew.current else None,
        prompt_page=address_of(finding.prompt) if drew.current else None,
        first_week=finding.first_week,
        week=finding.week,
    )
