"""Columns whose text says which slot a row is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, StrictStr, field_validator

from assets.studies.declared.base import Data, valid_pattern
from assets.studies.declared.patterns import Pattern


class KeyColumn(Data):
    """A column whose text says which slot its row is about, by a pattern."""

    column: StrictStr
    pattern: StrictStr

    _pattern = field_validator("pattern")(valid_pattern)


def _as_list(value: object) -> object:
    """Take `{file_name: '{picture}'}` for a list of one column with its pattern."""
    if isinstance(value, dict) and not {"column", "pattern"} <= value.keys():
        return [{"column": column, "pattern": pattern} for column, pattern in value.items()]
    return value


Key = Annotated[tuple[KeyColumn, ...], BeforeValidator(_as_list)]


def fields_of(key: Iterable[KeyColumn]) -> set[str]:
    """Return the fields that the columns give."""
    return {field for column in key for field in Pattern(column.pattern).fields}
