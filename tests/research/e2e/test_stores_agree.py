"""One week on a folder and on an S3 server: the same pictures, the same rows, the same edition."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.generation.workplace import Workplace
from assets.leaderboard.asset import publish_week
from assets.leaderboard.published import read_manifest
from tests.e2e.command import hashes, pictures
from tests.e2e.test_stores import WEEK, local, rebuilt, run_week

__all__ = ["local"]
#: Files of an edition without a time of asking in them.
SAME = {"data/leaderboard.csv", "data/changes.csv", "data/outcomes.parquet", "index.html"}
#: Columns of a part that are equal whenever its pictures were asked for.
OF_THE_ROWS = ("week", "rows", "table_hash")
#: Tables and views without a column of run time: their parts are the same bytes.
TIMELESS = ("plans", "slots", "images", "counts", "figures", "cell_shares", "leaderboard", "outcomes_weekly")


def _files(place: Workplace, prefix: str) -> list[str]:
    return [key.removeprefix(prefix) for key in place.store.list(prefix)]


def _published(place: Workplace) -> dict[str, bytes]:
    return {
        key: place.store.get(key) for prefix in ("tables/", "editions/") for key in place.store.list(prefix)
    }


@pytest.mark.s3
def test_the_same_week_on_s3_gives_the_same_pictures_and_tables(
    local: Workplace, s3_address: str, tmp_path: Path
) -> None:
    place = run_week(tmp_path / "home", s3_address)
    assert place.store.url == s3_address
    kept = pictures(place.store)
    assert kept == pictures(local.store)
    assert len(kept) > 30
    for key, digest in kept.items():
        assert key.split("/")[2].partition(".")[0] == digest
    assert hashes(place.warehouse) == hashes(local.warehouse)
    # What is published of it is the same too, picture for picture and figure for figure.
    here, there = publish_week(local, WEEK), publish_week(place, WEEK)
    names = _files(local, here.prefix)
    assert _files(place, there.prefix) == names
    assert set(names) >= SAME
    for name in names:
        if name.startswith(("pictures/", "static/")) or name in SAME:
            assert place.store.get(there.prefix + name) == local.store.get(here.prefix + name), name
    tables, others = (read_manifest(at.store, here.id)["tables"] for at in (local, place))
    assert {*tables} == {*others} > {*TIMELESS}
    for name, stated in tables.items():
        of_rows = [
            [[part[field] for field in OF_THE_ROWS] for part in of["parts"]] for of in (stated, others[name])
        ]
        assert of_rows[0] == of_rows[1], name
        assert name not in TIMELESS or stated == others[name], name
        assert all(place.store.head(part["key"]) for part in others[name]["parts"]), name
    published = _published(place)
    assert not publish_week(place, WEEK).published
    assert _published(place) == published
    assert os.environ["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert rebuilt(tmp_path / "elsewhere", s3_address) == hashes(local.warehouse)
