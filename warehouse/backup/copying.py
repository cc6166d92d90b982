"""Copies what a survey found missing: each object is checked where it is read, and looked at where it was written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from warehouse import keys
from warehouse.backup import changing
from warehouse.backup.order import EDITION, listed, rank
from warehouse.backup.survey import AT_ONCE, Survey, is_of
from warehouse.canonical import sha256_hex
from warehouse.errors import RefusedError
from warehouse.integrity import editions
from warehouse.integrity.findings import Inspection, Named, Problem
from warehouse.integrity.group import APART, check_group
from warehouse.integrity.kinds import keys_in, parse
from warehouse.integrity.scan import NO_KIND, Tell, grouped, told_once
from warehouse.store.base import Store
from warehouse.store.many import ahead
from warehouse.store.pieces import hash_of, pieces, read_if_there

_EACH = 64  # objects between two words on how far it is


@dataclass
class Copied:
    """What was copied, and what is wrong: damaged or missing in the source, or not given back by the target."""

    objects: int = 0
    bytes: int = 0
    replaced: int = 0
    problems: list[Problem] = field(default_factory=list)


def copy(found: Survey, tell: Tell, *, repair: bool) -> Copied:
    """Copy what is missing, objects that others rest on first; a copy that is stopped goes on with the next survey.

    `repair` replaces objects that differ, where the source's is what it must be; without it they are refused, as is a
    target of a later state, and nothing is written.
    """
    _assert_may(found, repair=repair)
    done = Copied(problems=[*found.problems])
    if repair:
        done.problems += [
            Problem("missing", key, f"{found.target.url} holds it; cliche restore copies it back")
            for key in found.lost
        ]
    of = _Checking(found.source, editions.named_by_all(found.source))
    differing, total = {*found.differing}, found.missing + len(found.differing)
    for name in found.touched:
        prefixes = found.parts[name]
        listed_now, there = listed(found.source, prefixes), {*keys_in(found.target, prefixes)}
        # An edition that was published since may rest on what was not seen.
        mine = [key for key in listed_now if rank(key)[0] != EDITION or key in found.editions]
        wanted = {key for key in mine if (key not in there or key in differing) and not found.gone(key)}
        tell(" ".join(("checking", name.strip("/"))), done.objects, total)
        hashes, outside = of.part(mine, wanted)
        outside = {key for key in outside if not found.gone(key)}
        _carry(found, *of.lacking(outside, found.target), done, tell, total)
        for _, same_rank in groupby(sorted(hashes, key=lambda key: (rank(key), key)), key=rank):
            _carry(found, [*same_rank], hashes, done, tell, total)
        done.replaced += len(differing & hashes.keys() - {one.key for one in done.problems})
    tell("", total, total)
    if keys.LATEST_EDITION in found.changing:
        of.part([keys.LATEST_EDITION], {keys.LATEST_EDITION})
    done.problems += of.problems
    _carry_changing(found, done, repair=repair)
    done.problems = told_once(found.source, done.problems)
    return done


def _assert_may(found: Survey, *, repair: bool) -> None:
    if not repair and found.differing:
        first, *rest = found.differing
        more = f" and {len(rest):,} more" if rest else ""
        raise RefusedError(
            f"{found.target.url} holds another {first}{more}; nothing is overwritten and nothing was "
            "copied: cliche verify --store says whether it is damaged; remove what is, and run again"
        )
    if repair and changing.age(read_if_there(found.target, keys.LATEST_EDITION)) > changing.age(
        found.changing.get(keys.LATEST_EDITION)
    ):
        raise RefusedError(
            f"{found.target.url} holds a newer edition than {found.source.url}; nothing was copied: "
            "name another place, or restore from it"
        )


@dataclass
class _Checking:
    """Checks what is to be copied, part by part, where it is read."""

    source: Store
    named: Mapping[str, Named]
    problems: list[Problem] = field(default_factory=list)

    def part(self, listed_now: Sequence[str], wanted: Collection[str]) -> tuple[dict[str, str], set[str]]:
        """Return the hashes of objects that may be copied, and the keys of other parts that they rest on."""
        groups, strange = grouped(listed_now)
        hashes: dict[str, str] = {}
        outside = set[str]()
        for key in strange:
            if key in wanted:
                hashes[key] = sha256_hex(self.source.get(key))
                self.problems.append(Problem("unexpected", key, NO_KIND))
        for group, found in groups.items():
            members = [key for key in found if key.key in wanted] if group[0] in APART else found
            if not any(key.key in wanted for key in members):
                continue
            look = Inspection(self.source, {*listed_now}, self.named)
            check_group(look, group, members)
            damaged = {one.key for one in look.problems if one.kind != "unexpected"}
            self.problems += look.problems
            hashes |= {
                key: digest for key, digest in look.hashes.items() if key in wanted and key not in damaged
            }
            outside |= look.outside
        return hashes, outside

    def lacking(self, needed: Collection[str], target: Store) -> tuple[list[str], dict[str, str]]:
        """Return those that a copy lacks, with their hashes: they were written since their own part was copied."""
        some = sorted(key for key in needed if (known := parse(key)) and known.group[0] in APART)
        heads = ahead(target.head, some, AT_ONCE)
        absent = [key for key, head in zip(some, heads, strict=True) if head is None]
        hashes, _ = self.part(absent, absent)
        return [*hashes], hashes


def _carry(
    found: Survey, wanted: Sequence[str], hashes: Mapping[str, str], done: Copied, tell: Tell, total: int
) -> None:
    """Copy objects that do not rest on each other: some are read, some written and some looked at at the same time."""
    source, target, differing = found.source, found.target, {*found.differing}

    def read(key: str) -> tuple[str, bytes] | Problem:
        try:
            data = source.get(key)
        except KeyError:
            return Problem("missing", key, "was listed, and is gone")
        fits = sha256_hex(data) == hashes[key]
        return (key, data) if fits else Problem("damaged", key, "changed while it was copied")

    def whole() -> Iterator[tuple[str, bytes]]:
        for one in ahead(read, wanted, AT_ONCE):
            if isinstance(one, Problem):
                done.problems.append(one)
            else:
                yield one

    def looked_at(put: tuple[str, bytes, bool]) -> tuple[str, int | None]:
        key, data, written = put
        there = _is_there(target, key, data)
        if key in differing and not (there or written):
            target.swap_latest(key, data, expected=target.get(key))
            there = _is_there(target, key, data)
        return key, len(data) if there else None

    for key, size in ahead(looked_at, target.put_all(whole()), AT_ONCE):
        if size is None:
            done.problems.append(_not_given_back(target, key))
            continue
        done.objects += 1
        done.bytes += size
        if done.objects % _EACH == 0:
            tell("", done.objects, total)


def _carry_changing(found: Survey, done: Copied, *, repair: bool) -> None:
    """Bring the target to the newest edition of the source and its site, unless it has a newer one."""
    target = found.target
    before = read_if_there(target, keys.LATEST_EDITION)
    ours, theirs = changing.age(found.changing.get(keys.LATEST_EDITION)), changing.age(before)
    if theirs > ours:
        return
    absent_alone = not repair and theirs == ours
    bad = {problem.key for problem in done.problems}
    database = None  # copied after the newest edition is there: it may be of any size
    for key, data in found.changing.items():
        if key != keys.LATEST_EDITION and database is None:
            database = _carry_database(found, done, absent_alone=absent_alone)
        there = before if key == keys.LATEST_EDITION else read_if_there(target, key)
        if there == data or (there is not None and absent_alone) or key in bad:
            continue
        if key == keys.LATEST_EDITION:
            target.swap_latest(key, data, expected=there)
        elif key != keys.SITE_DATABASE_NOTE or database:
            target.replace(key, data)
        else:
            continue
        if target.get(key) == data:
            done.objects += 1
            done.bytes += len(data)
        else:
            done.problems.append(_not_given_back(target, key))


def _carry_database(found: Survey, done: Copied, *, absent_alone: bool) -> bool:
    """Copy the one DuckDB file, of any size; return whether the target has the one that the note names."""
    stated = changing.database_hash(found.changing)
    if found.database is None or stated is None:
        return False
    key, there = keys.SITE_DATABASE, found.target.head(keys.SITE_DATABASE)
    if there is not None and absent_alone:
        return False
    if there is not None and there.size == found.database.size:
        same_note = (
            read_if_there(found.target, keys.SITE_DATABASE_NOTE) == found.changing[keys.SITE_DATABASE_NOTE]
        )
        if (found.quick and same_note) or hash_of(pieces(found.target, key)) == stated:
            return True
    with TemporaryDirectory(prefix="cliche-backup-") as folder:
        path = Path(folder) / "whole"
        with path.open("wb") as file:
            read = hash_of(pieces(found.source, key), file.write)
        if read != stated:
            what = f"is not what {keys.SITE_DATABASE_NOTE} says, or is being published; cliche publish writes it again"
            done.problems.append(Problem("damaged", key, what))
            return False
        found.target.replace(key, path)
    if hash_of(pieces(found.target, key)) != stated:
        done.problems.append(_not_given_back(found.target, key))
        return False
    done.objects += 1
    done.bytes += found.database.size
    return True


def _is_there(store: Store, key: str, data: bytes) -> bool:
    """Return whether the store says by its tag, or by giving them back, that it has these bytes."""
    head = store.head(key)
    if head is None:
        return False
    by_tag = is_of(head, data)
    return store.get(key) == data if by_tag is None else by_tag


def _not_given_back(store: Store, key: str) -> Problem:
    return Problem("damaged", key, f"{store.url} does not give back what was written")
