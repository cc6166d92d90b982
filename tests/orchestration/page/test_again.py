"""What an operator clicks on Dagster's page, through its real instance without a browser: a failed week, run again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.gateway.network.connection import Connection
from assets.gateway.receipts import read_partition
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.registry import PROVIDERS
from assets.generation.slots import Request
from orchestration.definitions import GENERATE, build_defs, product_definition, weeks_definition
from orchestration.instance import open_instance, partition_key
from orchestration.settings import load_settings
from tests.orchestration.commands.test_labelers import MODEL, labeler, write
from tests.orchestration.installation import SLOTS, Installation, entry
from tests.orchestration.paid import PRICE
from tests.services.vision_contract import Said, first_value, vision
from tests.unit.generation.scripted import Scripted, ok
from tests.unit.labeling.vision import KEY_ENV
from warehouse.weeks import current_week, shift

WEEK = current_week()
KEY = {"works": True}
ANSWERED: list[str] = []


def revoked(connection: Connection) -> Scripted:
    """A paid model whose key is revoked after one picture."""

    def script(request: Request, number: int) -> Answer:
        if ANSWERED and not KEY["works"]:
            return Answer(outcome=Outcome.AUTH, error_message="Incorrect API key provided")
        ANSWERED.append(request.slot.slot_key)
        return ok(request).model_copy(update={"cost_usd": 0.25})

    return Scripted(script, paid=True, replayable=False)


def generate_week(home: str) -> dg.JobDefinition:
    return build_defs(load_settings({"CLICHE_HOME": home})).resolve_job_def(GENERATE)


def run(instance: dg.DagsterInstance, **how: Any) -> dg.ExecuteJobResult:
    home = str(Path(instance.root_directory).parent)
    job = dg.build_reconstructable_job(__name__, "generate_week", (home,))
    return dg.execute_job(job, instance=instance, raise_on_error=False, **how)


def says(result: dg.ExecuteJobResult, step: str) -> tuple[str, dict[str, object]]:
    """What Dagster's page shows of a step that failed: the first lines, and the table below."""
    data = result.failure_data_for_node(step)
    assert data is not None
    assert data.user_failure_data is not None
    shown = data.user_failure_data
    return str(shown.description), {name: value.value for name, value in shown.metadata.items()}


@pytest.fixture
def home(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    monkeypatch.setitem(PROVIDERS, "revoked", f"{__name__}:revoked")
    monkeypatch.setitem(KEY, "works", False)
    ANSWERED.clear()
    fresh.configure(alerts={"docs_url": "https://wiki.example/running"})
    fresh.write_models(
        entry("real", provider="revoked", model_id="classic", price=PRICE, concurrency=1),
        entry("gone", provider="revoked", model_id="other", price=PRICE, until=shift(WEEK, -1)),
    )
    return fresh


def test_a_failed_week_says_what_to_do_and_run_again_asks_what_is_open(home: Installation) -> None:
    product = product_definition(["real", "gone"], weeks_definition(home.settings.first_week))
    with open_instance(home.settings.dagster_home) as instance:

        def status(asset: str) -> dict[str, dg.AssetPartitionStatus | None]:
            """Partitions of an asset as the page colors them, those that are missing left out."""
            of = dg.AssetKey(asset)
            found = instance.get_status_by_partition(of, product.get_partition_keys(), product) or {}
            return {key: one for key, one in found.items() if one is not None}

        key = partition_key("real", WEEK)
        tags = product.get_tags_for_partition_key(key)
        failed = run(instance, tags=tags)
        assert says(failed, "images") == (
            f"real, week {WEEK} was stopped: auth: Incorrect API key provided. 1 of 4 slots are answered and kept. "
            "Fix the cause and re-execute this run before the week ends: it asks open slots alone.",
            {"what to do": "https://wiki.example/running#when-something-is-wrong"},
        )
        assert {one: status(one) for one in ("prompts", "images", "labels")} == {
            "prompts": {str(key): dg.AssetPartitionStatus.MATERIALIZED},
            "images": {str(key): dg.AssetPartitionStatus.FAILED},
            "labels": {str(key): dg.AssetPartitionStatus.FAILED},
        }
        KEY["works"] = True
        from_failure = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
        again = run(instance, tags=tags, reexecution_options=from_failure)
        assert again.success
        assert len(ANSWERED) == len({*ANSWERED}) == SLOTS
        (made,) = again.asset_materializations_for_node("images")
        assert made.metadata["cost_usd"].value == SLOTS * 0.25
        done = [status(one)[str(key)] for one in ("prompts", "images", "labels", "loaded")]
        assert done == [dg.AssetPartitionStatus.MATERIALIZED] * 4
        # A backfill takes every model and week that is ticked: what cannot be asked costs nothing, and says so.
        for model, week, why in (
            ("gone", WEEK, f"gone is not active in the week {WEEK}: see from and until in models.yaml"),
            ("real", shift(WEEK, -1), f"week {shift(WEEK, -1)} is over; a live model cannot be asked"),
        ):
            refused = run(instance, tags=product.get_tags_for_partition_key(partition_key(model, week)))
            assert says(refused, "prompts")[0].startswith(why)
    assert len(ANSWERED) == SLOTS
    receipts = read_partition(home.store, WEEK, "real").receipts
    assert sum(receipt.cost_usd or 0 for receipt in receipts) == SLOTS * 0.25


def test_a_stopped_labeler_is_no_green_week(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_ENV, "key-of-tests")
    wrong = Said(status=401, error={"code": "invalid_api_key", "message": "that key is not ours"})
    with vision() as server, open_instance(fresh.settings.dagster_home) as instance:
        write(fresh, [labeler(server, "watcher", concurrency=1)], labeler="watcher")
        product = product_definition([MODEL], weeks_definition(fresh.settings.first_week))
        key = partition_key(MODEL, WEEK)
        tags = product.get_tags_for_partition_key(key)

        def status(asset: str) -> dg.AssetPartitionStatus | None:
            return (instance.get_status_by_partition(dg.AssetKey(asset), [str(key)], product) or {})[str(key)]

        server.says = lambda asked: first_value(asked) if asked.number == 1 else wrong
        failed = run(instance, tags=tags)
        assert says(failed, "labels")[0] == (
            "watcher left 3 of 4 pictures (auth: that key is not ours); fix the cause and re-execute this run: "
            "the other labels are kept"
        )
        assert status("images") is dg.AssetPartitionStatus.MATERIALIZED
        assert status("labels") is dg.AssetPartitionStatus.FAILED
        server.says = first_value
        asked = len(server.asked)
        again = dg.ReexecutionOptions.from_failure(failed.run_id, instance)
        assert run(instance, tags=tags, reexecution_options=again).success
        assert len(server.asked) - asked == SLOTS - 1
        assert status("loaded") is dg.AssetPartitionStatus.MATERIALIZED
