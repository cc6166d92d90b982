"""A key that is not known gets the one that was meant, at the level at which it belongs, in every file of people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assets.gateway.models_file import ModelsFile, load_models_file
from assets.studies.definition import StudyDefinition, load_definition
from assets.suites.comparisons import Comparisons
from assets.suites.loader import AttributeFile, SuiteFile, load_suites
from assets.suites.references import Catalogue
from orchestration.settings import Settings, load_settings
from tests.orchestration.installation import entry
from warehouse.errors import UsageError
from warehouse.keys_of import Model, meant
from warehouse.validation import explain

MODEL, LABELER = ("models", 0), ("labelers", 0)


@pytest.mark.parametrize(
    ("root", "location", "key", "said"),
    [
        # at the wrong level: further in
        (ModelsFile, MODEL, "base_url", "connection: {base_url: …}"),
        (ModelsFile, MODEL, "allow_private", "connection: {allow_private: …}"),
        (ModelsFile, MODEL, "per_image_usd", "price: {per_image_usd: …}"),
        (ModelsFile, MODEL, "image_out", "price: {per_million_usd: {image_out: …}}"),
        (ModelsFile, MODEL, "replicates", "suites: [{replicates: …}]"),
        (ModelsFile, LABELER, "base_url", "connection: {base_url: …}"),
        (ModelsFile, LABELER, "api", "settings: {api: …}"),
        (ModelsFile, (), "base_url", "models: [{connection: {base_url: …}}]"),
        (Settings, (), "week_usd", "caps: {week_usd: …}"),
        (SuiteFile, (), "condition", "prompts: [{condition: …}]"),
        (StudyDefinition, (), "compare_with", "attributes: [{compare_with: …}]"),
        # too far in
        (ModelsFile, (*MODEL, "connection"), "cap_usd", 'cap_usd: … beside "connection", not inside it'),
        (ModelsFile, (*MODEL, "price", 0), "cap_usd", 'cap_usd: … beside "price", not inside it'),
        (ModelsFile, (*MODEL, "suites", 1), "params", 'params: … beside "suites", not inside it'),
        (
            ModelsFile,
            (*MODEL, "connection"),
            "per_image_usd",
            'price: {per_image_usd: …} beside "connection", not inside it',
        ),
        (Settings, ("caps",), "store", 'store: … beside "caps", not inside it'),
        (SuiteFile, ("prompts", 3), "references", 'references: … beside "prompts", not inside it'),
        # mistyped, at its level or further in
        (ModelsFile, MODEL, "nmae", '"name"'),
        (ModelsFile, MODEL, "suite", '"suites"'),
        (ModelsFile, MODEL, "base_ulr", "connection: {base_url: …}"),
        (ModelsFile, MODEL, "url", "connection: {base_url: …}"),
        (ModelsFile, (*MODEL, "connection"), "api_key", '"key_env"'),
        (ModelsFile, (*MODEL, "connection"), "allow-private", '"allow_private"'),
        (Settings, ("caps",), "week", '"week_usd"'),
        (SuiteFile, ("prompts", 0), "langauge", '"language"'),
        (AttributeFile, ("attributes", 2), "qestion", '"question"'),
        (Comparisons, (), "comparison", '"comparisons"'),
    ],
)
def test_what_was_meant(root: Model, location: tuple[str | int, ...], key: str, said: str) -> None:
    assert meant(root, location, key) == f"; did you mean {said}?"


def test_where_nothing_is_near_the_keys_of_that_level_are_named() -> None:
    assert meant(ModelsFile, (*MODEL, "suites", 0), "xyzzy") == (
        "; known: conversations, prompts, replicates, suite"
    )
    assert "home" not in meant(Settings, (), "xyzzy")  # CLICHE_HOME says it


@pytest.mark.parametrize(
    "root",
    [ModelsFile, Settings, SuiteFile, StudyDefinition, AttributeFile, Comparisons, Catalogue],
)
def test_every_key_of_a_file_is_found_from_its_root(root: Model) -> None:
    for name, field in root.model_fields.items():
        key = field.alias or name
        if not field.exclude:
            assert f'"{key}"' in meant(root, (), f"{key}x")


def test_the_files_of_people_say_it_in_one_line(tmp_path: Path) -> None:
    def write(name: str, data: object) -> Path:
        (tmp_path / name).write_text(yaml.safe_dump(data))
        return tmp_path / name

    models = write("models.yaml", {"models": [entry("real", base_url="http://127.0.0.1:1/v1")]})
    with pytest.raises(UsageError) as told:
        load_models_file(models, load_suites())
    assert str(told.value) == (
        'models.yaml: models "real": unknown key "base_url"; did you mean connection: {base_url: …}?'
    )
    write("cliche.yaml", {"month_usd": 3})
    with pytest.raises(UsageError, match=r'unknown key "month_usd"; did you mean caps: \{month_usd: …\}\?$'):
        load_settings({"CLICHE_HOME": str(tmp_path)})
    study = write("study.yaml", {"study": "x", "commit": "0"})
    with pytest.raises(UsageError, match=r'study\.yaml: unknown key "commit"; did you mean source: \{commit'):
        load_definition(study)


class _Pair(BaseModel):
    model_config = ConfigDict(extra="forbid")

    one: int
    two: int
    three: int = 3
    four: int = 4


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"one": "x", "two": "y"},
            'f: one: input should be a valid integer, unable to parse string as an integer, not "x"; also two: input',
        ),
        ({"one": 1, "twi": 2}, 'f: unknown key "twi"; did you mean "two"?'),
        ({"two": 2, "threx": 2}, 'f: unknown key "threx"; did you mean "three"?; also one: is missing'),
        ({"one": "x", "two": "y", "three": "z", "four": "w"}, "(and 1 more)"),
    ],
)
def test_a_line_names_up_to_three_things_that_are_wrong(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _Pair.model_validate(given)
    line = explain(caught.value, "f", shape=_Pair)
    assert said in line
    assert line.count("; also ") == min(2, len(given) - 1) - ("twi" in given)
