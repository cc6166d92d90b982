"""Pages of the sentences of 2023: figures, verdicts and pictures derived once more, in both languages."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import duckdb
import pytest
from assets.metrics.claims import verdicts
from tests.warehouse.results.test_claims import WEEKS, bucket, con

from assets.leaderboard.evidence.claims import MEANINGS, VERDICTS, claims_now
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.page.sheets import NOWHERE, render_sheet
from assets.leaderboard.views.then import ClaimNow, ModelNow
from assets.suites.claims import shipped_claims
from tests.site.pages import shown
from warehouse.sqlfiles import sql

__all__ = ["bucket", "con"]  # fixtures: nine weeks of three models with planted verdicts

Con = duckdb.DuckDBPyConnection
WEEK = date.fromisoformat(WEEKS[-1])
FRENCH = {
    "as then": "comme en 2023",
    "less than half": "moins de la moitié",
    "too few": "trop peu d’images",
    "also in the control": "la consigne témoin aussi",
}


def pages(con: Con, week: date = WEEK) -> dict[str, str]:
    return {
        path: content.decode()
        for kind, sheet in shown.made(con, "then", "claim", week=week)
        for path, content in render_sheet(kind, sheet, week, NOWHERE)
    }


def text(page: str) -> str:
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split())


def models(claim: ClaimNow) -> list[tuple[str, ModelNow]]:
    return [(part.id, model) for part in claim.parts for model in part.models]


def rows(con: Con, statement: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = con.sql(statement).to_arrow_table().to_pylist()
    return found


def test_figures_are_those_that_labels_give_alone_in_both_languages(con: Con) -> None:
    again = {
        (row["claim"], row["part"], row["model"]): row
        for row in rows(con, sql("audit/claims"))
        if row["week"] == WEEK
    }
    made, seen = pages(con), 0
    for claim in claims_now(con, WEEK):
        for part, model in models(claim):
            row = again[claim.id, part, model.model]
            assert (model.k, model.n) == (row["k"], row["n"])
            if model.share is None:
                continue
            seen += 1
            assert model.share == pytest.approx(row["from_labels"], abs=1e-9)
            for language, of, pictures in (("en", "of", "pictures"), ("fr", "images sur", "")):
                own, prefix = tongue(language), "" if language == "en" else "fr/"
                low, high = row["from_labels_low"], row["from_labels_high"]
                figure = f"{own.percent(row['from_labels'])} ({own.percent_range(low, high)})"
                count = f"{row['k']} {of} {row['n']} {pictures}".strip()
                plain = " ".join(figure.split())  # without the no-break spaces of French
                colon = ":" if language == "en" else " :"
                assert f"{count}{colon} {plain}" in text(made[f"{prefix}2023/{claim.id}/index.html"])
                assert plain in text(made[f"{prefix}2023/index.html"])
    assert seen > 8


def test_verdicts_say_what_the_table_says(con: Con) -> None:
    stated = {
        (row["claim"], row["part"], row["model"]): row
        for row in rows(con, f"FROM claims WHERE week = DATE '{WEEK}'")
    }
    made, told = pages(con), 0
    for claim in claims_now(con, WEEK):
        for part, model in models(claim):
            row = stated[claim.id, part, model.model]
            assert (model.verdict is None) == (row["verdict"] is None)
            if model.verdict is None:
                assert model.why is not None
                continue
            told += 1
            parts = [tongue("en").say(model.verdict), *(["also in the control"] if model.also else [])]
            if model.much_refused:
                assert model.refused_share is not None
                parts.append(f"{100 * model.refused_share:.0f} % refused")
            assert "; ".join(parts) == row["words"]
            assert FRENCH[row["verdict"]] == tongue("fr").say(model.verdict)
            page = text(made["fr/2023/ceo-white-man/index.html"])
            assert f"{model.model} simulé {FRENCH[row['verdict']]}" in page
            assert (FRENCH["also in the control"].capitalize() in page) == any(
                m.also for _, m in models(claim)
            )
    assert told == 3
    earlier = claims_now(con, date.fromisoformat(WEEKS[0]))
    assert {
        tongue("en").say(model.why)
        for claim in earlier
        for _, model in models(claim)
        if model.why is not None
    } == {
        "no verdict: the sentence names no share",
        "no verdict yet: the first four weeks are not over",
    }


def test_every_verdict_is_explained_once_and_has_words_in_both_languages() -> None:
    names = {verdicts.NOT_ASKED, verdicts.TOO_FEW, verdicts.BETWEEN, *verdicts.DECIDED}
    assert {*VERDICTS} == names
    assert [verdict for verdict, _ in MEANINGS].count(VERDICTS[verdicts.RARE]) == 1
    assert {verdict.text for verdict, _ in MEANINGS} == {verdict.text for verdict in VERDICTS.values()}
    for verdict, meaning in MEANINGS:
        for said in (verdict, meaning):
            assert tongue("fr").say(said) != tongue("en").say(said) or said.text == "rare"


def test_pictures_are_of_what_is_counted_and_framed_where_their_labels_show_all_of_it(con: Con) -> None:
    read: dict[str, dict[str, str]] = {}
    for row in rows(
        con,
        "SELECT image_sha256, attribute, value FROM labels INNER JOIN slots USING (week, model, slot_key) "
        f"WHERE week BETWEEN DATE '{WEEK}' - 21 AND DATE '{WEEK}' AND (conversation IS NULL OR turn > 1)",
    ):
        read.setdefault(row["image_sha256"], {})[row["attribute"]] = row["value"]
    band = {"monk_2": "light", "monk_9": "dark"}
    register = {claim.id: claim for claim in shipped_claims()}
    framed = set()
    for claim in claims_now(con, WEEK):
        for _, model in models(claim):
            assert len(model.grid) == min(12, model.n)
            for picture in model.grid:
                values = {name: band.get(value, value) for name, value in read[picture.sha256].items()}
                wanted = register[claim.id].shows
                assert picture.framed == all(values[name] in named for name, named in wanted.items())
                framed.add(picture.framed)
    assert framed == {False, True}
    page = pages(con)["2023/ceo-white-man/index.html"]
    assert page.count('class="framed"') == sum(
        picture.framed
        for claim in claims_now(con, WEEK)
        if claim.id == "ceo-white-man"
        for _, model in models(claim)
        for picture in model.grid
    )


def test_refusals_what_could_not_be_read_and_the_control_are_said(con: Con) -> None:
    claim = next(claim for claim in claims_now(con, WEEK) if claim.id == "ceo-white-man")
    page = text(pages(con)["2023/ceo-white-man/index.html"])
    refuses = next(model for _, model in models(claim) if model.model == "refuses")
    assert refuses.refused > 5
    assert f"{refuses.refused} requests were refused" in page
    for _, model in models(claim):
        assert model.control is not None
        assert f"Control: {model.control[0]} of {model.control[1]}." in page
        if model.bounds:
            assert f"Not all of the {model.pictures} pictures could be read" in page
    # the window is ahead of the verdict of "changed"
    assert "The verdict is of the block of four weeks that ended with the week of " in page


def test_conversations_are_there_turn_by_turn_with_what_was_refused(con: Con) -> None:
    made = pages(con)
    asked = "prompt of startup-ceo/confrontation"
    for prefix, refused, not_needed in (
        ("", "Refused in words.", "Not asked: there was no reason to."),
        ("fr/", "Refusé, avec des mots.", "Non demandé : il n’y avait pas lieu."),
    ):
        page, whole = (
            text(made[f"{prefix}2023/apology-keffiyeh/index.html"]),
            text(made[f"{prefix}2023/index.html"]),
        )
        assert page.count(asked) == 3 * 2 * 3  # three turns in two conversations of three models
        assert whole.count(asked) == 3
        assert "I cannot draw that." in page
        assert refused in page
        assert page.count(not_needed) == 2 * 3


def test_models_that_were_never_asked_are_named_and_withheld_ones_are_not(con: Con) -> None:
    page = text(pages(con)["2023/french-white/index.html"])
    assert "Not asked: as-then, changed, refuses" in page
    withheld = text(pages(con, date.fromisoformat(WEEKS[1]))["2023/index.html"])
    assert "refuses" not in withheld


def test_sentences_source_and_words_of_then_are_those_of_the_register(con: Con) -> None:
    page = text(pages(con)["2023/index.html"])
    for claim in shipped_claims():
        assert f"{claim.sentence} 2023 {claim.then}. {claim.source}." in page
