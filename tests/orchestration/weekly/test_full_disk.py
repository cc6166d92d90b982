"""A full disk in `publish` and a read-only home: the documented line, and nothing lost."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.orchestration.installation import MODELS, WEEK, Installation, entry, start

FULL = "the disk is full; free some space there and run again, what is kept stays"
READ_ONLY = "the file system is read-only; mount it for writing, or choose another folder"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a small file system; yields the function that mounts it with a size, in megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options: str) -> Path:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("file systems cannot be mounted here")
        return folder

    yield mount
    subprocess.run(["umount", str(folder)], capture_output=True, check=False)


def ended(home: Path, *arguments: str) -> tuple[int, str]:
    process = start(home, *arguments)
    _, err = process.communicate(timeout=120)
    lines = [line for line in err.splitlines() if line.startswith("cliche: ")]
    assert "Traceback" not in err, err
    assert "sqlalche" not in err, err
    assert "Exception while" not in err, err
    assert len(lines) == 1, err
    return process.returncode, lines[0]


def test_a_publish_is_one_line(published: Installation, small_disk: Callable[[str], Path]) -> None:
    disk = small_disk("size=200m")
    shutil.copytree(published.home, disk / "home")
    shutil.rmtree(disk / "home" / "store" / "editions")
    (disk / "home" / "warehouse.duckdb").unlink()
    space = os.statvfs(disk)
    with (disk / "filler").open("wb") as filler:
        filler.write(bytes(max(0, space.f_bavail * space.f_frsize - 1_500_000)))
    code, line = ended(disk / "home", "publish", "--week", WEEK)
    assert code == 1
    assert FULL in line, line


@pytest.mark.parametrize("command", ["run", "publish"])
def test_a_read_only_home(published: Installation, small_disk: Callable[[str], Path], command: str) -> None:
    disk = small_disk("size=200m")
    shutil.copytree(published.home, disk / "home")
    made = Installation(disk / "home")
    if command == "run":
        made.write_models(*(entry(model) for model in MODELS), entry("sim-classic-2", model_id="classic"))
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    code, line = ended(disk / "home", command, "--week", WEEK)
    assert code == 1
    assert READ_ONLY in line, line
