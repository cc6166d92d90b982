"""How much faster two workers label a partition than one, and what the engine costs beside the work.

Usage: python -m tests.cluster.labeling [--pictures 216] [--latency 5] [--folder DIR]
One simulated model's week is asked, labeled by a service that takes `latency` seconds for a picture, and published: on
one worker, on two, and in one process. Exit code 1 if the tables differ, or if two workers label less than 1.7 times
as fast as one. Overhead is what a run takes from being asked for to its end, without its steps.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

import dagster as dg
import yaml

from assets.labeling.asked.attempts import read_attempts
from orchestration.cluster.ranges import LABEL_RANGE
from orchestration.definitions import GENERATE
from orchestration.instance import open_instance
from orchestration.settings import CHECKOUT, load_settings
from tests.cluster.demo import embedded, published
from tests.cluster.machines import running
from tests.e2e.kills.killed_home import KEYS, LABELER
from tests.services.vision_contract import Asked, Said, first_value, vision
from warehouse.store import open_store
from warehouse.weeks import current_week

LEAST = 1.7
MODEL = "sim-classic"
_RANGES = 4
_AT_ONCE = 2  # calls that one run has in flight
_STEP = {dg.DagsterEventType.STEP_START, dg.DagsterEventType.STEP_SUCCESS}


def write_models(path: Path, base_url: str, replicates: int) -> None:
    """Write a models file with one simulated model, and a labeler that is asked."""
    model = {
        "name": MODEL,
        "title": "Sim Classic",
        "provider": "simulated",
        "model_id": "classic",
        "suites": [{"suite": "occupations@1", "replicates": replicates, "prompts": ["*-headshot"]}],
        "params": {"size": 128},
        "labeler": LABELER,
    }
    labeler = {
        "name": LABELER,
        "labeler": "openai_vision",
        "model_id": "gpt-6-luna",
        "concurrency": _AT_ONCE,
        "requests_per_minute": 60_000,
        "connection": {"base_url": base_url, "allow_private": True, "key_env": "LABELER_KEY"},
    }
    path.write_text(yaml.safe_dump({"models": [model], "labelers": [labeler]}), encoding="utf-8")


def records() -> Iterator[tuple[str, float, float, float, float]]:
    """Yield of each run of this home's instance: job, asked for at, first step at, end, seconds of its steps."""
    settings = load_settings()
    with open_instance(settings.dagster_home, settings.postgres) as instance:
        for record in instance.get_run_records():
            run = record.dagster_run
            found = instance.get_records_for_run(run.run_id, of_type=_STEP).records
            times = [(one.event_log_entry.get_dagster_event().event_type, one.timestamp) for one in found]
            begun = [at for kind, at in times if kind is dg.DagsterEventType.STEP_START]
            ended = [at for kind, at in times if kind is dg.DagsterEventType.STEP_SUCCESS]
            asked, end = record.create_timestamp.timestamp(), record.end_time or 0.0
            yield run.job_name, asked, min(begun), end, sum(ended) - sum(begun)


def _said(who: str, runs: Sequence[Sequence[Any]]) -> None:
    """Print what the engine took per run, by job; of several that one worker does in turn, of the first."""
    for job in dict.fromkeys(str(run[0]) for run in sorted(runs, key=lambda run: run[1])):
        mine = [run[1:] for run in runs if run[0] == job]
        start = min(first - asked for asked, first, _, _ in mine)
        rest = mean(end - first - work for _, first, end, work in mine)
        print(
            f"{who}: {len(mine)} × {job}: {start:.1f} s until the first step, {rest:.1f} s beside the steps",
            flush=True,
        )


def main() -> int:
    """Measure, compare, say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=216)
    parser.add_argument("--latency", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, help="keep everything here; default: a folder that is removed")
    parser.add_argument(
        "--records", action="store_true", help="print the runs of CLICHE_HOME as JSON, and end"
    )
    chosen = parser.parse_args()
    if chosen.records:
        print(json.dumps([*records()]))
        return 0
    os.environ |= KEYS
    with tempfile.TemporaryDirectory(prefix="cliche-labeling-") as made:
        return measure(chosen.folder or Path(made), chosen.pictures, chosen.latency)


def measure(folder: Path, pictures: int, latency_s: float) -> int:
    """Label the same pictures in one process, on one worker and on two; return the exit code."""
    week, seconds, same = current_week(), dict[int, float](), True
    folder.mkdir(parents=True, exist_ok=True)

    waits = 0  # of how many calls to come: those about the partition, not those about anchors

    def slow(asked: Asked) -> Said:
        nonlocal waits
        waits -= 1
        return replace(first_value(asked), wait_s=latency_s if waits >= 0 else 0.0)

    with vision(slow) as eye:
        models = folder / "models.yaml"
        write_models(models, eye.base_url, -(-pictures // 27))
        expected = embedded(folder / "embedded", models, week)
        _said("one process", json.loads(_records({"CLICHE_HOME": str(folder / "embedded")})))
        answered = read_attempts(
            open_store(folder / "embedded" / "store"), week, MODEL
        )  # refused pictures are none
        most = -(-len(answered) // _RANGES)
        for workers in (1, 2):
            place, waits = folder / f"workers-{workers}", len(answered)
            with running(place, models, workers=workers, label_range=most) as cluster:
                ran = cluster.run("control", "cliche", "run", "--submit", "--yes", "--week", week)
                if ran.returncode:
                    raise RuntimeError(ran.stdout + ran.stderr)
                runs = json.loads(_records(cluster.environment("control")))
                same &= published(cluster) == expected
            _said(f"{workers} worker{'s' * (workers > 1)}", runs)
            labeled = [end for job, _, _, end, _ in runs if job == LABEL_RANGE]
            seconds[workers] = max(labeled) - max(end for job, _, _, end, _ in runs if job == GENERATE)
            print(f"{workers}: {len(labeled)} ranges labeled after {seconds[workers]:.1f} s", flush=True)
    ratio = seconds[1] / seconds[2]
    print(f"two workers label {ratio:.2f} times as fast as one; {LEAST} is promised")
    print("tables are those of one process" if same else "tables differ from those of one process")
    return int(not same or ratio < LEAST)


def _records(environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "tests.cluster.labeling", "--records"]
    found = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, cwd=CHECKOUT
    )
    if found.returncode:
        raise RuntimeError(found.stderr)
    return found.stdout


if __name__ == "__main__":
    sys.exit(main())
