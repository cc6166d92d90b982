"""What `cliche doctor --paid` tries: one picture from each paid model, one picture shown to each paid labeler."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.gateway.money.costs import WRONG_ABOVE, Costs
from assets.gateway.records import GROUPS, UNREADABLE
from assets.generation.providers.base import NEVER_LEFT
from assets.generation.providers.registry import make_provider
from assets.generation.trials import Trial, try_model
from assets.generation.workplace import Workplace
from assets.labeling.asked.spending import costs_of
from assets.labeling.trials import try_labeler
from orchestration.doctor.finding import Finding, Level
from warehouse.errors import ClicheError
from warehouse.weeks import current_week, utc_now


@dataclass(frozen=True)
class Try:
    """Who is tried, what is set aside for it, the most that its price allows (both in US dollars), and how."""

    what: str
    most_usd: float
    bound_usd: float
    make: Callable[[], Trial]


def tries(place: Workplace, models: Sequence[ModelEntry], failed: Collection[str]) -> list[Try]:
    """Return the trials of the models and their labelers; those of whom something failed already are left out."""
    today, week = utc_now().date(), current_week()
    place.fill_ledger(week)
    found: list[tuple[str, Costs, Callable[[], Trial]]] = []
    labelers: dict[str, LabelerEntry] = {}
    for entry in models:
        names = (entry.labeler, *entry.also_labelers)
        labelers |= {name: place.labelers[name] for name in names if name in place.labelers}
        if entry.name not in failed and make_provider(entry.provider, entry.connection).paid:
            found.append((entry.name, place.costs(entry), partial(try_model, place, entry, week)))
    for name, one in labelers.items():
        if f"labeler {name}" in failed:
            continue
        costs = costs_of(one, 1, place.ledger)
        found.append((f"labeler {name}", costs, partial(try_labeler, place, one, week)))
    return [Try(what, costs.reserve_usd(today), costs.bound_usd(today), make) for what, costs, make in found]


def try_all(chosen: Sequence[Try]) -> Iterator[tuple[Finding, float]]:
    """Make the trials one after the other; yield what came of each, and what it cost in US dollars."""
    for one in chosen:
        try:
            trial = one.make()
        except ClicheError as error:
            yield Finding("fail", one.what, str(error)), 0.0
            continue
        cost = trial.cost_usd or 0.0
        took = f", {trial.seconds:,.1f} s" if trial.seconds is not None else ""
        level, price = _priced(trial, one.bound_usd)
        line = f"{trial.line} (${cost:,.4f}{took}){price}"
        yield Finding(level if trial.ok else _level(trial), one.what, line), cost


def _priced(trial: Trial, bound_usd: float) -> tuple[Level, str]:
    """Return whether what a trial cost fits its price, and what to do if not."""
    cost, expected = trial.cost_usd or 0.0, trial.expected_usd
    correct = "correct its price in models.yaml before a run: caps are kept by it"
    if bound_usd and cost > bound_usd:
        return "fail", f"; its price says that a call costs at most ${bound_usd:,.4f}: {correct}"
    if expected and cost > WRONG_ABOVE * expected:
        return "warn", f"; its price expects ${expected:,.4f}: {correct}"
    return "ok", ""


def _level(trial: Trial) -> Level:
    """A refusal is an answer; trouble on the way may be over at the next call."""
    stays = trial.error_code in UNREADABLE or trial.error_code in NEVER_LEFT
    return "warn" if GROUPS[trial.outcome] in {"answer", "transient"} and not stays else "fail"
