"""What a cluster does when something is killed while a week is asked and published: each service, at a random moment.

Usage: python -m tests.cluster.kills [--times 1] [--seed N] [worker broker postgres bucket daemon code]
Prints a line per kill: what was killed, in which second of how many, whether the tables are those of an undisturbed
run. A server that is killed comes back after ten seconds, a worker does not: the other one goes on. Exit code 1 if a
week does not end complete or anything differs.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.cluster.demo import embedded, published, write_models
from tests.cluster.machines import Cluster, running
from warehouse.weeks import current_week

SUITES = [{"suite": "diversity-request@1", "replicates": 2}, {"suite": "canary@1", "replicates": 1}]
_AWAY_S = 10.0
#: A week of two models takes about so long undisturbed on two busy cores: moments of kills are drawn from it.
_WITHIN_S = (8.0, 60.0)


def _server(kill: Callable[[Cluster], None], start: Callable[[Cluster], None]) -> Callable[[Cluster], None]:
    def away(cluster: Cluster) -> None:
        kill(cluster)
        time.sleep(_AWAY_S)
        start(cluster)

    return away


def _process(name: str) -> Callable[[Cluster], None]:
    return _server(lambda cluster: cluster.kill(name), lambda cluster: cluster.start_again(name))


#: What is killed → how.
KILLS: Mapping[str, Callable[[Cluster], None]] = {
    "worker": lambda cluster: cluster.kill("worker-1"),
    "publisher": _process("worker-0"),
    "broker": _server(lambda cluster: cluster.broker.kill(), lambda cluster: cluster.broker.start()),
    "postgres": _server(lambda cluster: cluster.postgres.kill(), lambda cluster: cluster.postgres.start()),
    "daemon": _process("daemon"),
    "code": _process("code"),
}


def killed(
    folder: Path, models: Path, week: str, what: str, after_s: float, expected: Mapping[str, str]
) -> tuple[str, float]:
    """Run a week during which something is killed; return what is wrong, an empty text if nothing, and seconds."""
    with running(folder, models) as cluster:
        begun = time.monotonic()
        over = threading.Event()

        def kill() -> None:
            if not over.wait(after_s):
                KILLS[what](cluster)
                over.wait()  # a server ends with the thread that started it

        killer = threading.Thread(target=kill)
        killer.start()
        wrong = ""
        for _ in range(3):  # the command may lose its connection; what it submitted goes on
            ran = cluster.run("control", "cliche", "run", "--submit", "--week", week)
            wrong = (
                f"exit code {ran.returncode}: {(ran.stdout + ran.stderr)[-600:]}" if ran.returncode else ""
            )
            if not wrong:
                break
        seconds = time.monotonic() - begun
        if not wrong:
            hashes = published(cluster)
            names = sorted(name for name in {*hashes, *expected} if hashes.get(name) != expected.get(name))
            wrong = f"tables differ: {', '.join(names)}" if names else ""
        over.set()
        killer.join()
        return wrong, seconds


def main() -> int:
    """Kill each, and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", choices=[[], *KILLS], default=[])
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep everything here; default: a folder that is removed")
    chosen = parser.parse_args()
    draw, week, failed = random.Random(chosen.seed), current_week(), False
    with tempfile.TemporaryDirectory(prefix="cliche-kills-") as made:
        folder = chosen.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        models = folder / "models.yaml"
        write_models(models, 2, SUITES)
        expected = embedded(folder / "embedded", models, week)
        for number, what in enumerate((chosen.what or [*KILLS]) * chosen.times):
            after_s = draw.uniform(*_WITHIN_S)
            wrong, seconds = killed(folder / f"cluster-{number}", models, week, what, after_s, expected)
            failed |= bool(wrong)
            line = wrong or "complete, equal hashes"
            print(f"{what} killed after {after_s:.0f} s: {seconds:.0f} s, {line}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
