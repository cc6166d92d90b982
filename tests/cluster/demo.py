"""A week of six simulated models on two workers, and the same week in one process: their table hashes are equal.

Usage: python -m tests.cluster.demo [--models 6] [--folder DIR]
Starts PostgreSQL, Valkey, SeaweedFS, Dagster's daemon and code server and two Celery workers on this machine, without
root and without containers. Exit code 1 if anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from orchestration.settings import CHECKOUT
from tests.cluster.machines import Cluster, MissingError, running

#: A week in which every simulated model draws.
WEEK = "2026-10-19"
_KEPT = ("name", "title", "provider", "model_id", "track", "suites", "params", "labeler")


def write_models(path: Path, number: int, suites: Sequence[dict[str, Any]] | None = None) -> list[str]:
    """Write a models file with so many of the shipped simulated models, asked in every week; return their names."""
    shipped = yaml.safe_load((CHECKOUT / "models.yaml").read_text(encoding="utf-8"))["models"]
    simulated = [one for one in shipped if one["provider"] == "simulated"][:number]
    entries = [
        {name: one[name] for name in _KEPT if name in one} | ({"suites": [*suites]} if suites else {})
        for one in simulated
    ]
    path.write_text(yaml.safe_dump({"models": entries}, sort_keys=False), encoding="utf-8")
    return [one["name"] for one in entries]


def embedded(folder: Path, models: Path, week: str) -> dict[str, str]:
    """Ask and publish a week in one home, as on a laptop; return the hashes of its tables."""
    folder.mkdir(parents=True)
    (folder / "cliche.yaml").write_text(f"models: {models}\nfirst_week: 2026-09-07\n", encoding="utf-8")
    done = subprocess.run(
        [str(Path(sys.executable).parent / "cliche"), "run", "--yes", "--week", week],
        env={**os.environ, "CLICHE_HOME": str(folder), "PYTHONWARNINGS": "ignore"},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the embedded run failed: {done.stderr[-2000:]}")
    (manifest,) = (folder / "store" / "editions").glob("*/manifest.json")
    return dict(json.loads(manifest.read_bytes())["table_hashes"])


def published(cluster: Cluster) -> dict[str, str]:
    """Return the hashes of the tables that a cluster published."""
    found = cluster.run("control", "python", "-c", _READ)
    if found.returncode:
        raise RuntimeError(f"no edition: {found.stderr[-2000:]}")
    return dict(json.loads(found.stdout))


_READ = """
import json
from assets.leaderboard.published import latest, read_manifest
from orchestration.settings import load_settings
from warehouse.store import open_store
store = open_store(load_settings().store)
print(json.dumps(read_manifest(store, latest(store).id)["table_hashes"]))
"""


@contextmanager
def _watched(cluster: Cluster, peak: list[float]) -> Iterator[None]:
    """Note the largest memory of the cluster while the block runs."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(2.0):
            peak.append(cluster.memory_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def main() -> int:
    """Run both, compare, say what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", type=int, default=6)
    parser.add_argument("--folder", type=Path, help="keep everything here; default: a folder that is removed")
    chosen = parser.parse_args()
    week, begun = WEEK, time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - begun:6.1f} s  {text}", flush=True)

    with tempfile.TemporaryDirectory(prefix="cliche-cluster-") as made:
        folder = chosen.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        names = write_models(folder / "models.yaml", chosen.models)
        peak = [0.0]
        try:
            with running(folder / "cluster", folder / "models.yaml") as cluster, _watched(cluster, peak):
                say("PostgreSQL, broker, bucket, code server, daemon and two workers are up")
                ran = cluster.run("control", "cliche", "run", "--submit", "--week", week)
                print(ran.stdout, ran.stderr, sep="", end="")
                if ran.returncode:
                    return ran.returncode
                say(f"{len(names)} models asked, labeled and published on two workers")
                hashes = published(cluster)
        except MissingError as error:
            print(f"cliche: {error}", file=sys.stderr)
            return 2
        say(f"cluster ended; at most {max(peak):,.0f} MB")
        expected = embedded(folder / "embedded", folder / "models.yaml", week)
        say("the same week in one process")
    different = sorted(name for name in {*hashes, *expected} if hashes.get(name) != expected.get(name))
    if different:
        print(f"tables differ: {', '.join(different)}")
        return 1
    say(f"{len(hashes)} tables, equal hashes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
