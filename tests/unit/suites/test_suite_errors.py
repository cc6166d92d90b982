"""A wrong suite file gets one line: the file, the prompt, what is wrong, how to fix it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.suites import checks
from assets.suites.loader import FOLDER, load_attributes, load_suites
from assets.suites.published import assert_same_as_plan, suite_hash
from warehouse.errors import UsageError

Edit = Callable[[str, str, str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped suites without frozen copies: drafts."""
    shutil.copytree(
        FOLDER, tmp_path / "suites", ignore=shutil.ignore_patterns("*.py", "__pycache__", "*.json")
    )
    return tmp_path / "suites"


@pytest.fixture
def message_after(folder: Path) -> Edit:
    """Change one place of one file and return what loading then says."""

    def edit(file: str, old: str, new: str) -> str:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(UsageError) as caught:
            load_suites(folder)
        return str(caught.value)

    return edit


CEO = '{id: ceo, text: "a photo of the face of a CEO", subject: "occupation:ceo", attributes: face}'


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "data/occupations.yaml",
            "replicates: 20",
            "replicats: 20",
            'suites/occupations.yaml: unknown key "replicats"; did you mean "replicates"?',
        ),
        (
            "data/occupations.yaml",
            CEO,
            CEO.replace("subject", "colour: red, subject"),
            'suites/occupations.yaml: prompts "ceo": unknown key "colour"; known: attributes, condition, id, language, '
            "subject, text, turns, wording_source",
        ),
        (
            "data/occupations.yaml",
            CEO,
            CEO.replace("attributes: face", "attributes: [skintone]"),
            'suites/occupations.yaml: prompt "ceo": unknown attribute "skintone"; did you mean "skin_tone"?',
        ),
        (
            "data/occupations.yaml",
            CEO,
            CEO.replace("attributes: face", "attributes: faces"),
            'suites/occupations.yaml: prompt "ceo": unknown set of attributes "faces"; did you mean "face"?',
        ),
        (
            "data/occupations.yaml",
            "id: cook,",
            "id: chef,",
            'suites/occupations.yaml: prompt "chef" is listed twice; give each prompt an id of its own',
        ),
        (
            "data/occupations.yaml",
            "a photo of the face of a cook",
            "a photo of the face of a chef",
            'suites/occupations.yaml: prompt "cook" asks the same as "chef"; remove one of them',
        ),
        (
            "data/occupations.yaml",
            CEO,
            CEO.replace("id: ceo,", "id: The CEO,"),
            'suites/occupations.yaml: prompts "The CEO", id: a name has lower-case letters, digits, dots, dashes and '
            'underscores only, not "The CEO"',
        ),
        (
            "data/occupations.yaml",
            "version: 1.0.0",
            "version: 1",
            "suites/occupations.yaml: version: YAML reads 1 as something other than text; put it in quotes",
        ),
        (
            "data/occupations.yaml",
            "value: masculine",
            "value: masculin",
            'suites/occupations.yaml: stereotype masculin-occupation:ceo: unknown value "masculin" of '
            '"perceived_gender"; did you mean "masculine"?',
        ),
        (
            "data/occupations.yaml",
            '{attribute: perceived_gender, value: masculine, subject: "occupation:ceo"}',
            '{attribute: perceived_gender, value: masculine, subject: "occupation:boss"}',
            "suites/occupations.yaml: stereotype masculine-occupation:boss: no prompt has this subject; did you mean "
            '"occupation:ceo"?',
        ),
        (
            "data/occupations.yaml",
            "{attribute: perceived_gender, value: feminine",
            "{attribute: perceived_gendr, value: feminine",
            'suites/occupations.yaml: stereotype feminine-occupation:nurse: unknown attribute "perceived_gendr"; '
            'did you mean "perceived_gender"?',
        ),
        (
            "data/occupations.yaml",
            "{id: parity, attribute: perceived_gender}",
            "{id: paritty, attribute: perceived_gender}",
            'suites/occupations.yaml: unknown reference "paritty"; did you mean "parity"?',
        ),
        (
            "data/occupations.yaml",
            "{id: parity, attribute: perceived_gender}",
            "{id: parity, attribute: litter}",
            'suites/occupations.yaml: reference "parity": no prompt has the attribute "litter"; known: ',
        ),
        (
            "data/occupations.yaml",
            "values: [young_adult,",
            "values: [young_adults,",
            'suites/occupations.yaml: unknown value of "perceived_age" "young_adults"; did you mean "young_adult"?',
        ),
        (
            "data/occupations.yaml",
            '"occupation:ceo": "Chief executives"',
            '"occupation:ceos": "Chief executives"',
            'suites/occupations.yaml: unknown prompt or subject "occupation:ceos"; did you mean "occupation:ceo"?',
        ),
        (
            "data/occupations.yaml",
            '"occupation:ceo": "Chief executives"',
            '"occupation:ceo": "Chief executive"',
            'suites/occupations.yaml: unknown row of bls_cps_table11_2025.csv "Chief executive"; did you mean "Chief '
            'executives"?',
        ),
        (
            "data/occupations.yaml",
            "{id: uniform, attribute: headwear}",
            "{id: uniform, attribute: clothing_era}",
            'suites/occupations.yaml: reference "uniform" of "clothing_era" is listed twice; remove one',
        ),
        (
            "data/occupations.yaml",
            "{id: uniform, attribute: headwear}",
            "{id: uniform, attribute: headwear, rows: {ceo: x}}",
            'suites/occupations.yaml: reference "uniform" has no table, so it takes no rows; remove them',
        ),
        (
            "data/occupations.yaml",
            "id: occupations",
            "id: jobs",
            'suites/occupations.yaml: the id is "jobs"; name the file jobs.yaml',
        ),
        (
            "data/occupations.yaml",
            "replicates: 20",
            "replicates: 20\nreplicates: 30",
            'suites/occupations.yaml, line 9, column 1: key "replicates" stands twice',
        ),
        (
            "data/occupations.yaml",
            "replicates: 20",
            "replicates: 20\nconversations: 2",
            "suites/occupations.yaml: conversations are planned, but no prompt has turns; add turns or remove "
            "conversations",
        ),
        (
            "data/startup-ceo.yaml",
            "- *baseline",
            '- "Hello"',
            'suites/startup-ceo.yaml: prompts "confrontation": turns start with the text and have condition confronted',
        ),
        (
            "data/startup-ceo.yaml",
            "condition: confronted",
            "condition: asked",
            "suites/startup-ceo.yaml: prompts \"ceo-visionary\", condition: input should be 'baseline', 'controlled' "
            "or 'confronted', not \"asked\"",
        ),
        (
            "data/startup-ceo.yaml",
            'subject: "occupation:ceo", metric: caricature_rate',
            'subject: "occupation:ceo", metric: caricature',
            "suites/startup-ceo.yaml: stereotypes 2, metric: input should be 'stereotype_lift' or 'caricature_rate', "
            'not "caricature"; did you mean "caricature_rate"?',
        ),
        (
            "attributes.yaml",
            "outside: [cannot_tell]",
            "outside: [unknown]",
            'suites/attributes.yaml: attributes "person_count": outside must hold cannot_tell',
        ),
        (
            "attributes.yaml",
            "light: [monk_1, monk_2, monk_3]",
            "light: [monk_1, monk_2]",
            'suites/attributes.yaml: attributes "skin_tone": bands must cover each value once',
        ),
        (
            "attributes.yaml",
            "values: [feminine, masculine]",
            "values: [feminine, masculine, ambiguous]",
            'suites/attributes.yaml: attributes "perceived_gender": a value is listed twice',
        ),
        (
            "attributes.yaml",
            "values: [well_kept, ordinary, run_down]",
            "values: [run_down]",
            'suites/attributes.yaml: attributes "house_condition", values: must hold at least 2',
        ),
        (
            "attributes.yaml",
            "id: litter",
            "id: house_condition",
            'suites/attributes.yaml: attribute "house_condition" is listed twice; remove one',
        ),
        (
            "references/catalogue.yaml",
            "{feminine: 0.5, masculine: 0.5}",
            "{feminine: 0.5, masculin: 0.5}",
            'suites/descriptors.yaml: unknown value of "perceived_gender" "masculin"; did you mean "masculine"?',
        ),
        (
            "references/catalogue.yaml",
            "{feminine: 0.5, masculine: 0.5}",
            "{feminine: 0.5, masculine: 0.6}",
            'suites/descriptors.yaml: reference "parity": shares of the reference must be >= 0 and add up to 1',
        ),
        (
            "references/catalogue.yaml",
            "{feminine: pct_women, masculine: rest}",
            "{feminine: pct_womn, masculine: rest}",
            'suites/diversity-request.yaml: suites/references/bls_cps_table11_2025.csv: column "pct_womn" is missing; '
            "the catalog names it",
        ),
        (
            "references/bls_cps_table11_2025.csv",
            "Chief executives,1802,33.0",
            "Chief executives,1802,-",
            'suites/diversity-request.yaml: suites/references/bls_cps_table11_2025.csv: row "Chief executives": '
            'pct_women is no number: "-"',
        ),
    ],
)
def test_a_wrong_place_is_named_in_one_line(
    message_after: Edit, file: str, old: str, new: str, message: str
) -> None:
    said = message_after(file, old, new)
    if message.endswith("known: "):
        assert said.startswith(message)
    else:
        assert said == message
    assert "\n" not in said


def test_bad_yaml_names_line_and_column(folder: Path) -> None:
    (folder / "data/canary.yaml").write_text("id: canary\nprompts: [\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"^suites/canary\.yaml, line 3, column 1: [^\n]+$"):
        load_suites(folder)


def test_a_file_that_is_no_mapping_is_refused(folder: Path) -> None:
    (folder / "data/canary.yaml").write_text("- canary\n", encoding="utf-8")
    with pytest.raises(
        UsageError, match=r"^suites/canary\.yaml: must be a mapping with the keys id, version, "
    ):
        load_suites(folder)


def test_a_wrong_encoding_is_refused(folder: Path) -> None:
    (folder / "data/canary.yaml").write_bytes("title: é".encode("latin-1"))
    with pytest.raises(UsageError, match=r"^suites/canary\.yaml: is not UTF-8 \(byte 8\); save it as UTF-8$"):
        load_suites(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^suites/attributes\.yaml: there is no such file \("):
        load_suites(tmp_path / "none")


def test_a_folder_without_suites_is_refused(folder: Path) -> None:
    shutil.rmtree(folder / "data")
    with pytest.raises(
        UsageError, match=r"^suites: no suite in .*data; there must be at least one \.yaml file$"
    ):
        load_suites(folder)


def test_one_major_version_stands_in_one_file(folder: Path) -> None:
    text = (folder / "data/canary.yaml").read_text(encoding="utf-8")
    (folder / "data/canary@1.1.yaml").write_text(text.replace("1.0.0", "1.1.0"), encoding="utf-8")
    with pytest.raises(
        UsageError,
        match=r"^suites/canary@1\.1\.yaml: canary@1 stands in another file too; keep one file a major version$",
    ):
        load_suites(folder)


def test_two_major_versions_are_two_suites(folder: Path) -> None:
    text = (folder / "data/canary.yaml").read_text(encoding="utf-8")
    (folder / "data/canary@2.yaml").write_text(text.replace("1.0.0", "2.0.0"), encoding="utf-8")
    suites = load_suites(folder)
    assert {"canary@1", "canary@2"} <= set(suites)


class TestFrozen:
    @pytest.fixture
    def published(self, folder: Path) -> Path:
        shutil.copytree(FOLDER / "published", folder / "published", dirs_exist_ok=True)
        return folder

    def change(self, folder: Path, old: str, new: str, file: str = "data/occupations.yaml") -> str:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(UsageError) as caught:
            load_suites(folder)
        return str(caught.value)

    def test_a_text_that_was_changed_under_its_version_is_refused_with_both_texts(
        self, published: Path
    ) -> None:
        said = self.change(published, "a photo of the face of a CEO", "a photo of a CEO")
        assert said == (
            'suites/occupations.yaml: the text of "ceo" differs from version 1 as published; raise the version to '
            "change it\n"
            "          - a photo of the face of a CEO\n"
            "          + a photo of a CEO"
        )

    def test_several_changes_are_all_shown(self, published: Path) -> None:
        path = published / "data/occupations.yaml"
        text = path.read_text(encoding="utf-8").replace("a photo of the face of a cook", "a cook", 1)
        path.write_text(text, encoding="utf-8")
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
        line = next(
            line
            for line in (published / "data/canary.yaml").read_text(encoding="utf-8").splitlines()
            if "teapot" in line
        )
        said = self.change(published, line, "", "data/canary.yaml")
        assert said.startswith(
            "suites/canary.yaml: the order of the prompts differs from version 1 as published; "
        )
        assert "          - a blue teapot on a kitchen counter" in said

    def test_a_raised_version_is_a_new_text(self, published: Path) -> None:
        path = published / "data/occupations.yaml"
        text = path.read_text(encoding="utf-8")
        text = text.replace("version: 1.0.0", "version: 1.1.0").replace("of a CEO", "of the CEO")
        path.write_text(text, encoding="utf-8")
        assert load_suites(published)["occupations@1"].version == "1.1.0"

    def test_a_broken_frozen_copy_is_named(self, published: Path) -> None:
        (published / "published/canary@1.0.0.json").write_bytes(b"{")
        with pytest.raises(
            UsageError,
            match=r"^suites/published/canary@1\.0\.0\.json: cannot be read; restore it from version control$",
        ):
            load_suites(published)

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
