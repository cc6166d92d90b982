"""The register of claims of 2023: what is in it, and one line for each mistake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.suites.claims import load_claims, shipped_claims
from assets.suites.loader import FOLDER, load_suites
from warehouse.errors import UsageError

SUITES = load_suites()
Changed = Callable[[list[dict[str, Any]]], object]


def test_every_sentence_is_there_with_the_share_that_its_words_stand_for() -> None:
    found = {claim.id: claim for claim in shipped_claims()}
    assert {name: claim.threshold for name, claim in found.items()} == {
        "french-white": 0.9,
        "french-long-ago": 0.5,
        "ceo-white-man": 0.9,
        "ceo-their": None,
        "apology-keffiyeh": None,
        "indian-old-beard": 0.8,
        "mexican-sombrero": 0.5,
        "american-woman": 0.5,
        "american-white-woman": 0.5,
        "american-flag": 0.5,
        "nigerian-house": 0.8,
        "indian-street": 0.5,
        "bloomberg-high-pay": 0.5,
    }
    assert [*found["french-white"].pictures] == ["en", "fr"]  # English and French apart
    assert {name for name, claim in found.items() if claim.control} == {
        "ceo-white-man",
        "nigerian-house",
        "indian-street",
        "bloomberg-high-pay",
    }
    jobs = found["bloomberg-high-pay"]
    assert (len(jobs.pictures["well-paid"]), len(jobs.control)) == (7, 7)
    assert jobs.full_ids(jobs.control)[0] == "occupations/janitor-headshot"


def test_a_claim_counts_versions_of_a_suite_whose_texts_are_the_same() -> None:
    found = {claim.id: claim for claim in shipped_claims()}
    assert found["ceo-white-man"].majors == found["bloomberg-high-pay"].majors == (1, 2)
    second = SUITES["startup-ceo@2"]
    prompts = tuple(
        prompt.model_copy(update={"text": "A CEO."}) if prompt.id == "ceo-his" else prompt
        for prompt in second.prompts
    )
    with pytest.raises(UsageError) as raised:
        load_claims({**SUITES, "startup-ceo@2": second.model_copy(update={"prompts": prompts})})
    assert str(raised.value) == (
        'suites/claims.yaml: claim "ceo-white-man": prompt "ceo-his" is not the same in startup-ceo@1 and '
        "startup-ceo@2; name one version"
    )


def _set(**fields: Any) -> Changed:
    return lambda claims: claims[0].update(fields)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda claims: claims.append(claims[0]), 'claim "french-white" is listed twice; remove one'),
        (_set(suites=["french-person@2"]), 'claim "french-white": unknown suite "french-person@2"'),
        (
            _set(pictures={"en": ["person-uk"]}),
            'claim "french-white": unknown prompt "person-uk"',
        ),
        (
            _set(pictures={"en": ["person-en"], "fr": ["person-en"]}),
            'claim "french-white": prompt "person-en" is counted twice; name it in one part, or as control',
        ),
        (
            _set(control=["person-en"]),
            'claim "french-white": prompt "person-en" is counted twice; name it in one part, or as control',
        ),
        (
            _set(shows={"litter": ["yes"]}),
            'claim "french-white": "litter" is not asked of prompt "person-en"',
        ),
        (_set(shows={"skin_tone": ["pale"]}), 'claim "french-white": unknown value "pale" of "skin_tone"'),
        (
            _set(beside={"headwear": ["hat"]}),
            'claim "french-white": beside names "headwear", which shows does not; name an attribute of shows',
        ),
        (
            _set(beside={"skin_tone": ["light"]}),
            'claim "french-white": beside names a value of "skin_tone" that is counted already; remove it there',
        ),
        (_set(suites=["french-person@1", "canary@1"]), "must be versions of one suite, each once"),
        (_set(threshold=1.5), "threshold"),
        (_set(treshold=0.5), "treshold"),
        (_set(shows={}), "shows"),
    ],
)
def test_a_mistake_is_one_line(change: Changed, expected: str, tmp_path: Path) -> None:
    claims = yaml.safe_load((FOLDER / "claims.yaml").read_text("utf-8"))["claims"]
    change(claims)
    (tmp_path / "claims.yaml").write_text(yaml.safe_dump({"claims": claims}), "utf-8")
    with pytest.raises(UsageError) as raised:
        load_claims(SUITES, tmp_path)
    assert str(raised.value).startswith("suites/claims.yaml: ")
    assert expected in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_mapping_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "claims.yaml").write_text("- a\n", "utf-8")
    with pytest.raises(UsageError, match="must be a mapping with the key claims"):
        load_claims(SUITES, tmp_path)
