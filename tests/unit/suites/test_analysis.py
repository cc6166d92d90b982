"""The analysis file: what is shipped, and that a change is reported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assets.suites.analysis import BASE_0, FILE, load_analysis, load_changes, parse, shipped, shipped_sha256
from assets.suites.analysis_rows import analysis_tables
from assets.suites.loader import FOLDER, load_suites
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


def test_a_change_must_be_told(tmp_path: Path) -> None:
    for name in (FILE, "method_changes.yaml"):
        shutil.copy(FOLDER / name, tmp_path)
    assert load_analysis(SUITES, tmp_path).sha256 == shipped_sha256()
    (tmp_path / FILE).write_text(TEXT + "# more\n", encoding="utf-8")
    with pytest.raises(
        UsageError,
        match=r"was changed; say in suites/method_changes\.yaml what changed, with sha256: [0-9a-f]",
    ):
        load_analysis(SUITES, tmp_path)
    (tmp_path / "method_changes.yaml").write_text("changes: []\n", encoding="utf-8")
    with pytest.raises(UsageError, match="changes: must hold at least 1"):
        load_analysis(SUITES, tmp_path)
