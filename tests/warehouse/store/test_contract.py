"""What every store promises, tried on a folder and on a real S3 server."""

from __future__ import annotations

import hashlib
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.warehouse.store import children
from tests.warehouse.store.children import at_once
from warehouse import keys
from warehouse.errors import StoreError, UsageError
from warehouse.store import Store, open_store
from warehouse.store.pieces import pieces


class TestObjects:
    def test_it_is_a_store(self, store: Store, address: str) -> None:
        assert isinstance(store, Store)
        assert store.url == address

    def test_the_first_write_stays_for_every_client(self, store: Store, address: str) -> None:
        assert store.put_if_absent("a/b", b"first") is True
        assert store.put_if_absent("a/b", b"second") is False
        other = open_store(address)
        assert other.put_if_absent("a/b", b"second") is False
        assert store.get("a/b") == other.get("a/b") == b"first"

    def test_many_are_put_in_their_order_and_the_first_write_stays(self, store: Store, address: str) -> None:
        store.put_if_absent("many/3", b"first")
        given = [(f"many/{number}", b"%d" % number * number) for number in range(90)]
        done = list(store.put_all([*given, ("many/7", b"again")]))
        assert [(key, data) for key, data, _ in done] == [*given, ("many/7", b"again")]
        assert [key for key, _, written in done if not written] == ["many/3", "many/7"]
        other = open_store(address)
        assert {key: other.get(key) for key, _ in given} == {**dict(given), "many/3": b"first"}

    def test_what_a_removal_names_is_deleted_and_never_written_again(self, store: Store) -> None:
        sha256, other = "ab" * 32, "cd" * 32
        image, thumbnail, card = (keys.image(sha256, "png"), keys.thumbnail(sha256), "editions/1/a/card.png")
        mine = {image: b"picture", thumbnail: b"small", card: b"drawn"}
        rest = {keys.image(other, "png"): b"picture", "editions/1/index.html": b"page"}
        assert all(written for *_, written in store.put_all([*mine.items(), *rest.items()]))
        for key in mine:
            with pytest.raises(UsageError, match="no removal"):
                store.delete(key, sha256)
        store.put_if_absent(keys.removal(sha256), b"{}")
        for key in rest:
            with pytest.raises(UsageError, match="no removal"):
                store.delete(key, sha256)
        for key in [*mine, *mine]:  # what is gone is no error
            store.delete(key, sha256)
        assert [*store.list("images/"), *store.list("thumbnails/")] == [keys.image(other, "png")]
        assert store.put_if_absent(image, b"picture") is False
        again = [(thumbnail, b"small"), (keys.thumbnail(other), b"small")]
        assert [written for *_, written in store.put_all(again)] == [False, True]
        assert store.head(image) is store.head(thumbnail) is store.head(card) is None

    def test_many_stop_at_a_key_that_cannot_be(self, store: Store) -> None:
        store.put_if_absent("folder/object", b"1")
        with pytest.raises(StoreError, match="folder"):
            list(store.put_all([("a", b"1"), ("folder", b"2")]))
        assert store.head("folder/object")

    def test_what_is_absent_is_said_to_be(self, store: Store) -> None:
        store.put_if_absent("folder/object", b"1")
        for key in ("none", "folder", "folder/none", "folder/object/none"):
            assert store.head(key) is None
            with pytest.raises(KeyError):
                store.get(key)

    def test_head_gives_size_and_a_tag_of_the_bytes(self, store: Store) -> None:
        store.put_if_absent("a", b"12345")
        first = store.head("a")
        assert first is not None
        assert (first.key, first.size) == ("a", 5)
        assert store.head("a") == first
        store.swap_latest("a", b"54321", expected=b"12345")
        second = store.head("a")
        assert second is not None
        assert second.etag != first.etag

    def test_every_size_comes_back_whole(self, store: Store) -> None:
        for size in (0, 1, 9_000_001):
            data = random.Random(size).randbytes(size)
            assert store.put_if_absent(f"images/{size}.png", data)
            assert hashlib.sha256(store.get(f"images/{size}.png")).digest() == hashlib.sha256(data).digest()
            head = store.head(f"images/{size}.png")
            assert head is not None
            assert head.size == size

    def test_keys_may_be_any_printable_text(self, store: Store) -> None:
        keys = (
            "é/ü",
            "日本/語.json",
            "a b/c+d%2F=&?#.x",
            "quote'\"<>.txt",
            "😀",
            "a/.hidden",
            "week=2026-11-23/..x",
        )
        for key in keys:
            assert store.put_if_absent(key, key.encode())
            assert store.get(key) == key.encode()
        assert list(store.list("")) == sorted(keys, key=str.encode)

    def test_a_bad_key_is_refused_in_one_line(self, store: Store) -> None:
        paths = ("", "/a", "a//b", "a/", "../a", "a/../b", "a/..", ".", "a/./b", ".tmp/a")
        for key in (*paths, "a\0b", "a\nb", "\udc80", "x" * 256, "/".join(["x" * 200] * 5)):
            for work in (store.get, store.head, lambda key: store.put_if_absent(key, b"1")):
                with pytest.raises(UsageError, match=r"cannot be stored: .+") as caught:
                    work(key)
                assert "\n" not in str(caught.value)
        assert list(store.list("")) == []

    def test_a_key_below_or_above_another_is_an_error_not_a_loss(self, store: Store) -> None:
        store.put_if_absent("a/b", b"1")
        with pytest.raises(StoreError, match="cannot be both"):
            store.put_if_absent("a", b"2")
        assert list(store.list("")) == ["a/b"]


class TestPieces:
    def test_a_part_of_an_object_is_read(self, store: Store) -> None:
        store.put_if_absent("a", b"0123456789")
        assert store.get("a", (2, 3)) == b"234"
        assert store.get("a", (8, 5)) == b"89"

    def test_pieces_are_the_object(self, store: Store) -> None:
        with pytest.raises(KeyError):
            next(pieces(store, "a"))
        store.put_if_absent("empty", b"")
        assert [*pieces(store, "empty")] == []
        store.put_if_absent("a", b"0123456789")
        for size in (1, 4, 5, 10, 11):
            found = [*pieces(store, "a", size)]
            assert b"".join(found) == b"0123456789"
            assert {len(piece) for piece in found[:-1]} <= {size}

    def test_what_is_replaced_meanwhile_is_told(self, store: Store) -> None:
        store.replace("site/a.json", b"0123456789")
        reading = pieces(store, "site/a.json", 4)
        next(reading)
        store.replace("site/a.json", b"abcdefghij")
        with pytest.raises(StoreError, match="was replaced while it was read"):
            list(reading)


class TestList:
    KEYS = ("Z/1", "a-b/c", "a.b", "a/b", "a/é", "a/日本", "a/b.c/d", "a0", "é", "日本", "😀", "ﬀ")

    def test_keys_and_folders_that_start_so_in_the_order_of_their_bytes(self, store: Store) -> None:
        assert list(store.list("")) == list(store.list("plans/")) == []
        assert store.folders("") == store.folders("plans/") == store.names("") == []
        for key in self.KEYS:
            store.put_if_absent(key, key.encode())
        for prefix in (
            "",
            "a",
            "a/",
            "a/b",
            "a.",
            "Z",
            "日",
            "none",
            "none/x",
            "a.b/",
            "a/b/c",
            "a/b.c",
            "z",
        ):
            expected = sorted((key for key in self.KEYS if key.startswith(prefix)), key=str.encode)
            assert list(store.list(prefix)) == expected
            assert {head.key: head for head in store.heads(prefix)} == {
                key: store.head(key) for key in expected
            }
            below = [key[len(prefix) :].partition("/") for key in expected]
            assert store.folders(prefix) == sorted({f"{prefix}{name}/" for name, slash, _ in below if slash})
            assert sorted(store.names(prefix)) == sorted(
                {f"{prefix}{name}{slash}" for name, slash, _ in below}
            )

    def test_a_bad_prefix_is_refused(self, store: Store) -> None:
        for prefix in ("/", "/a", "../", "a//b", "a/../b", ".tmp/", "a\nb"):
            with pytest.raises(UsageError, match="cannot be listed"):
                list(store.list(prefix))
            with pytest.raises(UsageError, match="cannot be listed"):
                store.folders(prefix)

    def test_more_than_one_page_is_listed(self, store: Store) -> None:
        keys = [f"many/{number % 7}/{number:05d}" for number in range(1_050)]
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(lambda key: store.put_if_absent(key, b"x"), keys))
        assert list(store.list("many/")) == sorted(keys)
        assert store.folders("many/") == [f"many/{number}/" for number in range(7)]


class TestRaces:
    def test_of_many_threads_one_writes(self, store: Store, address: str) -> None:
        for turn in range(2 if address.startswith("s3://") else 20):  # SeaweedFS lets rivals wait for seconds
            wins = at_once(16, lambda n: store.put_if_absent(f"race/{turn}", b"%d" % n))  # noqa: B023  (ends here)
            assert wins.count(True) == 1
            assert store.get(f"race/{turn}") == b"%d" % wins.index(True)

    def test_of_many_processes_one_writes(self, store: Store, address: str) -> None:
        script = """
            print("ready", flush=True); sys.stdin.readline()
            print(*[n for n in range(40) if store.put_if_absent(f"race/{n}", sys.argv[2].encode())], flush=True)
        """
        script = "\n".join(line.strip() for line in script.splitlines())
        started = [children.start(script, address, str(number)) for number in range(2)]
        assert [children.line_of(child) for child in started] == ["ready"] * 2
        won = {}
        for child in started:
            assert child.stdin is not None
            child.stdin.write("go\n")
            child.stdin.flush()
        for number, child in enumerate(started):
            for key in child.communicate(timeout=60)[0].split():
                assert key not in won
                won[key] = str(number)
        assert len(won) == 40
        assert all(store.get(f"race/{key}").decode() == number for key, number in won.items())

    def test_a_killed_writer_leaves_whole_objects_only(self, store: Store, address: str) -> None:
        script = (
            "print('go', flush=True)\n"
            "for n in range(10**6): store.put_if_absent(f'{sys.argv[2]}/{n:05d}', b'%07d' % n * 60_000)\n"
        )
        for turn in range(2):
            child = children.start(script, address, str(turn))
            assert children.line_of(child) == "go"
            time.sleep(0.1 + 0.2 * turn)
            children.kill(child)
        keys = list(store.list(""))
        assert keys
        assert all(key[0] in "01" for key in keys)
        for key in keys:
            assert store.get(key) == b"%07d" % int(key[2:]) * 60_000


class TestReplace:
    def test_it_replaces_whatever_is_there(self, store: Store, tmp_path: Path) -> None:
        store.replace("site/a.json", b"first")
        store.replace("site/a.json", b"second")
        assert store.get("site/a.json") == b"second"
        large = tmp_path / "file"
        large.write_bytes(random.Random(1).randbytes(9_000_001))  # more than one part on S3
        store.replace("site/a.json", large)
        assert store.get("site/a.json") == large.read_bytes()
        assert list(store.list("")) == ["site/a.json"]

    def test_nothing_outside_the_site_is_replaced(self, store: Store, tmp_path: Path) -> None:
        store.put_if_absent("editions/a", b"first")
        for key in ("editions/a", "editions/latest.json", "site", "sites/a", "site/../editions/a", "site/"):
            with pytest.raises(UsageError):
                store.replace(key, b"second")
        assert store.get("editions/a") == b"first"

    def test_readers_see_whole_objects(self, store: Store) -> None:
        store.replace("site/a", b"0" * 300_000)
        seen = at_once(
            4, lambda n: store.replace("site/a", b"%d" % n * 300_000) if n % 2 else {*store.get("site/a")}
        )
        assert all(len(one) == 1 for one in seen if one is not None)


class TestSwap:
    def test_it_replaces_only_what_was_expected(self, store: Store) -> None:
        key = "editions/latest.json"
        assert store.swap_latest(key, b"1", expected=b"0") is False
        assert store.head(key) is None
        assert store.swap_latest(key, b"1", expected=None) is True
        assert store.swap_latest(key, b"2", expected=None) is False
        assert store.swap_latest(key, b"2", expected=b"0") is False
        assert store.get(key) == b"1"
        assert store.swap_latest(key, b"2", expected=b"1") is True
        assert store.get(key) == b"2"
        assert list(store.list("")) == [key]

    def test_the_tag_changes_even_in_quick_succession(self, store: Store) -> None:
        store.swap_latest("latest", b"0", expected=None)
        tags = set()
        for number in range(20):
            assert store.swap_latest("latest", b"%d" % (number + 1), expected=b"%d" % number)
            head = store.head("latest")
            assert head is not None
            tags.add(head.etag)
        assert len(tags) == 20

    def test_of_many_swaps_one_succeeds(self, store: Store) -> None:
        store.swap_latest("latest", b"before", expected=None)
        wins = at_once(12, lambda n: store.swap_latest("latest", b"%d" % n, expected=b"before"))
        assert wins.count(True) == 1
        assert store.get("latest") == b"%d" % wins.index(True)

    def test_no_increment_is_lost_and_readers_see_whole_objects(self, store: Store) -> None:
        store.swap_latest("latest", b"0", expected=None)

        def add(_: int) -> None:
            for _turn in range(5):
                while True:
                    seen = store.get("latest")
                    if store.swap_latest("latest", b"%d" % (int(seen) + 1), expected=seen):
                        break

        at_once(4, add)
        assert store.get("latest") == b"20"


def test_check_writable_leaves_nothing_behind(store: Store) -> None:
    store.check_writable()
    assert list(store.list("")) == []
    assert store.leases() == []


def test_a_store_deletes_and_replaces_leases_what_a_removal_names_the_newest_edition_and_the_site() -> None:
    ways = {name for name in vars(Store) if not name.startswith("_")}
    reading = {"url", "get", "head", "heads", "list", "folders", "names", "check_writable"}
    leasing = {"lease", "break_lease", "leases"}
    assert ways == reading | leasing | {"put_if_absent", "put_all", "swap_latest", "replace", "delete"}
