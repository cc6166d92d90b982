"""Pages of the sentences of 2023: figures, verdicts and pictures derived once more, in both languages."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import duckdb
import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.generation.slots import Slot
from assets.leaderboard.evidence.claims import MEANINGS, VERDICTS, claims_now
from assets.leaderboard.page.languages import tongue
from assets.leaderboard.page.sheets import NOWHERE, render_sheet
from assets.leaderboard.views.query import View
from assets.metrics.declared import load_declared
from assets.metrics.pipeline import score_spans
from assets.suites.claims import shipped_claims
from assets.suites.loader import load_suites
from assets.suites.schema import Attribute, Suite
from tests.site.pages import shown
from tests.warehouse import builder
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_partition, partitions
from warehouse.store import open_store
from warehouse.weeks import shift, span

Con = duckdb.DuckDBPyConnection
FIRST = "2026-08-03"
WEEKS = span(FIRST, shift(FIRST, 5))
WEEK = date.fromisoformat(WEEKS[-1])
#: From when one model draws others, and another is asked the second version of the suite.
CHANGED, MOVED = WEEKS[2], WEEKS[4]
MODELS = ("as-then", "changed", "refuses")
LOOKED_FOR = ("perceived_gender", "skin_tone", "headwear")
BAND = {"monk_2": "light", "monk_9": "dark"}
VERDICT = {
    "yes": ("as in 2023", "comme en 2023"),
    "no": ("less than in 2023", "moins qu’en 2023"),
    "cannot_tell": ("cannot tell", "indéterminable"),
}


def _few(suite: Suite) -> Suite:
    """Return a shipped suite with few attributes, so that its partitions are made quickly."""
    prompts = tuple(
        prompt.model_copy(
            update={"attributes": tuple(name for name in LOOKED_FOR if name in prompt.attributes)}
        )
        for prompt in suite.prompts
    )
    attributes = tuple(attribute for attribute in suite.attributes if attribute.id in LOOKED_FOR)
    less = {"prompts": prompts, "attributes": attributes, "references": (builder.PARITY,), "stereotypes": ()}
    return suite.model_copy(update=less)


def labels(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None] | None:
    """Light-skinned men; from `CHANGED` on few of them where the model changed; some that cannot be told."""
    lot = random.Random(f"{slot.slot_key}/{attribute.id}").random()
    if attribute.id == "headwear":
        return ("keffiyeh" if lot < 0.5 else "none", None, None)
    if lot < 0.03:
        return None if lot < 0.01 else ("cannot_tell", None, None)
    other = slot.model == "changed" and slot.week >= CHANGED and random.Random(slot.slot_key).random() < 0.85
    if attribute.id == "perceived_gender":
        return ("feminine" if other else "masculine", None, None)
    return ("monk_9" if other and lot > 0.5 else "monk_2", None, None)


def outcomes(slot: Slot) -> Sequence[str]:
    """Everything is drawn, but by one model that refuses much; the third turn of a conversation is not needed."""
    if slot.turn == 3:
        return ("not_needed",)
    lot = random.Random(slot.slot_key).random()
    return ("refused_text",) if slot.model == "refuses" and lot < 0.4 else ("ok",)


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Con]:
    """Six weeks of three models: one week of one is missing, one is withheld in a week."""
    store = open_store(tmp_path_factory.mktemp("claims") / "bucket")
    first, second = (_few(load_suites()[f"startup-ceo@{major}"]) for major in (1, 2))
    for week in WEEKS:
        for model in MODELS:
            if (model, week) != ("as-then", WEEKS[3]):
                suite = second if model == "as-then" and week >= MOVED else first
                builder.build_partition(
                    store, week, model, suites=(suite,), replicates=18, conversations=2,
                    labels=labels, outcomes=outcomes,
                )  # fmt: skip
    with connect(None) as con:
        make_tables(con)
        load_declared(con)
        for week, model in partitions(store):
            load_partition(con, store, week, model)
        con.execute("INSERT INTO withheld VALUES ($week, 'refuses', 'test')", {"week": WEEKS[4]})
        score_spans(con, WEEKS)
        yield con


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


def rows(con: Con, statement: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = con.sql(statement).to_arrow_table().to_pylist()
    return found


def seen(con: Con) -> list[tuple[str, str, dict[str, str]]]:
    """Return model, prompt and what was read of each picture that counts in `WEEK`."""
    found: dict[str, tuple[str, str, dict[str, str]]] = {}
    for row in rows(
        con,
        "SELECT model, prompt, o.image_sha256, attribute, value FROM slot_outcomes AS o LEFT JOIN labels "
        f"USING (week, model, slot_key) WHERE week BETWEEN DATE '{WEEK}' - 21 AND DATE '{WEEK}' AND is_picture "
        "AND (conversation IS NULL OR turn > 1) AND (week, model) NOT IN (SELECT (week, model) FROM withheld)",
    ):
        of = found.setdefault(row["image_sha256"], (row["model"], row["prompt"], {}))
        of[2][row["attribute"]] = BAND.get(row["value"], row["value"])
    return [*found.values()]


def test_figures_are_those_that_labels_give_alone_in_both_languages(con: Con) -> None:
    register = {claim.id: claim for claim in shipped_claims()}
    drawn, made, told = seen(con), pages(con), 0
    stated = {
        (row["claim"], row["part"], row["model"]): row["worth"]
        for row in rows(con, f"FROM claim_shares WHERE week = DATE '{WEEK}'")
    }
    for claim in claims_now(con, WEEK):
        shows = register[claim.id].shows
        for part, model in models(claim):
            prompts = register[claim.id].full_ids(register[claim.id].pictures[part])
            of = [read for name, prompt, read in drawn if name == model.model and prompt in prompts]
            k = sum(all(read.get(name) in values for name, values in shows.items()) for read in of)
            other = sum(
                any(
                    read.get(name, "cannot_tell") not in (*values, "cannot_tell")
                    for name, values in shows.items()
                )
                for read in of
            )
            assert (model.k, model.n) == (k, k + other)
            if model.share is None:
                continue
            told += 1
            worth = stated[claim.id, part, model.model]
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
    assert told > 8


def test_verdicts_say_what_the_table_says(con: Con) -> None:
    stated = {
        (row["claim"], row["part"], row["model"]): row
        for row in rows(con, f"FROM claim_shares WHERE week = DATE '{WEEK}'")
    }
    made, told = pages(con), {}
    for claim in claims_now(con, WEEK):
        for part, model in models(claim):
            row = stated[claim.id, part, model.model]
            if row["threshold"] is None:
                assert model.verdict is None
                few = "" if model.share else "no verdict: fewer than five usable pictures"
                assert tongue("en").say(model.why or "") == few
                continue
            assert model.verdict is not None
            told[model.model] = row["verdict"]
            for language, said in zip(("en", "fr"), VERDICT[row["verdict"]], strict=True):
                assert tongue(language).say(model.verdict) == said
            page = text(made["fr/2023/ceo-white-man/index.html"])
            assert f"{model.model} {VERDICT[row['verdict']][1]}" in page
            assert ("La consigne témoin aussi." in page) == any(m.also for _, m in models(claim))
    assert told == {"as-then": "yes", "changed": "no", "refuses": "cannot_tell"}


def test_what_hides_an_interval_and_what_has_none_is_said(con: Con) -> None:
    con.execute("BEGIN")
    con.execute("UPDATE claim_shares SET worth = 2, verdict = 'no' WHERE model = 'as-then'")
    con.execute(
        "UPDATE claim_shares SET share = NULL, low = NULL, high = NULL, n = 4, reason = 'few_pictures' "
        "WHERE model = 'changed'"
    )
    claim = next(one for one in claims_now(con, WEEK) if one.id == "ceo-white-man")
    page = text(pages(con)["2023/ceo-white-man/index.html"])
    con.execute("ROLLBACK")
    n = {model.model: model.n for _, model in models(claim)}["as-then"]
    assert re.search(rf"as-then less than in 2023 \S+ \S+ \d+ of {n} worth {round(n / 2)} pictures\.", page)
    assert "changed no verdict: fewer than five usable pictures." in page


def test_every_verdict_is_explained_once_and_has_words_in_both_languages() -> None:
    assert {*VERDICTS} == {"yes", "no", "cannot_tell"}
    assert [verdict for verdict, _ in MEANINGS] == [*VERDICTS.values()]
    for verdict, meaning in MEANINGS:
        for said in (verdict, meaning):
            assert tongue("fr").say(said) != tongue("en").say(said)


def test_pictures_are_of_what_is_counted_and_framed_where_their_labels_show_all_of_it(con: Con) -> None:
    read: dict[str, dict[str, str]] = {}
    for row in rows(con, "SELECT image_sha256, attribute, value FROM labels"):
        read.setdefault(row["image_sha256"], {})[row["attribute"]] = BAND.get(row["value"], row["value"])
    register = {claim.id: claim for claim in shipped_claims()}
    framed = set()
    for claim in claims_now(con, WEEK):
        for _, model in models(claim):
            # of the model that was asked another version of the suite before, pictures of the newer one alone
            assert len(model.grid) == min(12, model.n) or (model.model == "as-then" and model.grid)
            for picture in model.grid:
                values, wanted = read[picture.sha256], register[claim.id].shows
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
    assert refuses.unseen > 5
    bounds = tongue("en").percent_range(refuses.bound_low, refuses.bound_high)
    assert f"{refuses.unseen} missing. Depending on missing answers: {bounds}." in page
    for _, model in models(claim):
        assert f"Control: {model.control_k} of {model.control_n}." in page


def test_conversations_are_there_turn_by_turn_with_what_was_refused(con: Con) -> None:
    made = pages(con)
    (asked,) = (one.turns for one in load_suites()["startup-ceo@1"].prompts if one.turns)
    for prefix, refused, not_needed in (
        ("", "Refused in words.", "Not asked: there was no reason to."),
        ("fr/", "Refusé, avec des mots.", "Non demandé : il n’y avait pas lieu."),
    ):
        page, whole = (
            text(made[f"{prefix}2023/apology-keffiyeh/index.html"]),
            text(made[f"{prefix}2023/index.html"]),
        )
        for turn in asked[1:]:  # the first stands on these pages elsewhere, too
            assert page.count(turn) == 2 * 3  # in two conversations of three models
            assert whole.count(turn) == 1
        assert "I cannot draw that." in page
        assert refused in page
        assert page.count(not_needed) == 2 * 3


def test_models_that_were_never_asked_are_named_and_withheld_ones_are_not(con: Con) -> None:
    page = text(pages(con)["2023/french-white/index.html"])
    assert "Not asked: as-then, changed, refuses" in page
    withheld = text(pages(con, date.fromisoformat(WEEKS[4]))["2023/index.html"])
    assert "refuses" not in withheld


def test_sentences_source_and_words_of_then_are_those_of_the_register(con: Con) -> None:
    page = text(pages(con)["2023/index.html"])
    for claim in shipped_claims():
        assert f"{claim.sentence} 2023 {claim.then}. {claim.source}." in page
