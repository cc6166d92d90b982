"""What a study file says about pictures and label files.

Belongs here: where they lie, how their paths and rows name a slot, and what their columns hold. Does not belong here:
reading them (`pictures`, `label_files`), or the study as a whole (`definition`).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictStr, field_validator, model_validator

from assets.studies.declared.base import Data, check_coordinates, check_unique, valid_pattern
from assets.studies.declared.patterns import Pattern
from assets.suites.schema import Name


class Images(Data):
    """Where pictures lie. Every file below the pattern's first fixed folder matches it or an `ignore` glob."""

    pattern: StrictStr
    missing: Literal["allowed", "error"] = "error"
    ignore: tuple[StrictStr, ...] = ()
    constants: dict[StrictStr, StrictStr] = Field(default={})

    _pattern = field_validator("pattern")(valid_pattern)


class KeyColumn(Data):
    """A column whose text says which slot its row is about, by a pattern."""

    column: StrictStr
    pattern: StrictStr

    _pattern = field_validator("pattern")(valid_pattern)


class LabelColumn(Data):
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


class LabelerEntry(Data):
    """Who labelled. People are a labeler of kind `person`; `number` is raised when their labels are redone."""

    id: Name
    kind: Literal["person", "vision_model", "local_model"] = "person"
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


class LabelFiles(Data):
    """Label files of one shape: encoding, delimiter, how rows name their slot, and what the columns hold."""

    file: StrictStr  # a pattern; its fields take part in the key
    labeler: LabelerEntry
    encoding: StrictStr = "utf-8"
    newlines: Literal["any", "lf", "crlf"] = "any"
    delimiter: StrictStr = Field(default=",", min_length=1, max_length=1)
    key: tuple[KeyColumn, ...] = ()
    constants: dict[StrictStr, StrictStr] = Field(
        default={}
    )  # coordinates that neither file name nor column gives
    agree: dict[StrictStr, Literal["model", "prompt", "condition", "replicate"]] = Field(default={})
    columns: tuple[LabelColumn, ...] = Field(min_length=1)
    corrections: tuple[Correction, ...] = ()
    ignore_columns: tuple[StrictStr, ...] = ()
    rows_per_file: int | None = Field(default=None, ge=1)
    repeated_rows: Literal["error", "identical"] = "error"
    without_image: Literal["allowed", "error"] = "error"

    _pattern = field_validator("file")(valid_pattern)

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
        check_coordinates(given, f'labels "{self.file}"')
        check_unique([column.attribute for column in self.columns], f'labels "{self.file}": attribute')
        return self

    def needed_columns(self) -> tuple[str, ...]:
        """Return the columns that every file must have, in the order of the study file."""
        wanted = [*(key.column for key in self.key), *self.agree, *(column.column for column in self.columns)]
        return tuple(dict.fromkeys(wanted))
