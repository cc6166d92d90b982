"""What a quality check is.

Belongs here: the value that describes one, and its making. Does not belong here: the checks (`registry`), their rules,
running them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Stage = Literal["images", "labels", "publish"]
Severity = Literal["critical", "warning"]
Kind = Literal["sql", "columns", "bytes"]


@dataclass(frozen=True)
class CheckSpec:
    """What a check is.

    Attributes:
        name: `<table>__<rule>`.
        table: the table whose rows it looks at.
        severity: critical blocks, warning does not.
        stages: when it runs: after a partition's images, after its labels, before a week is published.
        description: the rule, for people.
        kind: sql (a file of `sql/checks/`), columns (a Great Expectations suite), bytes (objects re-read).
        says: what failing rows are, for the message; empty where each row says it itself (column `problem`).
    """

    name: str
    table: str
    severity: Severity
    stages: tuple[Stage, ...]
    description: str
    kind: Kind
    says: str = ""


def sql_check(
    name: str, severity: Severity, stages: tuple[Stage, ...], description: str, says: str = ""
) -> CheckSpec:
    """Return a check across tables: `sql/checks/<name>.sql`, which returns the failing rows."""
    return CheckSpec(name, name.partition("__")[0], severity, stages, description, "sql", says)


def columns_check(table: str, stages: tuple[Stage, ...]) -> CheckSpec:
    """Return the check of the columns of a table: its Great Expectations suite."""
    return CheckSpec(
        f"{table}__columns",
        table,
        "critical",
        stages,
        f"Columns of {table}: values from their lists and ranges, hashes and keys in their form, no gaps.",
        "columns",
    )
