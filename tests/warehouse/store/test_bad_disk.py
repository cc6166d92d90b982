"""The local store where a disk or folder does not do as asked: one clear line, and nothing half-written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.store import children
from tests.warehouse.store.test_local import leftovers, local, root
from warehouse.errors import StoreError
from warehouse.store import Store, open_store

__all__ = ["local", "root"]  # fixtures
_NOBODY = 65534
_IN_A_NAMESPACE = ("unshare", "--mount", "--propagation", "private", "sh", "-c")


def every_write(store: Store) -> list[Callable[[], object]]:
    """Return each way to write, to be tried on a store that cannot."""

    def lease() -> None:
        with store.lease("a", purpose="b"):
            pass

    return [
        lambda: store.put_if_absent("plans/a", b"1"),
        lambda: store.swap_latest("plans/a", b"1", expected=b"0"),
        lease,
        store.check_writable,
    ]


def test_a_file_in_place_of_the_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in ("file", "file/below"):
        store = open_store(tmp_path / place)
        reads = [
            lambda s=store: s.get("a"),
            lambda s=store: s.head("a"),
            lambda s=store: list(s.list("")),
        ]
        for work in [*every_write(store), *reads]:
            with pytest.raises(
                StoreError, match=r"cannot \w+ /.*file.*: .* is a file, not a folder; "
            ) as caught:
                work()
            assert "\n" not in str(caught.value)
    assert (tmp_path / "file").read_text() == ""


def test_a_store_that_another_thread_makes_meanwhile_is_no_file(
    local: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = os.stat

    def makes_it_after_a_look(path: Any, *given: Any, **named: Any) -> os.stat_result:
        try:
            return look(path, *given, **named)
        finally:
            if path == root:
                with suppress(FileExistsError):
                    root.mkdir(parents=True)

    monkeypatch.setattr(os, "stat", makes_it_after_a_look)
    assert local.head("a") is None


def test_a_file_in_place_of_a_folder_is_one_clear_line(local: Store, root: Path) -> None:
    local.put_if_absent("plans", b"1")
    with pytest.raises(StoreError, match="is a file, not a folder"):
        local.put_if_absent("plans/a", b"2")
    assert leftovers(root) == []


def test_a_part_on_another_file_system_is_one_clear_line(local: Store, root: Path) -> None:
    here = root.parents[1].stat().st_dev
    others = [
        path for path in map(Path, ("/dev/shm", "/var/tmp")) if path.is_dir() and path.stat().st_dev != here
    ]
    if not others:
        pytest.skip("there is no second file system at /dev/shm or /var/tmp")
    local.put_if_absent("a", b"1")
    away = others[0] / f"cliche-test-{os.getpid()}"
    away.mkdir()
    try:
        (root / "images").symlink_to(away)
        with pytest.raises(StoreError, match="keep the whole store on one file system"):
            local.put_if_absent("images/x", b"1")
    finally:
        away.rmdir()
    assert leftovers(root) == []


def test_a_file_larger_than_the_limit_leaves_nothing(local: Store, root: Path) -> None:
    local.put_if_absent("small", b"1")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(
            StoreError, match="larger than this process or file system allows; raise the limit"
        ):
            local.put_if_absent("large", b"x" * 200_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(local.list("")) == ["small"]
    assert leftovers(root) == []


def test_a_folder_of_somebody_else_is_one_clear_line(tmp_path: Path) -> None:
    root = tmp_path / "bucket"
    open_store(root).put_if_absent("a", b"1")
    root.chmod(0o500)
    try:
        if os.geteuid():
            for work in every_write(open_store(root)):
                with pytest.raises(StoreError, match="permission denied; give this user"):
                    work()
            return
        # Root may write everywhere: the rules of a plain user are asked in a forked process.
        child = os.fork()
        if child == 0:
            failed = 1
            try:
                os.chdir("/")
                for folder in (tmp_path, *tmp_path.parents):
                    folder.chmod(folder.stat().st_mode | 0o011)
                root.chmod(0o555)
                os.setuid(_NOBODY)
                told = []
                for work in every_write(open_store(root)):
                    try:
                        work()
                    except StoreError as error:
                        told.append("permission denied; give this user" in str(error))
                failed = int(told != [True] * 4 or open_store(root).get("a") != b"1")
            finally:
                os._exit(failed)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        root.chmod(0o700)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("-o ro", "the file system is read-only; mount it for writing"),
        ("-o size=256k", "the disk is full; free some space there and run again"),
    ],
)
def test_a_read_only_or_full_disk_is_one_clear_line(tmp_path: Path, options: str, told: str) -> None:
    if not _may_mount():
        pytest.skip("mounting a disk for the test needs root and the program unshare")
    script = """
import sys
from warehouse.errors import StoreError
from warehouse.store import open_store
store = open_store(sys.argv[1])
kept = []
try:
    for number in range(100):
        assert store.put_if_absent(f"a/{number}", b"x" * 20_000)
        kept.append(f"a/{number}")
except StoreError as error:
    print(error)
assert sorted(store.list("")) == sorted(kept)
assert all(store.get(key) == b"x" * 20_000 for key in kept)
print(len(kept))
"""
    place = tmp_path / "disk"
    place.mkdir()
    command = f'mount -t tmpfs {options} none "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        [*_IN_A_NAMESPACE, command, "sh", str(place), sys.executable, script],
        cwd=children.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    line, kept = done.stdout.splitlines()
    assert line.startswith("cannot write /")
    assert told in line
    assert (int(kept) > 0) == ("size" in options)


def _may_mount() -> bool:
    try:
        return subprocess.run([*_IN_A_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
