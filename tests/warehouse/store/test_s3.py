"""The S3 store alone: wrong settings, lost answers, and servers that do not keep the rules."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.services.loopback import Reply, Seen, serve
from tests.services.seaweedfs import BUCKET, NOBODY, READER, WRITER, Keys, SeaweedFS
from tests.warehouse.store.relay import relay
from warehouse.errors import RefusedError, StoreError
from warehouse.store import Store, open_store
from warehouse.store.s3 import S3Store
from warehouse.store.s3_objects import Objects

pytestmark = pytest.mark.s3


def every_call(store: Store) -> list[Callable[[], object]]:
    """Return each request of a store, to be tried where none can work."""

    def lease() -> None:
        with store.lease("a", purpose="b"):
            pass

    return [
        lambda: store.put_if_absent("a", b"1"),
        lambda: store.get("a"),
        lambda: store.head("a"),
        lambda: list(store.list("")),
        lambda: store.swap_latest("a", b"1", expected=b"0"),
        lambda: store.break_lease("a"),
        store.leases,
        store.check_writable,
        lease,
    ]


def fails_with(works: list[Callable[[], object]], told: str) -> None:
    for work in works:
        with pytest.raises(StoreError) as caught:
            work()
        line = str(caught.value)
        assert told in line
        assert line.startswith("cannot ")
        assert "\n" not in line
        assert "secret" not in line


class TestWrongSettings:
    @pytest.mark.parametrize("access", [WRITER.access, "nobody"])
    def test_wrong_keys(
        self, seaweedfs: SeaweedFS, s3_address: str, monkeypatch: pytest.MonkeyPatch, access: str
    ) -> None:
        for name, value in seaweedfs.environment(Keys(access, "wrong secret")).items():
            monkeypatch.setenv(name, value)
        calls = every_call(open_store(s3_address))
        fails_with(calls[:2] + calls[3:], "the server refuses the credentials; check AWS_ACCESS_KEY_ID")
        fails_with([calls[2]], "access denied or wrong credentials; check AWS_ACCESS_KEY_ID")

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [
            ("AWS_ACCESS_KEY_ID", None, "there are no credentials; set AWS_ACCESS_KEY_ID"),
            ("AWS_PROFILE", "nobody", "there is no such AWS profile; fix AWS_PROFILE"),
            ("AWS_ENDPOINT_URL", "somewhere", "check AWS_ENDPOINT_URL"),
        ],
    )
    def test_a_wrong_variable(
        self, s3_address: str, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, told: str
    ) -> None:
        if value is None:
            monkeypatch.delenv(name)
            monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
            fails_with(every_call(open_store(s3_address)), told)
        else:
            monkeypatch.setenv(name, value)
            fails_with([lambda: open_store(s3_address)], told)

    def test_no_such_bucket(self, s3_address: str) -> None:
        told = "there is no such bucket; make the bucket first, or fix CLICHE_STORE"
        fails_with(every_call(open_store("s3://no-such-bucket/x")), told)

    def test_a_reader_reads_and_cannot_write(
        self, seaweedfs: SeaweedFS, s3_address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_store(s3_address).put_if_absent("a", b"1")
        for name, value in seaweedfs.environment(READER).items():
            monkeypatch.setenv(name, value)
        store = open_store(s3_address)
        assert store.get("a") == b"1"
        assert list(store.list("")) == ["a"]
        calls = every_call(store)
        writes = [lambda: store.put_if_absent("b", b"2"), *calls[-2:]]
        fails_with(writes, "access denied; give these credentials read, list and write rights")
        assert list(store.list("")) == ["a"]

    def test_the_rights_of_the_docs_suffice_and_let_nothing_else_be_deleted(
        self, seaweedfs: SeaweedFS, s3_address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = (Path(__file__).parents[3] / "docs/operations/settings.md").read_text(encoding="utf-8")
        (policy,) = re.findall(r"```json\n(\{\"Version.*?)\n```", text, re.DOTALL)
        prefix = s3_address.removeprefix(f"s3://{BUCKET}/")
        policy = policy.replace("bucket/prefix", f"{BUCKET}/{prefix}").replace(":::bucket", f":::{BUCKET}")
        allowed = [
            {**one, "Principal": {"AWS": "arn:aws:iam::000000000000:user/nobody"}}
            for one in json.loads(policy)["Statement"]
        ]
        admin = boto3.Session().client("s3", endpoint_url=seaweedfs.endpoint)
        admin.put_bucket_policy(
            Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": allowed})
        )
        try:
            for name, value in seaweedfs.environment(NOBODY).items():
                monkeypatch.setenv(name, value)
            store = open_store(s3_address)
            store.check_writable()
            assert store.put_if_absent("a", b"1")
            assert store.swap_latest("a", b"2", expected=b"1")
            store.replace("site/a", b"3")
            with store.lease("x", purpose="a test"):
                pass
            assert ([*store.list("")], store.get("a"), store.leases()) == (["a", "site/a"], b"2", [])
            mine = boto3.Session().client("s3", endpoint_url=seaweedfs.endpoint)
            for refused in (
                lambda: mine.delete_object(Bucket=BUCKET, Key=f"{prefix}/a"),
                lambda: mine.put_object(Bucket=BUCKET, Key=f"{prefix}-other/a", Body=b""),
            ):
                with pytest.raises(ClientError, match="AccessDenied"):
                    refused()
        finally:
            admin.delete_bucket_policy(Bucket=BUCKET)

    def test_an_endpoint_where_nobody_listens(self, s3_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            port = gone.getsockname()[1]
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        store = open_store(s3_address)
        started = time.monotonic()
        fails_with(
            [store.check_writable], "the server cannot be reached; check the network and AWS_ENDPOINT_URL"
        )
        assert time.monotonic() - started < 30
        with pytest.raises(StoreError, match=f"127.0.0.1:{port}"):
            store.get("a")

    def test_a_server_that_speaks_no_s3(self, s3_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        with careless_server(status=418) as endpoint:
            monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
            fails_with([open_store(s3_address).check_writable], "the server answers 418")


class TestAddress:
    def test_stores_of_one_bucket_do_not_see_each_other(self, s3_address: str) -> None:
        for prefix in ("one", "one-more"):
            assert open_store(f"{s3_address}/{prefix}").put_if_absent("a", prefix.encode())
        assert list(open_store(f"{s3_address}/one/").list("")) == ["a"]
        assert list(open_store(s3_address).list("")) == ["one-more/a", "one/a"]

    def test_a_bucket_without_a_prefix_is_a_store(self, s3_address: str) -> None:
        open_store(s3_address).put_if_absent("a", b"1")
        whole = open_store(f"s3://{BUCKET}")
        prefix = s3_address.removeprefix(f"s3://{BUCKET}/")
        assert whole.url == f"s3://{BUCKET}"
        assert list(whole.list(f"{prefix}/")) == [f"{prefix}/a"]
        assert whole.get(f"{prefix}/a") == b"1"


class TestLostAnswers:
    def test_a_write_whose_answer_was_lost_is_known_as_written(
        self, seaweedfs: SeaweedFS, s3_address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with relay(seaweedfs.endpoint) as between:
            monkeypatch.setenv("AWS_ENDPOINT_URL", between.endpoint)
            store = open_store(s3_address)
            store.head("warm")
            between.lose = 1
            assert store.put_if_absent("a", b"1") is True
            assert between.lost == 1
            assert store.put_if_absent("a", b"2") is False
            between.let, between.lose = 1, 1  # the reading is answered, the writing is not
            assert store.swap_latest("a", b"3", expected=b"1") is True
            assert between.lost == 2
            assert store.get("a") == b"3"

    def test_another_runs_write_is_not_taken_for_ours(
        self, seaweedfs: SeaweedFS, s3_address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_store(s3_address).put_if_absent("a", b"1")
        with relay(seaweedfs.endpoint) as between:
            monkeypatch.setenv("AWS_ENDPOINT_URL", between.endpoint)
            between.lose = 1
            assert open_store(s3_address).put_if_absent("a", b"1") is False
            assert between.lost == 1

    def test_a_body_that_breaks_off_is_read_again(
        self, seaweedfs: SeaweedFS, s3_address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        data = bytes(range(256)) * 4_000
        open_store(s3_address).put_if_absent("a", data)
        with relay(seaweedfs.endpoint) as between:
            monkeypatch.setenv("AWS_ENDPOINT_URL", between.endpoint)
            store = open_store(s3_address)
            between.cut_after, between.lose = 3_000, 1
            assert store.get("a") == data
            assert between.lost == 1
            between.lose = 100
            fails_with([lambda: store.get("a")], "cannot read s3://")

    def test_a_lease_outlives_a_lost_beat_and_not_a_lost_server(
        self, seaweedfs: SeaweedFS, s3_address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        direct = open_store(s3_address)
        with relay(seaweedfs.endpoint) as between:
            monkeypatch.setenv("AWS_ENDPOINT_URL", between.endpoint)
            store = open_store(s3_address)
            with store.lease("a", purpose="mine", ttl_s=2) as lease:
                between.lose = 1
                time.sleep(2.5)
                assert between.lost == 1
                assert not lease.lost
                with pytest.raises(RefusedError), direct.lease("a", purpose="other"):
                    pytest.fail("taken")
                between.lose = 10**6
                until = time.monotonic() + 20
                while not lease.lost:
                    assert time.monotonic() < until, "an unreachable server must cost the lease"
                    time.sleep(0.1)


def test_a_server_that_ignores_conditions_is_refused(
    s3_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with careless_server() as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        store = S3Store(s3_address)
        fails_with(
            [store.check_writable],
            "the server ignores If-None-Match and If-Match, so two runs could overwrite",
        )


def test_a_lost_lease_is_not_deleted_even_where_deletions_know_no_conditions(
    s3_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete = Objects.delete

    def delete_anyway(self: Objects, key: str, *, if_etag: str | None = None) -> None:
        delete(self, key)

    monkeypatch.setattr(Objects, "delete", delete_anyway)
    store = open_store(s3_address)
    with store.lease("a", purpose="mine") as mine:
        store.break_lease("a")
        with store.lease("a", purpose="the heir") as heir:
            mine.release()
            assert mine.lost
            assert [holder.purpose for _, holder in store.leases()] == ["the heir"]
            assert not heir.lost
    assert store.leases() == []


@contextmanager
def careless_server(status: int = 200) -> Iterator[str]:
    """Run a server that overwrites whatever the conditions say, or answers everything with one status."""
    objects: dict[str, bytes] = {}

    def answer(seen: Seen) -> Reply:
        if seen.method == "PUT":
            objects[seen.target] = seen.body
        elif seen.method == "DELETE":
            objects.pop(seen.target, None)
        data = objects.get(seen.target, b"") if seen.method == "GET" else b""
        return Reply(status, data, {"ETag": '"1"', "Last-Modified": formatdate(usegmt=True)})

    with serve(answer) as endpoint:
        yield endpoint


def test_a_run_on_a_worker_waits_for_a_server_that_is_away(
    seaweedfs: SeaweedFS, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (seaweedfs.environment() | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}).items():
        monkeypatch.setenv(name, value)
    waits: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", waits.append)
    with pytest.raises(StoreError, match="the server cannot be reached"):
        open_store(f"s3://{BUCKET}/away", wait_s=9.0).get("a")
    assert waits == [1.0] * 9

    waits.clear()
    with pytest.raises(StoreError, match="the server cannot be reached"):
        open_store(f"s3://{BUCKET}/away").get("a")
    assert len(waits) == 3  # boto3's own
