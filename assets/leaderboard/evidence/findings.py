"""The clearest findings of an edition with their pictures, sentences and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import duckdb

from assets.leaderboard.cells.showing import address_of, cut, is_sensitive, worth
from assets.leaderboard.evidence import finding_words
from assets.leaderboard.evidence.doubts import Doubts
from assets.leaderboard.evidence.pictures import GRID, NOTHING, Drawn, drawn, shown
from assets.leaderboard.evidence.ranked import compared, ranked
from assets.leaderboard.page import words
from assets.leaderboard.views.message import title
from assets.leaderboard.views.query import View

FOLDER = "findings/"


def findings(
    con: duckdb.DuckDBPyConnection, week: date, shares: Sequence[View] | None = None
) -> tuple[View, ...]:
    """Return the clearest findings of the window that ends with a week, in their order."""
    clearest = ranked(compared(con, week) if shares is None else shares)
    pictures = drawn(con, week, {one.prompt for one in clearest})
    doubts = Doubts(con, week, clearest)
    return tuple(_view(one, pictures.get((one.prompt, one.model), NOTHING), doubts) for one in clearest)


def _view(finding: View, drew: Drawn, doubts: Doubts) -> View:
    """Return a finding as pages show it: `headline` is its sentence without the prompt's text, to be read beside it.

    Pictures of a suite that is sensitive are covered until asked for, and on no card.
    """
    wanted = {finding.attribute: (finding.value,)}
    texts: dict[str, Any] = {
        "address": f"{FOLDER}{finding.slug}/",
        "sentence": finding_words.sentence(finding),
        "headline": finding_words.sentence(finding, brief=True),
        "model": words.plain(finding.model),
        "key": {"model": finding.model, "prompt": finding.prompt, "attribute": finding.attribute},
        "text": cut(finding.text, 1000),
        "shown": title(words.depiction(finding.attribute, finding.value)),
        "worth": worth(finding.n, finding.worth),
        "against": finding_words.against(finding),
        "doubts": [*doubts.of(finding, drew)],
        "sensitive": is_sensitive(finding.suite, finding.suite_major),
        "grid": [shown(picture, wanted) for picture in drew.counted(wanted, finding.first_week)[:GRID]],
        "pictures": address_of(finding.prompt, finding.model) if drew.current else None,
        "prompt_page": address_of(finding.prompt) if drew.current else None,
    }
    return View(**vars(finding) | texts)
