"""The local store alone: durability, leftovers of killed writers, and a disk that does not do as asked."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse.store import children
from warehouse.errors import RefusedError, StoreError
from warehouse.store import Store, local_leases, open_store
from warehouse.store.local import LocalStore
from warehouse.store.local_writing import Writing

_NOBODY = 65534
_IN_A_NAMESPACE = ("unshare", "--mount", "--propagation", "private", "sh", "-c")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "bucket"


@pytest.fixture
def local(root: Path) -> Store:
    return open_store(root)


def leftovers(root: Path) -> list[str]:
    return sorted(path.name for path in (root / ".tmp").iterdir())


class TestDurability:
    def test_bytes_are_synced_before_the_name_and_folders_after(
        self, local: Store, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        local.put_if_absent("warm/up", b"")
        seen: list[str] = []
        sync, link, mkdir = os.fsync, Path.hardlink_to, Path.mkdir

        def fsync(descriptor: int) -> None:
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            content = path.is_file() and path.read_bytes()
            seen.append(f"sync {content.decode() if content else path.relative_to(root)}")
            sync(descriptor)

        def hardlink_to(path: Path, target: Path) -> None:
            seen.append(f"link {path.relative_to(root)}")
            link(path, target)

        def make(path: Path, exist_ok: bool = False) -> None:
            seen.append(f"make {path.relative_to(root)}")
            mkdir(path, exist_ok=exist_ok)

        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(Path, "hardlink_to", hardlink_to)
        monkeypatch.setattr(Path, "mkdir", make)
        local.put_if_absent("a/b/c", b"content")
        names = ["make a", "make a/b", "sync content", "link a/b/c", "sync a/b", "sync .", "sync a"]
        assert seen == names
        seen.clear()
        local.put_if_absent("a/b/d", b"more")
        assert seen == ["sync more", "link a/b/d", "sync a/b"], "folders that are known cost nothing"
        seen.clear()
        local.swap_latest("a/b/d", b"newer", expected=b"more")
        assert seen == ["sync newer", "sync a/b"]
        seen.clear()
        assert not local.put_if_absent("a/b/d", b"other")
        assert seen == ["sync a/b"], "what another run linked may not be durable yet"

    def test_bytes_of_many_are_synced_before_their_names_and_names_after(
        self, local: Store, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[object] = []
        sync, link = Writing.sync_all, Writing.link

        def sync_all(writing: Writing, folders: list[Path]) -> None:
            seen.append(sorted(path.read_bytes() for path in (root / ".tmp").glob("*/*")))
            sync(writing, folders)

        def linked(writing: Writing, temporary: Path, target: Path) -> bool:
            seen.append(target.relative_to(root).as_posix())
            return link(writing, temporary, target)

        monkeypatch.setattr(Writing, "sync_all", sync_all)
        monkeypatch.setattr(Writing, "link", linked)
        list(local.put_all([("a/b", b"1"), ("a/c/d", b"2")]))
        assert seen == [[b"1", b"2"], "a/b", "a/c/d", [b"1", b"2"]]
        assert leftovers(root) == []

    def test_many_are_put_one_by_one_where_a_file_system_cannot_be_synced_alone(
        self, local: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warehouse.store.local.CAN_SYNC_ALL", False)
        assert [written for _, _, written in local.put_all([("a", b"1"), ("a", b"2")])] == [True, False]

    def test_a_full_disk_leaves_no_object_of_the_group(
        self, local: Store, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "full")

        local.put_if_absent("before", b"1")
        monkeypatch.setattr(Writing, "sync_all", full)
        with pytest.raises(StoreError, match="the disk is full; free some space"):
            list(local.put_all([("a", b"1"), ("b", b"2")]))
        assert list(local.list("")) == ["before"]
        assert leftovers(root) == []

    def test_temporary_files_go_and_are_never_listed(self, local: Store, root: Path) -> None:
        local.put_if_absent("a", b"1")
        local.put_if_absent("a", b"2")
        local.swap_latest("a", b"2", expected=b"0")
        assert leftovers(root) == []
        (root / ".tmp" / "half").write_bytes(b"ha")
        assert list(local.list("")) == ["a"]
        assert list(local.list(".")) == []

    @pytest.mark.parametrize("opened", ['written(b"half")', "group()"])
    def test_what_a_killed_writer_left_is_swept_and_what_a_living_one_has_is_not(
        self, root: Path, opened: str
    ) -> None:
        script = f"""
with store._writing.{opened} as path:
    if path.is_dir():
        (path / "0").write_bytes(b"half")
    print(path.name, flush=True)
    sys.stdin.readline()
"""
        dead, living = (children.start(script, str(root)) for _ in range(2))
        names = [children.line_of(dead), children.line_of(living)]
        children.kill(dead)
        assert leftovers(root) == sorted(names)
        open_store(root).put_if_absent("a", b"1")
        assert leftovers(root) == [names[1]]
        living.communicate("\n", timeout=30)
        assert living.returncode == 0
        assert leftovers(root) == []

    def test_a_store_that_is_removed_under_its_user_is_made_again(self, local: Store, root: Path) -> None:
        local.put_if_absent("a/b", b"1")
        shutil.rmtree(root)
        assert local.put_if_absent("a/b", b"2")
        shutil.rmtree(root / "a")
        assert local.put_if_absent("a/b", b"3")
        assert local.get("a/b") == b"3"

    def test_a_long_run_does_not_remember_every_folder(
        self, local: LocalStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("warehouse.store.local_writing._KNOWN_FOLDERS", 5)
        for number in range(20):
            assert local.put_if_absent(f"a/{number}/x", b"1")
        assert len(local._writing._known) <= 5

    def test_the_tag_changes_whatever_the_clock_says(self, local: Store, root: Path) -> None:
        local.put_if_absent("latest", b"1")
        future = (root / "latest").stat().st_mtime_ns + 3_600 * 10**9
        os.utime(root / "latest", ns=(future, future))
        assert local.swap_latest("latest", b"2", expected=b"1")
        assert (root / "latest").stat().st_mtime_ns > future

    def test_a_lease_locked_just_as_its_file_was_removed_is_taken_anew(
        self, local: Store, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lock = local_leases.try_lock

        def lock_late(descriptor: int, *, shared: bool = False) -> bool:
            (root / "locks" / "a.json").unlink()  # as its last holder does on release
            monkeypatch.setattr(local_leases, "try_lock", lock)
            return lock(descriptor, shared=shared)

        monkeypatch.setattr(local_leases, "try_lock", lock_late)
        with local.lease("a", purpose="one") as lease:
            assert not lease.lost
            with pytest.raises(RefusedError), local.lease("a", purpose="two"):
                pytest.fail("taken twice")

    def test_objects_are_plain_files_that_any_tool_reads(self, local: Store, root: Path) -> None:
        local.put_if_absent("editions/2026-11-23.1/index.html", b"<p>")
        assert (root / "editions/2026-11-23.1/index.html").read_bytes() == b"<p>"
        (root / "elsewhere").symlink_to(root / "editions")
        assert list(local.list("else")) == ["elsewhere/2026-11-23.1/index.html"]

    def test_a_home_folder_is_understood(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        assert open_store("~/bucket").url == str(tmp_path / "bucket")


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


class TestBadDisk:
    def test_a_file_in_place_of_the_store_is_one_clear_line(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        for place in ("file", "file/below"):
            store = open_store(tmp_path / place)
            reads = [
                lambda s=store: s.get("a"),
                lambda s=store: s.head("a"),
                lambda s=store: list(s.list("")),
            ]
            for work in [*every_write(store), *(reads if place == "file" else [])]:
                with pytest.raises(
                    StoreError, match=r"cannot \w+ /.*file.*: .* is a file, not a folder; "
                ) as caught:
                    work()
                assert "\n" not in str(caught.value)
        assert (tmp_path / "file").read_text() == ""

    def test_a_store_that_another_thread_makes_meanwhile_is_no_file(
        self, local: Store, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look = os.stat

        def makes_it_after_a_look(path: Any, *given: Any, **named: Any) -> os.stat_result:
            try:
                return look(path, *given, **named)
            finally:
                if path == root:
                    root.mkdir(parents=True, exist_ok=True)

        monkeypatch.setattr(os, "stat", makes_it_after_a_look)
        assert local.head("a") is None

    def test_a_file_in_place_of_a_folder_is_one_clear_line(self, local: Store, root: Path) -> None:
        local.put_if_absent("plans", b"1")
        with pytest.raises(StoreError, match="is a file, not a folder"):
            local.put_if_absent("plans/a", b"2")
        assert leftovers(root) == []

    def test_a_part_on_another_file_system_is_one_clear_line(self, local: Store, root: Path) -> None:
        here = root.parents[1].stat().st_dev
        others = [
            path
            for path in map(Path, ("/dev/shm", "/var/tmp"))
            if path.is_dir() and path.stat().st_dev != here
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

    def test_a_file_larger_than_the_limit_leaves_nothing(self, local: Store, root: Path) -> None:
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

    def test_a_folder_of_somebody_else_is_one_clear_line(self, tmp_path: Path) -> None:
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
    def test_a_read_only_or_full_disk_is_one_clear_line(
        self, tmp_path: Path, options: str, told: str
    ) -> None:
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
