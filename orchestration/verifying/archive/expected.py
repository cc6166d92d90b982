"""Which tables and views an edition of format 2 publishes, and in which form: against its version of the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.verifying.archive import listed
from orchestration.verifying.report import VerifyReport
from orchestration.verifying.version import Version
from warehouse.database import marts
from warehouse.database.archive import CSV, views_by_week
from warehouse.database.published import published_tables
from warehouse.loading.load import HISTORY_TABLES


def compare(manifest: Mapping[str, Any], version: Version, report: VerifyReport) -> bool:
    """Compare what is published with the tables and views of the edition's version; return whether none is missing.

    Of another version it is known which there are, and not which of them are kept by the week or are CSV files, too.
    """
    by_week, whole = set(manifest["tables"]), set(listed.whole(manifest))
    text = {name for name in listed.data_files(manifest) if not name.endswith(".parquet")}
    named = {name for name in version.relations if name not in marts.order() or not marts.is_filter(name)}
    expected = named if version.decided else by_week | whole
    if not version.decided:
        return named <= expected
    for name in sorted(expected - by_week - whole):
        report.differ(f"{name} is not in the manifest, and every edition of this version has it")
    for name in sorted((by_week | whole) - expected):
        report.differ(f"{name} is in the manifest, and no edition of this version has it")
    texts = {f"data/{name}.csv" for name in (CSV if version.same else by_week | whole)}
    for name in sorted(text - texts):
        report.differ(f"{name} is in the manifest, and no edition of this version has it")
    if version.same:
        for name in sorted(texts - text):
            report.differ(f"{name} is not in the manifest, and every edition of this version has it")
        for name in sorted(by_week ^ _by_week()):
            report.differ(f"{name} is not published as this version does: by the week, or whole")
    return expected <= by_week | whole


def _by_week() -> set[str]:
    """Return the tables and views that this code publishes by the week."""
    with_week = {
        name
        for name, (columns, _) in published_tables().items()
        if any(column[0] == "week" for column in columns)
    }
    return with_week - {*HISTORY_TABLES} | views_by_week().keys()
