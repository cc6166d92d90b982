"""Leases on a folder and on a real S3 server: one holder, seen by others, freed by its death."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from datetime import UTC, datetime

import pytest

from tests.warehouse.store import children
from tests.warehouse.store.children import at_once
from warehouse.errors import LeaseHeldError, RefusedError, UsageError
from warehouse.store import Holder, Store, open_store
from warehouse.store.holders import refusal

NAME = "generate 2026-11-23 / flux-2-pro"
ODD_NAMES = ["a/b", "../up", "..", "a b", "50 %", "é 日本", ".", "publish:2026-11-23", "x" * 200]


def is_free(store: Store, name: str = NAME, ttl_s: float = 60.0) -> bool:
    """Return whether the lease can be taken now; it is given back at once."""
    try:
        with store.lease(name, purpose="a look", ttl_s=ttl_s):
            return True
    except RefusedError:
        return False


def wait_until_free(store: Store, limit_s: float) -> float:
    """Return after how many seconds the lease could be taken; fail after `limit_s`."""
    started = time.monotonic()
    while not is_free(store):
        assert time.monotonic() - started < limit_s, "the lease was not freed"
        time.sleep(0.1)
    return time.monotonic() - started


class TestOneHolder:
    def test_a_held_lease_is_refused_and_names_its_holder(self, store: Store, address: str) -> None:
        with store.lease(NAME, purpose=NAME) as lease:
            now = datetime.now(UTC)
            for other in (store, open_store(address)):
                with pytest.raises(RefusedError) as caught, other.lease(NAME, purpose="something else"):
                    pytest.fail("taken twice")
                assert str(caught.value) in {
                    f"another run holds {NAME} since {minute:%H:%M} (pid {os.getpid()}, this machine); "
                    "nothing was changed"
                    for minute in (now, datetime.fromisoformat(store.leases()[0][1].since))
                }
            assert not lease.lost

    def test_who_waits_gets_a_lease_when_it_is_free(self, store: Store, address: str) -> None:
        taken = threading.Event()
        free = threading.Event()

        def hold() -> None:
            with store.lease(NAME, purpose="a run that ends"):
                taken.set()
                assert free.wait(10)

        holder = threading.Thread(target=hold)
        holder.start()
        assert taken.wait(10)
        threading.Timer(0.3, free.set).start()
        with open_store(address, wait_s=8.0).lease(NAME, purpose="a run that waits"):
            assert free.is_set()
        holder.join()

    def test_who_waits_too_short_is_told_who_holds_it(self, store: Store, address: str) -> None:
        waits = open_store(address, wait_s=0.2)
        with (
            store.lease(NAME, purpose=NAME),
            pytest.raises(LeaseHeldError, match="another run holds"),
            waits.lease(NAME, purpose="x"),
        ):
            pytest.fail("taken twice")

    def test_a_failure_inside_releases_it(self, store: Store) -> None:
        with pytest.raises(ValueError, match="inside"), store.lease(NAME, purpose="one"):
            raise ValueError("inside")
        assert is_free(store)
        assert list(store.list("")) == []

    def test_releasing_twice_is_harmless(self, store: Store) -> None:
        with store.lease(NAME, purpose="one") as lease:
            lease.release()
            with store.lease(NAME, purpose="two") as second:
                lease.release()
                assert not second.lost
                assert not is_free(store)

    def test_of_many_threads_one_holds(self, store: Store) -> None:
        refused = threading.Semaphore(0)

        def work(number: int) -> bool:
            try:
                with store.lease(NAME, purpose=str(number)) as lease:
                    for _ in range(7):  # held until every rival was informed
                        assert refused.acquire(timeout=30), "a rival was not refused"
                    return not lease.lost
            except RefusedError:
                refused.release()
                return False

        assert at_once(8, work).count(True) == 1

    def test_names_may_be_any_text(self, store: Store) -> None:
        for name in ODD_NAMES:
            with store.lease(name, purpose="odd"):
                assert [found for found, _ in store.leases()] == [name]
                (key,) = store.list("")
                assert key.startswith("locks/")
                assert key.count("/") == 1
            assert store.leases() == []
        for name in ("", "x" * 300):
            with pytest.raises(UsageError), store.lease(name, purpose="bad"):
                pytest.fail("taken")

    def test_different_names_do_not_meet(self, store: Store) -> None:
        with store.lease("a", purpose="1"), store.lease("b", purpose="2"), store.lease("a/b", purpose="3"):
            assert [(name, holder.purpose) for name, holder in store.leases()] == [
                ("a", "1"),
                ("a/b", "3"),
                ("b", "2"),
            ]


class TestOtherProcesses:
    def test_the_holder_is_seen_from_outside(self, store: Store, address: str) -> None:
        child = children.hold(address, NAME, 60)
        try:
            ((name, holder),) = store.leases()
            assert name == NAME
            assert (holder.pid, holder.host, holder.purpose) == (child.pid, socket.gethostname(), NAME)
            age = datetime.now(UTC) - datetime.fromisoformat(holder.since)
            assert 0 <= age.total_seconds() < 60
            with pytest.raises(RefusedError, match=f"pid {child.pid}"), store.lease(NAME, purpose="mine"):
                pytest.fail("taken twice")
        finally:
            child.communicate(timeout=30)  # its input ends, it releases
        assert child.returncode == 0
        assert store.leases() == []
        assert is_free(store)

    def test_invariant_03_a_dead_runs_lease_frees_itself(self, store: Store, address: str) -> None:
        child = children.hold(address, NAME, 3)
        assert not is_free(store)
        children.kill(child)
        if address.startswith("s3://"):
            assert not is_free(store), "taken before it expired"
            assert wait_until_free(store, 10) > 0.5
        else:
            assert is_free(store)
        assert store.leases() == []

    def test_a_living_lease_outlasts_its_time_to_live(self, store: Store, address: str) -> None:
        ttl_s = (
            3.0 if address.startswith("s3://") else 0.1
        )  # SeaweedFS lets rivals for a key wait for a second
        with store.lease(NAME, purpose="long", ttl_s=ttl_s) as lease:
            until = time.monotonic() + ttl_s + 2
            while time.monotonic() < until:
                assert not is_free(store)
                assert not lease.lost
                time.sleep(0.3)
            assert [name for name, _ in store.leases()] == [NAME]

    def test_unlock_breaks_a_lease_and_its_holder_learns_of_it(self, store: Store, address: str) -> None:
        child = children.hold(address, NAME, 2)
        try:
            assert not children.ask_lost(child)
            holder = store.break_lease(NAME)
            assert holder is not None
            assert holder.pid == child.pid
            with store.lease(NAME, purpose="after") as mine:
                until = time.monotonic() + 10
                while not children.ask_lost(child):
                    assert time.monotonic() < until, "the holder never learned"
                    time.sleep(0.1)
                child.communicate(timeout=30)
                assert not mine.lost
                assert [holder.purpose for _, holder in store.leases()] == ["after"], (
                    "released by the wrong run"
                )
        finally:
            children.kill(child)

    def test_unlock_says_who_died_with_a_lease(self, store: Store, address: str) -> None:
        child = children.hold(address, NAME, 60)
        children.kill(child)
        holder = store.break_lease(NAME)
        assert holder is not None
        assert holder.pid == child.pid
        assert is_free(store)
        assert store.break_lease(NAME) is None

    @pytest.mark.s3
    def test_of_many_heirs_of_an_expired_lease_on_s3_one_takes_it(self, s3_address: str) -> None:
        children.kill(children.hold(s3_address, NAME, 0.5))
        store = open_store(s3_address)
        time.sleep(2.6)
        refused = threading.Semaphore(0)

        def work(number: int) -> bool:
            try:
                with store.lease(NAME, purpose=str(number)):
                    return all(refused.acquire(timeout=30) for _ in range(3))
            except RefusedError:
                refused.release()
                return False

        assert at_once(4, work).count(True) == 1

    @pytest.mark.s3
    def test_a_run_that_slept_too_long_on_s3_loses_its_lease(self, s3_address: str) -> None:
        store = open_store(s3_address)
        child = children.hold(s3_address, NAME, 1)
        try:
            child.send_signal(signal.SIGSTOP)
            time.sleep(2.5)
            with store.lease(NAME, purpose="the heir", ttl_s=5) as heir:
                child.send_signal(signal.SIGCONT)
                assert children.ask_lost(child)
                child.communicate(timeout=30)
                assert not heir.lost
                assert [holder.purpose for _, holder in store.leases()] == ["the heir"]
        finally:
            children.kill(child)


@pytest.mark.s3
def test_a_lease_on_s3_that_does_not_read_is_held_all_the_same(s3_address: str) -> None:
    store = open_store(s3_address)
    store.put_if_absent("locks/a.json", b"\xff not json")
    with pytest.raises(RefusedError, match="another run holds"), store.lease("a", purpose="mine"):
        pytest.fail("taken")
    assert store.break_lease("a") is not None
    assert is_free(store, "a")


@pytest.mark.parametrize(
    ("since", "shown"),
    [
        ("2026-01-05T12:01:30+00:00", "2026-01-05 12:01"),
        ("2026-01-05T14:01:30+02:00", "2026-01-05 12:01"),
        ("?", "?"),
    ],
)
def test_an_older_lease_is_told_with_its_date_and_host(since: str, shown: str) -> None:
    holder = Holder(pid=4711, host="elsewhere", since=since, purpose=NAME)
    expected = f"another run holds {NAME} since {shown} (pid 4711, elsewhere); nothing was changed"
    assert str(refusal(holder)) == expected
