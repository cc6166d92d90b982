"""A folder that a process cannot write, as a container's is that is mounted read-only: root heeds no file modes.

Belongs here: the words that start a process so. Does not belong here: any test.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

#: A mount of this process and its children alone; it is gone with them. Without root in a name space of users, too.
_ALONE = ("unshare", "--mount", "--propagation", "private")
_WAYS = (_ALONE, (*_ALONE, "--map-root-user"))
_MOUNT = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'


@cache
def _way() -> Sequence[str] | None:
    for way in _WAYS:
        try:
            done = subprocess.run(
                [*way, "sh", "-c", _MOUNT, "/tmp", "true"],
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            return None
        if done.returncode == 0:
            return way
    return None


def read_only(folder: Path, command: Sequence[str]) -> Sequence[str] | None:
    """Return a command that runs another one to which a folder is read-only; None where nothing can be mounted."""
    way = _way()
    return None if way is None else [*way, "sh", "-c", _MOUNT, str(folder), *command]
