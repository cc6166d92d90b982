"""`cliche design`: what boards will tell apart and which changes will be found; nothing is asked or written."""

from __future__ import annotations

import json
import sys

from assets.gateway.models_file import load_models_file
from assets.generation.providers.registry import PROVIDERS
from assets.metrics.planning import BoardDesign, planned_boards, prospects
from assets.suites.loader import load_suites
from assets.suites.selections import load_selections
from orchestration.console import OUT, say, table
from orchestration.settings import load_settings
from warehouse.errors import UsageError
from warehouse.weeks import current_week

#: Shares of a model that are looked at for changes where a board is described: those of a suite of occupations.
_SERIES = 8


def design(
    models: int | None, prompts: int | None, replicates: int | None, weeks: int, *, as_json: bool
) -> int:
    """Say what the models file, or a board of so many models, prompts and pictures, will show after so many weeks."""
    if models and prompts and replicates:
        boards = [BoardDesign("board", "gap", models, prompts, replicates, models * prompts * replicates)]
        series = models * _SERIES
    elif models or prompts or replicates:
        raise UsageError("give --models, --prompts and --replicates together, or none of them")
    else:
        boards, series = _of_file()
    rows = [board._asdict() | prospects(board, weeks, series) for board in boards]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
        return 0
    heads = ("figure", "models", "prompts", "each", "pictures", "share ±", "apart", "change", "in one")
    listed = table(f"after {weeks} weeks", *heads, right=heads[1:])
    for row in rows:
        numbers = [*row.values()][2:]
        cells = ("-" if one is None else f"{one:,.{int(one < 1)}f}" for one in numbers)
        listed.add_row(row["board"], row["figure"], *cells)
    OUT.print(listed)
    for line in (
        "each: pictures per prompt, or declared pair, and week; pictures: per week, of all models",
        "share ±: half of the interval of one prompt's share over four weeks; in points, as are the next three",
        "apart: difference of two models that is told apart; change: of all prompts, in one: of one prompt,",
        "found within eight weeks; in four of five cases. Weeks that scatter by themselves make all of them larger",
    ):
        say(line)
    return 0


def _of_file() -> tuple[list[BoardDesign], int]:
    settings, week = load_settings(), current_week()
    suites = load_suites(settings.suites)
    named = load_selections(suites, settings.suites)
    models = load_models_file(settings.models, suites, selections=named, providers=PROVIDERS).models
    asked = [one for one in models if one.until_week is None or one.until_week.isoformat() >= week]
    if not asked:
        raise UsageError("the last week of every model is over: see until in models.yaml")
    return planned_boards(asked, suites)
