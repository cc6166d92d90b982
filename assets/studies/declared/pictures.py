"""What a study file says about its pictures: where they are, and how a path or a table names their slots."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictStr, field_validator, model_validator

from assets.studies.declared.base import Data, Key, Numbering, check_fields, fields_of, valid_path
from assets.studies.declared.patterns import Pattern
from assets.studies.declared.table import TableFile


class PictureTable(TableFile):
    """A table with a row per picture, e.g. `metadata.jsonl` beside the pictures of a Hugging Face data set.

    Paths in it are relative to the table's folder, or to the study's.
    """

    file: StrictStr
    key: Key

    _path = field_validator("file")(valid_path)


class Images(Data):
    """Where pictures are. Every file below the pattern's first fixed folder matches it or an `ignore` glob."""

    pattern: StrictStr | None = None
    table: PictureTable | None = None
    missing: Literal["allowed", "error"] = "error"
    ignore: tuple[StrictStr, ...] = ()
    constants: dict[StrictStr, StrictStr] = Field(default={})

    _path = field_validator("pattern")(valid_path)

    @model_validator(mode="after")
    def _one_way(self) -> Images:
        if (self.pattern is None) == (self.table is None):
            raise ValueError("images have either a pattern or a table")
        if self.table is not None and "picture" not in fields_of(self.table.key):
            raise ValueError('images: table: no column of the key holds "{picture}", the path of the picture')
        return self

    def check(self, numbering: Numbering) -> None:
        """Raise `ValueError` unless pattern or table say which slot a picture is."""
        given = {*self.constants}
        if self.pattern is not None:
            given.update(Pattern(self.pattern).fields)
            check_fields(given, f'images "{self.pattern}"', numbering, rows=False)
        if self.table is not None:
            given.update({*Pattern(self.table.file).fields, *fields_of(self.table.key)} - {"picture"})
            check_fields(given, f'images "{self.table.file}"', numbering, rows=False)
