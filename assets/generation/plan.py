"""The plan of one (model, week): everything needed to ask, load and rebuild it, frozen before the first call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import ValidationError

from assets.gateway.models_file import ModelEntry, params_hash
from assets.gateway.records import Record
from assets.generation.providers.base import Provider
from assets.generation.slots import Slot, slot_key
from assets.suites.analysis import shipped_sha256
from assets.suites.published import assert_same_as_plan, suite_hash
from assets.suites.schema import Prompt, Suite
from assets.suites.selections import planned_prompts
from warehouse import keys
from warehouse.errors import CorruptObjectError, RefusedError
from warehouse.loading.seals import sealed, unsealed
from warehouse.store import Store
from warehouse.store.pieces import read_if_there
from warehouse.validation import explain
from warehouse.weeks import current_week, iso_label


class Plan(Record):
    """A frozen plan. `suites` holds whole suites with their hashes, so that no configuration is needed later."""

    format: int = 1
    week: str
    model: str
    title: str
    series: str
    params_hash: str
    provider: str
    model_id: str
    pinned: bool
    track: str
    simulated: bool
    params: dict[str, Any]
    labeler: str
    from_week: str | None
    until_week: str | None
    succeeds: str | None
    maker: str | None = None
    weights: Literal["open", "closed"] | None = None
    completeness_floor: float | None = None  # none: a rule of publishing is no part of a plan
    price: Any = None  # as planned; what a call cost is in its receipt
    also_labelers: tuple[str, ...] = ()
    analysis_plan_sha256: str | None = None  # of the analysis file then
    suites: tuple[dict[str, Any], ...]
    slots: tuple[Slot, ...]

    def prompts(self) -> dict[str, Prompt]:
        """Return the prompts of all suites by full id."""
        return {
            f"{suite['id']}/{raw['id']}": Prompt.model_validate(raw)
            for suite in self.suites
            for raw in suite["prompts"]
        }

    def declared_values(self) -> dict[tuple[str, str], frozenset[str]]:
        """Return the closed list of values of each (suite, attribute)."""
        return {
            (suite["id"], attribute["id"]): frozenset([*attribute["values"], *attribute["outside"]])
            for suite in self.suites
            for attribute in suite["attributes"]
        }


#: Fields of an entry that a plan takes over as they are.
_OF_ENTRY = {
    *("title", "provider", "model_id", "pinned", "track", "params", "labeler", "also_labelers", "succeeds"),
    *("maker", "weights"),
}


def make_plan(entry: ModelEntry, suites: Mapping[str, Suite], week: str, provider: Provider) -> Plan:
    """Return the plan of `entry` for `week`; a pure function of its arguments and the shipped analysis file."""
    selected = [(selection, suites[selection.suite]) for selection in entry.suites]
    slots = [
        slot
        for selection, suite in selected
        for prompt in planned_prompts(selection, suite)
        for slot in _slots(entry, suite, prompt, week, selection.replicates, selection.conversations)
    ]
    return Plan(
        week=week,
        model=entry.name,
        series=entry.series_name,
        params_hash=params_hash(entry.params),
        simulated=provider.simulated,
        from_week=entry.from_week.isoformat() if entry.from_week else None,
        until_week=entry.until_week.isoformat() if entry.until_week else None,
        price=[price.model_dump(mode="json") for price in entry.price] or None,
        analysis_plan_sha256=shipped_sha256(),
        suites=tuple({"hash": suite_hash(suite), **suite.model_dump(mode="json")} for _, suite in selected),
        slots=tuple(slots),
        **entry.model_dump(include=_OF_ENTRY),
    )


def _slots(
    entry: ModelEntry, suite: Suite, prompt: Prompt, week: str, replicates: int, conversations: int
) -> Iterator[Slot]:
    common: dict[str, Any] = {
        "suite": suite.id,
        "suite_version": suite.version,
        "prompt": suite.prompt_id(prompt),
        "model": entry.name,
        "week": week,
    }
    for replicate in range(conversations if prompt.turns else replicates):
        key_of = {
            turn: slot_key(params=entry.params, replicate=replicate, turn=turn, **common)
            for turn in range(1, max(1, len(prompt.turns)) + 1)
        }
        conversation = key_of[1][:16] if prompt.turns else None
        for turn, key in key_of.items():
            yield Slot(slot_key=key, replicate=replicate, turn=turn, conversation=conversation, **common)


def freeze_plan(store: Store, plan: Plan) -> Plan:
    """Write `plan` unless the partition has one; return the one that stands, which wins over later configuration."""
    if (existing := read_plan(store, plan.week, plan.model)) is not None:
        return existing
    store.put_if_absent(keys.plan(plan.week, plan.model), plan_bytes(plan))
    return read_plan(store, plan.week, plan.model) or plan


def plan_bytes(plan: Plan) -> bytes:
    """Return the plan as it lies in the store."""
    return sealed(keys.plan(plan.week, plan.model), plan.model_dump(mode="json"))


def read_plan(store: Store, week: str, model: str) -> Plan | None:
    """Return the plan of a partition, or None if nothing was planned."""
    key = keys.plan(week, model)
    if (data := read_if_there(store, key)) is None:
        return None
    try:
        return Plan.model_validate(unsealed(key, data))
    except ValidationError as error:
        raise CorruptObjectError(explain(error, key)) from None


def check_frozen(store: Store, suites: Mapping[str, Suite]) -> None:
    """Raise `UsageError` if a suite differs from what the newest plan of a model asked under the same version."""
    newest: dict[str, str] = {}
    for key in store.list("plans/"):
        partition = keys.parse_partition(key)
        if partition:
            newest[partition[1]] = max(partition[0], newest.get(partition[1], ""))
    by_version = {(suite.id, suite.version): suite for suite in suites.values()}
    for model, week in newest.items():
        plan = read_plan(store, week, model)
        for planned in plan.suites if plan else ():
            suite = by_version.get((planned["id"], planned["version"]))
            if suite is not None:
                assert_same_as_plan(suite, planned)


def is_over(provider: Provider, week: str) -> bool:
    """Return whether the week is past and the provider cannot be asked for it any more."""
    return week < current_week() and not provider.replayable


def require_askable(provider: Provider, week: str) -> None:
    """Raise `RefusedError` for a week that has not begun, and for a past one of a provider that is not replayable."""
    present = current_week()
    if week > present:
        raise RefusedError(f"week {week} ({iso_label(week)}) has not begun; the present week is {present}")
    if is_over(provider, week):
        raise RefusedError(
            f"week {week} is over; a live model cannot be asked for a past week (gaps stay visible)"
        )
