"""`cliche verify --store`: reading every object of the store, and saying when that was last done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from orchestration.commands.editions import counting
from orchestration.console import say
from orchestration.resources import bare_workplace
from orchestration.settings import Settings, load_settings
from orchestration.verifying.report import NOT_CHECKED
from warehouse.errors import UsageError
from warehouse.integrity import record
from warehouse.integrity.findings import Problem
from warehouse.integrity.scan import StoreReading, read_store

_WIDEST = 100  # of a column of keys; longer keys are not cut


def verify_store(edition: str | None) -> int:
    """Read every object of the store and print what is damaged, missing or unexpected; return 1 if anything is.

    Returns 4, as `verify` of an edition does, if there was nothing to read: a disk that is not mounted looks like that.
    """
    if edition is not None:
        raise UsageError("--store reads the whole store; leave the edition out")
    settings = load_settings()
    place = bare_workplace(settings)
    with counting("reading") as step:
        found = read_store(place.store, settings.home, step)
    if not found.objects and not found.problems:
        say(f"{place.store.url} holds no object, so nothing was checked; is it the store that you mean?")
        return NOT_CHECKED
    for line in lines(found):
        say(line)
    return 1 if found.problems else 0


def lines(found: StoreReading) -> Iterator[str]:
    """Yield the report as a person reads it: counts, then one line per object."""
    yield f"{record.objects(found.objects)} read in {found.seconds:,.1f} s   {_counts(found.problems)}"
    if found.resumed:
        yield f"  {found.resumed:,} of them were read before the last reading was stopped"
    if found.unrecorded:
        yield (
            f"  {found.unrecorded:,} of them were written by earlier versions, which recorded no hash: "
            "they fit the objects that refer to them"
        )
    if found.leftover:
        yield (
            f"  {found.leftover:,} parts of tables are in no edition: a publish that was stopped left them, "
            "and the next one may use them"
        )
    width = min(max((len(one.key) for one in found.problems), default=0), _WIDEST)
    for one in found.problems:
        of = f" ({one.of})" if one.of else ""
        yield f"  {one.key:<{width}}  {_what(one)}{of}"


def store_read_line(settings: Settings, store_url: str) -> str:
    """Return in one line when the store was last read whole."""
    return record.line(record.last_read(settings.home, store_url))


def _counts(problems: list[Problem]) -> str:
    if not problems:
        return "all as recorded"
    counts = Counter(one.kind for one in problems)
    return ", ".join(
        f"{counts[kind]:,} {'is' if counts[kind] == 1 else 'are'} {kind}"
        for kind in ("damaged", "missing", "unexpected")
        if counts[kind]
    )


def _what(one: Problem) -> str:
    return one.what if one.kind == "damaged" else f"{one.kind}; {one.what}"
