"""A study's folder, walked once before anything in it is read: plain files of bounded size, none of them elsewhere."""

from __future__ import annotations

import csv
import io
import os
import stat
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from assets.studies.mistakes import Mistakes
from warehouse.inputfile import open_file

#: The largest file, and all of them together, in bytes; and how many there may be.
MOST_BYTES, MOST_IN_ALL, MOST_FILES = 512 << 20, 20 << 30, 500_000
A_PICTURE, _LFS = "a picture", "fetch the file with git lfs pull (a clone is in checkouts/ of the home)"
#: What a file is that is not what its name says: how it begins, what it is, what to do.
_KINDS = (
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer", _LFS),
    (b"/annex/objects/", "a git-annex pointer", "fetch the file with git annex get"),
    (b"../.git/annex/objects/", "a git-annex pointer", "fetch the file with git annex get"),
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (b"BZh", "a bzip2 archive", "unpack it"),
    (b"\xfd7zXZ\x00", "an xz archive", "unpack it"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or name it .xlsx"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls), or one with a password", "save it as .xlsx or CSV"),
    (b"PAR1", "a Parquet file", "read it with read_parquet"),
    (b"%PDF-", "a PDF", "a table is needed"),
    (b"SQLite format 3\x00", "a SQLite database", "export the table as CSV"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", "export the table as CSV"),
    (b"\x89PNG\r\n", A_PICTURE, "a table is needed"),
    (b"\xff\xd8\xff", A_PICTURE, "a table is needed"),
    (b"\xff\xfe", "UTF-16 text", "read it with read_csv('…', encoding = 'utf-16', all_varchar = true)"),
    (b"\xfe\xff", "UTF-16 text", "save it as UTF-8"),
)
#: Kinds that a name ends with where the file is what it says.
_RIGHT: dict[bytes, str | tuple[str, ...]] = {
    b"\x1f\x8b": ".gz", b"\x28\xb5\x2f\xfd": ".zst", b"PK\x03\x04": ".xlsx", b"PAR1": (".parquet", ".pq"),
    b"\x89PNG\r\n": ".png", b"\xff\xd8\xff": (".jpg", ".jpeg"),
}  # fmt: skip
_OTHERWISE = (
    "correct the file, or say how it is written: read_csv('…', all_varchar = true, delim = ';', skip = 2)"
)
_PAGE = (b"<!doctype html", b"<html", b"<head", b"<?xml")
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


def walk(root: Path, mistakes: Mistakes) -> dict[str, int]:
    """Return path (relative to `root`) → size in bytes of every file, but those of `.git`.

    Mistakes: links that lead out of the folder, what is neither file nor folder, what is too large or too much.
    """
    sizes: dict[str, int] = {}
    real = Path(os.path.realpath(root))
    for name, path in _entries(root):
        try:
            if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(real):
                fix = "copy the file here (cp -L), or remove the link"
                mistakes.add(name, "is a link to a file outside the study's folder", fix=fix)
                continue
            found = path.stat()
        except OSError as error:
            mistakes.add(name, f"cannot be read: {error.strerror or error}")
            continue
        if stat.S_ISDIR(found.st_mode):
            continue
        if not stat.S_ISREG(found.st_mode):
            mistakes.add(name, "is neither a file nor a folder", fix="remove it")
        elif found.st_size > MOST_BYTES:
            fix = "split it, or remove what no query reads"
            mistakes.add(name, f"is larger than {MOST_BYTES >> 20} MiB", fix=fix)
        else:
            sizes[name] = found.st_size
        if len(sizes) > MOST_FILES or sum(sizes.values() if len(sizes) % 1000 == 0 else ()) > MOST_IN_ALL:
            most = f"more than {MOST_FILES:,} files or {MOST_IN_ALL >> 30} GiB"
            mistakes.add("", f"{root} holds {most}", fix="give the study's own folder with --root")
            break
    return sizes


def _entries(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file, and each link to a folder, with its name; links to folders are not followed."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(one for one in folders if one != ".git")
        here = Path(folder)
        for name in [*(one for one in folders if (here / one).is_symlink()), *sorted(files)]:
            yield (here / name).relative_to(root).as_posix(), here / name


def unlike_its_name(root: Path, name: str) -> tuple[str, str] | None:
    """Return what a file is and what to do, if it begins as something else than its name says; else None."""
    try:
        with open_file(root / name, MOST_BYTES) as file:
            start = file.read(512)
    except OSError:
        return None
    for begins, called, fix in _KINDS:
        if start.startswith(begins):
            return None if name.lower().endswith(_RIGHT.get(begins, "\0")) else (called, fix)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE):
        return "a web page (HTML)", "download the file itself"
    return None


def misshapen(root: Path, name: str) -> tuple[str, str] | None:
    """Return which row of a CSV has other cells than its header, and what to do; None if none has."""
    if (delimiter := _DELIMITERS.get(name.lower()[-4:])) is None:
        return None
    try:
        with open_file(root / name, MOST_BYTES) as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            rows = csv.reader(text, delimiter=delimiter, strict=True)
            names = next(rows, [])
            if len(names) == 1 and (mark := next((mark for mark in ";\t|" if mark in names[0]), None)):
                shown = "a tab" if mark == "\t" else mark
                fix = f"read_csv('…', all_varchar = true, delim = '{mark}')"
                return f"has one column, with {shown} in its name", f"read it with {fix}"
            for number, row in enumerate(rows, start=2):
                if row and len(row) != len(names):
                    return f"row {number}: {len(row)} cells, the header has {len(names)}", _OTHERWISE
    except UnicodeDecodeError:
        return "is not UTF-8", "save it as UTF-8, or read_csv('…', all_varchar = true, encoding = 'latin-1')"
    except (OSError, ValueError, csv.Error) as error:
        return f"does not read as CSV in UTF-8: {error}", _OTHERWISE
    return None


def named_twice(root: Path, name: str) -> str | None:
    """Return the name that two columns of a CSV have, None if no two have one."""
    if (delimiter := _DELIMITERS.get(name.lower()[-4:])) is None:
        return None
    try:
        with open_file(root / name, MOST_BYTES) as file:
            names = next(csv.reader([file.readline(1 << 20).decode("utf-8-sig")], delimiter=delimiter), [])
    except (OSError, ValueError, csv.Error):
        return None
    return next((one for at, one in enumerate(names) if one and one in names[:at]), None)


def matching(names: Sequence[str], pattern: str) -> list[str]:
    """Return the names that DuckDB's pattern of a path finds, about: `*` stands for slashes, too."""
    return [name for name in names if fnmatchcase(name, pattern)]
