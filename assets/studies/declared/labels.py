"""What a study file says about label files: how rows name a slot and a rater, and what their columns hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, StrictStr, field_validator, model_validator

from assets.studies.declared.base import (
    Data,
    Key,
    Numbering,
    check_fields,
    check_unique,
    fields_of,
    valid_path,
    valid_pattern,
)
from assets.studies.declared.patterns import Pattern
from assets.studies.declared.table import TableFile
from assets.suites.schema import Name


class LabelColumn(Data):
    """A column that holds an attribute; `{rater}` in its name stands for one column per rater.

    `values` maps spellings to declared values, and nothing else is accepted; without it the declared values are
    spelled as declared. An empty cell, and a spelling under `empty`, is no label.
    """

    attribute: Name
    column: StrictStr
    strip: bool = False
    casefold: bool = False
    values: dict[StrictStr, Name] = Field(default={})
    empty: tuple[StrictStr, ...] = ()
    confidence: StrictStr | None = None  # column; {rater} as in `column`
    confidence_of: float = Field(default=1, gt=0, allow_inf_nan=False)  # what stands for certain, e.g. 100

    _pattern = field_validator("column", "confidence")(valid_pattern)

    @model_validator(mode="after")
    def _no_two_readings(self) -> LabelColumn:
        seen: dict[str, str] = {}
        for spelling, value in self.values.items():
            if seen.setdefault(self.normal(spelling), value) != value:
                raise ValueError(f'column "{self.column}": spelling "{spelling}" is mapped to two values')
        for spelling in self.empty:
            if self.normal(spelling) in seen:
                raise ValueError(
                    f'column "{self.column}": spelling "{spelling}" is mapped and is under empty'
                )
        if set(Pattern(self.column).fields) - {"rater"}:
            raise ValueError(f'column "{self.column}": only {{rater}} may be in the name of a column')
        return self

    def normal(self, text: str) -> str:
        """Return `text` after the declared rules: strip, then casefold."""
        text = text.strip() if self.strip else text
        return text.casefold() if self.casefold else text

    def lookup(self, declared: Iterable[str] = ()) -> dict[str, str]:
        """Return normalized spelling → declared value; without `values`, of the `declared` ones."""
        return {
            self.normal(spelling): value
            for spelling, value in (self.values or {v: v for v in declared}).items()
        }


class Long(Data):
    """One row per picture and attribute: the column that names the attribute, and the one that holds the answer."""

    attribute: StrictStr
    value: StrictStr


class StudyLabeler(Data):
    """Who labeled. People are a labeler of kind `person`; `number` is raised when their labels are redone.

    What was computed from other labels, such as a column with what most raters said, is of kind `consensus`.
    """

    id: Name
    kind: Literal["person", "vision_model", "local_model", "consensus"] = "person"
    number: int = Field(default=1, ge=1)


class Correction(Data):
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


class LabelFiles(TableFile):
    """Label files of one shape: how they are read, how rows name their slot and rater, and what the columns hold.

    Where `{rater}` is in a path, a key or the name of a column, each rater is a labeler of their own, numbered in
    order of appearance: `<labeler>-1`, `<labeler>-2` … Their names are not stored. With `raters: by_picture` the first
    label of a picture is by `<labeler>-1`, the second by `<labeler>-2`: for many raters who saw few pictures each.
    """

    file: StrictStr  # a pattern; its fields take part in the key
    labeler: StudyLabeler
    key: Key = ()
    constants: dict[StrictStr, StrictStr] = Field(
        default={}
    )  # coordinates that neither file name nor column gives
    agree: dict[StrictStr, Literal["model", "prompt", "condition", "replicate"]] = Field(default={})
    long: Long | None = None
    columns: tuple[LabelColumn, ...] = Field(min_length=1)
    raters: Literal["each", "by_picture"] = "each"
    corrections: tuple[Correction, ...] = ()
    ignore_columns: tuple[StrictStr, ...] = ()
    ignore_other_columns: bool = False
    rows_per_file: int | None = Field(default=None, ge=1)
    repeated_rows: Literal["error", "identical"] = "error"
    without_image: Literal["allowed", "error"] = "error"

    _path = field_validator("file")(valid_path)

    @model_validator(mode="after")
    def _columns_fit(self) -> LabelFiles:
        check_unique([column.attribute for column in self.columns], f'labels "{self.file}": attribute')
        if self.raters == "by_picture" and not self.has_raters:
            raise ValueError(
                f'labels "{self.file}": raters: by_picture needs {{rater}} in a path, key or column'
            )
        return self

    def check(self, numbering: Numbering) -> None:
        """Raise `ValueError` unless path, constants and key say which slot a row is about."""
        given = {*Pattern(self.file).fields, *self.constants, *fields_of(self.key)}
        check_fields(given, f'labels "{self.file}"', numbering, rows=True)

    @property
    def has_raters(self) -> bool:
        """Whether the files tell several raters apart."""
        columns = {field for column in self.columns for field in Pattern(column.column).fields}
        return "rater" in {*Pattern(self.file).fields, *fields_of(self.key), *columns}

    def plain_columns(self) -> tuple[str, ...]:
        """Return the columns that every file must have by name, in the order of the study file."""
        long = (self.long.attribute, self.long.value) if self.long else ()
        held = [column for column in self.columns if not Pattern(column.column).fields]
        wanted = [
            *(key.column for key in self.key),
            *self.agree,
            *long,
            *(() if self.long else (column.column for column in held)),
            *(column.confidence for column in held if column.confidence),
            *self.only,
            *self.exclude,
        ]
        return tuple(dict.fromkeys(wanted))
