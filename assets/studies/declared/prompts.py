"""Prompts that a study publishes as a table: which column, or text made of columns, is what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from pydantic import Field, StrictStr, field_validator

from assets.studies.declared.base import valid_path
from assets.studies.declared.table import TableFile

_COLUMN = re.compile(r"\{([^{}]+)\}")
#: Stands for the number of the row, from 1.
ROW = "row"


class PromptTable(TableFile):
    """A table with a row per prompt. In each text `{Column name}` stands for that column, `{row}` for the row's number.

    `id` and `condition` are made into names ("Software Engineer" → `software-engineer`); how the table spells them is
    a spelling of them in paths and columns, too. Rows that say the same of one prompt count once.
    """

    file: StrictStr
    id: StrictStr
    subject: StrictStr
    condition: StrictStr = "baseline"
    title: StrictStr
    text: StrictStr | None = None
    spellings: tuple[StrictStr, ...] = ()  # more texts that stand for the prompt, e.g. '{File prefix}'
    facts: dict[StrictStr, StrictStr] = Field(default={})  # name → column

    _path = field_validator("file")(valid_path)

    @field_validator("facts", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        """Take a list of columns for columns under their own names."""
        return {str(column): column for column in value} if isinstance(value, list) else value

    def columns(self) -> tuple[str, ...]:
        """Return the columns that the table must have."""
        texts = [self.id, self.subject, self.condition, self.title, self.text or "", *self.spellings]
        named = [name for text in texts for name in _COLUMN.findall(text) if name != ROW]
        return tuple(dict.fromkeys([*named, *self.facts.values(), *self.only, *self.exclude]))


def filled(template: str, cells: Mapping[str, str]) -> str:
    """Return `template` with each `{column}` replaced by the cell's text, white space at its ends taken off."""
    return _COLUMN.sub(lambda found: cells[found[1]].strip(), template)


def name_of(text: str, joint: str = "-") -> str:
    """Return `text` as a name of lower-case ASCII letters, digits, dots, dashes; empty if nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._:-]+", joint, plain).strip("-._:")
