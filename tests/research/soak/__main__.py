"""A year in less than an hour: 52 weeks are asked, labeled and published while things break.

Usage: python -m tests.research.soak [--weeks 52] [--seed 1] [--minutes M] [--folder DIR]
Two models, one simulated, one asked of a paid service (`adverse` says what it answers), with a labeler that is asked,
on a real S3 server. Each week has its fault, drawn from a seed: `cliche` is killed, its disk fills up (a small tmpfs;
without the right to mount one, that fault is left out), the store is away, the services refuse everything for a while.
Then the command is run again until the week is published.

Prints a line a week, at the end what `cliche verify --store` says, how seconds and memory of a week grow, and one line
of JSON. With --folder a soak that was stopped goes on. Exit code 1 if anything does not hold (`holds`), or if a week
takes more seconds or memory than a year may add.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml
from scipy import stats

from assets.gateway.records import Outcome
from tests.e2e.command import write_settings
from tests.research.kills.killed_home import paid_models
from tests.research.soak import holds
from tests.research.soak.adverse import Weather
from tests.research.soak.faults import Ended, Machine, enlarge, fault_of, small_disk
from tests.services.openai_contract import ContractServer
from tests.services.seaweedfs import find_weed, running_server
from tests.services.vision_contract import vision
from warehouse.store import open_store
from warehouse.weeks import current_week, shift

PAID, DRAWN = "paid", "sim-classic"
SUITES = [{"suite": "startup-ceo@1", "replicates": 3}]
_MOST_RUNS = 15  # of one week
_REFUSED, _LEASE_S = 3, 15.0
#: What a year may add at most to what a week takes, as a share: seconds of processor time, and memory.
MOST_GROWTH = 0.5


@dataclass
class Week:
    """What became of one week; seconds and memory are those of the command that published it."""

    week: str
    fault: str = ""
    runs: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    memory_mb: float = 0.0
    slots: int = 0
    calls: int = 0
    lost: int = 0
    usd: float = 0.0
    told: list[str] = field(default_factory=list)  # why each run but the last ended
    wrong: list[str] = field(default_factory=list)


def write_home(home: Path, images_url: str, labels_url: str, first_week: str) -> None:
    """Write settings and models."""
    write_settings(home, models="models.yaml", runs_at_once=1, workers=0, first_week=first_week)
    models = paid_models(
        images_url,
        labels_url,
        names=[PAID],
        suites=SUITES,
        concurrency=4,
        completeness_floor=0,
    )
    models["models"].append(
        {
            "name": DRAWN,
            "title": "Sim Classic",
            "provider": "simulated",
            "model_id": "classic",
            "suites": SUITES,
            "params": {"size": 64},
            "labeler": "drawing",
            "completeness_floor": 0,
        }
    )
    (home / "models.yaml").write_text(yaml.safe_dump(models), encoding="utf-8")


def one_week(machine: Machine, week: str, draw: random.Random, server: ContractServer) -> Week:
    """Run a week, with its fault in the first of its runs, until it is published; return what came of it."""
    begun, before = time.monotonic(), len(server.calls)
    done = Week(week, fault=fault_of(draw, machine))
    breaks = machine.faults[done.fault]
    machine.come_to(week)
    while done.runs < _MOST_RUNS:
        done.runs += 1
        ended = machine.cliche(["run", "--yes", "--week", week], breaks if done.runs == 1 else None, draw)
        if "Traceback" in ended.said:
            done.wrong.append(f"a traceback: {ended.said[-600:]}")
        if ended.code == 0:
            done.cpu_s, done.memory_mb = ended.cpu_s, ended.memory_mb
            break
        done.told.append(_line(ended))
        if ended.code not in {1, _REFUSED, -9}:
            done.wrong.append(f"exit code {ended.code}: {ended.said[-600:]}")
        if ended.code == _REFUSED:  # the lease of a dead run ends within a minute
            time.sleep(_LEASE_S)
    else:
        done.wrong.append(f"not published after {done.runs} runs: {ended.said[-600:]}")
    done.seconds = time.monotonic() - begun
    store = open_store(machine.store)
    found = holds.receipts(store, week, [PAID])
    labels = holds.label_calls(store, week, [PAID])
    done.slots, done.calls = len({one.slot_key for one in found}), len(found) + len(labels)
    done.lost = sum(one.outcome is Outcome.UNKNOWN_CHARGE for one in (*found, *labels))
    done.usd = sum(one.cost_usd or 0.0 for one in (*found, *labels))
    log = server.calls[before:]
    done.wrong += holds.problems(store, week, [PAID, DRAWN], runs=done.runs, log=log, paid=PAID)
    return done


def _line(ended: Ended) -> str:
    """Return in one line why a command ended."""
    if ended.code == -9:
        return "killed"
    lines = [
        line for line in ended.said.splitlines() if line.startswith("cliche: ")
    ] or ended.said.splitlines()
    return lines[-1][:200] if lines else f"exit code {ended.code}"


def growth(weeks: Sequence[int], values: Sequence[float]) -> dict[str, float]:
    """Return what a week takes in the middle, and what a week adds to that, with its 95 % interval; of few nothing."""
    if len(values) < 3:
        return {}
    line = stats.linregress(weeks, values)
    half = stats.t.ppf(0.975, len(values) - 2) * line.stderr
    middle = sum(values) / len(values)
    return {
        "mean": round(middle, 3),
        "per_week": round(line.slope, 4),
        "low": round(line.slope - half, 4),
        "high": round(line.slope + half, 4),
        "year": round(52 * (line.slope + half) / middle, 3),
    }


def main() -> int:
    """Run the year, and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--folder", type=Path, help="keep store and figures here, and go on with what is there"
    )
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no other week after so many")
    chosen = parser.parse_args()
    program = find_weed()
    if program is None:
        print("cliche: no SeaweedFS here: make setup-dev installs it", file=sys.stderr)
        return 2
    with ExitStack() as stack:
        folder = chosen.folder or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="cliche-soak-"))
        )
        folder.mkdir(parents=True, exist_ok=True)
        weather = Weather(random.Random(f"{chosen.seed} answers"))
        server = stack.enter_context(ContractServer(script=weather.picture, by_prompt=False))
        eye = stack.enter_context(vision(weather.labels))
        bucket = stack.enter_context(running_server(program, folder / "bucket", keep=True))
        disk = stack.enter_context(small_disk(folder / "machine"))
        machine = Machine(folder / "machine", disk, bucket, weather)
        if not disk:
            print("no file system can be mounted here: the disk does not fill up", flush=True)
        first = shift(
            current_week(), -chosen.weeks
        )  # `verify` goes by the clock of the machine: all are past
        write_home(machine.home, server.base_url, eye.base_url, first)
        figures, ends = folder / "weeks.jsonl", time.monotonic() + 60 * chosen.minutes
        done = [json.loads(line) for line in figures.read_text().splitlines()] if figures.exists() else []
        for week in [shift(first, number) for number in range(len(done), chosen.weeks)]:
            if time.monotonic() >= ends:
                break
            found = one_week(machine, week, random.Random(f"{chosen.seed} {week}"), server)
            done.append(asdict(found))
            with figures.open("a", encoding="utf-8") as file:
                file.write(json.dumps(done[-1]) + "\n")
            print(_said(found), flush=True)
        return summary(machine, done)


def _said(found: Week) -> str:
    """Return the line of a week."""
    return (
        f"{found.week} {found.fault:7} {found.runs} runs, {found.seconds:4.0f} s; "
        f"published in {found.cpu_s:4.1f} CPU s, {found.memory_mb:3.0f} MB; "
        f"{found.slots} slots, {found.calls} calls, {found.lost} lost, ${found.usd:.2f}; "
        f"{'; '.join(found.wrong) or 'all holds'}"
    )


def summary(machine: Machine, done: list[dict[str, Any]]) -> int:
    """Verify everything, print the figures, return the exit code."""
    wrong = [f"{one['week']}: {why}" for one in done for why in one["wrong"]]
    if machine.disk:
        enlarge(machine.folder)
    for command in (["verify", "--store"], ["verify"]):
        ended = machine.cliche(command)
        print(ended.said.strip(), flush=True)
        if ended.code:
            wrong.append(f"cliche {' '.join(command)} ends with {ended.code}")
    wrong += machine.left_over()
    whole = [number for number, one in enumerate(done) if one["runs"] == 1]  # others found some of it done
    cpu, memory = (growth(whole, [done[number][name] for number in whole]) for name in ("cpu_s", "memory_mb"))
    wrong += [
        f"a year may add {MOST_GROWTH:.0%} to the {what} of a week; it adds up to {line['year']:.0%}"
        for what, line in (("CPU seconds", cpu), ("memory", memory))
        if line.get("year", 0.0) > MOST_GROWTH
    ]
    said = {
        "weeks": len(done),
        "faults": {name: sum(one["fault"] == name for one in done) for name in machine.faults},
        **{
            name: round(sum(one[name] for one in done), 2)
            for name in ("runs", "slots", "calls", "lost", "usd")
        },
        "minutes": round(sum(one["seconds"] for one in done) / 60, 1),
        "cpu_s": cpu,
        "memory_mb": memory,
        "wrong": wrong,
    }
    print(json.dumps(said))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
