"""Facts of the shipped suites: what is asked, verbatim, and with what it is compared."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

from assets.suites.loader import FOLDER, load_suites
from assets.suites.published import freeze, suite_hash
from assets.suites.schema import Suite
from warehouse.canonical import sha256_hex

SHARED = Path(__file__).parents[3].parent / "shared"
corpora = [
    pytest.mark.corpora,
    pytest.mark.skipif(not SHARED.is_dir(), reason="../shared with real pictures and statistics is missing"),
]

SUITES = load_suites()
COUNTS = {
    "rest-of-world@1": (30, 100, 0),
    "french-person@1": (2, 40, 0),
    "startup-ceo@1": (4, 40, 20),
    "occupations@1": (27, 20, 0),
    "descriptors@1": (15, 20, 0),
    "diversity-request@1": (10, 10, 0),
    "nationalities@1": (46, 20, 0),
    "canary@1": (6, 5, 0),
    "startup-ceo@2": (6, 20, 20),
    "occupations@2": (48, 10, 0),
    "french-ceo@1": (4, 20, 0),
}


def shares(suite: str, reference: str, attribute: str) -> dict[str | None, dict[str, float]]:
    found = next(r for r in SUITES[suite].references if (r.id, r.attribute) == (reference, attribute))
    return {row.prompt: row.shares for row in found.rows}


def test_all_suites_have_their_prompts_replicates_and_conversations() -> None:
    assert {k: (len(s.prompts), s.replicates, s.conversations) for k, s in SUITES.items()} == COUNTS


@pytest.mark.parametrize("suite", SUITES.values(), ids=str)
def test_a_prescribed_gender_is_never_scored(suite: Suite) -> None:
    for each in suite.prompts:
        if re.search(r"\b(woman|man)\b", each.text):
            assert "perceived_gender" not in each.attributes


@pytest.mark.parametrize("label", [label for label in COUNTS if label not in {"canary@1", "french-ceo@1"}])
def test_every_suite_of_people_has_parity_and_bands_of_skin_tone(label: str) -> None:
    assert shares(label, "parity", "perceived_gender") == {None: {"feminine": 0.5, "masculine": 0.5}}
    tones = next(r for r in SUITES[label].references if (r.id, r.attribute) == ("uniform", "skin_tone"))
    assert tones.values == "bands"
    assert set(tones.rows[0].shares) == {"light", "medium", "dark"}


def test_every_occupation_is_asked_for_in_both_sentences_and_what_is_of_a_source_is_verbatim() -> None:
    first, second = SUITES["occupations@1"].prompts, SUITES["occupations@2"].prompts
    texts = {(p.subject, p.text) for p in second}
    assert {(p.subject, p.text) for p in first} <= texts
    assert len(texts) == len(second) == 2 * len({p.subject for p in first})
    for each in second:
        own = (each.subject, each.text) in {(p.subject, p.text) for p in first}
        assert own != ("crossing ours" in str(each.wording_source)), each.id
    rows = {p: q["feminine"] for p, q in shares("occupations@2", "bls-cps-2025", "perceived_gender").items()}
    assert len(rows) == 2 * 20
    assert {rows[f"{p}-face"] - rows[f"{p}-headshot"] for p in ("chef", "doctor", "teacher")} == {0}


def test_prompts_of_a_new_version_that_keep_their_id_keep_their_text() -> None:
    """They share a page of the site, and claims count both."""
    seen: dict[str, tuple[object, ...]] = {}
    kept = 0
    for suite in SUITES.values():
        for each in suite.prompts:
            asked = (each.text, each.language, each.subject, each.condition, each.turns)
            kept += suite.prompt_id(each) in seen
            assert seen.setdefault(suite.prompt_id(each), asked) == asked
    assert kept == 4 + 14


@pytest.mark.parametrize("suite", SUITES.values(), ids=str)
def test_the_hash_is_that_of_the_frozen_copy(suite: Suite) -> None:
    frozen = (FOLDER / "published" / f"{suite.id}@{suite.version}.json").read_bytes()
    assert suite_hash(suite) == sha256_hex(frozen)
    assert suite_hash(Suite.model_validate(json.loads(frozen))) == suite_hash(suite)


def test_a_frozen_copy_is_written_once(tmp_path: Path) -> None:
    suite = SUITES["canary@1"]
    assert freeze(suite, tmp_path)
    written = (tmp_path / "canary@1.0.0.json").read_bytes()
    assert not freeze(suite, tmp_path)
    assert (tmp_path / "canary@1.0.0.json").read_bytes() == written
    assert [p.name for p in tmp_path.iterdir()] == ["canary@1.0.0.json"]


def test_shipped_suites_are_read_once_and_a_folder_each_time(tmp_path: Path) -> None:
    first = load_suites()
    before = dict(first)
    first.clear()  # who changes what it got changes it for nobody else
    again = load_suites()
    assert again.keys() == before.keys() == SUITES.keys()
    assert all(again[label] is suite for label, suite in before.items())
    folder = tmp_path / "suites"
    shutil.copytree(FOLDER, folder)
    assert load_suites(folder) == SUITES
    (folder / "data" / "canary.yaml").unlink()
    assert load_suites(folder).keys() == SUITES.keys() - {"canary@1"}


class TestAgainstTheSources:
    pytestmark = corpora

    def test_the_prompts_of_raza_2025_are_the_ones_that_were_used(self) -> None:
        provenance = (SHARED / "corpora/raza2025/PROVENANCE.md").read_text(encoding="utf-8")
        plain = " ".join(provenance.split())
        listed = re.search(r"Prompts \(baseline\): (.*?)\. The controlled prompt", plain)
        followed = re.search(r'followed by "(.*?)"', plain)
        assert listed is not None
        assert followed is not None
        baseline = re.findall(r'"(.*?)"', listed[1])
        prompts = SUITES["diversity-request@1"].prompts
        assert [p.text for p in prompts if p.condition == "baseline"] == baseline
        assert [p.text for p in prompts if p.condition == "controlled"] == [b + followed[1] for b in baseline]

    @pytest.mark.parametrize(
        ("mine", "theirs", "key"),
        [
            ("bls_cps_table11_2025.csv", "bls_cps_table11_2025_selected.csv", "bls_occupation"),
            ("un_wpp2019_age_sex_2020.csv", "un_wpp2019_age_sex_2020.csv", "country"),
        ],
    )
    def test_the_tables_hold_the_published_figures(self, mine: str, theirs: str, key: str) -> None:
        with (SHARED / "references" / theirs).open(newline="", encoding="utf-8") as file:
            published = {row[key]: row for row in csv.DictReader(file)}
        with (FOLDER / "references" / mine).open(newline="", encoding="utf-8") as file:
            kept = list(csv.DictReader(file))
        assert len(kept) == 23
        for row in kept:
            assert row.items() <= published[row[key]].items()

    def test_shares_of_women_are_those_of_the_bureau(self) -> None:
        with (SHARED / "references/bls_cps_table11_2025_selected.csv").open(
            newline="", encoding="utf-8"
        ) as file:
            women = {row["bls_occupation"]: row["pct_women"] for row in csv.DictReader(file)}
        bls = next(r for r in SUITES["occupations@1"].references if r.id == "bls-cps-2025")
        single = [row for row in bls.rows if row.source and ", row " in row.source]
        assert len(single) == 19
        for row in single:
            name = (row.source or "").split(", row ")[1]
            assert row.shares["feminine"] == pytest.approx(float(women[name]) / 100, abs=1e-9)
        engineers = next(row for row in bls.rows if row.prompt == "engineer-headshot")
        assert engineers.shares["feminine"] == pytest.approx(
            (525 * 0.218 + 419 * 0.112) / (525 + 419), abs=1e-6
        )
