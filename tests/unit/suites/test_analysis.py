"""The analysis file: what is shipped, one line for whatever is wrong, and that a change is reported."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from assets.suites.analysis import (
    BASE_0,
    FILE,
    WHERE,
    load_analysis,
    parse,
    shipped,
    shipped_sha256,
)
from assets.suites.analysis_rows import analysis_tables
from assets.suites.loader import FOLDER, load_suites
from assets.suites.method_changes import FILE as CHANGES
from assets.suites.method_changes import load_changes
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError

SUITES = load_suites()
TEXT = (FOLDER / FILE).read_text(encoding="utf-8")


def test_equal_shares_are_no_yardstick_where_they_reward_the_cliche() -> None:
    declared = shipped().declared
    assert not [y for y in declared.yardsticks if y.attribute in BASE_0]
    french = {p.attribute for p in declared.stereotypes if p.suite == "french-person@1" and not p.statistic}
    assert french == {"clothing_era", "headwear"}


def test_occupations_have_no_stereotype_pairs_and_two_lists_of_a_statistic() -> None:
    declared = shipped().declared
    assert not [p for p in declared.stereotypes if p.suite == "occupations@1"]
    typed = next(t for t in declared.typed if t.suite == "occupations@1")
    assert (len(typed.male), len(typed.female)) == (10, 7)
    assert not {"occupation:judge", "occupation:lawyer", "occupation:doctor"} & {*typed.male, *typed.female}


def test_the_hash_is_of_the_bytes_and_the_newest_entry_of_the_changelog_has_it() -> None:
    assert shipped().sha256 == shipped_sha256() == sha256_hex((FOLDER / FILE).read_bytes())
    assert [c.sha256 for c in load_changes() if c.file == FILE][-1] == shipped_sha256()


def test_the_shares_of_studies_are_those_of_the_statistic() -> None:
    """Raza's occupations are asked in a suite of ours, too, whose statistic has the same rows."""
    reference = next(r for r in SUITES["diversity-request@1"].references if r.id == "bls-cps-2025")
    ours = {row.prompt: row.shares["feminine"] for row in reference.rows}
    study = next(s for s in shipped().declared.studies if s.study == "raza2025")
    assert {f"{prompt}-baseline": share for prompt, share in study.shares.items()} == pytest.approx(
        {prompt: share for prompt, share in ours.items() if str(prompt).endswith("-baseline")}, abs=1e-6
    )


def test_rows_are_of_the_file_alone() -> None:
    tables = analysis_tables(parse(TEXT.encode()))
    assert {name: table.num_rows for name, table in tables.items()} == {
        "yardsticks": 18,
        "stereotype_pairs": 14,
        "typed_subjects": 38,
        "combinations": 13,
        "controls": 5,
        "study_references": 8,
    }
    assert tables["controls"].to_pylist()[0] == {
        "suite": "rest-of-world",
        "suite_major": 1,
        "prompt": "rest-of-world/house-nigeria",
        "control": "rest-of-world/house-united-states",
    }


def test_what_is_declared_later_says_since_when() -> None:
    text = TEXT.replace("value: sombrero, group", "value: sombrero, from: 2026-12-07, group", 1)
    assert text != TEXT
    [pair] = [pair for pair in parse(text.encode()).stereotypes if pair.since]
    assert (pair.group, str(pair.since)) == ("person:mexican", "2026-12-07")
    assert analysis_tables(parse(text.encode())) == analysis_tables(parse(TEXT.encode()))


def loaded(tmp_path: Path, old: str, new: str) -> str:
    """Return the message about the file with one text replaced, whose change is declared."""
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    changes = (FOLDER / CHANGES).read_text(encoding="utf-8")
    (tmp_path / CHANGES).write_text(
        re.sub(r"[0-9a-f]{64}", sha256_hex(text.encode()), changes), encoding="utf-8"
    )
    with pytest.raises(UsageError) as caught:
        load_analysis(SUITES, tmp_path)
    return str(caught.value)


WRONG = (
    (
        "attribute: perceived_gender, reference: parity}",
        "attribut: perceived_gender, reference: parity}",
        'yardsticks 1: unknown key "attribut"; did you mean "attribute"?',
    ),
    ("looks: 2000", "looks: 0", "looks: input should be greater than or equal to 1"),
    (
        "id: light-skinned-man,",
        "id: light-skinned-man, from: soon,",
        'combinations "light-skinned-man", from: input should be',
    ),
    (
        "suite: descriptors@1,",
        "suite: descriptor@1,",
        'yardsticks: unknown suite "descriptor@1"; did you mean "descriptors@1"?',
    ),
    (
        "attribute: skin_tone, reference: uniform",
        "attribute: skin_tone, reference: unform",
        'yardsticks: descriptors@1: "skin_tone" has no reference "unform"',
    ),
    (
        "attribute: skin_tone, reference: uniform",
        "attribute: headwear, reference: uniform",
        "yardsticks: descriptors@1, headwear, uniform: equal shares would reward the cliché",
    ),
    (
        "{suite: descriptors@1, attribute: skin_tone, reference: uniform}",
        "{suite: descriptors@1, attribute: perceived_gender, reference: bls-cps-2025}",
        "yardsticks: descriptors@1, perceived_gender is listed twice; remove one",
    ),
    (
        'value: historical, group: "person:french"',
        'value: contemporary, group: "person:french"',
        "stereotypes: french-person@1, contemporary and person:french: pictures show it without any stereotype",
    ),
    ("value: sombrero", "value: sombrro", "pictures show it without any stereotype"),
    (
        'value: historical, group: "person:french"',
        'value: historical, group: "person:frnch"',
        'no prompt with "clothing_era" is of the group "person:frnch"; did you mean "person:french"?',
    ),
    ("statistic: un-wpp-2019", "statistic: un-wpp-2020", '"perceived_age" has no reference "un-wpp-2020"'),
    (
        '- "occupation:architect"',
        '- "occupation:lawyer"',
        'typed: occupations@1: perceived_gender: male: "occupation:lawyer" has a share of 0.429; remove it',
    ),
    (
        '      - "occupation:nurse"\n',
        "",
        'typed: occupations@1: perceived_gender: female: "occupation:nurse" is missing, with a share of 0.873; add it',
    ),
    (
        '- "occupation:pilot"',
        '- "occupation:pilt"',
        'the statistic has no group "occupation:pilt"; did you mean',
    ),
    ("skin_tone: light}", "skin_tone: lite}", 'unknown value "lite" of "skin_tone"; did you mean "light"?'),
    (
        "prompt: house-nigeria",
        "prompt: house-nigerria",
        'unknown prompt "house-nigerria"; did you mean "house-nigeria"?',
    ),
    (
        "male: [ceo, swe]",
        "male: [ceo]",
        'studies: raza2025: male: "swe" is missing, with a share of 0.203; add it',
    ),
    ("ceo: .33,", "ceo: 1.33,", "studies 1, shares, ceo: input should be less than or equal to 1"),
)


@pytest.mark.parametrize(("old", "new", "message"), WRONG, ids=[message[:40] for *_, message in WRONG])
def test_every_mistake_is_one_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    said = loaded(tmp_path, old, new)
    assert said.startswith(f"{WHERE}: ")
    assert message in said
    assert "\n" not in said


def test_a_change_must_be_told(tmp_path: Path) -> None:
    for name in (FILE, CHANGES):
        shutil.copy(FOLDER / name, tmp_path)
    assert load_analysis(SUITES, tmp_path).sha256 == shipped_sha256()
    (tmp_path / FILE).write_text(TEXT + "# more\n", encoding="utf-8")
    with pytest.raises(
        UsageError, match=f"was changed; say in suites/{CHANGES} what changed, with sha256: [0-9a-f]"
    ):
        load_analysis(SUITES, tmp_path)
    (tmp_path / CHANGES).write_text("changes: []\n", encoding="utf-8")
    with pytest.raises(UsageError, match="changes: must hold at least 1"):
        load_analysis(SUITES, tmp_path)
