"""Which prompts are set side by side: what is shipped, how pairs are made, and one line for whatever is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.suites.comparisons import (
    WHERE,
    AskedPrompt,
    Comparisons,
    Sides,
    load_comparisons,
    shipped,
    study_comparisons,
)
from assets.suites.loader import FOLDER, load_suites
from assets.suites.published import suite_hash
from warehouse.errors import UsageError

SUITES = load_suites()
TEXT = (FOLDER / "comparisons.yaml").read_text(encoding="utf-8")


def asked(suite: str) -> list[AskedPrompt]:
    found = SUITES[suite]
    return [AskedPrompt(found.prompt_id(p), p.language, p.subject, p.condition) for p in found.prompts]


def test_what_the_issue_asks_for_is_compared() -> None:
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


def test_published_suites_are_as_they_were() -> None:
    for name in ("startup-ceo", "french-person", "nationalities", "diversity-request"):
        assert (
            len(suite_hash(SUITES[f"{name}@1"])) == 64
        )  # load_suites refuses a suite that differs from its copy
    assert {one.suite for one in shipped().comparisons} <= set(SUITES)


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


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("kind: wording", "kind: word", f"{WHERE}: comparisons 1, kind: input should be"),
        ("kind: wording", "knd: wording", f'{WHERE}: comparisons 1: unknown key "knd"; did you mean "kind"?'),
        (
            "{name: his, prompt: ceo-his}",
            "{name: his}",
            f"{WHERE}: comparisons 1, a: needs a prompt, a language or a condition",
        ),
        (
            "suite: startup-ceo@1",
            "suite: startup-ce@1",
            f'{WHERE}: startup-ce@1, his and their: unknown suite "startup-ce@1"; did you mean "startup-ceo@1"?',
        ),
        (
            "prompt: ceo-their",
            "prompt: ceo-thier",
            f'{WHERE}: startup-ceo@1, his and their: unknown prompt "ceo-thier"; did you mean "ceo-their"?',
        ),
        (
            "prompt: ceo-their",
            'prompt: "*-thier"',
            f'{WHERE}: startup-ceo@1, his and their: unknown prompt "*-thier"',
        ),
        (
            "prompt: ceo-their",
            "prompt: ceo-his",
            f'{WHERE}: startup-ceo@1, his and their: prompt "startup-ceo/ceo-his" is on both sides; change prompt, '
            "language or condition",
        ),
        (
            "prompt: ceo-their",
            "condition: baseline",
            f'{WHERE}: startup-ceo@1, his and their: several prompts of occupation:ceo are on side "their"; name one, '
            "or a condition too",
        ),
        (
            "prompt: ceo-their",
            "language: fr",
            f'{WHERE}: startup-ceo@1, his and their: no prompt is on side "their"; change prompt, language or '
            "condition",
        ),
        (
            "{name: their, prompt: ceo-their}",
            "{name: their, prompt: ceo-their, turn: 2}",
            f'{WHERE}: startup-ceo@1, his and their: "startup-ceo/ceo-their" has one turn; remove turn',
        ),
        (
            "{perceived_gender: [feminine]}",
            "{perceived_gendre: [feminine]}",
            f'{WHERE}: startup-ceo@1, his and their: "perceived_gendre" is no attribute of both sides; did you mean '
            '"perceived_gender"?',
        ),
        (
            "{perceived_gender: [feminine]}",
            "{perceived_gender: [female]}",
            f'{WHERE}: startup-ceo@1, his and their: unknown value "female" of "perceived_gender"',
        ),
        (
            "{perceived_gender: [feminine]}",
            "{perceived_gender: [feminine]}\n    caricature: {headwear: [keffiyeh]}",
            f"{WHERE}: startup-ceo@1, his and their: caricature is of controlled and confronted alone; remove it",
        ),
        (
            "b: {name: visionary, prompt: ceo-visionary}",
            "b: {name: confrontation, prompt: ceo-visionary}",
            f"{WHERE}: startup-ceo@1, his and confrontation: compared twice as confronted; remove one",
        ),
        ("comparisons:", "comparison:", f'{WHERE}: unknown key "comparison"; did you mean "comparisons"?'),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in TEXT
    (tmp_path / "comparisons.yaml").write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_comparisons(SUITES, tmp_path)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_mapping_or_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        load_comparisons(SUITES, tmp_path)
    (tmp_path / "comparisons.yaml").write_text("- his\n- their\n", encoding="utf-8")
    with pytest.raises(UsageError, match="must be a mapping with the key comparisons"):
        load_comparisons(SUITES, tmp_path)


def test_the_shipped_file_is_what_is_read() -> None:
    assert load_comparisons(SUITES) == shipped()
    assert isinstance(shipped(), Comparisons)
    compared = study_comparisons(["baseline", "controlled", "confronted"], None)
    assert {sides.kind for sides in compared} == {"controlled", "confronted"}
