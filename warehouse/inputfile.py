"""The one place that opens files that people give: a plain file of a bounded size, or words that say why not."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

#: The largest file that people write by hand, in bytes.
MOST_BYTES = 4 << 20
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_file(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the bytes of a plain file, never more than `most_bytes`.

    Raises:
        OSError: if `open_file` does, or the file grows while it is read.
    """
    with open_file(path, most_bytes) as file:
        size = os.fstat(file.fileno()).st_size
        data = file.read(size + 1)
    if len(data) > size:
        raise OSError(errno.EAGAIN, "it grows while it is read")
    return data


def open_file(path: Path, most_bytes: int) -> BinaryIO:
    """Return a plain file of at most `most_bytes`, open for reading; nothing that waits or never ends is read.

    Raises:
        OSError: if there is no such file, it is no plain file, or it is larger; `strerror` says which.
    """
    try:
        status = path.stat()
    except ValueError:
        raise OSError(errno.EINVAL, "its name holds what no name of a file can") from None
    _check(status, most_bytes)  # before it is opened, because that may already do something to a device
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    try:
        _check(
            os.fstat(file.fileno()), most_bytes
        )  # of what was opened: the name may be another file's by now
    except OSError:
        file.close()
        raise
    return file


def _check(status: os.stat_result, most_bytes: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, not a plain file")
    if status.st_size > most_bytes:
        most = f"{most_bytes >> 20} MiB" if most_bytes >= 1 << 20 else f"{most_bytes:,} bytes"
        raise OSError(errno.EFBIG, f"it is larger than {most}")
