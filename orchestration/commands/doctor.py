"""`cliche doctor`: what could keep a run from going well, looked at before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from assets.generation.plan import check_frozen
from assets.generation.workplace import Workplace
from assets.labeling.asked.spending import is_paid
from orchestration.commands.forecasts import confirm_amount
from orchestration.console import say
from orchestration.doctor import machine, offers, services
from orchestration.doctor.columns import look_at_columns
from orchestration.doctor.finding import Finding
from orchestration.doctor.paid import Try, tries, try_all
from orchestration.resources import bare_workplace, make_workplace
from orchestration.settings import CHECKOUT, SHIPPED, load_settings
from warehouse.errors import ClicheError, UsageError
from warehouse.inputfile import read_file
from warehouse.printable import counted
from warehouse.weeks import current_week

_AT_ONCE = 8  # free calls

ThingT = TypeVar("ThingT")


def doctor(*, paid: bool = False, yes: bool = False) -> int:
    """Look at settings, store, disk, clock, keys, models, prices and caps; return 1 if a run would fail.

    With `paid` models and labelers of which nothing failed are asked once, unless a person says no.
    """
    findings = [*examine()]
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        _say(finding, width)
    spent = "There was nobody to try." if paid else "No paid call was made."
    if paid and (chosen := _chosen({one.what for one in findings if one.level == "fail"})):
        confirm_amount(sum(one.most_usd for one in chosen), yes=yes)
        say(f"Trying one picture each ({counted(len(chosen), 'call')}):")
        usd = 0.0
        for finding, cost in try_all(chosen):
            _say(finding, width)
            findings.append(finding)
            usd += cost
        spent = f"The trials cost ${usd:,.4f}, which counts for this week."
    fails, warns = (sum(one.level == level for one in findings) for level in ("fail", "warn"))
    trouble = f"{counted(fails, 'problem')}, {counted(warns, 'warning')}"
    say(f"{trouble if fails or warns else 'Everything is well'}. {spent}")
    return 1 if fails else 0


def new_models(services_named: Sequence[str]) -> int:
    """List the models that services offer and models.yaml lacks, with free calls; return 1 if a list did not read."""
    folder = SHIPPED / "models"
    shown = folder.relative_to(CHECKOUT) if SHIPPED == CHECKOUT else folder
    known = offers.with_lists()
    for name in services_named:
        if name not in known:
            raise UsageError(f'"{name}" has no list of models; those that have one: {", ".join(known)}')
    settings = load_settings()
    place = make_workplace(settings)
    text = read_file(settings.models).decode("utf-8")
    results = [*offers.look_at_offers(place.models, text, services_named)]
    if not results:
        raise UsageError(
            f"no model of {settings.models.name} is asked of a service that lists its models; name one: "
            f"--service {' or '.join(known)}"
        )
    for one in results:
        say(f"{one.service}: {one.trouble or counted(len(one.new), 'model') + ' that the file lacks'}")
        examples = offers.examples_of(one.new, folder)
        for sign, models, words in (
            ("new", one.new, ""),
            ("off", one.switched_off, "  in the file, switched off"),
            ("gone", one.gone, "  in the file, and the service has it no more"),
        ):
            for model in models:
                example = f"  copy its entry from {shown}/{examples[model]}" if model in examples else ""
                say(f"  {sign:<4} {model}{words}{example}")
    return 1 if any(one.trouble for one in results) else 0


def _say(one: Finding, width: int) -> None:
    say(f"{one.level:<5} {one.what:<{width}}  {one.line}")


def _chosen(failed: set[str]) -> list[Try]:
    """Return whom to try; nobody where settings, store or suites are wrong."""
    if failed & {"settings", "store", "disk", "suites"}:
        return []
    place = make_workplace(load_settings())
    return tries(place, place.active(current_week()), failed)


def examine() -> Iterator[Finding]:
    """Yield everything that is found; what cannot be looked at because something else is wrong is left out."""
    try:
        settings = load_settings()
        place = bare_workplace(settings)
    except ClicheError as error:
        yield Finding("fail", "settings", str(error))
        return
    try:
        place = make_workplace(settings)
        counts = f"{counted(len(place.models), 'model')}, {counted(len(place.labelers), 'labeler')}"
        yield Finding("ok", "settings", f"{settings.home}; {settings.models.name}: {counts}")
        if settings.models != (own := settings.home / "models.yaml") and own.exists():
            yield Finding("warn", "settings", f"{own} is not read: write models: models.yaml in cliche.yaml")
    except ClicheError as error:
        yield Finding("fail", "settings", str(error))
    yield from machine.look_at_store(place.store)
    yield machine.last_reading(settings, place.store)
    yield from machine.look_at_disk(settings, place.store)
    yield from machine.look_at_records(settings)
    yield from _plans(place)
    models = [entry for entry in place.models if str(entry.until_week or "9") >= current_week()]
    providers = {entry.name: services.provider_of(entry) for entry in models}
    asked = [
        (entry.connection.base_url or provider.endpoint, entry.connection)
        for entry in models
        if not isinstance(provider := providers[entry.name], ClicheError) and provider.paid
    ]
    yield machine.look_at_clock(place.store, asked)
    free = [entry.name for entry in models if services.is_free(providers[entry.name])]
    if free:
        line = f"{', '.join(free)}: asked on this machine, no key and no money is needed"
        yield Finding("ok", "models", line)
    yield from _each(
        lambda entry: services.look_at_model(place, entry, providers[entry.name]),
        [entry for entry in models if entry.name not in free],
    )
    names = dict.fromkeys(name for entry in models for name in (entry.labeler, *entry.also_labelers))
    yield from _each(lambda name: services.look_at_labeler(place, name), [*names])
    yield from look_at_columns(place, models)
    if asked or any(is_paid(place.labelers[name]) for name in names if name in place.labelers):
        yield from services.look_at_caps(place)


def _plans(place: Workplace) -> Iterator[Finding]:
    """Yield what a run refuses before it asks anybody: suites that changed, and a week without a model."""
    try:
        check_frozen(place.store, place.suites)
    except ClicheError as error:
        yield Finding("fail", "suites", str(error))
    if place.models and not place.active(current_week()):
        first = min((entry.from_week for entry in place.models if entry.from_week), default=None)
        line = f"no model is active in the week {current_week()} (from and until in models.yaml)"
        later = first is not None and str(first) > current_week()
        yield Finding("fail", "models", f"{line}; the first begins on {first}" if later else line)


def _each(look: Callable[[ThingT], Iterable[Finding]], things: Sequence[ThingT]) -> Iterator[Finding]:
    """Yield what is found of each thing, in their order; free calls of several are made at once."""
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for findings in pool.map(lambda thing: [*look(thing)], things):
            yield from findings
