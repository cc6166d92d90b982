"""SIGKILL while `cliche` asks, labels, publishes and imports: nothing is lost but money, and that is listed."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assets.gateway.records import Outcome
from assets.labeling.asked.attempts import LabelAttempt, parse
from tests.e2e.command import cliche, hashes, pictures
from tests.research.kills.killed_home import (
    KEYS,
    MOST_USD,
    finished,
    kill,
    make_home,
    make_study,
    more_of,
    objects,
    receipts,
    store_of,
)
from tests.services.openai_contract import ContractProcess, contract_process
from tests.services.vision_contract import Asked, Said, Vision, first_value, vision
from warehouse.weeks import current_week

KILLS = 20  # in each phase
SUITES = ("occupations@1", "nationalities@1", "rest-of-world@1", "descriptors@1", "diversity-request@1")
#: Tables that tell of calls, lost ones among them; all others must be those of an undisturbed installation.
OF_CALLS = {"attempts", "label_attempts"}


def slow(asked: Asked) -> Said:
    return replace(first_value(asked), wait_s=0.3)


@pytest.fixture
def images() -> Iterator[ContractProcess]:
    with contract_process("--latency-s", "0.4", "--by-prompt") as running:
        yield running


@pytest.fixture
def eye() -> Iterator[Vision]:
    with vision(slow) as running:
        yield running


def label_calls(home: Path) -> list[LabelAttempt]:
    """Return all calls for labels, those of the anchors too."""
    store = store_of(home)
    found = [key for under in ("labels/", "label-calls/") for key in store.list(under) if "/attempts-" in key]
    return [call for key in found for call in parse(store.get(key), key)]


def test_invariant_02_kills_in_every_phase_lose_nothing(
    images: ContractProcess, eye: Vision, tmp_path: Path
) -> None:
    week, chance = current_week(), random.Random("twenty kills")
    suites = [{"suite": name, "replicates": 2} for name in SUITES]
    wanted = dict.fromkeys(("asking", "labeling", "publishing", "importing"), KILLS)
    study, root = make_study(tmp_path, 150)
    undisturbed, killed = (
        make_home(tmp_path / name, images.base_url, eye.base_url, suites=suites, concurrency=8)
        for name in ("undisturbed", "killed")
    )
    for command in (("import", "study", study, "--root", root), ("run", "--yes")):
        finished(undisturbed, *command)
    asked_before, labeled_before = len(images.log()), len(eye.asked)

    done: Counter[str] = Counter()
    plans = {  # phase → command, what tells that it has begun, seconds after that
        "asking": (("run", "--yes"), "intents", 0.8),
        "labeling": (("run", "--yes"), "label-intents", 1.0),
        "publishing": (("publish",), "locks", 3.0),
        "importing": (("import", "study", study, "--root", root), "locks", 2.5),
    }
    for phase, (command, under, seconds) in plans.items():
        tries = 0
        while done[phase] < wanted[phase] and tries < 2 * wanted[phase]:
            tries += 1
            begun = (lambda: True) if under == "locks" else more_of(killed, under)
            delay = seconds + (1.5 if under == "locks" else 0.0)
            done[phase] += kill(killed, chance, command, begun=begun, s=delay)
        if phase == "labeling":
            finished(killed, "run", "--yes")
    finished(killed, "import", "study", study, "--root", root)
    said = finished(killed, "publish")
    assert f"Edition {week}." in said
    for phase, kills in wanted.items():
        assert done[phase] >= kills, f"{phase}: it was over after {done[phase]} kills"

    # No slot is lost, and all but the record of calls is as if nobody had been killed.
    found = receipts(killed, week)
    slots = {receipt.slot_key for receipt in found}
    ended = {receipt.slot_key for receipt in found if receipt.outcome is Outcome.OK}
    assert ended == slots
    assert len(slots) == len(receipts(undisturbed, week))
    tables, wanted_tables = hashes(killed / "warehouse.duckdb"), hashes(undisturbed / "warehouse.duckdb")
    differing = {
        name: (mine, wanted_tables[name])
        for name, mine in tables.items()
        if name not in OF_CALLS and mine != wanted_tables[name]
    }
    assert differing == {}
    assert pictures(store_of(killed)) == pictures(store_of(undisturbed))
    assert not [key for key in store_of(killed).list("") if ".tmp" in key]
    assert "differ" in finished(killed, "verify")

    # Pictures: what the server billed is booked to the cent where an answer came, at the most where none came.
    log = [call for call in images.log()[asked_before:] if call["method"] == "POST"]
    billed = {f"req_{call['number']}": call["billed_usd"] for call in log}
    answered = [receipt for receipt in found if receipt.outcome is Outcome.OK]
    lost = [receipt for receipt in found if receipt.outcome is Outcome.UNKNOWN_CHARGE]
    for receipt in answered:
        assert receipt.cost_usd == pytest.approx(billed[str(receipt.request_id)], abs=1e-9)
    assert {(receipt.cost_usd, receipt.cost_basis) for receipt in lost} <= {(MOST_USD, "estimated")}
    assert len(answered) <= len(log) <= len(answered) + len(lost)
    spent = sum(receipt.cost_usd or 0.0 for receipt in found)
    assert spent >= sum(billed.values()) - 1e-9

    # Labels likewise.
    calls = label_calls(killed)
    lost_labels = [call for call in calls if call.outcome is Outcome.UNKNOWN_CHARGE]
    seen = len(eye.asked) - labeled_before
    assert len(calls) - len(lost_labels) <= seen <= len(calls)
    status = finished(killed, "status")
    if lost or lost_labels:
        many = len(lost) + len(lost_labels)
        assert re.search(rf"Of it, at most \$\d+\.\d\d for {many} call", status), status
    print(
        f"\nkilled: {dict(done)}; {len(slots)} slots, 0 lost; the server saw {len(log)} calls for pictures, "
        f"{len(answered)} answered and {len(lost)} lost; ${spent:.2f} counted, ${sum(billed.values()):.2f} billed; "
        f"labels: {seen} calls seen, {len(calls)} recorded, {len(lost_labels)} of them lost; "
        f"tables compared: {len(tables) - len(OF_CALLS)}"
    )


def test_a_cap_holds_through_kills(images: ContractProcess, eye: Vision, tmp_path: Path) -> None:
    week, chance = current_week(), random.Random("cap")
    home = make_home(
        tmp_path / "home",
        images.base_url,
        eye.base_url,
        suites=[{"suite": "occupations@1", "replicates": 2}],
        concurrency=4,
        cap_usd=1.5,
        completeness_floor=0,
    )
    kills = 0
    for _ in range(KILLS):
        kills += kill(home, chance, ("run", "--yes"), begun=more_of(home, "intents"), s=0.6)
    last = cliche(home, "run", "--yes", more=KEYS)
    assert last.returncode == 1
    assert "a cap is reached" in last.stderr
    found = receipts(home, week)
    spent = sum(receipt.cost_usd or 0.0 for receipt in found)
    billed = images.log()
    assert sum(call["billed_usd"] for call in billed) <= spent + 1e-9 <= 1.5 + 2e-9
    assert spent > 1.5 - MOST_USD  # it binds
    assert objects(home, "intents") == sum(r.outcome is not Outcome.BUDGET_STOPPED for r in found)
    print(
        f"\n{kills} kills; ${spent:.2f} of $1.50 counted, ${sum(c['billed_usd'] for c in billed):.2f} billed"
    )
