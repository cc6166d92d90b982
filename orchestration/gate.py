"""The publish gate: a week is published when every active model is complete, or when its deadline has passed."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from assets.generation.workplace import Workplace
from assets.labeling.status import PartitionState, partition_states
from orchestration.settings import Settings
from warehouse.loading.load import partitions
from warehouse.printable import counted


@dataclass(frozen=True)
class Gate:
    """Whether a week may be published, and whom it waits for."""

    week: str
    deadline: datetime
    states: dict[str, PartitionState] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    passed: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether publishing may go on now."""
        return self.passed or not self.waiting

    def why_closed(self) -> str:
        """Return in one line whom the week waits for and until when."""
        whom = "; ".join(f"{model} {why}" for model, why in sorted(self.waiting.items()))
        return f"{whom} (deadline {self.deadline:%A %H:%M} UTC, then incomplete models are withheld)"


def deadline(week: str, hours: float) -> datetime:
    """Return the moment (UTC) after which incomplete models no longer hold up a week."""
    return datetime.combine(date.fromisoformat(week), time(), UTC) + timedelta(hours=hours)


def look(place: Workplace, settings: Settings, week: str, now: datetime | None = None) -> Gate:
    """Return the gate of a week as the store stands now."""
    expected = {entry.name for entry in place.active(week)}
    expected |= {model for planned, model in partitions(place.store) if planned == week}
    wanted = [(week, model) for model in sorted(expected)]
    states = {state.model: state for state in partition_states(place.store, wanted, place.labelers)}
    closes = deadline(week, settings.deadline_hours)
    return Gate(
        week=week,
        deadline=closes,
        states=states,
        waiting={model: why for model, state in states.items() if (why := _why_waiting(state))},
        passed=(now or datetime.now(UTC)) >= closes,
    )


def _why_waiting(state: PartitionState) -> str | None:
    if not state.planned:
        return "was not asked yet"
    if state.stopped_by and state.open:
        return f"was stopped ({state.stopped_by})"
    if state.open:
        return f"has {state.open} of {state.slots} slots open"
    if state.unlisted:
        return f"has {state.unlisted} answers that are in no manifest yet"
    if state.unlabelled:
        stopped = f" (labeler {state.labeler} was stopped)" if state.labeler_stopped_by else ""
        return f"has {counted(state.unlabelled, 'picture')} without labels{stopped}"
    return None
