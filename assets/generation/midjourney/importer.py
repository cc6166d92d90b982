"""A folder of Midjourney downloads, as providers that answer the slots of a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from assets.gateway.receipts import PartitionAttempts
from assets.gateway.records import Outcome
from assets.generation.midjourney import names
from assets.generation.midjourney.files import MidjourneyFile, parse_file
from assets.generation.midjourney.matching import Entry, Listed, match
from assets.generation.midjourney.provider import FolderProvider
from assets.generation.slots import Slot
from assets.suites.schema import Suite
from warehouse.errors import RefusedError, UsageError

_READERS = 4  # threads; decoding lets others run
_NOT_CONTENT = frozenset(
    {"thumbs.db", "desktop.ini"}
)  # written by file managers, like names that begin with a dot


@dataclass(frozen=True)
class Import:
    """What a folder holds for a week; each file is assigned or in one list. No account is in any of it."""

    week: str
    assigned: dict[str, FolderProvider]  # by model; ask it for the slots below and no other
    slots: dict[str, list[Slot]]  # by model, in the order of (job id, position)
    unmatched: list[Listed]
    surplus: list[Listed]
    refused: list[Listed]
    known: list[Listed]

    def refusal(self) -> RefusedError | None:
        """Return the error to end with if no picture of the folder is in the week, by now or before; else None."""
        if self.assigned or self.known:
            return None
        if self.refused and not (self.unmatched or self.surplus):
            return RefusedError(
                f"nothing imported: {len(self.refused)} pictures were made outside week {self.week} "
                f"(the first: {self.refused[0].name}, {self.refused[0].reason})"
            )
        counts = (
            (len(self.unmatched), "not matched"),
            (len(self.surplus), "surplus"),
            (len(self.refused), "made in another week"),
        )
        told = ", ".join(f"{count} {what}" for count, what in counts if count)
        return RefusedError(f"nothing imported for week {self.week}: {told}; the reasons are above")


def prepare(
    folder: Path,
    entries: Sequence[Entry],
    suites: Mapping[str, Suite],
    week: str,
    slots_by_entry: Mapping[str, Sequence[Slot]],
    taken: Collection[str] = (),
    *,
    imported: Collection[str] = (),
    version: str | None = None,
) -> Import:
    """Read `folder` and return which slots of `week` its files answer; nothing is written. Arguments as of `match`.

    Sub-folders are read too. Every file is listed, but for those that file managers write.
    """
    found = match(
        read_folder(folder),
        entries,
        suites,
        week,
        slots_by_entry=slots_by_entry,
        taken=taken,
        imported=imported,
        version=version,
    )
    files: dict[str, dict[str, MidjourneyFile]] = defaultdict(dict)
    slots: dict[str, list[Slot]] = defaultdict(list)
    for one in found.assigned:
        files[one.model][one.slot.slot_key] = one.file
        slots[one.model].append(one.slot)
    return Import(
        week=week,
        assigned={model: FolderProvider(assignments) for model, assignments in files.items()},
        slots=dict(slots),
        unmatched=found.unmatched,
        surplus=found.surplus,
        refused=found.refused,
        known=found.known,
    )


def standing(state: PartitionAttempts) -> tuple[frozenset[str], frozenset[str]]:
    """Return (`taken`, `imported`) of one partition for `prepare`; of several, give it their unions.

    A file that could not be read when its slot was asked counts as neither: it may be imported again.
    """
    taken = {slot_key for slot_key, attempts in state.attempts.items() if attempts.settled}
    kept = [
        receipt
        for attempts in state.attempts.values()
        for receipt in attempts.receipts
        if receipt.outcome is Outcome.OK
    ]
    pictures = {name for r in kept for name in (r.request_id, r.original_sha256, r.image_sha256) if name}
    return frozenset(taken), frozenset(pictures)


def read_folder(folder: Path) -> list[MidjourneyFile]:
    """Return what the files under `folder` say, in order of their paths.

    An account that one file names is hidden in what every file is called.

    Raises:
        UsageError: if `folder` is not there, is no folder, cannot be read or holds no file.
    """
    if not folder.exists():
        raise UsageError(f"{folder} does not exist; name the folder that holds the Midjourney downloads")
    if not folder.is_dir():
        raise UsageError(
            f"{folder} is no folder; name the folder that holds the Midjourney downloads, unzipped"
        )
    try:
        paths = sorted(path for path in folder.rglob("*") if not path.is_dir() and _is_content(path))
        next(folder.iterdir(), None)
    except OSError as error:
        raise UsageError(f"{folder} cannot be read ({error.strerror}); check its permissions") from None
    if not paths:
        raise UsageError(f"{folder} holds no file; download the pictures of the week into it")
    with ThreadPoolExecutor(_READERS, thread_name_prefix="read") as pool:
        files = list(pool.map(parse_file, paths))
    accounts = frozenset(account for file in files for account in file.accounts)
    return [
        replace(
            file,
            display=names.display(file.path.name, file.job_id, file.position, accounts),
            accounts=accounts,
        )
        for file in files
    ]


def _is_content(path: Path) -> bool:
    return not path.name.startswith(".") and path.name.lower() not in _NOT_CONTENT
