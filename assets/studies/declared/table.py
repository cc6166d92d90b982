"""What a study file says about reading rows from a file, whatever the rows are about."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictStr, field_validator, model_validator

from assets.studies.declared.base import Data


class TableFile(Data):
    """How the rows of a file are read. Without `format` the suffix says it."""

    format: Literal["csv", "xlsx", "json", "label_studio", "parquet"] | None = None
    encoding: StrictStr = "utf-8"
    newlines: Literal["any", "lf", "crlf"] = "any"
    delimiter: StrictStr | None = Field(
        default=None, min_length=1, max_length=1
    )  # None: a tab in .tsv, else a comma
    sheet: StrictStr | None = None  # of a workbook; None: the only one
    records: StrictStr | None = None  # where the list of a JSON file is, e.g. data.items
    header_row: int = Field(default=1, ge=1)
    skip_after_header: int = Field(
        default=0, ge=0
    )  # rows below the header that are no data (Qualtrics writes two)
    #: Column → texts: only rows with one of them count; rows with one of `exclude` do not.
    only: dict[StrictStr, tuple[StrictStr, ...]] = Field(default={})
    exclude: dict[StrictStr, tuple[StrictStr, ...]] = Field(default={})

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

    @field_validator("only", "exclude", mode="before")
    @classmethod
    def _lists(cls, value: object) -> object:
        """Take `{status: Approved}` for `{status: [Approved]}`."""
        return (
            {k: [v] if isinstance(v, str) else v for k, v in value.items()}
            if isinstance(value, dict)
            else value
        )

    @model_validator(mode="after")
    def _filters_differ(self) -> TableFile:
        for column in self.only.keys() & self.exclude.keys():
            raise ValueError(f'column "{column}" has rows under only and under exclude; say one of them')
        return self
