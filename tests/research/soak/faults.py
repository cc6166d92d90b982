"""The machine of the soak, on which `cliche` runs, and what breaks there while it does.

Belongs here: faults, running a command under one, its seconds and its memory. Does not belong here: what must hold.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as dt_time
from pathlib import Path

from tests.forking import FIRST, Command
from tests.research.kills.killed_home import KEYS
from tests.research.soak.adverse import Weather
from tests.research.soak.clock import OFFSET
from tests.services.seaweedfs import BUCKET, SeaweedFS

_DISK, _LARGE_DISK = "400m", "4g"
_AWAY_S = (1.0, 8.0)
_STORM_CALLS = (10, 40)
#: A command takes so long at least; a fault comes at a random moment before that of the one before it.
_SHORTEST_S = 4.0


@dataclass
class Ended:
    """A command that has ended: its code, what it said, processor seconds and most memory."""

    code: int
    said: str
    cpu_s: float
    memory_mb: float


#: A fault begins while a command runs, and returns what ends it when the command has ended.
Fault = Callable[["Machine", int, random.Random], Callable[[], None]]


@dataclass
class Machine:
    """A home in a folder that may be a small disk, on a bucket."""

    folder: Path
    disk: bool
    bucket: SeaweedFS
    weather: Weather
    typical_s: float = 12.0
    offset_s: float = 0.0  # of the clock that says which week it is
    #: One thread for all faults: a server ends with the thread that started it again.
    breaker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    faults: Mapping[str, Fault | None] = field(init=False)

    def __post_init__(self) -> None:
        self.faults = {name: how for name, (_, how) in FAULTS.items() if self.disk or how is not _full}
        self.temporary.mkdir(parents=True, exist_ok=True)
        os.environ[FIRST] = "tests.research.soak.clock"

    def come_to(self, week: str) -> None:
        """Let it be Wednesday of a week, at noon."""
        noon = datetime.combine(date.fromisoformat(week), dt_time(12), UTC) + timedelta(days=2)
        self.offset_s = (noon - datetime.now(UTC)).total_seconds()

    @property
    def home(self) -> Path:
        """Return what `CLICHE_HOME` is."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """Return where temporary files lie: on the same disk."""
        return self.folder / "tmp"

    @property
    def store(self) -> str:
        """Return the address of the store; this process reads it with the same variables."""
        os.environ |= self.bucket.environment()
        return f"s3://{BUCKET}/soak"

    def cliche(
        self, arguments: Sequence[str], fault: Fault | None = None, draw: random.Random | None = None
    ) -> Ended:
        """Run a command to its end, with a fault at a random moment if one is given."""
        environment = {
            **os.environ,
            **self.bucket.environment(),
            **KEYS,
            "CLICHE_HOME": str(self.home),
            "CLICHE_STORE": self.store,
            "TMPDIR": str(self.temporary),
            "PYTHONWARNINGS": "ignore",
            "COLUMNS": "200",
            OFFSET: str(self.offset_s),
        }
        begun = time.monotonic()
        process = Command([*arguments], environment)
        over = threading.Event()
        broken = self.breaker.submit(self._break, process.pid, over, fault, draw or random.Random(0))
        # Little is said on standard output, less than a pipe holds.
        said = "".join(stream.read() for stream in (process.stderr, process.stdout) if stream)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        over.set()
        broken.result()
        if process.returncode == 0 and fault is None:
            self.typical_s = max(_SHORTEST_S, time.monotonic() - begun)
        return Ended(process.returncode, said, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)

    def _break(self, pid: int, over: threading.Event, fault: Fault | None, draw: random.Random) -> None:
        if fault is None or over.wait(draw.uniform(0.0, 0.9 * self.typical_s)):
            return
        undo = fault(self, pid, draw)
        over.wait()
        undo()

    def left_over(self) -> list[str]:
        """Return what is left that should not be: half-written objects of a home, a disk that is full."""
        left = [str(path) for path in self.home.rglob("*.tmp")] if self.home.exists() else []
        return [f"left over: {', '.join(left[:5])}"] if left else []


def _kill(machine: Machine, pid: int, draw: random.Random) -> Callable[[], None]:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    return lambda: None


def _full(machine: Machine, pid: int, draw: random.Random) -> Callable[[], None]:
    ballast = machine.folder / "ballast"
    left = draw.choice([0, 100_000, 1_000_000])
    space = os.statvfs(machine.folder)
    with suppress(OSError), ballast.open("wb") as file:
        for _ in range(max(0, space.f_bavail * space.f_frsize - left) // 65_536):
            file.write(bytes(65_536))
    return lambda: ballast.unlink(missing_ok=True)


def _outage(machine: Machine, pid: int, draw: random.Random) -> Callable[[], None]:
    machine.bucket.kill()
    time.sleep(draw.uniform(*_AWAY_S))
    machine.bucket.start()
    return lambda: None


def _storm(machine: Machine, pid: int, draw: random.Random) -> Callable[[], None]:
    machine.weather.storm = draw.randint(*_STORM_CALLS)
    return machine.weather.clear


#: Name → of ten weeks how many have it, and how it comes.
FAULTS: Mapping[str, tuple[int, Fault | None]] = {
    "none": (2, None),
    "kill": (3, _kill),
    "full": (2, _full),
    "outage": (2, _outage),
    "storm": (1, _storm),
}


def fault_of(draw: random.Random, machine: Machine) -> str:
    """Draw the name of a week's fault."""
    names = [*machine.faults]
    return draw.choices(names, [FAULTS[name][0] for name in names])[0]


def enlarge(folder: Path) -> None:
    """Give a small disk room for what `verify` makes of a whole edition."""
    subprocess.run(
        ["mount", "-o", f"remount,size={_LARGE_DISK}", str(folder)], capture_output=True, check=True
    )


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a small file system at a folder while the block runs; yields whether that may be done here."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)
