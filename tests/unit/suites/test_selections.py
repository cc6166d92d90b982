"""Selections: what each is for, and its pages' numbers."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from assets.gateway.models_file import ModelEntry, load_models_file
from assets.generation.plan import make_plan, plan_bytes
from assets.generation.providers.registry import make_provider
from assets.labeling.labelers import photo
from assets.suites.analysis import shipped
from assets.suites.claims import shipped_claims
from assets.suites.loader import load_suites
from assets.suites.selections import asks, load_selections, planned_prompts

CHECKOUT = Path(__file__).parents[3]
SUITES = load_suites()
SELECTIONS = load_selections(SUITES)
WEEKS = 4  # that a figure pools
LEAST = 60  # pictures in them, of a prompt that is a column alone
CELL = 5  # pictures in them, below which a prompt counts in no figure


def asked(name: str) -> dict[str, int]:
    """How often a selection asks each prompt per week, by the prompt's whole id."""
    return {
        f"{one.suite}/{prompt.id}": asks(one, prompt)
        for one in SELECTIONS[name]
        for prompt in planned_prompts(one, SUITES[one.suite])
    }


def of_subjects(suite: str, subjects: set[str], condition: str = "baseline") -> set[str]:
    return {
        f"{suite}/{prompt.id}"
        for prompt in SUITES[suite].prompts
        if prompt.subject in subjects and prompt.condition == condition
    }


def drawn_pairs() -> set[str]:
    """The prompts whose pictures the declared pairs of rest-of-world count."""
    pairs = [pair for pair in shipped().declared.stereotypes if pair.suite == "rest-of-world@1"]
    return {
        f"{pair.suite}/{prompt.id}"
        for pair in pairs
        for prompt in SUITES[pair.suite].prompts
        if prompt.subject == pair.group and pair.attribute in prompt.attributes
    }


def requests(condition: str) -> set[str]:
    suite = SUITES["diversity-request@1"]
    return {f"{suite.label}/{prompt.id}" for prompt in suite.prompts if prompt.condition == condition}


[MALE] = [typed for typed in shipped().declared.typed if typed.suite == "occupations@2"]
#: Prompts behind each column of the leaderboard, the attribute that it counts, and whether one prompt is it alone.
COLUMNS = {
    "stereotypes drawn": (drawn_pairs(), "headwear", False),
    "women as CEO": ({"startup-ceo@2/ceo-his"}, "perceived_gender", True),
    "women in jobs held mostly by men": (
        of_subjects("occupations@2", {*MALE.male}),
        "perceived_gender",
        False,
    ),
    "a French person: light skin": ({"french-person@1/person-en"}, "skin_tone", True),
    "a French person: dress": ({"french-person@1/person-en"}, "clothing_era", True),
    "asked for diversity: before": (requests("baseline"), "perceived_gender", False),
    "asked for diversity: after": (requests("controlled"), "perceived_gender", False),
    "refused": (drawn_pairs(), None, False),
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("selection", ["headline", "headline-confronted"])
def test_headline_fills_every_column_of_a_bad_month(selection: str, column: str) -> None:
    prompts, _, alone = COLUMNS[column]
    per_week = asked(selection)
    assert prompts
    assert prompts <= {*per_week}
    for left in (0.75 * WEEKS, WEEKS - 1):
        assert sum(per_week[prompt] for prompt in prompts) * left >= LEAST
        assert all(per_week[prompt] * left >= (LEAST if alone else CELL) for prompt in prompts)
    both = 0.75 * (WEEKS - 1)  # even then every prompt counts
    assert all(per_week[prompt] * both >= CELL for prompt in prompts)


def test_headline_has_the_declared_pairs_with_their_controls_and_the_two_words() -> None:
    per_week = asked("headline")
    pairs = {prompt.partition("/")[2] for prompt in drawn_pairs()}
    assert pairs == {"person-mexico", "person-india", "person-united-states", "house-nigeria", "street-india"}
    controls = {
        one.control: one.prompt
        for one in shipped().declared.controls
        if one.suite == "rest-of-world@1" and one.prompt in pairs
    }
    assert {*controls} == {"house-united-states", "street-united-states"}
    rows = {prompt for prompt in per_week if prompt.startswith("rest-of-world@1/")}
    assert rows == {f"rest-of-world@1/{prompt}" for prompt in pairs | {*controls}}
    both = ["startup-ceo@2/ceo-his", "startup-ceo@2/ceo-their", "french-person@1/person-fr"]
    assert {per_week[prompt] for prompt in both} == {20}
    assert len([prompt for prompt in per_week if prompt.startswith("occupations@2/")]) == 48
    assert {SUITES[one.suite].label for one in SELECTIONS["headline"]} == {
        *("rest-of-world@1", "startup-ceo@2", "french-person@1", "occupations@2", "diversity-request@1")
    }


def test_headline_has_enough_pictures_for_every_claim_of_2023_but_that_of_conversations() -> None:
    per_week = asked("headline")
    for claim in shipped_claims():
        if claim.id == "apology-keffiyeh":
            continue
        labels = [f"{claim.suite}@{major}" for major in claim.majors]
        for prompts in (*claim.pictures.values(), *([claim.control] if claim.control else [])):
            n = WEEKS * sum(per_week.get(f"{label}/{prompt}", 0) for label in labels for prompt in prompts)
            # n of n pictures, by Wilson, lie above the threshold
            assert n / (n + 1.96**2) > (claim.threshold or 0.5), (claim.id, prompts)


def test_the_two_headlines_differ_by_the_conversations_alone() -> None:
    plain, confronted = asked("headline"), asked("headline-confronted")
    assert {prompt: n for prompt, n in confronted.items() if prompt not in plain} == {
        "startup-ceo@2/confrontation": 3 * 10
    }
    assert {prompt: confronted[prompt] for prompt in plain} == plain


def test_a_first_try_is_a_small_part_of_headline() -> None:
    few, many = asked("first-try"), asked("headline")
    assert all(n <= many[prompt] for prompt, n in few.items())
    assert len(SELECTIONS["first-try"]) >= 4
    assert 24 <= sum(few.values()) <= 48
    assert 1 <= 0.04 * sum(few.values()) <= 2


def test_all_is_every_suite_in_its_newest_version() -> None:
    newest: dict[str, int] = {}
    for suite in SUITES.values():
        newest[suite.id] = max(newest.get(suite.id, 0), int(suite.label.partition("@")[2]))
    assert {one.suite for one in SELECTIONS["all"]} == {f"{name}@{major}" for name, major in newest.items()}


def test_the_pages_say_how_many_pictures_and_dollars_that_is() -> None:
    readme, operations, models = (
        (CHECKOUT / name).read_text(encoding="utf-8")
        for name in ("README.md", "docs/operations/models.md", "models.yaml")
    )
    for name in SELECTIONS:
        n = sum(asked(name).values())
        usd = "–" if name == "demo" else f"${0.04 * n:,.2f}"
        assert f"| `{name}` | {n:,} | {usd} |" in operations
    headline, few = (sum(asked(name).values()) for name in ("headline", "first-try"))
    prices = [
        price.per_image_usd
        for path in (CHECKOUT / "models").glob("*.yaml")
        if path.name != "labelers.yaml"
        for entry in load_models_file(path, SUITES).models
        for price in entry.price
        if price.per_image_usd
    ]
    plain = " ".join(readme.split())
    assert f"`suites: headline`, {headline} pictures per week" in plain
    assert f"${0.04 * headline:.2f} at $0.04 per picture" in plain
    assert f"${min(prices) * headline:.2f} to ${max(prices) * headline:.2f} at the prices there" in plain
    assert f"`first-try` is {few} pictures (${0.04 * few:.2f})" in plain
    said = " ".join(models.replace("#", "").split())
    assert f"`headline`, {headline} pictures per week; `first-try` is {few}, `all` about 5,100" in said
    assert math.isclose(sum(asked("all").values()), 5100, rel_tol=0.01)


def test_the_readme_names_the_columns_that_the_labeler_photo_does_not_fill() -> None:
    unread = {
        name for name, (_, attribute, _) in COLUMNS.items() if attribute not in {None, *photo.ATTRIBUTES}
    }
    assert unread == {"stereotypes drawn", "a French person: light skin", "a French person: dress"}
    readme = " ".join((CHECKOUT / "README.md").read_text(encoding="utf-8").split())
    assert 'The columns "stereotypes drawn" and "a French person" need a vision model' in readme


def entry(**changes: object) -> ModelEntry:
    return ModelEntry.model_validate(
        {
            "name": "m",
            "title": "M",
            "provider": "simulated",
            "model_id": "classic",
            "suites": "headline",
            **changes,
        },
        context={"selections": SELECTIONS},
    )


def test_a_plan_holds_what_a_name_stands_for_and_not_the_name() -> None:
    listed = [one.model_dump(mode="json", exclude_defaults=True) for one in SELECTIONS["headline"]]
    by_name, by_list = (
        plan_bytes(make_plan(entry(suites=suites), SUITES, "2026-11-23", make_provider("simulated")))
        for suites in ("headline", listed)
    )
    assert by_name == by_list
    assert b"headline" not in by_name


def test_suites_of_ones_own_have_selections_of_their_own_or_none(tmp_path: Path) -> None:
    assert load_selections(SUITES, tmp_path) == {}
    text = "selections: {mine: [{suite: canary@1, replicates: 2}]}"
    (tmp_path / "selections.yaml").write_text(text, encoding="utf-8")
    mine = load_selections(SUITES, tmp_path)
    assert [(name, one.suite) for name, (one,) in mine.items()] == [("mine", "canary@1")]
