"""The page of changes and the feeds: words, pictures and digests again from the tables; feeds that readers take."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest

from assets.leaderboard.models import changes
from assets.leaderboard.page import words as words_of
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.page.sheets import SitePlace, named
from assets.leaderboard.site_pages import feeds_of, site_keys
from assets.suites.claims import shipped_claims
from tests.site import world
from tests.site.pages import shown
from tests.site.pages.shown import WEEK, asked, words
from tests.warehouse import changed
from warehouse.store import Store

Con = duckdb.DuckDBPyConnection

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = "]]></content><script>alert(1)</script>\N{RIGHT-TO-LEFT OVERRIDE}\x0b=cmd()"
CHANGED = WEEK - timedelta(weeks=3)


@pytest.fixture
def drifted(changed: Con) -> Con:
    """Six weeks with a change of sim-drift, opened in the week itself, with the shares that its labels have."""
    opened(changed)
    return changed


@pytest.fixture(scope="module")
def pages(six_weeks: Store) -> dict[str, str]:
    """The pages of that warehouse, for all tests that change nothing more."""
    with world.load(six_weeks) as con:
        opened(con)
        return shown.files(con, "changes") | shown.files(con, "model")


def seen(con: Con) -> list[dict[str, Any]]:
    statement = """
        SELECT s.week, s.prompt, i.image_sha256, b.value, b.labeler_version
        FROM labels AS b
        INNER JOIN slots AS s USING (week, model, slot_key)
        INNER JOIN images AS i USING (week, model, slot_key)
        WHERE s.model = 'sim-drift' AND b.attribute = 'perceived_gender' AND b.value IN ('feminine', 'masculine')
    """
    return asked(con, statement)


def opened(con: Con, **replaced: object) -> None:
    """Put an event into the table: the share of perceived women before and since `CHANGED`, over three prompts."""
    found = seen(con)
    before = [row["value"] for row in found if row["week"] < CHANGED]
    after = [row["value"] for row in found if row["week"] >= CHANGED]
    k = [values.count("feminine") for values in (before, after)]
    size = k[1] / len(after) - k[0] / len(before)
    row = {
        "week": WEEK, "model": "sim-drift", "labeler_version": found[0]["labeler_version"], "changed_week": CHANGED,
        "earliest_week": CHANGED, "latest_week": CHANGED + timedelta(weeks=1), "before_k": k[0],
        "before_n": len(before), "after_k": k[1], "after_n": len(after), "size": size, "low": 0.1, "high": 0.6,
        "se": size / 8,
    }  # fmt: skip
    changed.report(con, **row | replaced)


def test_that_nothing_changed_is_said_aloud(con: Con) -> None:
    pages = shown.files(con, "changes")
    assert words(pages["changes/index.html"]).count("No change was reported.") == 2
    assert words(pages["fr/changes/index.html"]).count("Aucun changement signalé.") == 2
    assert (
        '<meta name="description" content="No change of an image model was detected'
        in (pages["changes/index.html"])
    )


def test_a_change_is_reported_with_the_shares_of_its_labels_and_in_standard_errors(
    con: Con, pages: dict[str, str]
) -> None:
    found = seen(con)
    for language, path in (("en", "changes/index.html"), ("fr", "fr/changes/index.html")):
        own, text = tongue(language), words(pages[path])
        for side, name in (
            (True, {"en": "Before:", "fr": "Avant :"}),
            (False, {"en": "Since:", "fr": "Depuis :"}),
        ):
            values = [row["value"] for row in found if (row["week"] < CHANGED) == side]
            k, n = values.count("feminine"), len(values)
            count = f"{k} {'of' if language == 'en' else 'sur'} {n}"
            assert " ".join(f"{name[language]} {count} ({own.percent(k / n)})".split()) in text
    assert words(pages["changes/index.html"]).count("No change was reported.") == 1  # before
    assert "It began between 2 Nov and 9 November 2026." in words(pages["changes/index.html"])
    evidence = (
        "The difference is 8 standard errors; with 1,200 series looked at in that week, one is reported from"
    )
    assert f"{evidence} 6 on." in words(pages["changes/index.html"])
    assert "La différence vaut 8 erreurs types" in words(pages["fr/changes/index.html"])


def test_grids_show_pictures_of_the_weeks_on_either_side(con: Con, pages: dict[str, str]) -> None:
    by_hash = {row["image_sha256"]: row for row in seen(con)}
    for path in ("changes/index.html", "fr/changes/index.html", "models/sim-drift/index.html"):
        article = re.findall(r'<article class="change".*?</article>', pages[path], re.DOTALL)
        assert len(article) == 1
        grids = re.findall(r'<ul class="grid pictures small drawn".*?</ul>', article[0], re.DOTALL)
        assert len(grids) == 2
        for grid, before in zip(grids, (True, False), strict=True):
            pictures = re.findall(r'<li( class="framed")?><img src="[^"]*/([0-9a-f]{64})-160\.webp"', grid)
            assert len(pictures) == 12
            rows = [by_hash[sha256] for _, sha256 in pictures]
            assert all((row["week"] < CHANGED) == before for row in rows)
            assert [bool(framed) for framed, _ in pictures] == [row["value"] == "feminine" for row in rows]


def test_values_of_one_change_are_one_entry_and_older_ones_are_before(drifted: Con) -> None:
    opened(drifted, value="masculine", size=-0.4)
    early = CHANGED - timedelta(weeks=2)
    opened(drifted, changed_week=early, week=WEEK - timedelta(weeks=4))
    found = changes.read(drifted, WEEK)
    assert [(one.since, len(one.also)) for one in found] == [(CHANGED, 1), (early, 0)]
    text = words(shown.files(drifted, "changes")["changes/index.html"])
    assert (
        text.index("In the last four weeks")
        < text.index("since the week of 2 November")
        < text.index("Before")
    )
    assert text.index(" Before ") < text.index(f"since the week of {early.day} October")


@pytest.mark.parametrize(
    ("causes", "doubt", "listed"),
    [
        ([], None, "Nothing else that is recorded changed around that date"),
        (["model_version"], None, "the service reported another version of the model"),
        (["labeler_drift"], "it moved, not the model.", "the labeler read control pictures in another way"),
        (["labeler"], None, "another version of the labeler read the pictures"),
        (["completeness"], None, "clearly more or fewer requests were answered than before"),
        (
            ["all_models"],
            "suspect the labeler or the method first.",
            "half of the other models or more moved",
        ),
        (["suite"], "this is not the model’s doing.", "the prompts changed"),
    ],
)
def test_what_else_changed_is_listed_and_what_explains_a_change_better_is_said(
    drifted: Con, causes: list[str], doubt: str | None, listed: str
) -> None:
    drifted.execute("UPDATE changes SET causes = ?", [causes])
    (one,) = changes.read(drifted, WEEK)
    made = shown.files(drifted, "changes")
    page = words(made["changes/index.html"])
    assert (one.doubt is None) == (doubt is None)
    assert doubt is None or doubt in page
    assert listed in page
    item = next(one for one in json.loads(made["changes/feed.json"])["items"] if "up from" in one["title"])
    assert (f"Also around that date: {listed}" in item["content_text"]) == bool(causes)
    found = changes.detected(changes.known(drifted, WEEK), WEEK)
    assert (found.changes, found.doubtful) == ((1, 0) if doubt is None else (0, 1))
    assert not re.search("[Aa]round that date|moved in the same way", words(made["fr/changes/index.html"]))


def test_a_change_of_one_prompt_and_of_what_one_picture_shows_together_are_named(drifted: Con) -> None:
    asked_for = {"prompt": "occupations/ceo", "condition": "baseline"}
    opened(drifted, **asked_for, changed_week=CHANGED - timedelta(weeks=1))
    claim = next(one for one in shipped_claims() if len(one.shows) > 1)
    opened(
        drifted,
        **asked_for,
        attribute=f"all:{claim.id}",
        value="shown",
        changed_week=CHANGED - timedelta(weeks=2),
    )
    opened(drifted, attribute="skin_tone", value="light+medium", changed_week=CHANGED - timedelta(weeks=3))
    said = [tongue("en").say(one.title).partition(" up from")[0] for one in changes.read(drifted, WEEK)]
    text = world.TEXTS["ceo"]
    shows = " and ".join(words_of.pictures(name, values[0]) for name, values in claim.shows.items())
    assert said == [
        "sim-drift: perceived women",
        f"sim-drift, “{text}”: perceived women",
        f"sim-drift, “{text}”: {shows}",
        "sim-drift: " + " or ".join(words_of.pictures("skin_tone", one) for one in ("light", "medium")),
    ]
    pages = [prompt.text for prompt in changes.read(drifted, WEEK)[1].prompts]
    assert pages == [text]


def test_what_changed_long_ago_takes_a_line(drifted: Con, monkeypatch: pytest.MonkeyPatch) -> None:
    early = CHANGED - timedelta(weeks=2)
    opened(drifted, changed_week=early, week=WEEK - timedelta(weeks=4))
    monkeypatch.setattr(changes, "IN_FULL", 1)
    page = shown.files(drifted, "changes")["changes/index.html"]
    assert page.count('<article class="change"') == 1
    (line,) = re.findall(
        r'<dt>([^<]*)</dt><dd id="([^"]+)"><a href="../models/sim-drift/index.html#([^"]+)"', page
    )
    assert line[0] == f"{early.day} {early:%B %Y}"
    assert line[1] == line[2]
    assert f'id="{line[1]}"' in shown.files(drifted, "model")["models/sim-drift/index.html"]


def test_refusals_have_no_pictures_and_their_own_name(drifted: Con) -> None:
    drifted.execute(
        "UPDATE changes SET attribute = NULL, value = 'refused', labeler = NULL, labeler_version = NULL"
    )
    page = shown.files(drifted, "changes")["changes/index.html"]
    assert "sim-drift: refusals " in words(page)
    assert "<img" not in page


def test_retirements_successors_and_versions_are_events(drifted: Con) -> None:
    drifted.execute("UPDATE attempts SET model_reported = 'v1' WHERE model = 'imago-2'")
    drifted.execute(
        "UPDATE attempts SET model_reported = 'v2' WHERE model = 'imago-2' AND week = $week", {"week": WEEK}
    )
    page = shown.files(drifted, "changes")["changes/index.html"]
    told = dict(re.findall(r'<dt id="w([^"]+)">[^<]+</dt><dd>(.*?)</dd>', page, re.DOTALL))
    assert "sim-next replaced sim-retired" in words(page).partition("What else happened")[0]
    assert "2026-11-09" not in told  # the page shows it above, with figures and pictures
    assert "The service of imago-2 reports the version v2 for the first time." in told["2026-11-23"]
    assert "imago-2 reports the version v1" not in page
    own = words(shown.files(drifted, "model")["models/imago-2/index.html"])
    assert "reports the version v2 for the first time" in own
    assert "sim-retired is retired" not in own


def test_atom_feeds_are_what_rfc_4287_asks_for_and_json_feeds_say_the_same(
    con: Con, pages: dict[str, str]
) -> None:
    feeds = {path: text for path, text in pages.items() if path.endswith("feed.xml")}
    assert len(feeds) == 2 * (1 + len(asked(con, "SELECT DISTINCT model FROM plans")))
    ids = []
    for path, text in feeds.items():
        feed = ET.fromstring(text.encode())
        assert feed.tag == f"{ATOM}feed"
        assert feed.find(f"{ATOM}author/{ATOM}name") is not None
        for one in (feed, *feed.findall(f"{ATOM}entry")):
            for name in ("id", "title", "updated"):
                (found,) = one.findall(f"{ATOM}{name}")
                assert found.text
            assert str(one.findtext(f"{ATOM}id")).startswith("urn:uuid:")
            datetime.fromisoformat(str(one.findtext(f"{ATOM}updated")).replace("Z", "+00:00"))
            assert [link.get("rel") for link in one.findall(f"{ATOM}link")] == ["alternate"]
        own, when = (
            [str(entry.findtext(f"{ATOM}{name}")) for entry in feed.findall(f"{ATOM}entry")]
            for name in ("id", "updated")
        )
        assert len(own) == len({*own})
        assert when == sorted(when, reverse=True)
        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == (
            "fr" if path.startswith("fr/") else "en"
        )
        ids.append(str(feed.findtext(f"{ATOM}id")))
        other = json.loads(pages[path.replace(".xml", ".json")])
        assert (other["version"], bool(other["title"])) == ("https://jsonfeed.org/version/1.1", True)
        assert [(item["id"], item["title"], item["content_text"]) for item in other["items"]] == [
            tuple(entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "content"))
            for entry in feed.findall(f"{ATOM}entry")
        ]
    assert len(ids) == len({*ids})


def test_ids_stay_when_other_weeks_follow(drifted: Con, pages: dict[str, str]) -> None:
    before = {item["id"] for item in json.loads(pages["changes/feed.json"])["items"]}
    drifted.execute("UPDATE changes SET after_k = after_k // 2")  # published again, with other figures
    opened(drifted, changed_week=CHANGED - timedelta(weeks=1), week=CHANGED)
    after = {item["id"] for item in json.loads(shown.files(drifted, "changes")["changes/feed.json"])["items"]}
    assert before < after
    assert len(after - before) == 1


def test_hostile_texts_are_inert_in_pages_and_feeds(drifted: Con) -> None:
    drifted.execute("UPDATE attempts SET model_reported = 'v1' WHERE model = 'imago-2'")
    drifted.execute(
        "UPDATE attempts SET model_reported = $text WHERE model = 'imago-2' AND week = $week",
        {"text": HOSTILE, "week": WEEK},
    )
    pages = shown.files(drifted, "changes") | shown.files(drifted, "model")
    told = 0
    for path, text in pages.items():
        assert "<script" not in text, path
        assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in text, path
        assert "\x0b" not in text, path
        if path.endswith("feed.xml"):
            told += "alert(1)" in ET.tostring(ET.fromstring(text.encode()), encoding="unicode")
        elif path.endswith("feed.json"):
            json.loads(text)
    assert told == 4  # of all and of imago-2, in two languages


def test_links_of_feeds_name_the_edition_where_the_site_has_an_address(drifted: Con) -> None:
    site = SitePlace(url="https://example.org/x")
    pages = shown.files(drifted, "changes", site)
    address = "https://example.org/x/editions/2026-11-23.1/changes/index.html"
    atom = named(pages["changes/feed.xml"].encode(), "2026-11-23.1", site).decode()
    assert f'href="{address}#' in atom
    feed = json.loads(named(pages["changes/feed.json"].encode(), "2026-11-23.1", site))
    assert feed["home_page_url"] == address
    assert all(item["url"].startswith(f"{address}#") for item in feed["items"])
    anchors = {item["url"].partition("#")[2] for item in feed["items"]}
    assert all(f'id="{anchor}"' in pages["changes/index.html"] for anchor in anchors)


def test_feeds_have_an_address_that_stays_and_lead_to_the_newest_edition(
    con: Con, pages: dict[str, str]
) -> None:
    manifest = {"edition": "2026-11-23.1", "files": pages}
    found = feeds_of(manifest, lambda path: pages[path].encode())
    assert len(found) == 4 * (1 + len(asked(con, "SELECT DISTINCT model FROM plans")))
    assert found.keys() <= {*site_keys(manifest)}
    for key, data in found.items():
        path = key.removeprefix("site/")
        up = "../" * key.count("/")
        beside = f"{path.rpartition('/')[0]}/index.html"
        page = f"{up}editions/2026-11-23.1/{beside}"
        if key.endswith(".json"):
            feed = json.loads(data)
            assert (
                {item["url"].partition("#")[0] for item in feed["items"]} == {page} == {feed["home_page_url"]}
            )
        else:
            links = ET.fromstring(data).iter(f"{ATOM}link")
            assert {str(link.get("href")).partition("#")[0] for link in links} == {page}
        assert f'{up}{key}"' in pages[beside]
    assert feeds_of({"edition": "2026-11-23.1", "files": {}}, pages.__getitem__) == {}  # an edition of before
