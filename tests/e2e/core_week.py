"""One partition through the Dagster-free core, as a process of its own that a test can kill.

Usage: python -m tests.e2e.core_week STORE MODEL WEEK    (prints "asking" before the first call, "done" at the end)
"""

from __future__ import annotations

import sys

from assets.generation.models_file import ModelEntry
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.providers.simulated import Simulated
from assets.generation.providers.simulated.pool import Pool
from assets.generation.run import generate
from assets.labeling import run as labeling
from assets.suites.loader import load_suites
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


def main(address: str, model: str, week: str) -> None:
    """Ask and label one partition."""
    store = open_store(address)
    plan = make_week(store, model, week)
    labeling.PART_PICTURES = 10  # a kill can fall between two parts
    with store.lease(f"generate-{week}-{model}", purpose="generate", ttl_s=2.0):
        print("asking", flush=True)
        generate(store, plan, Simulated(Pool(0)), concurrency=4)
        labeling.label_partition(store, plan, workers=0)
    print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
