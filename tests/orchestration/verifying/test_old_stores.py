"""Stores that were written before real models were asked: plans, receipts and manifests without the fields of today."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assets.gateway.receipts import read_partition
from tests.orchestration.installation import MODELS, WEEK, Cliche, Installation, entry
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.database.connection import connect
from warehouse.database.table_hash import table_hashes

#: What the first release did not write.
NOT_IN_PLANS = ("also_labelers", "analysis_plan_sha256")
NOT_IN_RECEIPTS = ("unmapped", "raw_body", "expected_usd", "cluster")
#: A price as it stood in a plan then.
PRICE = {"per_image_usd": 0.25, "source": "its maker's page", "date": "2026-11-01"}


def rewrite(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    path.chmod(0o644)
    path.write_bytes(canonical_json(change(json.loads(path.read_bytes()))))


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda value: {name: kept for name, kept in value.items() if name not in (*names, "_sha256")}


@pytest.fixture
def old(published: Installation) -> Installation:
    """The published week as the first release left it; of its second model the run was killed before its manifest."""
    store = published.home / "store"
    for path in store.glob("plans/**/*.json"):
        rewrite(path, lambda plan: {**without(*NOT_IN_PLANS)(plan), "price": dict(PRICE)})
    for path in store.glob("attempts/*/*/*/*.json"):
        rewrite(path, without(*NOT_IN_RECEIPTS))
    manifests = [*store.glob("attempts/*/*/manifest-*.parquet")]
    for path in manifests:
        table = pq.read_table(path).drop_columns([*NOT_IN_RECEIPTS]).replace_schema_metadata(None)
        path.unlink()
        if f"model={MODELS[1]}/" not in str(path):
            pq.write_table(table, path)
    for path in store.glob("attempts/*/*/manifest-*.parquet.*.json"):
        path.unlink()
    assert len(manifests) == len(MODELS)
    return published


def hashes(installation: Installation) -> dict[str, str]:
    with connect(installation.settings.warehouse, read_only=True) as con:
        return table_hashes(con)


def test_a_week_of_the_first_release_is_read_gone_on_with_and_rebuilt_as_it_was(
    published: Installation, cliche: Cliche, request: pytest.FixtureRequest
) -> None:
    before = hashes(published)
    old: Installation = request.getfixturevalue("old")
    state = read_partition(old.store, WEEK, MODELS[0])
    assert (state.unlisted, len(state.receipts)) == (0, 4)
    assert {receipt.expected_usd for receipt in state.receipts} == {None}
    assert read_partition(old.store, WEEK, MODELS[1]).unlisted == 4
    objects = {key for key in old.objects() if key.startswith("attempts/")}
    assert cliche("status", "--week", WEEK).code == 0
    assert cliche("rebuild").code == 0  # the warehouse of then held the plans of then
    ended = cliche("run", "--week", WEEK)
    assert ended.code == 0, ended.err
    added = {key for key in old.objects() if key.startswith("attempts/")} - objects
    manifest = f"attempts/week={WEEK}/model={MODELS[1]}/manifest-0001.parquet"
    beside = f"{manifest}.{sha256_hex(old.store.get(manifest))}.json"
    assert added == {manifest, beside}  # nobody was asked
    assert cliche("rebuild").code == 0
    # The plans differ in what they say of a price, and their hashes with them.
    differ = {table for table, value in hashes(old).items() if value != before[table]}
    assert differ <= {"plans"}


def test_a_plan_of_the_first_release_says_what_a_lost_call_may_have_cost(old: Installation) -> None:
    old.write_models(entry("another"))  # the model is in models.yaml no more
    assert old.place()._lost(WEEK, MODELS[0], dt.date(2026, 11, 23))[0] == PRICE["per_image_usd"]
