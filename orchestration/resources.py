"""From settings to the surroundings of a run: store, suites and models, checked before anything is asked."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from functools import cache
from importlib import metadata

from assets.gateway.models_file import load_models_file
from assets.gateway.money.ledger import open_ledger
from assets.generation.providers.registry import PROVIDERS
from assets.generation.trials import trial_charges
from assets.generation.workplace import Listener, Workplace
from assets.labeling.asked.spending import label_charges
from assets.labeling.registry import check_labelers, with_questions
from assets.leaderboard.replies import read_replies
from assets.suites.loader import load_suites
from assets.suites.selections import load_selections
from orchestration.settings import CHECKOUT, SHIPPED, Settings
from warehouse.store import open_store

#: Written by `make image` and `make wheel`, which hold no git.
COMMIT = SHIPPED / "COMMIT"


def make_workplace(settings: Settings, listener: Listener | None = None, *, wait_s: float = 0.0) -> Workplace:
    """Return the surroundings that the settings describe; see `open_store` for `wait_s`."""
    suites = load_suites(settings.suites)
    selections = load_selections(suites, settings.suites)
    file = load_models_file(settings.models, suites, selections=selections, providers=PROVIDERS)
    labelers = with_questions(file.labelers, suites, where=settings.models.name)
    check_labelers(file.models, labelers, where=settings.models.name)
    return replace(
        bare_workplace(settings, listener, wait_s),
        suites=suites,
        models=[*file.models],
        labelers=labelers,
        charge_sources=(label_charges(labelers), trial_charges(file.models)),
        site=settings.site,
        replies=read_replies(settings.models.parent / "replies"),
        docs=settings.alerts.docs_url,
    )


@cache
def code_version() -> str:
    """Return the version of this code: the package's, and the commit as an image, a wheel or the checkout says it."""
    version = metadata.version("cliche")
    if COMMIT.exists():
        return f"{version}+{COMMIT.read_text(encoding='utf-8').strip()}"
    if SHIPPED != CHECKOUT:  # a wheel; a git around its environment would be another project's
        return version
    try:
        result = subprocess.run(  # noqa: S603 - no input of anybody's
            ["git", "-C", str(CHECKOUT), "rev-parse", "--short=12", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return version
    return f"{version}+{result.stdout.strip()}" if result.returncode == 0 else version


def bare_workplace(settings: Settings, listener: Listener | None = None, wait_s: float = 0.0) -> Workplace:
    """Return surroundings without suites and models: enough for what reads the store alone."""
    store = open_store(settings.store, wait_s)
    # The spending ledger is one of all machines where they share a PostgreSQL, else of this one.
    shared = settings.postgres and settings.postgres.get_secret_value()
    return Workplace(
        store=store,
        warehouse=settings.warehouse,
        suites={},
        models=(),
        code_version=code_version(),
        workers=settings.workers,
        listener=listener or Listener(),
        caps=settings.caps,
        ledger=open_ledger(settings.ledger, shared, store.url),
    )
