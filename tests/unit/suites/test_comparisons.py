"""Which prompts are set side by side: what is shipped, and how pairs are made."""

from __future__ import annotations

from assets.suites.comparisons import AskedPrompt, Sides, shipped, study_comparisons
from assets.suites.loader import load_suites

SUITES = load_suites()


def asked(suite: str) -> list[AskedPrompt]:
    found = SUITES[suite]
    return [AskedPrompt(found.prompt_id(p), p.language, p.subject, p.condition) for p in found.prompts]


def test_what_is_compared() -> None:
    pairs = {one.key: one.pairs(asked(one.suite)) for one in shipped().comparisons}
    assert {key: len(found) for key, found in pairs.items()} == {
        ("startup-ceo@1", "wording", "his", "their"): 1,
        ("startup-ceo@2", "wording", "his", "their"): 1,
        ("startup-ceo@2", "wording", "his", "his-reworded"): 1,
        ("startup-ceo@2", "wording", "their", "their-reworded"): 1,
        ("occupations@2", "wording", "face", "headshot"): 24,
        ("french-ceo@1", "wording", "un-pdg", "une-pdg"): 1,
        ("french-ceo@1", "wording", "un-pdg", "un-e-pdg"): 1,
        ("french-ceo@1", "wording", "un-pdg", "personne"): 1,
        ("french-person@1", "language", "en", "fr"): 1,
        ("nationalities@1", "language", "en", "fr"): 23,
        ("diversity-request@1", "controlled", "baseline", "controlled"): 5,
        ("startup-ceo@1", "confronted", "his", "confrontation"): 1,
        ("startup-ceo@1", "confronted", "his", "visionary"): 1,
        ("startup-ceo@2", "confronted", "his", "confrontation"): 1,
        ("startup-ceo@2", "confronted", "his", "visionary"): 1,
    }
    for found in pairs.values():
        assert all(a.subject == b.subject for a, b in found)
    german = next(
        p for p in pairs["nationalities@1", "language", "en", "fr"] if p.a.subject == "person:german"
    )
    assert (german.a.prompt, german.b.prompt) == ("nationalities/german-en", "nationalities/german-fr")


def test_prompts_are_paired_by_subject_and_an_ambiguous_subject_has_no_pair() -> None:
    sides = Sides.model_validate(
        {"kind": "language", "a": {"name": "en", "language": "en"}, "b": {"name": "fr", "language": "fr"}}
    )
    prompts = [
        AskedPrompt("s/one-en", "en", "person:one", "baseline"),
        AskedPrompt("s/one-fr", "fr", "person:one", "baseline"),
        AskedPrompt("s/two-en", "en", "person:two", "baseline"),
        AskedPrompt("s/two-en-too", "en", "person:two", "baseline"),
        AskedPrompt("s/two-fr", "fr", "person:two", "baseline"),
        AskedPrompt("s/three-fr", "fr", "person:three", "baseline"),
        AskedPrompt("s/four-de", "de", "person:four", "baseline"),
    ]
    for order in (prompts, prompts[::-1]):
        assert [(a.prompt, b.prompt) for a, b in sides.pairs(order)] == [("s/one-en", "s/one-fr")]


def test_what_asks_for_diversity_is_compared_with_the_baseline() -> None:
    compared = study_comparisons(["baseline", "controlled", "confronted"], None)
    assert {sides.kind for sides in compared} == {"controlled", "confronted"}
