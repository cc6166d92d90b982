"""What finders look at: the store as it stands at one moment, read once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assets.generation.providers.registry import make_provider
from assets.generation.workplace import Workplace
from assets.leaderboard.published import Edition, latest, table_rows, without_plan
from orchestration.alerts.kinds import Alert
from orchestration.gate import Gate, deadline, look
from orchestration.settings import Settings
from warehouse.loading.load import partitions
from warehouse.weeks import current_week, shift, span

if TYPE_CHECKING:
    import dagster as dg

#: So many weeks before the present one an edition that is missing is still missed.
WEEKS_BACK = 3


@dataclass(frozen=True)
class View:
    """One moment. `instance` holds Dagster's records, where there are any; `since` is when it was first looked."""

    settings: Settings
    place: Workplace
    now: datetime
    instance: dg.DagsterInstance | None = None
    since: datetime | None = None

    @cached_property
    def present(self) -> str:
        """Return the present week."""
        return current_week(self.now)

    @cached_property
    def weeks(self) -> list[str]:
        """Return the weeks that are looked at and of which something was expected; the present one last."""
        return [week for week in span(shift(self.present, -WEEKS_BACK), self.present) if self._expected(week)]

    @cached_property
    def planned(self) -> Mapping[str, set[str]]:
        """Return the models that have a plan, by week."""
        plans: dict[str, set[str]] = {}
        for week, model in partitions(self.place.store):
            plans.setdefault(week, set()).add(model)
        return plans

    @cached_property
    def once_only_since(self) -> str | None:
        """Return the first week of a model whose pictures nobody can make again; None if there is none."""
        names = {
            entry.name
            for entry in self.place.models
            if not make_provider(entry.provider, entry.connection).replayable
        }
        return min((week for week, models in self.planned.items() if models & names), default=None)

    @cached_property
    def gates(self) -> Mapping[str, Gate]:
        """Return the publish gate of this week and of the last one."""
        return {
            week: look(self.place, self.settings, week, self.now)
            for week in self.weeks
            if week >= shift(self.present, -1)
        }

    @cached_property
    def newest(self) -> Edition | None:
        """Return the newest edition."""
        return latest(self.place.store)

    @cached_property
    def lost(self) -> Mapping[str, list[str]]:
        """Return week → models that the newest edition holds and whose plan the store has no more."""
        return without_plan(self.place.store, self.newest)

    def rows(self, table: str, weeks: Collection[str]) -> list[dict[str, Any]]:
        """Return the rows of a table of the newest edition in some weeks; none before the first edition."""
        return table_rows(self.place.store, self.newest.id, table, weeks) if self.newest else []

    def _expected(self, week: str) -> bool:
        """Return whether a week was to be asked: a plan is of it or of one before, or it began under this watch."""
        watched = self.since is not None and deadline(week, 0) >= self.since
        return watched or any(planned <= week for planned in self.planned)

    def after(self, week: str, hours: float) -> bool:
        """Return whether so many hours of a week have passed."""
        return self.now >= deadline(week, hours)


#: Yields alerts about conditions that hold at that moment.
Finder = Callable[[View], Iterable[Alert]]
