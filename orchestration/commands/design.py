"""`cliche design`: what a week will show, take and cost, before anything is asked; nothing is written."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from assets.metrics.design.boards import (
    SIMULATED,
    TYPICAL,
    PlannedPart,
    board_design,
    planned_parts,
    series_of,
)
from assets.metrics.design.prospects import BoardDesign, Prospects, prospects
from rich.table import Table

from assets.gateway.models_file import ModelEntry, load_models_file
from assets.generation.forecast import Forecast, forecast
from assets.generation.providers.registry import PROVIDERS
from assets.generation.workplace import Workplace
from assets.labeling.forecast import ToLabel, anchors_of, label_forecast, labelers_of, pictures_of
from assets.labeling.registry import check_labelers
from assets.suites.loader import load_suites
from assets.suites.selections import load_selections
from orchestration.console import OUT, say, table
from orchestration.settings import Settings, load_settings
from warehouse.errors import UsageError
from warehouse.store import open_store
from warehouse.weeks import current_week, utc_now

_FEW_HOURS = 10  # more are said without tenths


@dataclass(frozen=True)
class DesignRow:
    """A board, or pictures that no board ranks: its design, its pictures per week, and what asking for them takes."""

    name: str
    design: BoardDesign | None
    pictures: int
    hours: float | None
    usd: float | None

    @property
    def shown(self) -> Prospects | None:
        """Return what the board will show; None without one."""
        return None if self.design is None else prospects(self.design)


def design(
    models: int | None,
    prompts: int | None,
    replicates: int | None,
    weeks: int,
    usd: float | None,
    *,
    as_json: bool,
) -> int:
    """Say what the models file, or a board of so many models, prompts and pictures, will show and cost each week."""
    settings = load_settings()
    place = _place(settings)
    at_once = settings.runs_at_once
    if models is not None and prompts is not None and replicates is not None:
        whole = _board(place, models, prompts, replicates, weeks, usd, at_once)
        rows, labelers = [whole], list[Forecast]()
    elif (models, prompts, replicates) == (None, None, None):
        if usd is not None:
            raise UsageError(f"--usd goes with --models; the prices here are those of {settings.models.name}")
        rows, labelers, whole = _of_file(place, weeks, at_once)
    else:
        raise UsageError(
            f"give --models, --prompts and --replicates together, or none of them for {settings.models.name}"
        )
    if as_json:
        sys.stdout.write(json.dumps(_as_json(rows, labelers, whole, weeks), indent=2) + "\n")
        return 0
    OUT.print(_table(rows, labelers, whole, weeks))
    for line in _lines(weeks):
        say(line)
    free = [entry.name for entry in _asked(place) if not entry.price and entry.provider != SIMULATED]
    if free and models is None:
        say(f"Counted as free, for they have no price: {', '.join(free)}.")
    if whole.usd is None:
        say(f"No model of {settings.models.name} has a price: --usd says what a picture costs.")
    return 0


def _place(settings: Settings) -> Workplace:
    """Return the surroundings of planning: nothing was spent, and no vendor's SDK is needed."""
    suites = load_suites(settings.suites)
    selections = load_selections(suites, settings.suites)
    found = load_models_file(settings.models, suites, selections=selections, providers=PROVIDERS)
    labelers = {entry.name: entry for entry in found.labelers}
    check_labelers(found.models, labelers, where=settings.models.name)
    return Workplace(
        store=open_store(settings.store),
        warehouse=settings.warehouse,
        suites=suites,
        models=found.models,
        code_version="",
        labelers=labelers,
    )


def _board(
    place: Workplace,
    models: int,
    prompts: int,
    replicates: int,
    weeks: int,
    usd: float | None,
    at_once: int,
) -> DesignRow:
    """Return a board of models that are as fast and as dear as the paid ones of the models file on average."""
    calls = prompts * replicates
    paid = [one for one in (_forecast(place, entry, calls) for entry in _asked(place)) if one.paid]
    known = [one.minutes for one in paid if one.minutes is not None]
    pace = ModelEntry.model_fields["requests_per_minute"].default
    minutes = statistics.fmean(known) if known else calls / pace
    each = usd * calls if usd is not None else statistics.fmean(one.usd for one in paid) if paid else None
    series = models * series_of(place.suites[TYPICAL].attributes if TYPICAL in place.suites else ())
    return DesignRow(
        "board",
        BoardDesign(models, prompts, replicates, weeks, series),
        models * calls,
        _hours([minutes] * models, at_once),
        None if each is None else models * each,
    )


def _of_file(place: Workplace, weeks: int, at_once: int) -> tuple[list[DesignRow], list[Forecast], DesignRow]:
    """Return the boards of the models file, its labelers, and all together."""
    boards: dict[str, list[PlannedPart]] = {}
    took: dict[str, Forecast] = {}
    for entry in _asked(place):
        planned = [*planned_parts(entry, place.suites)]
        took[entry.name] = _forecast(place, entry, sum(part.pictures for part in planned))
        for part in planned:
            boards.setdefault(part.board, []).append(part)
    series = sum(part.series for parts in boards.values() for part in parts)
    rows = []
    for name, parts in boards.items():
        shares = [(took[part.entry.name], part.pictures / took[part.entry.name].calls) for part in parts]
        rows.append(
            DesignRow(
                name,
                board_design(parts, weeks, series),
                sum(part.pictures for part in parts),
                _hours([one.minutes and one.minutes * share for one, share in shares], at_once),
                sum(one.usd * share for one, share in shares),
            )
        )
    labelers, models = _labelers(place), [*took.values()]
    hours = [
        _hours([one.minutes for one in models], at_once),
        *(_hours([one.minutes], 1) for one in labelers),
    ]
    whole = DesignRow(
        "all",
        None,
        sum(row.pictures for row in rows),
        max((one for one in hours if one is not None), default=None),
        sum(one.usd for one in (*models, *labelers)),
    )
    return rows, labelers, whole


def _asked(place: Workplace) -> list[ModelEntry]:
    """Return the models that are asked this week or later."""
    week = current_week()
    found = [
        entry for entry in place.models if entry.until_week is None or entry.until_week.isoformat() >= week
    ]
    if not found:
        raise UsageError("the last week of every model is over: see until in models.yaml")
    return found


def _forecast(place: Workplace, entry: ModelEntry, calls: int) -> Forecast:
    return forecast(
        place.store,
        place.ledger,
        entry,
        current_week(),
        paid=bool(entry.price),
        slots=calls,
        calls=calls,
        today=utc_now().date(),
    )


def _labelers(place: Workplace) -> list[Forecast]:
    week, found = current_week(), dict[str, ToLabel]()
    for entry in _asked(place):
        for labeler in labelers_of(entry.labeler, entry.also_labelers, place.labelers):
            more = pictures_of(entry, place.suites, labeler)
            found[labeler.name] = found.get(labeler.name, ToLabel()) + more
    return [
        label_forecast(
            place.ledger,
            place.labelers[name],
            week,
            pictures=pictures,
            anchors=anchors_of(place.store, place.labelers[name]),
            today=utc_now().date(),
        )
        for name, pictures in found.items()
    ]


def _hours(minutes: Sequence[float | None], at_once: int) -> float | None:
    """Return the least hours of models that are asked so many at once; None where no pace is known."""
    known = [one for one in minutes if one is not None]
    return max(*known, sum(known) / at_once) / 60 if known else None


def _table(rows: Sequence[DesignRow], labelers: Sequence[Forecast], whole: DesignRow, weeks: int) -> Table:
    made = table(
        "figures of 1 week" if weeks == 1 else f"figures of {weeks} weeks",
        *("models", "prompts", "each", "share", "distance", "separated"),
        *("3 weeks", "8 weeks", "8, one", "pictures", "hours", "dollars"),
    )
    for row in rows:
        made.add_row(row.name, *_board_cells(row), *_cost_cells(row.pictures, row.hours, row.usd))
    for one in labelers:
        cells = _cost_cells(one.asks, _hours([one.minutes], 1), one.usd)
        made.add_row(f"labels: {one.name}", *[""] * 9, *cells)
    if whole not in rows:
        made.add_row("all", *[""] * 9, *_cost_cells(whole.pictures, whole.hours, whole.usd))
    return made


def _board_cells(row: DesignRow) -> list[str]:
    shown, board = row.shown, row.design
    if shown is None or board is None:
        return [""] * 9
    numbers = (shown.all_in_3_weeks, shown.all_in_8_weeks, shown.one_in_8_weeks)
    return [
        f"{board.models:,}",
        f"{board.prompts:,}",
        f"{board.replicates:,}",
        *(_number(width) for width in (shown.share_width, shown.distance_width)),
        "-" if shown.separated is None else f"{100 * shown.separated:.0f} %",
        *map(_number, numbers),
    ]


def _number(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.2f}"


def _cost_cells(pictures: int, hours: float | None, usd: float | None) -> tuple[str, str, str]:
    places = 1 if hours is not None and hours < _FEW_HOURS else 0
    return (
        f"{pictures:,}",
        "-" if hours is None else f"{hours:,.{places}f}",
        "-" if usd is None else f"{usd:,.2f}",
    )


def _lines(weeks: int) -> Iterator[str]:
    pooled = "" if weeks == 1 else f" of {weeks} weeks together"
    yield f"each: pictures per prompt and week; share, distance: width of the 95 % interval{pooled}"
    yield "separated: pairs of models that the ranks tell apart, if models differ as assumed"
    yield (
        "3 weeks, 8 weeks: smallest change of a share in all prompts that is seen so soon, in four of five cases; "
        "8, one: in one prompt"
    )
    yield 'pictures, hours (at least), dollars (expected): per week; docs/operations.md, "Planning", says more'


def _as_json(
    rows: Sequence[DesignRow], labelers: Sequence[Forecast], whole: DesignRow, weeks: int
) -> dict[str, Any]:
    figures = [field.name for field in fields(Prospects)]
    return {
        "weeks": weeks,
        "boards": [
            {
                "name": row.name,
                **(asdict(row.design) if row.design else {}),
                **(asdict(row.shown) if row.shown else dict.fromkeys(figures)),
                "pictures": row.pictures,
                "hours": row.hours,
                "usd": row.usd,
            }
            for row in rows
        ],
        "labelers": [
            {"name": one.name, "pictures": one.asks, "hours": _hours([one.minutes], 1), "usd": one.usd}
            for one in labelers
        ],
        "pictures": whole.pictures,
        "hours": whole.hours,
        "usd": whole.usd,
    }
