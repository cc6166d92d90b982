"""What a study file says: a published study's pictures and labels, declared.

Belongs here: the shape of a study file, what makes one valid by itself, and reading one. Does not belong here: the
study's pictures and label files (`pictures`, `label_files`), or a line about any one study: that is its YAML file.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictStr,
    ValidationError,
    field_validator,
    model_validator,
)

from assets.studies.patterns import Pattern
from assets.suites.schema import Name, Version
from warehouse.errors import UsageError
from warehouse.validation import explain, one_line

#: What identifies a slot of a study; every key must give all four.
COORDINATES = ("model", "prompt", "condition", "replicate")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _pattern(text: str) -> str:
    Pattern(text)
    return text


class Source(_Data):
    """Where the study was taken from."""

    address: StrictStr
    commit: StrictStr | None = None


class StudyModel(_Data):
    """A model of the study. `folder` is how its paths spell it; by default its id."""

    id: Name
    title: StrictStr
    folder: StrictStr | None = None


class StudyPrompt(_Data):
    """One text under one condition; `id` and `condition` together are unique."""

    id: Name
    subject: StrictStr
    condition: Name
    title: StrictStr
    text: StrictStr | None = None


class SameAs(_Data):
    """The attribute of this project that a study's is compared with in agreement, and which values mean the same."""

    attribute: Name
    values: dict[Name, Name] = Field(
        min_length=2
    )  # the study's → the project's; what is not named means nothing


class StudyAttribute(_Data):
    """An attribute, named as the study names it. `outside` values never count in a share."""

    id: Name
    title: StrictStr
    values: tuple[Name, ...] = Field(min_length=2)
    outside: tuple[Name, ...] = ()
    ordinal: bool = False  # whether the order of the values counts in agreement
    compare_with: SameAs | None = None
    note: StrictStr | None = None

    @model_validator(mode="after")
    def _closed(self) -> StudyAttribute:
        _unique([*self.values, *self.outside], f"attribute {self.id!r}: value")
        return self


class Images(_Data):
    """Where pictures lie. Every file below the pattern's first fixed folder matches it or an `ignore` glob."""

    pattern: StrictStr
    missing: Literal["allowed", "error"] = "error"
    ignore: tuple[StrictStr, ...] = ()
    constants: dict[StrictStr, StrictStr] = {}

    _valid_pattern = field_validator("pattern")(_pattern)


class KeyColumn(_Data):
    """A column whose text says which slot its row is about, by a pattern."""

    column: StrictStr
    pattern: StrictStr

    _valid_pattern = field_validator("pattern")(_pattern)


class LabelColumn(_Data):
    """A column that holds an attribute. `values` maps spellings to declared values; nothing else is accepted."""

    attribute: Name
    column: StrictStr
    strip: bool = False
    casefold: bool = False
    values: dict[StrictStr, Name] = Field(min_length=1)

    @model_validator(mode="after")
    def _no_two_readings(self) -> LabelColumn:
        seen: dict[str, str] = {}
        for spelling, value in self.values.items():
            if seen.setdefault(self.normal(spelling), value) != value:
                raise ValueError(f'column "{self.column}": spelling "{spelling}" is mapped to two values')
        return self

    def normal(self, text: str) -> str:
        """Return `text` after the declared rules: strip, then casefold."""
        text = text.strip() if self.strip else text
        return text.casefold() if self.casefold else text

    def lookup(self) -> dict[str, str]:
        """Return normalised spelling → declared value."""
        return {self.normal(spelling): value for spelling, value in self.values.items()}


class LabelerEntry(_Data):
    """Who labelled. People are a labeler of kind `person`; `number` is raised when their labels are redone."""

    id: Name
    kind: Literal["person", "vision_model", "local_model"] = "person"
    number: int = Field(default=1, ge=1)


class Correction(_Data):
    """A known slip in a label file: cells of `column` that match `find` are read as `read`, exactly `rows` times."""

    file: StrictStr  # the path of one file, relative to the study's root
    column: StrictStr
    find: StrictStr  # patterns with the same fields
    read: StrictStr
    rows: int = Field(ge=1)
    why: StrictStr

    @model_validator(mode="after")
    def _same_fields(self) -> Correction:
        if not set(Pattern(self.read).fields) <= set(Pattern(self.find).fields):
            raise ValueError(f'correction of "{self.column}": `read` has a field that `find` has not')
        return self


class LabelFiles(_Data):
    """Label files of one shape: encoding, delimiter, how rows name their slot, and what the columns hold."""

    file: StrictStr  # a pattern; its fields take part in the key
    labeler: LabelerEntry
    encoding: StrictStr = "utf-8"
    newlines: Literal["any", "lf", "crlf"] = "any"
    delimiter: StrictStr = Field(default=",", min_length=1, max_length=1)
    key: tuple[KeyColumn, ...] = ()
    constants: dict[StrictStr, StrictStr] = {}  # coordinates that neither file name nor column gives
    agree: dict[StrictStr, Literal["model", "prompt", "condition", "replicate"]] = {}
    columns: tuple[LabelColumn, ...] = Field(min_length=1)
    corrections: tuple[Correction, ...] = ()
    ignore_columns: tuple[StrictStr, ...] = ()
    rows_per_file: int | None = Field(default=None, ge=1)
    repeated_rows: Literal["error", "identical"] = "error"
    without_image: Literal["allowed", "error"] = "error"

    _valid_pattern = field_validator("file")(_pattern)

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            b"00".decode(value)
        except UnicodeError:
            return value
        except LookupError:
            raise ValueError(f'encoding "{value}" is not one that Python knows') from None
        return value

    @model_validator(mode="after")
    def _key_is_whole(self) -> LabelFiles:
        given = set(Pattern(self.file).fields) | set(self.constants)
        given.update(field for key in self.key for field in Pattern(key.pattern).fields)
        _coordinates(given, f'labels "{self.file}"')
        _unique([column.attribute for column in self.columns], f'labels "{self.file}": attribute')
        return self

    def needed_columns(self) -> tuple[str, ...]:
        """Return the columns that every file must have, in the order of the study file."""
        wanted = [*(key.column for key in self.key), *self.agree, *(column.column for column in self.columns)]
        return tuple(dict.fromkeys(wanted))


class StudyDefinition(_Data):
    """A whole study file."""

    format: Literal[1] = 1
    study: Name
    version: Version
    title: StrictStr
    citation: StrictStr
    licence: StrictStr
    source: Source
    year: int | None = None
    note: StrictStr | None = None
    models: tuple[StudyModel, ...] = Field(min_length=1)
    prompts: tuple[StudyPrompt, ...] = Field(min_length=1)
    #: Pictures planned in each cell, numbered from `first_replicate`; None: those that are found.
    replicates: int | None = Field(default=None, ge=1)
    first_replicate: int = Field(default=0, ge=0)
    #: Coordinate → how paths and columns spell it → its id. What is not listed stands for itself.
    spellings: dict[Literal["prompt", "condition"], dict[StrictStr, Name]] = {}
    attributes: tuple[StudyAttribute, ...] = ()
    images: Images | None = None
    labels: tuple[LabelFiles, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> StudyDefinition:
        _unique([model.id for model in self.models], "model")
        _unique([model.folder or model.id for model in self.models], "folder")
        _unique([f"{prompt.id} / {prompt.condition}" for prompt in self.prompts], "prompt")
        _unique([attribute.id for attribute in self.attributes], "attribute")
        if self.images is None and not self.labels:
            raise ValueError("a study has images, labels or both")
        if self.images is not None:
            given = {*Pattern(self.images.pattern).fields, *self.images.constants}
            _coordinates(given, f'images "{self.images.pattern}"')
        _spelled_ids_exist(self)
        _one_labeler_an_attribute(self.labels)
        declared = {attribute.id: {*attribute.values, *attribute.outside} for attribute in self.attributes}
        _compared_values_exist(self.attributes, declared)
        for column in (column for files in self.labels for column in files.columns):
            if column.attribute not in declared:
                raise ValueError(f'column "{column.column}": attribute "{column.attribute}" is not declared')
            for value in column.values.values():
                if value not in declared[column.attribute]:
                    raise ValueError(f'"{value}" is not a declared value of attribute "{column.attribute}"')
        return self


def _spelled_ids_exist(study: StudyDefinition) -> None:
    known = {"prompt": {p.id for p in study.prompts}, "condition": {p.condition for p in study.prompts}}
    for coordinate, spellings in study.spellings.items():
        for spelling, name in spellings.items():
            if name not in known[coordinate]:
                raise ValueError(f'spelling "{spelling}": no {coordinate} "{name}" is declared')


def _compared_values_exist(attributes: tuple[StudyAttribute, ...], declared: Mapping[str, set[str]]) -> None:
    for attribute in attributes:
        same = attribute.compare_with
        if same is None:
            continue
        if same.attribute not in declared or same.attribute == attribute.id:
            raise ValueError(f'"{attribute.id}" is compared with "{same.attribute}", which is not declared')
        for own, other in same.values.items():
            for name, value in ((attribute.id, own), (same.attribute, other)):
                if value not in declared[name]:
                    raise ValueError(f'compare_with: "{value}" is not a declared value of attribute "{name}"')


def _one_labeler_an_attribute(labels: tuple[LabelFiles, ...]) -> None:
    pairs = [f"{files.labeler.id}: {column.attribute}" for files in labels for column in files.columns]
    _unique(pairs, "labels of")
    kinds: dict[str, LabelerEntry] = {}
    for files in labels:
        if kinds.setdefault(files.labeler.id, files.labeler) != files.labeler:
            raise ValueError(f'labeler "{files.labeler.id}" is declared in two ways')


def _coordinates(given: set[str], where: str) -> None:
    missing = [name for name in COORDINATES if name not in given]
    unknown = sorted(given - set(COORDINATES))
    if missing:
        raise ValueError(f"{where} does not say {', '.join(missing)} of a slot")
    if unknown:
        raise ValueError(f'{where}: unknown field "{unknown[0]}" (known: {", ".join(COORDINATES)})')


def _unique(names: list[str], what: str) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ValueError(f'{what} "{name}" is declared twice')


class _OnceLoader(yaml.SafeLoader):
    """YAML in which a key stands once: PyYAML would let the last of two value maps win without a word."""


def _mapping(loader: _OnceLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            raise yaml.constructor.ConstructorError(None, None, f'"{key}" stands twice', node.start_mark)
    return loader.construct_mapping(node, deep=True)


_OnceLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def load_definition(path: Path) -> StudyDefinition:
    """Return the study that the file declares.

    Raises:
        UsageError: one line, if there is no such file, it is no YAML, or something in it is wrong.
    """
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=_OnceLoader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise UsageError(f"{path}: no such study file") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(one_line(f"{path.name}: does not read as YAML: {error}")) from None
    try:
        return StudyDefinition.model_validate(data)
    except ValidationError as error:
        raise UsageError(
            explain(error, path.name, data=data, known=set(StudyDefinition.model_fields))
        ) from None
