"""The register of what others published: sources of claims, and dots of charts."""

from __future__ import annotations

from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.suites.claims import load_claims, shipped_claims
from assets.suites.loader import FOLDER, load_suites
from assets.suites.published_figures import load_published_figures, published_figures
from warehouse.errors import UsageError


def test_every_claim_of_others_has_a_source_and_a_link_where_there_is_one() -> None:
    figures = published_figures()
    for claim in shipped_claims():
        if claim.source.startswith("Ours"):
            assert claim.id not in figures
            continue
        assert (claim.source, claim.then) == (figures[claim.id].source, figures[claim.id].words)
        named = claim.source.startswith(("Rest of World", "Bloomberg"))
        assert (figures[claim.id].url is not None) == named


def test_an_interval_is_that_of_wilson() -> None:
    of = published_figures()["french-white"]
    assert (of.share, of.n, of.exact) == (1.0, 40, True)
    assert of.interval == pytest.approx(proportion_confint(40, 40, method="wilson"))
    assert not published_figures()["ceo-white-man"].exact
    assert published_figures()["indian-old-beard"].interval is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("url: https://", "url: javascript:", "url"),
        ("share: 1.0", "share: 1.5", "share"),
        ("- id: french-long-ago", "- id: french-white", 'figure "french-white" is listed twice'),
        ("words: all (40 of 40)", "word: all", "words"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (FOLDER / "published_figures.yaml").read_text()
    assert old in text
    (tmp_path / "published_figures.yaml").write_text(text.replace(old, new, 1))
    with pytest.raises(UsageError, match=said):
        load_published_figures(tmp_path)


def test_a_claim_without_a_source_says_where_to_add_it() -> None:
    others = {name: of for name, of in published_figures().items() if name != "american-flag"}
    with pytest.raises(
        UsageError, match=r'"american-flag" has no source; add it to suites/published_figures.yaml'
    ):
        load_claims(load_suites(), published=others)
