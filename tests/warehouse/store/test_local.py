"""The local store alone: durability, and leftovers of killed writers."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from tests.warehouse.store import children
from warehouse.errors import RefusedError, StoreError
from warehouse.store import Store, local_leases, open_store
from warehouse.store.local import LocalStore
from warehouse.store.local_writing import Writing


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
