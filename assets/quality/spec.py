"""What a quality check is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from warehouse.errors import UsageError
from warehouse.sqlfiles import header

Stage = Literal["images", "labels", "publish"]
Severity = Literal["critical", "warning"]
Kind = Literal["sql", "columns", "bytes", "grain"]


@dataclass(frozen=True)
class CheckSpec:
    """What a check is.

    Attributes:
        stages: when it runs: after a partition's images, after its labels, before a week is published.
        kind: sql (a file of `sql/checks/`), columns (a Great Expectations suite), bytes (objects re-read), grain (no
            row twice).
        says: what failing rows are, for the message; empty where each row says it itself (column `problem`).
    """

    name: str
    table: str
    severity: Severity
    stages: tuple[Stage, ...]
    description: str
    kind: Kind
    says: str = ""


def sql_check(name: str) -> CheckSpec:
    """Return a check across tables: `sql/checks/<name>.sql`, which returns the failing rows and says what it is."""
    said = {field: " ".join(text.split()) for field, text in header(f"checks/{name}").items()}
    stages = said.get("Stages", "").split(", ")
    for field, found, known in (
        ("Severity", [said.get("Severity", "")], get_args(Severity)),
        ("Stages", stages, get_args(Stage)),
    ):
        if not set(found) <= set(known):
            raise UsageError(
                f'sql/checks/{name}.sql: its header says "{field}: {", ".join(found)}"; known: {", ".join(known)}'
            )
    if not said.get("Rule"):
        raise UsageError(f'sql/checks/{name}.sql: its header has no "Rule:", the rule in words for people')
    return CheckSpec(
        name=name,
        table=name.partition("__")[0],
        severity=cast(Severity, said["Severity"]),
        stages=cast(tuple[Stage, ...], tuple(stages)),
        description=said["Rule"],
        kind="sql",
        says=said.get("Says", ""),
    )


def bytes_check(name: str, stages: tuple[Stage, ...], description: str) -> CheckSpec:
    """Return a check that re-reads objects: its rule is in `stored`."""
    return CheckSpec(name, name.partition("__")[0], "critical", stages, description, "bytes")


def grain_check(name: str, stages: tuple[Stage, ...], description: str) -> CheckSpec:
    """Return a check that no row of some tables stands twice: which ones is in `grain`."""
    return CheckSpec(name, name.partition("__")[0], "critical", stages, description, "grain")


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
