"""What a quality check is, and the list of them. A critical check blocks; a warning is shown and blocks nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from assets.quality.columns import SUITES
from warehouse.errors import UsageError
from warehouse.sqlfiles import header, names

Stage = Literal["images", "labels", "publish"]
Severity = Literal["critical", "warning"]
Kind = Literal["sql", "columns", "bytes", "grain"]


@dataclass(frozen=True)
class CheckSpec:
    """What a check is.

    Attributes:
        stages: when it runs: after a partition's images, after its labels, before a week is published.
        kind: sql (a file of `sql/checks/`), columns (Great Expectations), bytes (objects re-read), grain (rows twice).
        says: what failing rows are, for the message; empty where each row says it itself (column `problem`).
    """

    name: str
    severity: Severity
    stages: tuple[Stage, ...]
    description: str
    kind: Kind
    says: str = ""

    @property
    def table(self) -> str:
        """Return the table that its name begins with; `loaded` and `computed` are many."""
        return self.name.partition("__")[0]

    @property
    def late(self) -> bool:
        """Return whether it looks at what is computed when it is known who is withheld."""
        return self.table in {"figures", "boards", "board_ranks", "computed"}


#: Checks that are no files of `sql/checks`.
_OTHERS: tuple[CheckSpec, ...] = (
    *(
        CheckSpec(
            f"{table}__columns",
            "critical",
            ("labels", "publish") if table == "labels" else ("images", "publish"),
            f"Columns of {table}: values from their lists and ranges, hashes and keys in their form, no gaps.",
            "columns",
        )
        for table in SUITES
    ),
    CheckSpec(
        "plans__as_in_bucket",
        "critical",
        ("images", "publish"),
        "The plan in the store has the hash that was loaded, and its slots are the slots of the warehouse.",
        "bytes",
    ),
    CheckSpec(
        "images__bytes_as_stored",
        "critical",
        ("images", "publish"),
        "Re-read from the store, a random sample of pictures has the recorded hashes.",
        "bytes",
    ),
    CheckSpec(
        "loaded__one_row_each",
        "critical",
        ("images", "labels", "publish"),
        "No row of a table that is loaded stands twice, by the grain in the table's comment.",
        "grain",
    ),
    CheckSpec(
        "computed__one_row_each",
        "critical",
        ("publish",),
        "No row of a table that is computed stands twice, by the grain in the table's comment.",
        "grain",
    ),
)


def checks() -> tuple[CheckSpec, ...]:
    """Return every check, by name."""
    return tuple(sorted((*_OTHERS, *map(_sql_check, names("checks"))), key=lambda check: check.name))


def _sql_check(name: str) -> CheckSpec:
    """Return a check across tables: `sql/checks/<name>.sql`, which returns the failing rows and says what it is."""
    fields = {field: " ".join(text.split()) for field, text in header(f"checks/{name}").items()}
    stages = fields.get("Stages", "").split(", ")
    for field, given, known in (
        ("Severity", [fields.get("Severity", "")], get_args(Severity)),
        ("Stages", stages, get_args(Stage)),
    ):
        if not set(given) <= set(known):
            raise UsageError(
                f'sql/checks/{name}.sql: its header says "{field}: {", ".join(given)}"; known: {", ".join(known)}'
            )
    if not fields.get("Rule"):
        raise UsageError(f'sql/checks/{name}.sql: its header has no "Rule:", the rule in words for people')
    return CheckSpec(
        name=name,
        severity=cast(Severity, fields["Severity"]),
        stages=cast(tuple[Stage, ...], tuple(stages)),
        description=fields["Rule"],
        kind="sql",
        says=fields.get("Says", ""),
    )


CHECKS: tuple[CheckSpec, ...] = checks()
