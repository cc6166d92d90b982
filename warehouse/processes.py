"""Processes of this machine, named so that a later one can tell whether they still live."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def process_name(pid: int | None = None) -> str:
    """Return `host/process id/when it began` of a process of this machine, by default this one."""
    pid = os.getpid() if pid is None else pid
    return f"{socket.gethostname()}/{pid}/{began(pid)}"


def is_dead(name: str) -> bool:
    """Return whether a name as `process_name` gives is that of a process of this machine that has ended."""
    host, _, rest = name.partition("/")
    pid, _, since = rest.partition("/")
    return host == socket.gethostname() and pid.isdigit() and began(int(pid)) != since


def began(pid: int) -> str:
    """Return when a process began (clock ticks since boot), or an empty string if there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return _alive_without_proc(pid)
    return "" if fields[0] in {"Z", "X"} else fields[19]  # one that nobody waited for is dead all the same


def _alive_without_proc(pid: int) -> str:
    if Path("/proc/self").exists():
        return ""
    try:
        os.kill(pid, 0)
    except OSError:
        return ""
    return "alive"
