"""Whole stores: `cliche verify --store` reads every object, `cliche backup` and `restore` copy all that is missing."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from rich.filesize import decimal

from assets.gateway.network.redaction import line_with_key
from assets.generation.workplace import Workplace
from orchestration.commands.editions import bar, counting, write_whole
from orchestration.console import OUT, note, say, say_lines, table
from orchestration.resources import bare_workplace
from orchestration.settings import Settings, load_settings
from orchestration.verifying.report import NOT_CHECKED
from warehouse.backup import copying, home
from warehouse.backup.survey import Survey, assert_apart, look
from warehouse.errors import RefusedError, UsageError
from warehouse.integrity import record
from warehouse.integrity.findings import Problem
from warehouse.integrity.scan import StoreReading, read_store
from warehouse.printable import counted, printable
from warehouse.store import Store, open_store
from warehouse.weeks import utc_now

_WIDEST = 100  # of a column of keys; longer keys are not cut


def verify_store(edition: str | None, relabel: int | None = None, seed: int | None = None) -> int:
    """Read every object of the store and print what is damaged, missing or unexpected; return 1 if anything is.

    With `relabel`, labels of so many random pictures are read again, too. Returns 4, as `verify` of an edition does, if
    there was nothing to read: a disk that is not mounted looks like that.
    """
    from assets.labeling.thumbnails.encoder import thumbnail

    if edition is not None:
        raise UsageError("--store reads the whole store; leave the edition and other options out")
    settings = load_settings()
    place = bare_workplace(settings)
    with counting("reading") as step:
        reading = read_store(place.store, settings.home, step, thumbnail)
    if not reading.objects and not reading.problems:
        say(f"{place.store.url} holds no object, so nothing was checked; is it the store that you mean?")
        return NOT_CHECKED
    record.share(settings.home, record.READ, settings.postgres)
    say_lines(lines(reading))
    code = 1 if reading.problems else 0
    if relabel is None:
        return code
    damaged = {one.key for one in reading.problems}
    again = _relabel(place, relabel, secrets.randbelow(10**6) if seed is None else seed, damaged)
    return code or again


def _relabel(place: Workplace, count: int, seed: int, damaged: Collection[str]) -> int:
    """Read labels of random pictures again and show them beside those of the store; return 1 if any differ."""
    from assets.labeling.relabel import relabel

    result = relabel(place.store, count, seed, damaged, place.workers)
    shown = table("picture", "slot", "attribute", "stated", "read", "", right=())
    for one in result.labels:
        shown.add_row(*(printable(text) for text in one), "differs" * (one.stated != one.read))
    if result.labels:
        OUT.print(shown, markup=False)
    say(
        f"{result.pictures:,} of {result.known:,} pictures read again: {len(result.labels):,} labels, "
        f"{result.differing:,} differ   the same again: --relabel {count} --seed {seed}"
    )
    for why, pictures in (+result.left).items():
        say(f"  {pictures:,} pictures not read: {why}")
    for why, labels in result.unchecked.items():
        say(f"  not checked: {labels:,} labels: {why}")
    return 1 if result.differing else NOT_CHECKED if result.unchecked or not result.labels else 0


def lines(reading: StoreReading) -> Iterator[str]:
    """Yield the report as a person reads it: counts, then one line per object."""
    yield f"{counted(reading.objects, 'object')} read in {reading.seconds:,.1f} s   {_counts(reading.problems)}"
    if reading.resumed:
        yield f"  {reading.resumed:,} of them were read before the last reading was stopped"
    if reading.leftover:
        yield (
            f"  {reading.leftover:,} parts of tables are in no edition: a publish that was stopped left them, "
            "and the next one may use them"
        )
    yield from problem_lines(reading.problems)


def problem_lines(problems: Sequence[Problem]) -> Iterator[str]:
    """Yield one line per object that is not as it should be."""
    width = min(max((len(one.key) for one in problems), default=0), _WIDEST)
    for one in problems:
        kind, of = "" if one.kind == "damaged" else f"{one.kind}; ", f" ({one.of})" if one.of else ""
        yield f"  {one.key:<{width}}  {kind}{one.what}{of}"


def backup(to: str, profile: str | None, *, quick: bool) -> int:
    """Copy what the copy of the store at `to` lacks; return 1 if something is damaged or missing."""
    store, copy = open_store(load_settings().store), open_store(to, profile=profile)
    if profile is None:  # else equal addresses may be of two servers
        assert_apart(store.url, copy.url)
    code = _copy(store, copy, quick=quick, repair=True)
    return max(code, _keep_home(load_settings(), copy))


def restore(of: str, profile: str | None, *, quick: bool) -> int:
    """Copy what the store lacks from a copy of it; return 1 if something of the copy is damaged or missing."""
    settings = load_settings()
    target, copy = open_store(settings.store), open_store(of, profile=profile)
    if profile is None:
        assert_apart(target.url, copy.url)
    for name, holder in target.leases():
        raise RefusedError(
            f"{name} is held ({holder.purpose}, pid {holder.pid} on {holder.host}); wait until it ends"
        )
    code = _copy(copy, target, quick=quick, repair=False)
    _put_home_back(copy)
    if load_settings().store != settings.store:
        say(f"cliche.yaml names the store {load_settings().store}; run cliche restore again to fill that one")
    return code


def _keep_home(settings: Settings, copy: Store) -> int:
    """Copy settings, models and replies; return 1, and copy none of them, if one holds what looks like a key."""
    paths = _home_files(settings)
    files = {name: path.read_bytes() for name, path in paths.items() if path.is_file()}
    for name, data in files.items():
        if line := line_with_key(data.decode("utf-8", errors="replace")):
            say(
                f"{paths[name]}, line {line}, holds what looks like a key, so {_words(files)} are not copied; put the "
                "key into a variable that key_env names, and back up again"
            )
            return 1
    if files:
        written = home.keep(copy, files, utc_now())
        say(f"{copy.url} holds {_words(files)}: {'copied' if written else 'as before'}")
    return 0


def _put_home_back(copy: Store) -> None:
    """Put settings, models and replies where they were; what is there and differs is left, and named."""
    folder, files = home.newest(copy)
    for name, data in files.items():
        settings = load_settings()  # anew: cliche.yaml comes first, and says where models.yaml was
        path = _home_files(settings, replies=[name])[name]
        if not path.exists():
            write_whole(path, data)
            say(f"{path}: put back")
        elif path.read_bytes() != data:
            say(f"{path} is another one than {folder}{name} of the copy, and is left as it is")


def _home_files(settings: Settings, replies: Iterable[str] = ()) -> dict[str, Path]:
    """Return where the files of a home are, by their name in a copy; those that say where others are come first."""
    folder = settings.models.parent / "replies"
    there = (f"replies/{path.name}" for path in sorted(folder.glob("*.md")))
    of_makers = (name for name in (*there, *replies) if name.startswith("replies/"))
    return {
        "cliche.yaml": settings.home / "cliche.yaml",
        "models.yaml": settings.models,
        **{name: folder / name.removeprefix("replies/") for name in of_makers},
    }


def _words(files: Iterable[str]) -> str:
    """Return files of a home in words."""
    named = [name for name in files if not name.startswith("replies/")]
    replies = len([*files]) - len(named)
    words = [", ".join(named), f"{replies} repl{'y' if replies == 1 else 'ies'}" * bool(replies)]
    return " and ".join(filter(None, words))


def _copy(source: Store, target: Store, *, quick: bool, repair: bool) -> int:
    """Copy what `target` lacks of `source`, and say what was done."""
    with bar("comparing") as step:
        survey = look(source, target, step, quick=quick)
    say_lines(_to_copy(survey))
    target.check_writable()
    with target.lease("backup", purpose=f"copy {source.url} to {target.url}"), bar("copying") as step:
        done = copying.copy(survey, step, repair=repair)
    say_lines(problem_lines(done.problems))
    wrong = [one for one in done.problems if one.kind != "unexpected"]
    replaced = f", {done.replaced:,} of them in the place of damaged ones" if done.replaced else ""
    if repair and not wrong:
        _keep_record(source, target, survey.objects)
    held = f"all {survey.objects:,}" if not wrong else "not all"
    say(
        f"{target.url} holds {held} objects of {source.url}: {done.objects:,} copied ({decimal(done.bytes)}){replaced}"
        + (f"; {_counts(wrong)}" if wrong else "")
    )
    return 1 if wrong else 0


def _keep_record(source: Store, copy: Store, objects: int) -> None:
    """Note when the store was copied whole; a home that cannot be written takes nothing from the copy."""
    settings = load_settings()
    try:
        record.keep(settings.home, record.BACKUP, source.url, objects, to=copy.url)
        record.share(settings.home, record.BACKUP, settings.postgres)
    except OSError as error:
        note(f"This backup is not on record, and alerts do not know of it: {error}")


def _to_copy(survey: Survey) -> Iterator[str]:
    """Yield how much the source holds, how much of that is to be copied, and why."""
    left_out = ", without site/, which a publish is writing" if survey.without_site else ""
    yield f"{survey.source.url} holds {counted(survey.objects, 'object')} ({decimal(survey.total_bytes)}){left_out}"
    database = survey.database.size if survey.database and survey.database_again else 0
    why = [
        (survey.missing, survey.missing_bytes, "new"),
        (len(survey.again), survey.again_bytes, "made anew by each publish"),
        (int(survey.database_again), database, "DuckDB file"),
        (len(survey.differing), survey.differing_bytes, "that differ there"),
    ]
    parts = ", ".join(f"{count:,} {what} ({decimal(size)})" for count, size, what in why if count)
    if survey.kept:
        yield (
            f"{survey.target.url} still holds {counted(len(survey.kept), 'object')} that removals name, the first is "
            f"{survey.kept[0]}; nothing here deletes them: delete them there"
        )
    total = f"{counted(sum(one[0] for one in why), 'object')} ({decimal(sum(one[1] for one in why))})"
    yield f"to copy to {survey.target.url}: {total}" + (f": {parts}" if parts else "")


def _counts(problems: Sequence[Problem]) -> str:
    if not problems:
        return "all as recorded"
    counts = Counter(one.kind for one in problems)
    return ", ".join(
        f"{counts[kind]:,} {'is' if counts[kind] == 1 else 'are'} {kind}"
        for kind in ("damaged", "missing", "unexpected")
        if counts[kind]
    )
