"""The walk of docs/operations/weekly.md on Dagster's page, in a browser: five clicks at most."""

from __future__ import annotations

from pathlib import Path

from tests.research.page.walk import play


def test_a_failed_week_is_found_understood_and_run_again_in_five_clicks(
    chromium_path: str, tmp_path: Path
) -> None:
    clicks = play(tmp_path, chromium_path)
    assert clicks["revoked_key"] == ["Runs", "Failed", "View", "Re-execute all"]
    assert {name: len(found) <= 5 for name, found in clicks.items()} == dict.fromkeys(clicks, True)
    assert len([*tmp_path.glob("*.png")]) == sum(map(len, clicks.values()))
