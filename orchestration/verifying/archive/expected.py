"""Which tables and views an edition publishes, and in which form: against the code, which made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.verifying.archive import listed
from orchestration.verifying.report import VerifyReport
from warehouse.database import marts
from warehouse.database.archive import CSV, views_by_week
from warehouse.database.published import published_tables


def compare(manifest: Mapping[str, Any], report: VerifyReport) -> bool:
    """Compare what is published with the tables and views that there are; return whether none is missing."""
    by_week, whole = set(manifest["tables"]), set(listed.whole(manifest))
    expected = {*published_tables(), *(view for view in marts.order() if not marts.is_filter(view))}
    files = {f"data/{name}.csv" for name in CSV}
    text = {name for name in listed.data_files(manifest) if not name.endswith(".parquet")}
    for name in sorted((expected - by_week - whole) | (files - text)):
        report.differ(f"{name} is not in the manifest, and every edition of this version has it")
    for name in sorted(((by_week | whole) - expected) | (text - files)):
        report.differ(f"{name} is in the manifest, and no edition of this version has it")
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
    return with_week | views_by_week().keys()
