"""What reading a whole store costs beside hashing the same files with sha256sum.

Belongs here: timing of `cliche verify --store` without its start. Does not belong here: what is checked.
Seconds are of CPU time, which other work on the machine does not stretch; `sha256sum` pays for its own start.
"""

from __future__ import annotations

import random
import resource
import subprocess
import time
from pathlib import Path

from tests.bench.measure import Row, Size, best
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.integrity.scan import read_store
from warehouse.store.local import LocalStore


def run(folder: Path, size: Size) -> list[Row]:
    """Return what reading pictures of a megabyte takes, and what sha256sum takes."""
    store = LocalStore(folder / "store")
    chance = random.Random(1)
    for _ in range(size.drawn):
        data = chance.randbytes(min(size.image_bytes, 1_000_000))
        store.put_if_absent(keys.image(sha256_hex(data), "png"), data)
    files = [f"{store.url}/{key}" for key in store.list("images/")]
    ours, theirs = [], []
    for number in range(size.repeats):
        ours.append(_read(store, folder / f"home-{number}"))
        theirs.append(_sha256sum(files))
    return [
        Row("read the whole store (CPU)", len(files), "pictures", best(ours), "sha256sum (CPU)", best(theirs))
    ]


def _read(store: LocalStore, home: Path) -> float:
    begun = time.process_time()
    found = read_store(store, home)
    if found.problems:
        raise AssertionError(found.problems)
    return time.process_time() - begun


def _sha256sum(files: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["sha256sum", "--", *files], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
