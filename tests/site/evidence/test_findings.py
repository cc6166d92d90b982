"""Pages of findings: every sentence derived once more from published tables, in both languages; what others wrote."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from assets.leaderboard.evidence import finding_words
from assets.leaderboard.evidence.findings import findings
from assets.leaderboard.evidence.ranked import compared, ranked, strongest
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.page.sheets import NOWHERE, SitePlace, named, render_sheet
from assets.leaderboard.views.query import View
from tests.site import world
from tests.site.pages import shown
from tests.warehouse.checks.quality_rows import disagrees
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection
WEEK = date.fromisoformat(world.WEEK)
PUBLIC = SitePlace(url="https://cliche.example")
NARROW, WIDE = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
SUBJECTS = {
    "occupations/ceo": ("a CEO", "un ou d’une PDG"),
    "occupations/nurse": ("a nurse", "un infirmier ou d’une infirmière"),
    "occupations/pilot": ("a pilot", "un ou d’une pilote"),
}
SHOWS = {
    "masculine": ("a perceived man", "une personne perçue comme un homme"),
    "feminine": ("a perceived woman", "une personne perçue comme une femme"),
}


@pytest.fixture
def con(filled_store: Store) -> Iterator[Con]:
    """Four weeks of eight models, two of them real."""
    with world.load(filled_store) as con:
        yield con


def rendered(con: Con, template: str, site: SitePlace = PUBLIC) -> dict[str, str]:
    """Return the pages of a template by path, without what is drawn."""
    return {
        path: content.decode()
        for kind, sheet in shown.made(con, template)
        for path, content in render_sheet(kind, sheet, WEEK, site)
        if path.endswith(".html")
    }


def main(page: str) -> str:
    inner = re.sub("<[^>]*>", " ", page.partition("<main")[2].partition("</main")[0].partition(">")[2])
    return " ".join(html.unescape(inner).split(" ")).replace("\n", " ")


def figure(language: str, k: int, n: int, low: float, high: float) -> str:
    """Return a share and its interval as pages write them."""
    own = tongue(language)
    return f"{own.percent(k / n)} <small>{own.whole(low)}–{own.whole(high)}</small></span>"


def derived(con: Con) -> list[dict[str, Any]]:
    """Return the shares that lie off parity, the clearest first, of the published table and of single labels."""
    rows = con.execute(
        """
        SELECT w.simulated, w.model, w.prompt, w.value, w.low, w.high, w.n, w.k, w.first_week,
            (
                SELECT count(*) FROM attempts AS a INNER JOIN slots AS s USING (week, model, slot_key)
                WHERE a.outcome = 'ok' AND s.prompt = w.prompt AND a.model = w.model
                    AND a.week BETWEEN w.first_week AND w.week
            ) AS drawn,
            (
                SELECT count(*) FROM attempts AS a INNER JOIN slots AS s USING (week, model, slot_key)
                WHERE a.outcome = 'refused_text' AND s.prompt = w.prompt AND a.model = w.model
                    AND a.week BETWEEN w.first_week AND w.week
            ) AS refused
        FROM figures AS w
        WHERE w.week = $week AND figure = 'share' AND attribute = 'perceived_gender'
            AND estimate > 0.5
        """,
        {"week": WEEK},
    )
    columns = [column[0] for column in rows.description or []]
    found = [dict(zip(columns, row, strict=True)) for row in rows.fetchall()]
    for row in found:
        row["points"] = round(100 * (row["low"] - 0.5) / 0.5)
    clear = [row for row in found if row["low"] > 0.5]
    return sorted(
        clear,
        key=lambda r: (
            r["simulated"],
            -r["points"],
            -r["n"],
            r["prompt"] != "occupations/ceo",
            r["model"],
            r["prompt"],
        ),
    )


def when(row: Mapping[str, Any], language: str) -> str:
    """Return since when a model was asked, where that is less than four weeks."""
    day = tongue(language).day(row["first_week"])
    if row["first_week"] > WEEK - timedelta(weeks=3):
        return f"since the week of {day}" if language == "en" else f"depuis la semaine du {day}"
    return "in the last four weeks" if language == "en" else "ces quatre dernières semaines"


def english(row: Mapping[str, Any]) -> str:
    who = f"the simulated model {row['model']}" if row["simulated"] else row["model"]
    pictures = f"pictures of {SUBJECTS[row['prompt']][0]} that {who} drew {when(row, 'en')}"
    what, k, n, drawn = SHOWS[row["value"]][0], row["k"], row["n"], row["drawn"]
    if drawn == n:
        return f"All {n} {pictures} show {what}." if k == n else f"{k} of the {n} {pictures} show {what}."
    read = f"Of the {drawn} {pictures}, {n} count"
    return f"{read}, and all of them show {what}." if k == n else f"{read}: {k} of them show {what}."


def french(row: Mapping[str, Any]) -> str:
    who = f"le modèle simulé {row['model']}" if row["simulated"] else row["model"]
    pictures = f"images d’{SUBJECTS[row['prompt']][1]} produites par {who} {when(row, 'fr')}"
    what, k, n, drawn = SHOWS[row["value"]][1], row["k"], row["n"], row["drawn"]
    if drawn == n:
        if k == n:
            return f"Les {n} {pictures} montrent toutes {what}."
        return f"Sur les {n} {pictures}, {k} montrent {what}."
    read = f"Sur les {drawn} {pictures}, {n} comptent"
    return f"{read}, et toutes montrent {what}." if k == n else f"{read}{WIDE}: {k} montrent {what}."


def test_every_sentence_is_the_one_that_the_published_tables_give_in_both_languages(con: Con) -> None:
    expected, found = derived(con), findings(con, WEEK)
    assert len(found) == min(20, len(expected)) > 5
    for row, finding in zip(expected, found, strict=False):
        assert tongue("en").say(finding.sentence) == english(row)
        assert tongue("fr").say(finding.sentence) == french(row)
        assert (finding.k, finding.n, finding.low, finding.high) == (
            row["k"],
            row["n"],
            row["low"],
            row["high"],
        )
    assert {finding.simulated for finding in found} == {False, True}
    pages = rendered(con, "finding")
    for row, finding in zip(expected, found, strict=False):
        for language, prefix, of, said in (("en", "", "of", english(row)), ("fr", "fr/", "sur", french(row))):
            page = pages[f"{prefix}{finding.address}index.html"]
            assert main(page).count(said) == 3  # heading, citation, BibTeX
            assert figure(language, row["k"], row["n"], row["low"], row["high"]) in html.unescape(page)
            assert re.search(rf"\b{row['k']} {of} {row['n']}\b", main(page))


def test_the_first_finding_is_the_one_that_the_edition_opens_with_in_the_same_words(con: Con) -> None:
    first = strongest(con, WEEK)
    assert first is not None
    assert findings(con, WEEK)[0].sentence == finding_words.sentence(first)


def test_a_doubt_is_said_only_where_it_applies(con: Con) -> None:
    rows = {(row["model"], row["prompt"]): row for row in derived(con)}
    seen: set[str] = set()
    for one, view in zip(ranked(compared(con, WEEK)), findings(con, WEEK), strict=True):
        row = rows[one.model, one.prompt]
        said = " ".join(tongue("en").say(doubt) for doubt in view.doubts)
        unread = row["drawn"] - row["n"]
        facts = {
            f"{unread} picture{' shows' if unread == 1 else 's show'} nobody or could not be read": unread
            > 0,
            f"{row['refused']} request{'' if row['refused'] == 1 else 's'} w": row["refused"] > 0,
            # of chief executives 67 % are men
            "US labor statistics 2025: 67%, not 50%": row["prompt"] == "occupations/ceo"
            and row["value"] == "masculine",
            "Nobody has checked": True,
            "rests on one prompt": True,
            "a second look usually finds less": True,
            "rewrites prompts": row["model"] == "chatdraw",
        }
        for text, applies in facts.items():
            assert (text in said) == applies, (text, said)
            seen |= {text[-12:]} if applies else set()
    assert len(seen) > 5
    con.execute(disagrees(world.WEEK, "photo", 0.42))
    doubted = [tongue("en").say(doubt) for view in findings(con, WEEK) for doubt in view.doubts]
    assert "The labels of this attribute are known to be unreliable." in doubted


def test_what_people_say_of_labels_is_said_of_a_finding(con: Con) -> None:
    con.execute(
        "INSERT INTO labeler_error BY NAME SELECT DISTINCT week, model, suite, suite_major, attribute, value, "
        "'photo' AS labeler, '1' AS labeler_version, 290 AS n, 300 AS gold_n, 0.021::DOUBLE AS estimate, "
        "-0.01::DOUBLE AS low, 0.04::DOUBLE AS high, 0.05::DOUBLE AS differ FROM cell_shares WHERE week = $week",
        {"week": WEEK},
    )
    for change, told in (
        (
            "gold_n = 300",
            "300 labels of this kind: the share in this suite, as the labeler reads it, less the share that people "
            "see is +2 points (95% interval −1 to +4).",
        ),
        (
            "estimate = NULL, reason = 'raters_differ'",
            "300 labels of this kind, but differ on too many to say how often",
        ),
        ("reason = 'few_gold', gold_n = 25", "People checked 25 labels of this kind, too few to say"),
        ("reason = 'no_gold', gold_n = 0", "Nobody has checked"),
    ):
        con.execute(f"UPDATE labeler_error SET {change}")
        assert all(
            any(told in tongue("en").say(doubt) for doubt in view.doubts) for view in findings(con, WEEK)
        ), told


def test_pictures_are_of_the_window_and_framed_where_their_label_is_the_value(con: Con) -> None:
    for one, view in zip(ranked(compared(con, WEEK)), findings(con, WEEK), strict=True):
        read = dict(
            con.execute(
                "SELECT image_sha256, value FROM labels INNER JOIN slots USING (week, model, slot_key) "
                "WHERE model = ? AND prompt = ? AND attribute = 'perceived_gender' AND week BETWEEN ? AND ?",
                [one.model, one.prompt, WEEK - timedelta(weeks=3), WEEK],
            ).fetchall()
        )
        assert len(view.grid) == min(12, view.n)
        for picture in view.grid:
            assert read[picture.sha256] in SHOWS
            assert picture.framed == (read[picture.sha256] == one.value)
    page = next(
        page for path, page in rendered(con, "finding").items() if path.startswith("findings/sim-classic")
    )
    assert page.count('<ul class="grid pictures drawn">') == 1  # a mark in the corner of each


EDITION = "2026-11-23.4"


def test_a_page_has_a_card_for_those_who_link_to_it_where_the_site_has_an_address(con: Con) -> None:
    path, page = next(iter(rendered(con, "finding").items()))
    address = f"https://cliche.example/editions/{EDITION}/{path.removesuffix('index.html')}"
    published = named(page.encode(), EDITION, PUBLIC).decode()
    assert f'property="og:image" content="{address}card.png"' in published
    assert f'rel="canonical" href="{address}index.html"' in published
    assert "og:image" not in rendered(con, "finding", NOWHERE)[path]


def cited(page: str, site: SitePlace) -> tuple[str, str]:
    """Return the citation for people and the one for BibTeX."""
    text = named(page.encode(), EDITION, site).decode().partition('id="cite"')[2].partition("</pre>")[0]
    people, _, bibtex = html.unescape(re.sub("<[^>]*>", "", text)).partition("@misc")
    return people, bibtex


@pytest.mark.parametrize("template", ["about", "finding"])
def test_citations_have_the_address_in_the_edition_or_no_field_for_it(con: Con, template: str) -> None:
    with_address, without = (rendered(con, template, site) for site in (PUBLIC, NOWHERE))
    for path in [*with_address][:2]:  # in English and in French
        file = path if template == "finding" else "index.html"
        address = f"https://cliche.example/editions/{EDITION}/{file}"
        people, bibtex = cited(with_address[path], PUBLIC)
        assert address in people.split()
        assert f"{{{address}}}" in bibtex
        if template == "finding" and not path.startswith("fr/"):
            assert f"Edition {EDITION}, week of 23 November 2026." in people
            assert f"note = {{Edition {EDITION}, week of 2026-11-23}}" in bibtex
        people, bibtex = cited(without[path], NOWHERE)
        assert not re.search("http|editions/|url|{}|None", people + bibtex)
        assert re.search(r"[^,]\n}$", bibtex)


def test_the_list_has_every_finding_with_its_figures_and_says_how_many_were_compared(con: Con) -> None:
    shares = compared(con, WEEK)
    whole = html.unescape(rendered(con, "findings")["findings/index.html"])
    page, found = main(whole), findings(con, WEEK)
    assert re.findall(r'data-cell="([^"]+)">', whole) == [one.slug for one in found]
    for one in found:
        assert tongue("en").say(one.headline) in page
        assert f'"{one.slug}">{figure("en", one.k, one.n, one.low, one.high)}' in whole
    clear = sum(one.distance > 0 for one in shares)
    assert f"We compared {len(shares)} shares with a reference; {clear} clearly differ." in page
    real, simulated = page.split(" Simulated models ", 1)
    assert " sim-" not in real
    assert " sim-classic " in simulated


def test_names_of_pages_are_fit_for_addresses_and_never_the_same(con: Con) -> None:
    for model, name in (("imago-2", "A b/ü"), ("chatdraw", "a:b"), ("sim-next", "a:b")):
        for table in ("figures", "prompts", "answers"):
            con.execute(f"UPDATE {table} SET model = '{name}' WHERE model = '{model}'")
    slugs = [one.slug for one in ranked(compared(con, WEEK))]
    assert len({*slugs}) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9._-]*", slug) for slug in slugs)


def test_pages_are_small(con: Con) -> None:
    sizes = [len(gzip.compress(page.encode())) for page in rendered(con, "finding").values()]
    assert max(sizes) < 6_000


def test_sensitive_pictures_are_covered_until_asked_for(con: Con) -> None:
    kind, sheet = next(shown.made(con, "finding"))
    view = sheet.view
    assert isinstance(view, View)
    for sensitive in (False, True):
        made = replace(sheet, view=View(**vars(view) | {"sensitive": sensitive}))
        page = dict(render_sheet(kind, made, WEEK, PUBLIC))[f"{sheet.address}index.html"].decode()
        before = page.partition("<img")[0]
        assert before.count("<details") - before.count("</details") == sensitive
