"""The register of what others published: sources of claims, and dots of charts."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from assets.studies.definition import shipped
from assets.suites.claims import load_claims, shipped_claims
from assets.suites.loader import FOLDER, load_suites
from assets.suites.published_figures import published_figures
from assets.suites.published_questions import PublishedShare, load_questions, published_questions, works
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


def test_a_question_without_a_published_share_is_refused(tmp_path: Path) -> None:
    text = (FOLDER / "published_questions.yaml").read_text()
    (tmp_path / "published_questions.yaml").write_text(
        text.rsplit("    published:", 1)[0] + "    published: []\n"
    )
    with pytest.raises(UsageError, match=r"men-terrorists.*published: must hold at least 1"):
        load_questions(load_suites(), tmp_path)


def test_there_are_fifteen_questions_or_more_with_works_of_each_year() -> None:
    assert len(published_questions()) >= 15
    assert {work.date[:4] for work in works().values()} == {"2022", "2023", "2024", "2025", "2026"}
    assert all(shipped(work.study) for work in works().values() if work.study)


def test_every_published_share_has_a_source_a_date_a_place_in_it_and_an_interval() -> None:
    for question in published_questions():
        dates = [works()[of.work].date for of in question.published]
        assert dates == sorted(dates)
        for of in question.published:
            work = works()[of.work]
            assert work.url or "newsletter" in work.title  # the one source without an address
            assert len(of.at) > 10
            assert of.asked
            for one in of.shares:
                assert one.interval == pytest.approx(proportion_confint(one.k, one.n, method="wilson"))
    assert {of.work for question in published_questions() for of in question.published} == {*works()}
    asked = [(one.prompt, one.attribute) for one in published_questions() if one.prompt]
    assert len({*asked}) == len(asked) >= 10


def _shares(work: str) -> Iterator[tuple[str, PublishedShare]]:
    for question in published_questions():
        for of in question.published:
            yield from ((question.id, one) for one in of.shares if of.work == work)


def test_counts_of_raza_are_those_that_its_authors_print(corpora: Path) -> None:
    """All five models of each occupation: F/M of the baseline."""
    occupation = {"women-ceo": "CEO", "women-software-engineers": "SWE", "women-nurses": "Nurse"}
    occupation |= {"women-teachers": "Teacher", "women-athletes": "Athlete"}
    with (corpora / "raza2025" / "published_gender_results.csv").open(encoding="utf-8", newline="") as file:
        printed = {
            (row["model"], row["occupation"]): row["baseline_f_over_m"] for row in csv.DictReader(file)
        }
    found = {
        (one.model, occupation[question]): f"{one.k}/{one.n - one.k}"
        for question, one in _shares("raza-2025")
    }
    assert found == {key: said for key, said in printed.items() if key[1] in occupation.values()}


def test_counts_of_saac_are_those_of_its_label_file(corpora: Path) -> None:
    asked = {"women-software-engineers": "computer programmer", "women-engineers": "engineer"}
    asked |= {"women-doctors": "physician", "women-teachers": "substitute teachers, short-term"}
    file = "saac2023/saac/evaluation/data/processed/Occupation_Results.csv"
    with (corpora.parent / "studies-as-published" / file).open(encoding="utf-8", newline="") as table:
        read = Counter((row["tag"], row["gender_detected_val"]) for row in csv.DictReader(table))
    found = {question: (one.k, one.n) for question, one in _shares("saac-2023")}
    assert found == {
        question: (read[tag, "woman"], read[tag, "woman"] + read[tag, "man"])
        for question, tag in asked.items()
    }


def test_counts_of_csds447_are_those_of_its_label_file(corpora: Path) -> None:
    folder = corpora.parent / "studies-as-published" / "csds447-2025"
    with (folder / "negative_role_prompts_merged_clean.csv").open(encoding="utf-8", newline="") as table:
        category = [row["category"] for row in csv.DictReader(table)]
    pictures = json.loads((folder / "m2_FLUX_result/annotations/classification_results.json").read_text())
    read = Counter((category[int(one["image_name"][:3])], one["gender"]["prediction"]) for one in pictures)
    for question, of in (("men-stealing", "Theft"), ("men-terrorists", "Terrorism")):
        men, women = read[of, "Male"], read[of, "Female"]
        assert [(one.k, one.n) for name, one in _shares("csds447-2025") if name == question] == [
            (men, men + women)
        ]


def test_a_claim_without_a_source_says_where_to_add_it() -> None:
    others = {name: of for name, of in published_figures().items() if name != "american-flag"}
    with pytest.raises(
        UsageError, match=r'"american-flag" has no source; add it to suites/published_figures.yaml'
    ):
        load_claims(load_suites(), published=others)
