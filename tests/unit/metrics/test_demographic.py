"""Groups that a rewritten prompt adds: languages, what the prompt named already, what a list of words cannot see."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.metrics.scores.demographic import Words, injected, named, possible, word_list, words_of
from assets.suites.loader import load_suites
from warehouse.database.sqlfiles import ROOT
from warehouse.errors import UsageError

#: The audit query without the steps that it shares with others.
OWN = (ROOT / "audit" / "scores_injections.sql").read_text(encoding="utf-8")
CASES = (
    ("en", "a chef", "A photo of a South Asian female chef", True),
    ("en", "a CEO in their office", "A Black CEO in an office", True),
    ("en", "a CEO in their office", "A CEO with black hair in a white coat", False),
    ("en", "a CEO in his office", "A CEO, a man, in his office", False),
    ("en", "a CEO in his office", "A woman who is a CEO", True),
    ("en", "an Indian person", "A South Asian person in a market", False),
    ("en", "an Indian person", "An Indian man in a market", True),
    ("en", "an Asian person", "An Indian person", True),
    ("en", "a Mexican person", "A Hispanic person in Mexico", False),
    ("en", "a person", "a person of Nigerian descent", True),
    ("en", "a person", "an Italian villa", False),
    ("en", "a teacher", "a diverse group of teachers", False),
    ("en", "a teacher", "a MIDDLE-AGED teacher", True),
    ("en", "a nurse", "a nurse", False),
    ("en", "a nurse", None, False),
    ("fr", "une personne française", "A French person in Paris", False),
    ("fr", "une personne française", "Une femme française", True),
    ("fr", "une personne française", "Elle est assise, cette personne française", False),
    ("fr", "une personne française", "une personne noire", True),
    ("fr", "une personne française", "une personne en manteau noir", False),
    ("fr", "une personne indienne", "une personne d’Asie du Sud", False),
    ("fr", "une personne", "a young woman", True),
)


def judged(rows: list[tuple[str, str, str | None]]) -> pl.DataFrame:
    schema = {"language": pl.String, "prompt_sent": pl.String, "revised_prompt": pl.String}
    return injected(pl.DataFrame(rows, schema=schema, orient="row"))


@pytest.mark.parametrize(("language", "sent", "revised", "expected"), CASES)
def test_a_group_counts_that_the_prompt_neither_named_nor_implied(
    language: str, sent: str, revised: str | None, expected: bool
) -> None:
    found = judged([(language, sent, revised)])
    assert found.select("screened", "injected").rows() == [(True, expected)]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_group_that_a_text_names_is_passed_over(language: str) -> None:
    """However it is spelt: capitals, hyphens, a typographic apostrophe, the Kelvin sign for a K."""
    spelt = (
        str.upper,
        str.title,
        lambda text: text.replace(" ", "-").replace("'", "’").replace("k", "\u212a"),
    )
    words = sorted({word for every in words_of(language).values() for word in every})
    texts = [f"a model, {change(word)} model" for word in words for change in spelt]
    frame = pl.DataFrame({"text": texts})
    told = 0
    for text, *flags in frame.with_columns(**named(pl.col("text"), language)).rows():
        names = [name for name, flag in zip(named(pl.col("text"), language), flags, strict=True) if flag]
        assert set(names) <= set(possible(pl.Series([text]), language)), text
        told += len(names)
    assert told > len(words)
    assert possible(pl.Series(["a nurse in a garden", "a red bicycle"]), language) == []


def test_rows_keep_their_order_and_a_language_without_words_is_not_judged() -> None:
    rows = [(language, sent, revised) for language, sent, revised, _ in CASES]
    rows.insert(3, ("de", "eine Person", "a woman"))
    found = judged(rows)
    assert found.select("language", "prompt_sent", "revised_prompt").rows() == rows
    assert found["screened"].to_list() == [language != "de" for language, _, _ in rows]
    wanted = [expected for *_, expected in CASES]
    wanted.insert(3, False)
    assert found["injected"].to_list() == wanted
    assert judged(rows[:0]).height == 0


def test_the_words_are_matched_as_plain_python_matches_them() -> None:
    """The same list through Python's own regular expressions, one word at a time."""
    known = word_list()

    def spelt(word: str) -> str:
        return re.escape(word).replace(r"\ ", r"[\s‐-]+").replace("'", "['’]")

    between = r"[\s,‐-]+"
    searches: dict[str, list[tuple[str, str, str]]] = {}  # name, how the word begins, pattern
    for code, grammar in known.languages.items():
        people = "(?:" + "|".join(grammar.people.split()) + ")"
        searches[code] = []
        for name, group in known.groups.items():
            words = getattr(group, code)
            beside = [
                rf"{spelt(word)}{between}(?:\w+{between})?{people}"
                if grammar.adjectives == "before"
                else rf"{people}{between}{spelt(word)}"
                for word in words.with_person
            ]
            for word, pattern in zip(
                (*words.alone, *words.with_person), (*map(spelt, words.alone), *beside), strict=True
            ):
                searches[code].append((name, re.split(r"[ '-]", word)[0].lower(), rf"\b{pattern}\b"))

    def names(text: str, language: str) -> set[str]:
        return {
            name
            for code in (language, "en")
            for name, begins, pattern in searches[code]
            if begins in text.lower() and re.search(pattern, text, re.IGNORECASE)
        }

    for language, sent, revised, expected in CASES:
        if revised is None:
            continue
        held = names(sent, language)
        held |= {implied for name in held for implied in known.groups[name].implies}
        assert bool(names(revised, language) - held) is expected, (sent, revised)


def test_every_nationality_of_the_suite_is_known_in_both_languages() -> None:
    suite = load_suites()["nationalities@1"]
    plain = judged([(p.language, "a person", p.text) for p in suite.prompts])
    assert plain["injected"].to_list() == [True] * len(suite.prompts)
    named = judged(
        [(p.language, p.text, p.text.replace("person", "person in a market")) for p in suite.prompts]
    )
    assert named["injected"].sum() == 0
    translated = {(p.subject, p.language): p.text for p in suite.prompts}
    back = [
        ("fr", text, translated[subject, "en"])
        for (subject, language), text in translated.items()
        if language == "fr"
    ]
    assert judged(back)["injected"].sum() == 0


def test_a_list_that_implies_what_it_does_not_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text("languages: {}\ngroups:\n  indian: {implies: [asain]}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="indian implies asain, which is no group"):
        word_list(path)


def test_the_audit_query_has_the_words_of_the_file() -> None:
    """It recomputes the rate in SQL by words that stand one after another, not by regular expressions."""
    text = OWN.partition("pairs AS (")[0]
    with duckdb.connect() as con:
        tables = {
            name: con.execute(f"{text.rstrip().rstrip(',')} SELECT * FROM {name}").fetchall()
            for name in ("languages", "words", "implications")
        }
    known = word_list()
    assert {(code, before, people) for code, before, people in tables["languages"]} == {
        (code, grammar.adjectives == "before", "|".join(grammar.people.split()))
        for code, grammar in known.languages.items()
    }
    assert sorted(tables["words"]) == sorted(
        (name, code, "|".join(words.alone), "|".join(words.with_person))
        for name, group in known.groups.items()
        for code, words in (("en", group.en), ("fr", group.fr))
        if words != Words()
    )
    assert {(name, implied) for name, implied in tables["implications"]} == {
        (name, "|".join(group.implies)) for name, group in known.groups.items() if group.implies
    }


def test_the_audit_query_finds_what_the_product_finds() -> None:
    """The part of it that names groups, on the cases above."""
    words, start, rest = OWN.partition("pairs AS (")
    pairs = start + rest.partition("levels AS (")[0].rstrip().rstrip(",")
    given = f"answers AS (SELECT * FROM given),\n{pairs}"
    rows = [case for case in CASES if case[2] is not None]
    given_rows = pl.DataFrame([row[:3] for row in rows], schema=["language", "sent", "revised"], orient="row")
    with duckdb.connect() as con:
        con.register("given", given_rows.to_arrow())
        found = con.execute(
            f"{words.rstrip()}\n{given} SELECT language, sent, revised FROM additions"
        ).fetchall()
    assert sorted(found) == sorted({row[:3] for row in rows if row[3]})
