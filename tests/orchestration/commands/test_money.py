"""Money in the command: the dry run, the question before it is spent, caps, what status tells."""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from assets.gateway.receipts import read_partition
from assets.generation.partition import ask_partition
from assets.generation.providers.registry import PROVIDERS
from assets.labeling.partition import label
from assets.labeling.status import PartitionState, partition_state, partition_states
from orchestration.commands import forecasts
from orchestration.commands.forecasts import confirm
from orchestration.commands.operator import _billed
from orchestration.definitions import build_defs
from tests.orchestration.installation import SLOTS, Cliche, Installation, entry
from tests.orchestration.paid import CHEAP, DEAR, LOSING, ODD, PRICE
from tests.orchestration.weekly.test_definitions import tick
from warehouse import keys
from warehouse.weeks import current_week, shift, span

WEEK = current_week()


def paid(name: str = "real", provider: str = "cheap", **changes: Any) -> dict[str, Any]:
    return entry(name, provider=provider, model_id="classic", **{"price": PRICE, **changes})


def ceo(replicates: int) -> list[dict[str, Any]]:
    return [{"suite": "startup-ceo@1", "replicates": replicates, "prompts": ["ceo-his"]}]


@pytest.fixture
def home(fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation with one paid model of four slots, a dollar together."""
    for name, factory in (("cheap", CHEAP), ("dear", DEAR), ("losing", LOSING), ("odd", ODD)):
        monkeypatch.setitem(PROVIDERS, name, factory)
    fresh.configure(deadline_hours=168)
    fresh.write_models(paid())
    return fresh


def rows(out: str) -> list[list[str]]:
    return [line.split() for line in out.splitlines()]


def ask(home: Installation, model: str = "real") -> None:
    """Ask for pictures as a run does, without what comes after."""
    ask_partition(home.place(), model, WEEK)


def cost(home: Installation, model: str = "real") -> float:
    return sum(receipt.cost_usd or 0 for receipt in read_partition(home.store, WEEK, model).receipts)


# the dry run


def test_a_dry_run_says_minutes_dollars_and_caps(home: Installation, cliche: Cliche) -> None:
    home.configure(caps={"week_usd": 1.5, "month_usd": 100})
    home.write_models(paid(cap_usd=2, requests_per_minute=2), paid("other"), entry("sim-drift"))
    before = home.files()
    ended = cliche("run", "--dry-run", "--week", WEEK)
    assert (ended.code, ended.err) == (0, "")
    assert rows(ended.out)[:5] == [
        ["week", WEEK, "pictures", "calls", "minutes", "dollars", "cap"],
        ["real", "4", "4", "2", "1.00", "2.00"],
        ["other", "4", "4", "1", "1.00", "none"],
        ["sim-drift", "4", "4", "-", "0.00"],
        ["all", "2.00", "1.50"],
    ]
    assert ended.out.splitlines()[5:] == [
        f"Spent so far: $0.00 of $1.50 for the week {WEEK}, $0.00 of $100.00 this month.",
        "The cap of the week ($1.50) ends the run early, $1.50 are left of it.",
        "References, suites and models are valid. Nothing was asked.",
    ]
    assert home.files() == before


def test_a_dry_run_counts_what_was_spent(home: Installation, cliche: Cliche) -> None:
    home.write_models(paid(cap_usd=0.6))
    ask(home)
    assert cost(home) == 0.5
    (home.home / "spending.sqlite").unlink()
    out = cliche("run", "--dry-run", "--week", WEEK).out
    assert rows(out)[1][:6] == ["real", "4", "2", "1", "0.50", "0.60"]
    assert "real: the cap of $0.60 ends it early, $0.10 are left of it\n" in out
    assert f"Spent so far: $0.50 for the week {WEEK}, $0.50 this month.\n" in out
    assert not (home.home / "spending.sqlite").exists()


def test_a_paid_labeler_is_a_row_of_its_own(home: Installation, cliche: Cliche) -> None:
    home.write_models(paid(also_labelers=["vision"]))
    with (home.home / "models.yaml").open("a") as file:
        file.write(
            "labelers:\n- {name: vision, labeler: openai_vision, model_id: gpt-5, images_per_request: 2, cap_usd: 3,"
            " measured: test, price: {per_image_usd: 0.01, source: test, date: 2026-11-01}}\n"
        )
    out = cliche("run", "--dry-run", "--week", WEEK).out
    # The 60 anchors are labeled again when the week is published.
    assert rows(out)[2] == ["vision", "(labels)", "4", "+", "60", "anchors", "32", "1", "0.64", "3.00"]
    assert rows(out)[3] == ["all", "1.64", "none"]


def test_what_this_month_reaches(home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch) -> None:
    day = date.fromisoformat(shift(WEEK, 2))  # a month in which whole weeks are left, whatever today is
    monkeypatch.setattr(forecasts, "utc_now", lambda: datetime.combine(day, time()))
    weeks = 1 + len([one for one in span(shift(WEEK, 1), shift(WEEK, 5)) if one[:7] == f"{day:%Y-%m}"])
    assert f"\nThis month will reach ${weeks:,.2f}.\n" in cliche("status").out
    assert json.loads(cliche("status", "--json").out)["spent"]["month_ahead_usd"] == weeks
    home.configure(deadline_hours=168, caps={"month_usd": 400})
    home.write_models(paid(cap_usd=0.75))
    assert f"\nThis month will reach ${0.75 * weeks:,.2f} of $400.00.\n" in cliche("status").out
    home.configure(deadline_hours=168, caps={"week_usd": 0.5, "month_usd": 0.75})
    said = f"\nThis month would reach ${0.5 * weeks:,.2f}: its cap of $0.75 ends it early.\n"
    assert said in cliche("status").out
    home.write_models(paid(), paid("next", **{"from": shift(WEEK, 1)}))
    home.configure(deadline_hours=168)
    assert f"\nThis month will reach ${2 * weeks - 1:,.2f}.\n" in cliche("status").out
    assert "This month" not in cliche("status", "--week", "2026-11-02").out  # only beside the present week
    home.write_models(entry("sim-drift"))
    assert "This month" not in cliche("status").out
    assert json.loads(cliche("status", "--json").out)["spent"]["month_ahead_usd"] is None


# before money is spent


def test_without_a_terminal_and_without_yes_money_is_not_spent(home: Installation, cliche: Cliche) -> None:
    ended = cliche("run", "--week", WEEK)
    assert ended.code == 3
    assert ended.only_line == "this would spend up to $1.00; no terminal to confirm, so pass --yes"
    home.write_models(paid(price={**PRICE, "most_usd": 0.6}))
    assert "up to $2.40 (about $1.00 expected)" in cliche("run", "--week", WEEK).only_line
    assert home.objects() == {}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_only_yes_spends_money(home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch) -> None:
    home.configure(caps={"week_usd": 0.8})
    monkeypatch.setattr(sys, "stdin", Terminal("\n"))
    ended = cliche("run", "--week", WEEK)
    assert ended.code == 3
    question, _, rest = ended.err.partition("[y/N]:")
    assert question == "This will spend up to $0.80; go on? "
    assert rest.strip() == "cliche: nothing was asked and nothing was spent"
    assert home.objects() == {}


def test_a_run_on_a_terminal_asks_once_and_ends_at_its_cap_with_exit_code_1(
    home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.configure(caps={"run_usd": 0.6})
    home.write_models(paid(concurrency=1), entry("sim-drift"))
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    ended = cliche("run", "--week", WEEK, "--model", "real")
    assert "This will spend up to $0.60; go on? [y/N]:" in ended.err
    assert (ended.code, cost(home)) == (1, 0.5)
    why = "$0.50 of $0.60 are spent, and the next call may cost $0.2500; raise run_usd of caps in cliche.yaml to go on"
    assert f"real, week {WEEK}: 2 of 4 slots are open; a cap is reached: {why}" in ended.err
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    confirm(home.place(), WEEK, ["real"], yes=False)  # what was begun is not asked about again
    ask(home)  # a run of its own
    assert cost(home) == 1.0


def test_the_demo_spends_nothing(home: Installation, cliche: Cliche) -> None:
    home.write_models(entry("sim-drift", also_labelers=["vision"]))
    with (home.home / "models.yaml").open("a") as file:
        file.write("labelers:\n- {name: vision, labeler: openai_vision, model_id: gpt-5}\n")
    ended = cliche("demo")
    assert ended.code == 3
    assert ended.only_line.startswith("the demo spends no money, and labelers of the simulated models")
    assert home.objects() == {}


def test_every_hour_a_partition_at_its_cap_is_left_alone_until_there_is_money(home: Installation) -> None:
    home.write_models(paid(cap_usd=0.6))
    ask(home)
    receipts = len(read_partition(home.store, WEEK, "real").receipts)

    def asked() -> int:
        place = home.place()
        return len(tick(build_defs(home.settings, place), datetime.now(UTC).replace(minute=35), "every_hour"))

    state = partition_state(home.store, WEEK, "real")
    label(home.place(), "real", WEEK)
    assert (state.at_cap, asked()) == (True, 0)
    home.write_models(paid(cap_usd=0.9))
    assert asked() == 1
    assert len(read_partition(home.store, WEEK, "real").receipts) == receipts


# what status tells


def test_status_says_the_cap_and_what_was_spent_of_it(home: Installation, cliche: Cliche) -> None:
    home.write_models(paid(cap_usd=0.6, concurrency=1))
    ask(home)
    told = cliche("status", "--week", WEEK)
    assert (told.code, told.err) == (0, "")
    why = "$0.50 of $0.60 are spent, and the next call may cost $0.2500; raise cap_usd of real in models.yaml to go on"
    assert re.search(r"^real +2/4 .* 2 +\$0\.50 +of \$0\.60$", told.out, re.MULTILINE), told.out
    assert f"real was stopped: budget_stopped: {why}\n" in told.out
    assert f"Spent so far: $0.50 for the week {WEEK}, $0.50 this month.\n" in told.out
    home.write_models(paid(cap_usd=5))
    ask(home)
    told = cliche("status", "--week", WEEK)
    assert cost(home) == SLOTS * 0.25
    assert "stopped" not in told.out


def test_status_lists_what_may_be_billed_and_a_wrong_price(home: Installation, cliche: Cliche) -> None:
    suites = ceo(6)
    home.write_models(paid(provider="losing", suites=suites, completeness_floor=0))
    ask(home)
    told = cliche("status", "--week", WEEK).out
    listed = re.findall(
        r"^  startup-ceo/ceo-his \([0-9a-f]{12}\), attempt (\d): timeout, \d{4}-\d\d-\d\d \d\d:\d\d UTC, "
        r"counted as \$(0\.2500|1\.2500); its slot is asked again$",  # more, once another call cost a dollar
        told,
        re.MULTILINE,
    )
    assert sorted(number for number, _ in listed) == ["1", "2", "3", "4"]
    assert "real: 4 calls may have been billed without an answer:\n" in told
    usd = sum(float(amount) for _, amount in listed)
    assert f"\nOf it, at most ${usd:,.2f} for 4 calls whose answers were lost.\n" in told
    assert "real: a picture costs 4.00 times what its price expects (median of 5 calls); correct its" in told
    corrected = {**PRICE, "per_image_usd": 1.0}
    odd = paid("odd", "odd", suites=ceo(2))
    home.write_models(paid(provider="losing", suites=suites, completeness_floor=0, price=corrected), odd)
    ask(home, "odd")
    told = cliche("status", "--week", WEEK).out
    assert "times what its price expects" not in told
    assert "odd: 4 answers unmapped, the newest: [bold]Teapot\n" in told


def test_what_was_learned_of_a_price_is_said_alike_everywhere(home: Installation, cliche: Cliche) -> None:
    """A picture costs a dollar where its price says a quarter: no command goes on with the quarter."""
    home.configure(caps={"week_usd": 20, "month_usd": 100}, deadline_hours=168)
    asked = paid(provider="dear", suites=ceo(6), cap_usd=3)
    home.write_models(asked)
    ask(home)
    assert cost(home) == 2.0  # the next one may cost $1.25
    why = "the next call may cost $1.2500"
    assert why in cliche("status", "--week", WEEK).out
    rows_of = rows(cliche("run", "--dry-run", "--week", WEEK).out)
    assert rows_of[1][:6] == ["real", "6", "4", "1", "4.00", "3.00"]
    home.write_models({**asked, "cap_usd": 2.5})
    doctor = cliche("doctor").out
    assert "no call fits: $2.00 of $2.50 are spent, and a call may cost $1.2500; raise cap_usd" in doctor
    forecast = json.loads(cliche("status", "--week", WEEK, "--json").out)["forecast"]
    assert forecast[0]["usd"] == 4.0


def test_ctrl_c_counts_the_calls_of_this_run_that_may_have_been_billed(home: Installation) -> None:
    home.write_models(paid(suites=ceo(2)), entry("sim-drift"))
    place = home.place()

    def said(*models: str, before: list[PartitionState]) -> str:
        return _billed(
            place, before, partition_states(place.store, [(WEEK, model) for model in models], place.labelers)
        )

    nothing = [partition_state(home.store, WEEK, model) for model in ("real", "sim-drift")]
    assert said("sim-drift", before=nothing) == "no call was billed"
    ask(home)
    assert said("real", "sim-drift", before=nothing) == "no answer was lost"
    home.store.put_if_absent(keys.intent(WEEK, "real", "f" * 64, 1), b"{}")  # a call that is in flight
    assert said("real", before=nothing) == "1 call may have been billed (listed in cliche status)"
    after = [partition_state(home.store, WEEK, "real")]
    assert said("real", before=after) == "no answer was lost"
    home.write_models(paid(name="other", provider="losing", suites=ceo(2)))
    place = home.place()
    before = [partition_state(home.store, WEEK, "other")]
    ask(home, "other")
    assert said("other", before=before) == "4 calls may have been billed (listed in cliche status)"


def test_while_a_run_is_on_its_calls_in_flight_are_no_trouble(home: Installation, cliche: Cliche) -> None:
    ask(home)
    home.store.put_if_absent(keys.intent(WEEK, "real", "f" * 64, 1), b"{}")
    with home.store.lease(f"generate-{WEEK}-real", purpose="test"):
        told = cliche("status", "--week", WEEK).out
        assert re.search(r"^real is being asked now \(pid \d+ .*, 1 call in flight\)$", told, re.MULTILINE), (
            told
        )
        assert "billed" not in told
    assert "real: 1 call may have been billed without an answer:\n" in cliche("status", "--week", WEEK).out


def test_at_a_cap_only_the_cap_is_said(home: Installation, cliche: Cliche) -> None:
    home.write_models(paid(provider="losing", suites=ceo(3), cap_usd=1.1, concurrency=1))
    ask(home)
    state = partition_state(home.store, WEEK, "real")
    assert (state.at_cap, bool(state.trouble.waiting)) == (True, True)
    told = cliche("status", "--week", WEEK).out
    assert "real was stopped: budget_stopped:" in told
    assert "does not answer" not in told
