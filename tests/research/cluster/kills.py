"""What a cluster does when something is killed while a paid week is asked, labeled and published.

Usage: python -m tests.research.cluster.kills [--times 5] [--first 0] [--seed N] [KIND …]     kinds: rows of `KILLS`
Each kind is killed so many times, each time in a week of its own on a cluster of its own, in turn while pictures are
asked for, while they are labeled and while the publisher loads and scores, at a random moment of that step. A server
that is killed comes back after ten seconds, a worker does not: the other one goes on.

Prints a line per kill, and exits with 1 unless after each the week went on by itself and was published complete within
three minutes; all tables but those of calls are those of an undisturbed run; no slot was answered twice; leases, pool
slots, runs and reservations are free; the ledger says what the receipts say, and the receipts at least what the
servers billed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.demo import embedded
from tests.cluster.machines import Cluster, running
from tests.research.cluster.after import After
from tests.research.kills.killed_home import KEYS, paid_models
from tests.services.openai_contract import ContractProcess, contract_process
from tests.services.vision_contract import Asked, Said, Vision, first_value, vision
from warehouse.weeks import current_week

MODELS = ("paid-1", "paid-2")
SUITES = [{"suite": "occupations@1", "replicates": 1}]
#: Seconds that a picture and its labels take: so long that a step is met by a kill at a random moment.
_PICTURE_S, _LABELS_S = 1.0, 0.7
_AWAY_S = 10.0
#: From the kill on, until the week is published and everything is free again.
MOST_S = 180.0
#: Tables that tell of calls, lost ones among them.
OF_CALLS = {"attempts", "label_attempts"}


@dataclass
class Services:
    """The two paid services, which outlive all kills, and how many calls they had answered before this week."""

    images: ContractProcess
    eye: Vision
    pictures_before: int = 0
    labels_before: int = 0

    def begin(self) -> None:
        """Count from here."""
        self.pictures_before, self.labels_before = len(self.images.log()), len(self.eye.asked)

    def pictures(self) -> list[dict[str, Any]]:
        """Return the calls for pictures of this week."""
        return [call for call in self.images.log()[self.pictures_before :] if call["method"] == "POST"]

    def labels(self) -> int:
        """Return how many calls for labels came in this week."""
        return len(self.eye.asked) - self.labels_before


def _server(kill: Callable[[Cluster], None], start: Callable[[Cluster], None]) -> Callable[[Cluster], None]:
    def away(cluster: Cluster) -> None:
        kill(cluster)
        time.sleep(_AWAY_S)
        start(cluster)

    return away


def _process(name: str) -> Callable[[Cluster], None]:
    return _server(lambda cluster: cluster.kill(name), lambda cluster: cluster.start_again(name))


def _asking(cluster: Cluster, services: Services) -> bool:
    return len(services.pictures()) > 0


def _labeling(cluster: Cluster, services: Services) -> bool:
    return services.labels() > 0


def _loading(cluster: Cluster, services: Services) -> bool:
    begun = "SELECT 1 FROM runs WHERE pipeline_name = 'publish_week' AND status = 'STARTED'"
    return bool(cluster.postgres.run(begun, cluster.database.rpartition("/")[2]))


#: Step → how it is seen that it has begun, and how many seconds after that it is killed at the latest.
STEPS: Mapping[str, tuple[Callable[[Cluster, Services], bool], float]] = {
    "asking": (_asking, 12.0),
    "labeling": (_labeling, 8.0),
    "loading": (_loading, 10.0),
}
_ALL = tuple(STEPS)
#: What is killed → how, and in which steps, in turn: workers ask and label, the publisher loads.
KILLS: Mapping[str, tuple[Callable[[Cluster], None], Sequence[str]]] = {
    "worker": (lambda cluster: cluster.kill("worker-1"), ("asking", "labeling")),
    "publisher": (_process("publisher"), ("loading",)),
    "broker": (_server(lambda cluster: cluster.broker.kill(), lambda cluster: cluster.broker.start()), _ALL),
    "postgres": (
        _server(lambda cluster: cluster.postgres.kill(), lambda cluster: cluster.postgres.start()),
        _ALL,
    ),
    "bucket": (_server(lambda cluster: cluster.bucket.kill(), lambda cluster: cluster.bucket.start()), _ALL),
    "daemon": (_process("daemon"), _ALL),
    "code": (_process("code"), _ALL),
}


@contextmanager
def _services() -> Iterator[Services]:
    def slow(asked: Asked) -> Said:
        return replace(first_value(asked), wait_s=_LABELS_S)

    with contract_process("--latency-s", str(_PICTURE_S), "--by-prompt") as images, vision(slow) as eye:
        yield Services(images, eye)


def write_models(path: Path, services: Services) -> None:
    """Write a models file with two paid models and a paid labeler."""
    models = paid_models(
        services.images.base_url, services.eye.base_url, names=MODELS, suites=SUITES, concurrency=2
    )
    path.write_text(yaml.safe_dump(models), encoding="utf-8")


@dataclass
class Ended:
    """One kill: in which second of the week, how long after it the week was published, and what is wrong."""

    at_s: float = 0.0
    after_s: float = 0.0
    wrong: str = ""
    lost: int = 0


def killed(
    folder: Path,
    models: Path,
    services: Services,
    week: str,
    what: str,
    step: str,
    draw: random.Random,
    expected: Mapping[str, str],
) -> Ended:
    """Run a week of two paid models during which something is killed."""
    kill, (begun, most_s) = KILLS[what][0], STEPS[step]
    ended, over = Ended(), threading.Event()
    services.begin()
    with running(folder, models) as cluster:
        started = time.monotonic()

        def strike() -> None:
            while not begun(cluster, services):
                if over.wait(0.2):
                    return
            if over.wait(draw.uniform(0.0, most_s)):
                return
            ended.at_s = time.monotonic() - started
            kill(cluster)
            over.wait()  # a server ends with the thread that started it

        killer = threading.Thread(target=strike)
        killer.start()
        ran = cluster.run("control", "cliche", "run", "--submit", "--yes", "--week", week)
        ended.wrong = f"exit code {ran.returncode}: {(ran.stdout + ran.stderr)[-900:]}" * bool(ran.returncode)
        ended.after_s = time.monotonic() - started - ended.at_s
        if not ended.wrong:
            within = str(max(5.0, MOST_S - ended.after_s))
            found = cluster.run(
                "control", "python", "-m", "tests.research.cluster.after", week, "--within", within
            )
            ended.wrong = found.stderr[-900:]
            if found.returncode == 0:
                after = After(**json.loads(found.stdout))
                ended.wrong = "; ".join(_wrong(after, services, expected))
                ended.lost = sum(one[1] == "unknown_charge" for one in (*after.pictures, *after.labels))
        over.set()
        killer.join()
    if not ended.at_s:
        ended.wrong += f"; over before it could be killed while {step}"
    elif ended.after_s > MOST_S:
        ended.wrong += f"; published {ended.after_s:.0f} s after the kill"
    return ended


def _wrong(after: After, services: Services, expected: Mapping[str, str]) -> Iterator[str]:
    if after.held:
        yield f"still held: {after.held}"
    names = sorted(
        name for name in {*after.hashes, *expected} if after.hashes.get(name) != expected.get(name)
    )
    if names := [name for name in names if name not in OF_CALLS]:
        yield f"tables differ: {', '.join(names)}"
    if after.doubled:
        yield f"{len(after.doubled)} slots answered twice"
    if abs(after.booked_usd - after.receipts_usd) > 1e-6:
        yield f"${after.booked_usd:.4f} booked, ${after.receipts_usd:.4f} in receipts"
    log = services.pictures()
    billed = {f"req_{call['number']}": call["billed_usd"] for call in log}
    wrong = [
        usd
        for name, outcome, usd in after.pictures
        if outcome == "ok" and abs(billed[str(name)] - usd) > 1e-9
    ]
    if wrong:
        yield f"{len(wrong)} receipts do not say what was billed"
    for kind, calls, seen in (
        ("pictures", after.pictures, len(log)),
        ("labels", after.labels, services.labels()),
    ):
        lost = sum(outcome == "unknown_charge" for _, outcome, _ in calls)
        if not len(calls) - lost <= seen <= len(calls):
            yield f"{kind}: {seen} calls seen, {len(calls)} receipts, {lost} of them lost"


def _expected(folder: Path, models: Path, week: str) -> dict[str, str]:
    """Return the hashes of an undisturbed run's tables, kept in the folder for the next command."""
    kept = folder / f"expected-{week}.json"
    if not kept.exists():
        kept.write_text(json.dumps(embedded(folder / "embedded", models, week)), encoding="utf-8")
    return dict(json.loads(kept.read_bytes()))


def main() -> int:
    """Kill each, and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", choices=[[], *KILLS], default=[])
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="go on with the kill of this number, from 0")
    parser.add_argument("--folder", type=Path, help="keep everything here; default: a folder that is removed")
    chosen = parser.parse_args()
    os.environ |= KEYS
    week, failed = current_week(), 0
    with tempfile.TemporaryDirectory(prefix="cliche-kills-") as made:
        folder = chosen.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        models = folder / "models.yaml"
        with _services() as services:
            write_models(models, services)
            expected = _expected(folder, models, week)
            for number in range(chosen.first, chosen.first + chosen.times):
                for what in chosen.what or KILLS:
                    draw, steps = random.Random(f"{chosen.seed} {what} {number}"), KILLS[what][1]
                    step = steps[number % len(steps)]
                    place = folder / f"{what}-{number}"
                    ended = killed(place, models, services, week, what, step, draw, expected)
                    failed += bool(ended.wrong)
                    print(
                        f"{what:9} killed in second {ended.at_s:3.0f}, {step:8}: published {ended.after_s:3.0f} s "
                        f"later, {ended.lost} calls lost, {ended.wrong or 'all holds'}",
                        flush=True,
                    )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
