"""The queue of runs: each carries who is to do it, and the service that its model is asked of; both have limits.

Every run passes here, and what is clicked on Dagster's page, whose backfills know nothing of a job's tags, too.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path

from dagster import DagsterRun, QueuedRunCoordinator, SubmitRunContext

from assets.gateway.models_file import load_models_file
from assets.generation.partition import service
from assets.suites.loader import load_suites
from assets.suites.selections import load_selections
from orchestration.instance import RANGE_TAG
from orchestration.settings import load_settings
from warehouse.errors import UsageError

PROVIDER = "cliche/provider"
#: Which workers take a run (Celery's queue): the one that keeps the warehouse publishes and does nothing else, so that
#: no publish waits behind a model's run.
QUEUE, WORKERS, PUBLISHER = "dagster-celery/queue", "dagster", "publisher"


class ProviderQueue(QueuedRunCoordinator):
    """Dagster's queue, whose runs are tagged with who does them, and those of a model with its provider."""

    def submit_run(self, context: SubmitRunContext) -> DagsterRun:
        """Put a run into the queue, tagged."""
        run = context.dagster_run
        model = run.tags.get("dagster/partition/model")
        of_a_model = model is not None or RANGE_TAG in run.tags
        tags = {QUEUE: WORKERS if of_a_model else PUBLISHER}
        if model is not None:
            with suppress(OSError, UsageError):  # where models.yaml does not know, the run will tell
                settings = load_settings()
                changed = settings.models.stat().st_mtime_ns
                if provider := _providers(settings.models, changed, settings.suites).get(model):
                    tags[PROVIDER] = provider
        self._instance.add_run_tags(run.run_id, tags)
        return super().submit_run(context)


@cache
def _providers(models: Path, changed: int, suites: Path | None) -> dict[str, str]:
    known = load_suites(suites)
    entries = load_models_file(models, known, selections=load_selections(known, suites)).models
    return {entry.name: service(entry.provider, entry.connection.base_url) for entry in entries}
