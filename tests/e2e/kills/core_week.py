"""One partition through the Dagster-free core, as a process of its own that a test can kill.

`python -m tests.e2e.kills.core_week` forks a process for each line of JSON that it is given (store, model, week; see
`forks`), which prints "asking" before its first call.
"""

from __future__ import annotations

import os
from importlib import import_module

from assets.gateway.models_file import ModelEntry
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.run import PartitionRun
from assets.labeling import run as labeling
from assets.simulation.pool import Pool
from assets.simulation.provider import Simulated
from assets.suites.loader import load_suites
from tests.e2e.kills.forks import serve
from warehouse.store import Store, open_store


def make_week(store: Store, model: str, week: str) -> Plan:
    """The plan of a small week: every kind of picture, refusals, retries and conversations."""
    entry = ModelEntry.model_validate(
        {
            "name": model,
            "title": model,
            "provider": "simulated",
            "model_id": model.removeprefix("sim-"),
            "track": "system" if model == "sim-rewriter" else "model",
            "labeler": "drawing",
            "params": {"size": 96},
            "suites": [
                {"suite": "rest-of-world@1", "replicates": 1},
                {"suite": "diversity-request@1", "replicates": 2},
                {
                    "suite": "startup-ceo@1",
                    "replicates": 3,
                    "conversations": 3 if model == "sim-rewriter" else 0,
                },
            ],
        }
    )
    return freeze_plan(store, make_plan(entry, load_suites(), week, Simulated(Pool(0))))


def ask(address: str, model: str, week: str) -> None:
    """Ask and label one partition."""
    store = open_store(address)
    plan = make_week(store, model, week)
    labeling.PART_PICTURES = 10  # a kill can fall between two parts
    with store.lease(f"generate-{week}-{model}", purpose="generate", ttl_s=2.0):
        os.write(1, b"asking\n")  # at once: its parent writes, too
        PartitionRun(store, plan, Simulated(Pool(0)), concurrency=4).run()
        labeling.label_partition(store, plan, workers=0)


def main() -> None:
    """Fork a process for each partition, with what it would import itself."""
    load_suites()
    for name in (
        "pandas",
        "resvg_py",
        "assets.simulation.picture",
        "assets.simulation.drawing",
    ):
        import_module(name)
    serve(ask)


if __name__ == "__main__":
    main()
