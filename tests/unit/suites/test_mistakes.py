"""A wrong data file gets one line: the file, the place, what is wrong, how to fix it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.suites import checks
from assets.suites.analysis import load_analysis
from assets.suites.claims import load_claims
from assets.suites.comparisons import load_comparisons
from assets.suites.loader import FOLDER, load_attributes, load_suites
from assets.suites.published import assert_same_as_plan, suite_hash
from assets.suites.published_figures import published_figures
from assets.suites.published_questions import load_questions
from assets.suites.selections import load_selections
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError

MISTAKES = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text("utf-8"))
SUITES = load_suites()
LOADERS: Mapping[str, Callable[..., Any]] = {
    "analysis.yaml": load_analysis,
    "claims.yaml": load_claims,
    "comparisons.yaml": load_comparisons,
    "published_figures.yaml": lambda suites, folder: published_figures(folder),
    "published_questions.yaml": load_questions,
    "selections.yaml": load_selections,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped suites without frozen copies: drafts."""
    drafts = shutil.ignore_patterns("*.py", "__pycache__", "*.json")
    return Path(shutil.copytree(FOLDER, tmp_path / "suites", ignore=drafts))


def replace(path: Path, old: str, new: str) -> str:
    text = path.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new, 1)
    path.write_text(changed, encoding="utf-8")
    return changed


def refused(folder: Path, file: str = "") -> str:
    with pytest.raises(UsageError) as caught:
        LOADERS[file](SUITES, folder) if file in LOADERS else load_suites(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"), [(file, *row) for file, rows in MISTAKES.items() for row in rows]
)
def test_a_wrong_place_is_named(folder: Path, file: str, old: str, new: str, message: str) -> None:
    text = replace(folder / file, old, new)
    if file == "analysis.yaml":  # whose change is declared
        changes = folder / "method_changes.yaml"
        changes.write_text(
            re.sub(r"[0-9a-f]{64}", sha256_hex(text.encode()), changes.read_text("utf-8")), "utf-8"
        )
    said = refused(folder, file)
    assert said.startswith("suites/" if file.startswith("references/") else f"suites/{Path(file).name}")
    assert message in said
    assert "\n" not in said


@pytest.mark.parametrize("file", [*LOADERS, "data/canary.yaml"])
def test_a_file_that_is_no_mapping_or_not_there_is_refused(folder: Path, file: str) -> None:
    (folder / file).write_text("- a\n", encoding="utf-8")
    assert re.match(
        rf"suites/{Path(file).name}: must be a mapping with the keys? [a-z]", refused(folder, file)
    )
    (folder / file).unlink()
    if file not in {"selections.yaml", "data/canary.yaml"}:  # which a folder of one's own may lack
        assert "cannot be read" in (said := refused(folder, file)) or "there is no such file" in said


def test_a_folder_without_suites_is_refused(folder: Path) -> None:
    (folder / "data/canary.yaml").write_bytes("title: é".encode("latin-1"))
    assert refused(folder) == "suites/canary.yaml: is not UTF-8 (byte 8); save it as UTF-8"
    shutil.rmtree(folder / "data")
    assert re.match(r"suites: no suite in .*data; there must be at least one \.yaml file$", refused(folder))
    assert re.match(r"suites/attributes\.yaml: there is no such file \(", refused(folder / "none"))


def test_one_major_version_is_in_one_file_and_two_are_two_suites(folder: Path) -> None:
    shutil.copy(folder / "data/canary.yaml", folder / "data/canary@2.yaml")
    replace(folder / "data/canary@2.yaml", "1.0.0", "1.1.0")
    said = "suites/canary@2.yaml: canary@1 is in another file too; keep one file per major version"
    assert refused(folder) == said
    replace(folder / "data/canary@2.yaml", "1.1.0", "2.0.0")
    assert {"canary@1", "canary@2"} <= set(load_suites(folder))


class TestFrozen:
    @pytest.fixture
    def published(self, folder: Path) -> Path:
        shutil.copytree(FOLDER / "published", folder / "published", dirs_exist_ok=True)
        return folder

    def change(self, folder: Path, old: str, new: str, file: str = "data/occupations.yaml") -> str:
        replace(folder / file, old, new)
        return refused(folder)

    def test_several_changes_are_all_shown(self, published: Path) -> None:
        replace(published / "data/occupations.yaml", "a photo of the face of a cook", "a cook")
        said = self.change(published, "replicates: 20", "replicates: 21").splitlines()
        assert said == [
            'suites/occupations.yaml: the text of "cook" differs from version 1 as published; raise the version to '
            "change it (and 1 more)",
            "          - a photo of the face of a cook",
            "          + a cook",
            "          - 20",
            "          + 21",
        ]

    def test_a_statistic_is_frozen_too(self, published: Path) -> None:
        said = self.change(
            published,
            "Chief executives,1802,33.0",
            "Chief executives,1802,34.0",
            "references/bls_cps_table11_2025.csv",
        ).splitlines()
        assert said[0] == (
            'suites/diversity-request.yaml: the reference "bls-cps-2025" of "perceived_gender" for "ceo-baseline" '
            "differs from version 1 as published; raise the version to change it (and 1 more)"
        )
        assert '"feminine":0.33' in said[1]
        assert '"feminine":0.34' in said[2]

    def test_a_removed_prompt_is_a_difference(self, published: Path) -> None:
        lines = (published / "data/canary.yaml").read_text(encoding="utf-8").splitlines()
        [line] = [line for line in lines if "teapot" in line]
        said = self.change(published, line, "", "data/canary.yaml")
        assert said.startswith(
            "suites/canary.yaml: the order of the prompts differs from version 1 as published; "
        )
        assert "          - a blue teapot on a kitchen counter" in said

    def test_a_raised_version_is_a_new_text(self, published: Path) -> None:
        for old, new in (("version: 1.0.0", "version: 1.1.0"), ("of a CEO", "of the CEO")):
            replace(published / "data/occupations.yaml", old, new)
        assert load_suites(published)["occupations@1"].version == "1.1.0"

    def test_a_broken_frozen_copy_is_named(self, published: Path) -> None:
        (published / "published/canary@1.0.0.json").write_bytes(b"{")
        said = "suites/published/canary@1.0.0.json: cannot be read; restore it from version control"
        assert refused(published) == said

    def test_what_an_earlier_plan_asked_is_compared_too(self) -> None:
        suite = load_suites()["canary@1"]
        planned = {"hash": suite_hash(suite), **suite.model_dump(mode="json")}
        assert_same_as_plan(suite, planned)
        assert_same_as_plan(suite, {**planned, "version": "0.9.0", "title": "Older"})
        planned["prompts"][0]["text"] = "a blue bicycle"
        with pytest.raises(UsageError) as caught:
            assert_same_as_plan(suite, planned, where="the plan of 2026-11-16, sim-classic")
        assert str(caught.value) == (
            'suites/canary.yaml: the text of "bicycle" differs from version 1 as asked in the plan of 2026-11-16, '
            "sim-classic; raise the version to change it\n"
            "          - a blue bicycle\n"
            "          + a red bicycle against a white wall"
        )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"outside": ("cannot_tell", "not_assessed")},
            'attribute "perceived_gender": "not_assessed" is what a picture counts as that no declared value stands '
            "for; take another name",
        ),
        (
            {"bands": {"cannot_tell": ("feminine", "masculine")}},
            'attribute "perceived_gender": the band "cannot_tell" has the name of a value outside; rename it',
        ),
    ],
)
def test_names_that_pictures_are_counted_by_are_told_apart(change: dict[str, object], message: str) -> None:
    suite = load_suites()["canary@1"]
    gender = next(one for one in load_attributes() if one.id == "perceived_gender")
    assert [*checks.problems(suite.model_copy(update={"attributes": (gender,)}))] == []
    changed = gender.model_copy(update=change)
    assert [*checks.problems(suite.model_copy(update={"attributes": (changed,)}))] == [message]
