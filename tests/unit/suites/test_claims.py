"""The register of claims of 2023: what is in it."""

from __future__ import annotations

import pytest

from assets.suites.claims import load_claims, shipped_claims
from assets.suites.loader import load_suites
from warehouse.errors import UsageError

SUITES = load_suites()


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
