"""The files of an import folder: read, checked and described, without their pixels in memory."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from assets.generation.midjourney import metadata
from assets.generation.pictures import image_check
from assets.generation.pictures.image_check import Rejected
from assets.generation.pictures.stripping import Stripped, checked_and_stripped, strip
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError
from warehouse.inputfile import read_file

_READERS = 4  # threads; decoding lets others run
#: Written by file managers, like names that begin with a dot.
_NOT_CONTENT = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class MidjourneyFile:
    """What one file says about itself. `problem` says why it cannot be taken, whatever it matches.

    `path` and `accounts` name a person: they stay in memory, and no representation shows them.
    """

    display: str
    prompt: str | None  # of the Description chunk, white space folded, without parameters
    words: str | None = field(repr=False)  # the first words of the prompt, of the file name
    words_cut: bool  # False: the words are the whole prompt
    words_shown: bool  # whether it is certain that no part of an account is in `words`
    parameters: Mapping[str, str]
    job_id: str | None
    position: int | None  # in the grid, 0-3
    created_at: datetime | None  # naive UTC
    original_sha256: str
    image_sha256: str | None  # of the bytes that are stored
    problem: str | None
    path: Path = field(repr=False)
    accounts: frozenset[str] = field(repr=False)

    @property
    def version(self) -> str | None:
        """Return the value of `--v`."""
        return self.parameters.get("version")

    @property
    def request_id(self) -> str:
        """Return `<job id>_<position>`, which names a picture at Midjourney."""
        return f"{self.job_id}_{self.position}"


class ChangedFileError(Exception):
    """A file is not what it was when it was matched; the message names no path."""


def parse_file(path: Path) -> MidjourneyFile:
    """Return what the file at `path` says; a file that cannot be used has a `problem`, never an exception."""
    try:
        data, unreadable = _read(path), None
    except OSError as error:
        data, unreadable = b"", f"cannot be read ({error.strerror})"
    stated = metadata.read(data)
    name = metadata.read_name(path.stem, stated.author)
    accounts = frozenset(account for account in (stated.author, name.account) if account)
    jobs = stated.jobs | ({name.job} if name.job else set())
    job = min(jobs) if len(jobs) == 1 else name.job
    kept = checked_and_stripped(data)
    problem = unreadable or _bytes_problem(kept) or _identity_problem(jobs, name)
    return MidjourneyFile(
        display=metadata.display(path.name, job, name.position, accounts),
        prompt=stated.prompt,
        words=name.words,
        words_cut=name.cut,
        words_shown=stated.author is not None,
        parameters=stated.parameters,
        job_id=job,
        position=name.position,
        created_at=stated.created_at,
        original_sha256=sha256_hex(data),
        image_sha256=None if problem or isinstance(kept, Rejected) else kept.picture.sha256,
        problem=problem,
        path=path,
        accounts=accounts,
    )


def _read(path: Path) -> bytes:
    return read_file(path, image_check.DEFAULT.max_bytes)


def _bytes_problem(kept: Stripped | Rejected) -> str | None:
    if isinstance(kept, Rejected):
        return f"no usable picture: {kept.why}"
    if kept.picture.ext != "png":
        return f"its bytes are {kept.picture.mime}, whatever it is called; Midjourney's downloads are PNG"
    return None


def _identity_problem(jobs: frozenset[str] | set[str], name: metadata.NameParts) -> str | None:
    if not jobs:
        return "no job id, neither in its chunks nor in its name: not a Midjourney download"
    if len(jobs) > 1:
        return "its name and its chunks name different jobs; it was renamed or edited"
    if name.job is None:
        return "its grid position is unknown; keep the name that Midjourney gave, …_<job id>_<position>.png"
    if name.position is None:
        return "no grid position 0-3 at the end of its name; download the four pictures of a grid one by one"
    if name.position > 3:
        return f"grid position {name.position} is none of 0-3"
    return None


def read_stripped(path: Path, original_sha256: str) -> bytes:
    """Return the bytes of `path` without what can name a person; `ChangedFileError` if it is gone or another one."""
    try:
        data = _read(path)
    except OSError as error:
        raise ChangedFileError(f"the file cannot be read any more ({error.strerror})") from None
    if sha256_hex(data) != original_sha256:
        raise ChangedFileError("the file has changed since it was matched")
    return strip(data)


def read_folder(folder: Path) -> list[MidjourneyFile]:
    """Return what the files under `folder` say, in order of their paths.

    An account that one file names is hidden in what every file is called. Raises `UsageError` without a file to read.
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
            display=metadata.display(file.path.name, file.job_id, file.position, accounts),
            accounts=accounts,
        )
        for file in files
    ]


def _is_content(path: Path) -> bool:
    return not path.name.startswith(".") and path.name.lower() not in _NOT_CONTENT
