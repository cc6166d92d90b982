"""The planted truth file: it covers every prompt, and what is drawn follows it."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from assets.gateway.records import Outcome
from assets.generation.slots import Slot, slot_key
from assets.simulation import scenes, truth
from assets.suites.loader import load_suites
from warehouse.errors import UsageError

WEEK = "2026-09-07"
SUITES = load_suites()
PROMPTS = [(suite.prompt_id(prompt), prompt) for suite in SUITES.values() for prompt in suite.prompts]


class Truth(NamedTuple):
    """Probabilities of one cell: per attribute among pictures that show it, and of the ways a call ends.

    `person_count` is over all pictures; the other attributes of a person are among pictures with somebody in them.
    """

    attributes: dict[str, dict[str, float]]
    outcomes: dict[str, float]


def planted(persona: str, prompt_id: str, week: str, turn: int = 1) -> Truth:
    habit = truth.habit(persona, prompt_id, week, turn)
    attributes = {}
    for name in truth.SHOWN[habit.asked.kind]:
        shares = attributes[name] = Counter()
        for look in habit.looks:
            for value, share in marginal(look.shares, name):
                shares[value] += look.weight * share
    return Truth(attributes, habit.outcomes)


def marginal(shares, attribute):
    if attribute != "facial_hair":
        yield from shares[attribute].items()
        return
    bearing = sum(
        of_gender * of_age
        for gender, of_gender in shares["perceived_gender"].items()
        for age, of_age in shares["perceived_age"].items()
        if truth.can_have_facial_hair(gender, age)
    )
    yield "none", 1 - bearing
    for value, share in shares["facial_hair"].items():
        yield value, bearing * share


def slot(prompt: str, replicate: int, *, model: str = "m", week: str = WEEK, turn: int = 1) -> Slot:
    suite = prompt.split("/", maxsplit=1)[0]
    of = {"suite": suite, "suite_version": "1.0.0", "prompt": prompt, "model": model, "week": week}
    key = slot_key(**of, params={"size": 256}, replicate=replicate, turn=turn)
    return Slot(slot_key=key, **of, replicate=replicate, turn=turn)


@pytest.mark.parametrize("persona", truth.personas())
def test_every_prompt_of_every_suite_resolves_for_every_persona(persona):
    declared = {
        attribute.id: {*attribute.values, *attribute.outside}
        for suite in SUITES.values()
        for attribute in suite.attributes
    }
    assert len(SUITES) == 11
    for prompt_id, prompt in PROMPTS:
        for turn in range(1, len(prompt.turns) + 1 or 2):
            for week in (WEEK, "2026-10-19", "2026-11-30"):
                found = planted(persona, prompt_id, week, turn)
                assert set(prompt.attributes) <= set(found.attributes), prompt_id
                assert sum(found.outcomes.values()) == pytest.approx(1)
                assert set(found.outcomes) <= {outcome.value for outcome in Outcome}
                for attribute, shares in found.attributes.items():
                    assert sum(shares.values()) == pytest.approx(1), (prompt_id, attribute)
                    assert set(shares) <= declared.get(attribute, set(shares)), (prompt_id, attribute)


def test_a_prompts_id_says_the_subject_and_condition_that_its_suite_declares():
    for prompt_id, prompt in PROMPTS:
        found = truth.asked(prompt_id)
        assert (found.subject, found.condition) == (prompt.subject, prompt.condition), prompt_id


def test_an_unknown_prompt_still_gets_a_person():
    assert truth.asked("new-suite/anything").kind == "person"
    assert planted("classic", "new-suite/anything", WEEK).attributes["person_count"]["1"] > 0.9


def test_canary_prompts_show_nobody():
    for prompt_id, _ in PROMPTS:
        if prompt_id.startswith("canary/"):
            for persona in truth.personas():
                assert planted(persona, prompt_id, WEEK).attributes == {"person_count": {"0": 1.0}}


CELLS = [
    ("classic", "french-person/person-fr", WEEK, 1),
    ("classic", "rest-of-world/person-india", WEEK, 1),
    ("classic", "rest-of-world/house-nigeria", WEEK, 1),
    ("drift", "occupations/ceo", "2026-10-12", 1),
    ("drift", "occupations/ceo", "2026-10-19", 1),
    ("cautious", "occupations/judge-headshot", WEEK, 1),
    ("rewriter", "startup-ceo/confrontation", WEEK, 2),
    ("successor", "occupations/chef", WEEK, 1),
]


@pytest.mark.parametrize(("persona", "prompt", "week", "turn"), CELLS)
def test_planted_values_follow_the_truth(persona, prompt, week, turn):
    n = 1000
    drawn = [scenes.scene(persona, slot(prompt, i, model=persona, week=week, turn=turn)) for i in range(n)]
    expected = planted(persona, prompt, week, turn)
    tables = {"outcome": (expected.outcomes, [scene.outcome for scene in drawn])}
    for attribute, shares in expected.attributes.items():
        seen = [scene.values[attribute] for scene in drawn]
        tables[attribute] = (shares, [value for value in seen if value != "not_applicable"])
    for attribute, (shares, seen) in tables.items():
        assert set(seen) <= set(shares)
        for value, share in shares.items():
            # Five standard errors: no false alarm among all these cells, and a shift of 8 points is seen.
            allowed = 5 * (share * (1 - share) / len(seen)) ** 0.5 + 1e-12
            assert abs(seen.count(value) / len(seen) - share) <= allowed, (attribute, value)


def test_nobody_in_the_picture_leaves_nothing_to_tell_of_a_person():
    drawn = [scenes.scene("successor", slot("occupations/ceo", i)) for i in range(800)]
    empty = [scene for scene in drawn if scene.values["person_count"] == "0"]
    assert empty
    for scene in empty:
        assert {scene.values[a] for a in truth.PERSON_ATTRIBUTES} == {"not_applicable"}


def test_scenes_are_equal_in_another_process():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from assets.simulation import scenes, truth;"
        "from assets.generation.slots import Slot;"
        "s = Slot.model_validate_json(sys.argv[2]);"
        "print(scenes.scene('classic', s))"
    )
    root = Path(__file__).parents[3]
    one = slot("french-person/person-en", 1)
    command = [sys.executable, "-c", code, str(root), one.model_dump_json()]
    out = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "2"})
    assert out.stdout.strip() == str(scenes.scene("classic", one))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("common: [", "flow"),
        ("distributions: {}", "Field required"),
        (
            "distributions: {half: {a: 0.5}}\nprompts: []\naliases: {}\ncommon: []\npersonas: {}",
            "must be >= 0 and add up to 1",
        ),
        ("distributions: {}\nprompts: []\naliases: {}\ncommon: [{subject: x}]\npersonas: {}", "Extra inputs"),
    ],
)
def test_a_truth_file_that_is_wrong_gets_one_line(tmp_path, monkeypatch, text, message):
    path = tmp_path / "truth.yaml"
    path.write_text(text)
    monkeypatch.setattr(truth, "FILE", path)
    truth.load.cache_clear()
    try:
        with pytest.raises(UsageError, match=r"^truth\.yaml(, line \d+, column \d+)?: ") as caught:
            truth.load()
    finally:
        monkeypatch.undo()
        truth.load.cache_clear()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_distribution_is_named():
    with pytest.raises(UsageError, match="'lihgt'"):
        truth._shares("lihgt")
