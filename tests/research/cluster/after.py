"""What a week left behind on a cluster: what is still held, what was booked, what receipts say it cost.

Usage: python -m tests.research.cluster.after WEEK [--within 0]     prints JSON;
waits so many seconds until nothing is held
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from assets.gateway.money.charges import week_scope
from assets.gateway.receipts import read_partition
from assets.generation.workplace import Workplace
from assets.labeling.asked.attempts import parse
from assets.leaderboard.published import latest, read_manifest
from orchestration.instance import open_instance, unfinished
from orchestration.resources import make_workplace
from orchestration.settings import Settings, load_settings


@dataclass
class After:
    """What is held (to be empty), and what was made: tables by hash, calls as [request id, outcome, dollars]."""

    held: dict[str, Any] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    pictures: list[tuple[str | None, str, float]] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    labels: list[tuple[str | None, str, float]] = field(default_factory=list)
    booked_usd: float = 0.0

    @property
    def receipts_usd(self) -> float:
        """Return what receipts say, in US dollars."""
        return math.fsum(usd for _, _, usd in (*self.pictures, *self.labels))


def held(settings: Settings, place: Workplace, week: str) -> dict[str, Any]:
    """Return leases, pool slots, runs and reservations that are not free."""
    found: dict[str, Any] = {"leases": [name for name, _ in place.store.leases()]}
    with open_instance(settings.dagster_home, settings.postgres) as instance:
        log = instance.event_log_storage
        found["pool slots"] = {
            key: count
            for key in log.get_concurrency_keys()
            if (count := log.get_concurrency_info(key).active_slot_count)
        }
        found["runs"] = unfinished(instance)
    place.ledger.release_dead()
    place.fill_ledger(week)
    found["reserved USD"] = place.ledger.total(week_scope(week)).open_usd
    return {name: what for name, what in found.items() if what}


def look(week: str, within_s: float) -> After:
    """Return what is there, once nothing is held or the time is over."""
    settings = load_settings()
    place = make_workplace(settings)
    until = time.monotonic() + within_s
    found = After(held(settings, place, week))
    while found.held and time.monotonic() < until:
        time.sleep(2.0)
        found.held = held(settings, place, week)
    store = place.store
    if (edition := latest(store)) is not None:
        found.hashes = dict(read_manifest(store, edition.id)["table_hashes"])
    for entry in place.models:
        ended = []
        for one in read_partition(store, week, entry.name).receipts:
            found.pictures.append((one.request_id, str(one.outcome), one.cost_usd or 0.0))
            ended += [one.slot_key] if one.outcome == "ok" else []
        found.doubled += sorted({slot for slot in ended if ended.count(slot) > 1})
    calls = [key for under in ("labels/", "label-calls/") for key in store.list(under) if "/attempts-" in key]
    for key in calls:
        for call in parse(store.get(key), key):
            found.labels.append((call.request_id, str(call.outcome), call.cost_usd or 0.0))
    found.booked_usd = place.ledger.total(week_scope(week)).usd
    return found


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("week")
    parser.add_argument("--within", type=float, default=0.0)
    chosen = parser.parse_args()
    print(json.dumps(asdict(look(chosen.week, chosen.within))))


if __name__ == "__main__":
    main()
