"""Citations of the whole and of a finding: they lead into the edition, or have no field for an address."""

from __future__ import annotations

import html
import re

import pytest

from assets.leaderboard.page.sheets import NOWHERE, SitePlace, named
from tests.site import world
from tests.site.pages import shown
from warehouse.store import Store

EDITION = "2026-11-23.4"


def cited(page: str, site: SitePlace) -> tuple[str, str]:
    """Return the citation for people and the one for BibTeX."""
    text = named(page.encode(), EDITION, site).decode().partition('id="cite"')[2].partition("</pre>")[0]
    people, _, bibtex = html.unescape(re.sub("<[^>]*>", "", text)).partition("@misc")
    return people, bibtex


@pytest.mark.parametrize("template", ["about", "finding"])
def test_citations_have_the_address_in_the_edition_or_no_field_for_it(
    filled_store: Store, template: str
) -> None:
    public = SitePlace(url="https://example.org/x")
    with world.load(filled_store) as con:
        with_address, without = (shown.files(con, template, site) for site in (public, NOWHERE))
    pages = [path for path in with_address if path.endswith(".html")][:2]  # in English and in French
    for path in pages:
        address = (
            f"https://example.org/x/editions/{EDITION}/{path if template == 'finding' else 'index.html'}"
        )
        people, bibtex = cited(with_address[path], public)
        assert address in people.split()
        assert f"{{{address}}}" in bibtex
        people, bibtex = cited(without[path], NOWHERE)
        assert not re.search("http|editions/|url|{}|None", people + bibtex)
        assert re.search(r"[^,]\n}$", bibtex)
