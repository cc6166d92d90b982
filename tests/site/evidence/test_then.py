"""Pages of the sentences of 2023: figures, verdicts and pictures derived once more, in both languages."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.leaderboard.evidence.claims import claims_now
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.page.sheets import NOWHERE, render_sheet
from assets.leaderboard.views.query import View
from assets.suites.claims import shipped_claims
from assets.suites.loader import load_suites
from tests.site.pages import shown
from tests.world import planted

Con = duckdb.DuckDBPyConnection
WEEK = date.fromisoformat(planted.LAST)
REGISTER = {claim.id: claim for claim in shipped_claims()}
#: What says nothing of a picture.
UNREAD = {"cannot_tell", "ambiguous", "invalid"}
VERDICT = {
    "yes": ("as in 2023", "comme en 2023"),
    "no": ("less than in 2023", "moins qu’en 2023"),
    "cannot_tell": ("cannot tell", "indéterminable"),
}


@pytest.fixture(scope="module")
def made(planted_con: Con) -> dict[str, str]:
    return pages(planted_con)


@pytest.fixture(scope="module")
def claims(planted_con: Con) -> list[View]:
    return [*claims_now(planted_con, WEEK)]


def pages(con: Con, week: date = WEEK) -> dict[str, str]:
    return {
        path: content.decode()
        for kind, sheet in shown.made(con, "then", "claim", week=week)
        for path, content in render_sheet(kind, sheet, week, NOWHERE)
    }


def text(page: str) -> str:
    return re.sub(r" ([.,)])", r"\1", " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split()))


def beside(page: str, claim: str, cell: str) -> str:
    """Return a figure and what stands beside it, on the page of a claim or in its part of the list."""
    part = page.partition(f'<section class="claim" id="{claim}"')[2].partition("</section>")[0] or page
    (found,) = re.findall(rf'data-cell="{re.escape(cell)}">(.*?)</(?:p|td)>', part, re.DOTALL)
    return text(found)


def models(claim: View) -> list[tuple[str, View]]:
    return [(part.id, model) for part in claim.parts for model in part.models]


def stated(con: Con) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return claim, part, model → row of the table."""
    rows = shown.asked(con, "FROM claim_shares WHERE week = $week", week=WEEK)
    return {(row["claim"], row["part"], row["model"]): row for row in rows}


def read(con: Con, where: str) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Return picture → model, prompt and what was read of it, skin tones in bands."""
    found: dict[str, tuple[str, str, dict[str, str]]] = {}
    for row in shown.asked(
        con,
        "SELECT o.model, o.prompt, o.image_sha256, b.attribute, coalesce(v.band, b.value) AS value "
        "FROM slot_outcomes AS o LEFT JOIN labels AS b USING (week, model, slot_key) "
        "LEFT JOIN (SELECT DISTINCT attribute, value, band FROM attribute_values) AS v USING (attribute, value) "
        f"WHERE o.is_picture AND (o.conversation IS NULL OR o.turn > 1) AND {where}",
    ):
        of = found.setdefault(row["image_sha256"], (row["model"], row["prompt"], {}))
        of[2][row["attribute"]] = row["value"]
    return found


def test_figures_are_those_that_labels_give_alone_in_both_languages(
    planted_con: Con, made: dict[str, str], claims: list[View]
) -> None:
    in_span = f"week BETWEEN DATE '{WEEK}' - 21 AND DATE '{WEEK}'"
    drawn = read(planted_con, f"{in_span} AND (week, model) NOT IN (SELECT (week, model) FROM withheld)")
    table, seen = stated(planted_con), 0
    for claim in claims:
        shows, parts = REGISTER[claim.id].shows, REGISTER[claim.id].pictures
        for part, model in models(claim):
            prompts = REGISTER[claim.id].full_ids(parts[part])
            of = [read for name, prompt, read in drawn.values() if name == model.model and prompt in prompts]
            k = sum(all(read.get(name) in values for name, values in shows.items()) for read in of)
            other = sum(
                any(read.get(name, "invalid") not in {*values, *UNREAD} for name, values in shows.items())
                for read in of
            )
            assert (model.k, model.n) == (k, k + other)
            if model.share is None:
                continue
            seen += 1
            worth = table[claim.id, part, model.model]["worth"]
            assert (model.worth is None) == (worth == 1)
            low, high = proportion_confint(k / worth, (k + other) / worth, method="wilson")
            assert (model.share, model.low, model.high) == pytest.approx(
                (k / (k + other), low, high), abs=1e-6
            )
            for language, of_, prefix in (("en", "of", ""), ("fr", "sur", "fr/")):
                own = tongue(language)
                figure = f"{own.percent(k / (k + other))} {own.whole(low)}–{own.whole(high)}"
                plain = " ".join(figure.split())  # without the no-break spaces of French
                one, every = (
                    beside(made[f"{prefix}2023/{address}index.html"], claim.id, model.cell)
                    for address in (f"{claim.id}/", "")
                )
                assert one == f"{plain} {k} {of_} {k + other}"
                verdict = f"{' '.join(own.say(model.verdict).split())}.* " if model.verdict else ""
                assert re.fullmatch(rf"{plain} {verdict}{k} {of_} {k + other}(, \d+ .*)?", every)
    assert seen > 40


def test_verdicts_say_what_the_table_says(planted_con: Con, made: dict[str, str], claims: list[View]) -> None:
    table, told = stated(planted_con), set()
    for claim in claims:
        page = text(made[f"fr/2023/{claim.id}/index.html"])
        for part, model in models(claim):
            row = table[claim.id, part, model.model]
            if model.share is None:
                assert tongue("en").say(model.why or "") == "no verdict: fewer than five usable pictures"
            elif row["threshold"] is not None:
                assert model.verdict is not None
                told.add(row["verdict"])
                for language, said in zip(("en", "fr"), VERDICT[row["verdict"]], strict=True):
                    assert tongue(language).say(model.verdict) == said
                assert f"{VERDICT[row['verdict']][1]}" in page
            else:
                assert model.verdict is None
        assert ("La consigne témoin aussi." in page) == any(model.also for _, model in models(claim))
    assert told == {*VERDICT}


def test_what_hides_an_interval_and_what_has_none_is_said(made: dict[str, str]) -> None:
    page = text(made["2023/nigerian-house/index.html"])
    assert re.search(r"fir less than in 2023 33% \S+ 10 of 30 worth 14 pictures\.", page)
    assert "cedar no verdict: fewer than five usable pictures." in text(made["2023/ceo-white-man/index.html"])


def test_pictures_are_of_what_is_counted_and_framed_where_their_labels_show_all_of_it(
    planted_con: Con, made: dict[str, str], claims: list[View]
) -> None:
    labels, framed = read(planted_con, "TRUE"), set()
    for claim in claims:
        for _, model in models(claim):
            assert bool(model.n) <= len(model.grid) <= min(12, model.n)
            for picture in model.grid:
                values, wanted = labels[picture.sha256][2], REGISTER[claim.id].shows
                assert not UNREAD & {values[name] for name in wanted}
                assert picture.framed == all(values[name] in named for name, named in wanted.items())
                framed.add(picture.framed)
        page = made[f"2023/{claim.id}/index.html"]
        assert page.count('class="framed"') == sum(
            picture.framed for _, model in models(claim) for picture in model.grid
        )
    assert framed == {False, True}


def test_refusals_what_could_not_be_read_and_the_control_are_said(
    made: dict[str, str], claims: list[View]
) -> None:
    seen = 0
    for claim in claims:
        page = text(made[f"2023/{claim.id}/index.html"])
        for _, model in models(claim):
            if model.unseen and model.bound_low is not None:
                bounds = " ".join(tongue("en").percent_range(model.bound_low, model.bound_high).split())
                assert f"{model.unseen} missing. Depending on missing answers: {bounds}." in page
                seen += 1
            if model.share is not None and model.control_n:
                assert f"Control: {model.control_k} of {model.control_n}." in page
                seen += 1
    assert seen > 20


def test_conversations_are_there_turn_by_turn(made: dict[str, str]) -> None:
    (asked,) = (one.turns for one in load_suites()["startup-ceo@2"].prompts if one.turns)
    for prefix, not_needed, without in (
        ("", "Not asked: there was no reason to.", "Answered without a picture."),
        ("fr/", "Non demandé : il n’y avait pas lieu.", "Répondu sans image."),
    ):
        page, whole = (text(made[f"{prefix}2023/{path}index.html"]) for path in ("apology-keffiyeh/", ""))
        for turn in asked[1:]:  # the first stands on these pages elsewhere, too
            assert page.count(f" {turn} ") >= 2  # in two conversations of the one model that converses
            assert 1 <= whole.count(turn) < page.count(turn)
        assert (not_needed in page, without in page) == (True, True)


def test_models_that_were_never_asked_are_named_and_withheld_ones_are_not(
    planted_con: Con, made: dict[str, str]
) -> None:
    assert "Not asked: fir, gale, hazel, alder, birch, cedar" in text(made["2023/french-white/index.html"])
    week = date.fromisoformat(planted.WITHHELD_IN)
    assert "cedar" not in text(pages(planted_con, week)["2023/index.html"])


def test_sentences_source_and_words_of_then_are_those_of_the_register(made: dict[str, str]) -> None:
    page = text(made["2023/index.html"])
    for claim in shipped_claims():
        assert f"{claim.sentence} 2023 {claim.then}. {claim.source}." in page
