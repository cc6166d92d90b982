"""A study file is checked by itself, before any file of the study is opened."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.studies.declared.patterns import FieldsDisagreeError, Pattern
from assets.studies.definition import load_definition
from tests.studies.conftest import RAZA_YAML, Study
from warehouse.errors import UsageError

Data = dict[str, Any]
WRONG: dict[str, tuple[Callable[[Data], Any], str]] = {
    "an unknown key": (
        lambda d: d.update(licens="MIT"),
        'tiny.yaml: unknown key "licens"; did you mean "licence"?',
    ),
    "an unknown key inside": (lambda d: d["labels"][0].update(sep=";"), 'unknown key "sep"'),
    "a missing key": (lambda d: d.pop("citation"), "tiny.yaml: citation: is missing"),
    "an undeclared value": (
        lambda d: d["labels"][0]["columns"][0]["values"].update(x="neither"),
        '"neither" is not a declared value of attribute "gender"',
    ),
    "an undeclared attribute": (
        lambda d: d["labels"][0]["columns"][0].update(attribute="race"),
        'attribute "race" is not declared',
    ),
    "a spelling with two readings": (
        lambda d: d["labels"][0]["columns"][0]["values"].update({" f": "m"}),
        'spelling " f" is mapped to two values',
    ),
    "a key that is not whole": (
        lambda d: d["images"].update(constants={}),
        "does not say condition of a slot",
    ),
    "an unknown field": (
        lambda d: d["images"].update(pattern="{model}/{prompt}_{replicate}_{seed}.png"),
        'unknown field "seed"',
    ),
    "an open brace": (lambda d: d["images"].update(pattern="{model/x"), "is not a pattern"),
    "an encoding that nobody knows": (lambda d: d["labels"][0].update(encoding="utf-9"), 'encoding "utf-9"'),
    "a prompt twice": (
        lambda d: d["prompts"].append(d["prompts"][0]),
        'prompt "ceo / baseline" is declared twice',
    ),
    "a value twice": (lambda d: d["attributes"][0].update(outside=["f"]), 'value "f" is declared twice'),
    "a spelling of nothing": (lambda d: d["spellings"]["prompt"].update(x="y"), 'no prompt "y" is declared'),
    "neither images nor labels": (
        lambda d: (d.pop("images"), d.pop("labels")),
        "a study has images, labels or both",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_study_file_is_one_line(tiny: Study, case: str) -> None:
    breaks, message = WRONG[case]
    breaks(tiny.data)
    with pytest.raises(UsageError) as caught:
        tiny.run()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert tiny.written() == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1", "w.yaml, line 2, column 1: while parsing a flow sequence, did not find expected"),
        ("study: a\nstudy: b\n", '"study" stands twice'),
        ("- 1\n", "w.yaml: "),
    ],
)
def test_what_is_no_study_file_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "w.yaml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=message):
        load_definition(tmp_path / "w.yaml")


def test_a_study_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        load_definition(tmp_path / "nothing.yaml")


def test_the_shipped_study_file_is_valid() -> None:
    study = load_definition(RAZA_YAML)
    assert (len(study.models), len(study.prompts), study.replicates) == (5, 10, 10)


def test_no_code_of_the_importer_names_a_study() -> None:
    ids = [path.stem for path in RAZA_YAML.parent.glob("*.yaml")]
    general = [path for path in RAZA_YAML.parent.glob("*.py") if path.name != "photo_table.py"]
    assert "raza2025" in ids
    assert len(general) > 8
    for path in general:
        text = path.read_text("utf-8").casefold()
        assert not [name for name in [*ids, "raza", "imagen", "dall_e"] if name in text], path


def test_a_pattern_reads_fields_and_finds_contradictions() -> None:
    pattern = Pattern("a+b/{model}/{prompt}_{prompt}_s{replicate}.png")
    assert pattern.fixed_folder == "a+b/"
    assert pattern.match("a+b/x/ceo_ceo_s1.png") == {"model": "x", "prompt": "ceo", "replicate": "1"}
    assert pattern.match("aab/x/ceo_ceo_s1.png") is None
    assert pattern.match("a+b/x/y/ceo_ceo_s1.png") is None
    with pytest.raises(FieldsDisagreeError, match='prompt is "ceo" and "nurse"'):
        pattern.match("a+b/x/ceo_nurse_s1.png")
    assert Pattern("{model}.csv").fixed_folder == ""
