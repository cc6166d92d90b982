"""The list of metrics, found where they are computed: nothing is listed by hand."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from assets.metrics.registry.metric import Measure, Metric, measure_of

#: Metrics of `scores`: every module of this folder. Found by name, for those modules import this room.
MEASURES = "assets.metrics.scores.measures"


@cache
def measures() -> tuple[Measure, ...]:
    """Return what computes the metrics of `scores` and `study_scores`, by module and place in it."""
    folder = import_module(MEASURES)
    names = sorted(module.name for module in iter_modules(folder.__path__))
    return tuple(found for name in names for found in _of_module(f"{MEASURES}.{name}"))


def metrics() -> tuple[Metric, ...]:
    """Return the metrics of `scores` and `study_scores`."""
    return _rows(measures())


def _rows(found: tuple[Measure, ...]) -> tuple[Metric, ...]:
    return tuple(metric for measure in found for metric in measure.metrics)


def _of_module(name: str) -> tuple[Measure, ...]:
    things = vars(import_module(name)).values()
    return tuple(
        found for thing in things if (found := measure_of(thing)) and found.figures.__module__ == name
    )
