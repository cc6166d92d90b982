"""What the docs say of any command: keys that may only read, a record that is lost, what `watch` touches."""

from __future__ import annotations

import shutil

import pytest

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer
from assets.generation.providers.base import Probe
from assets.generation.providers.registry import PROVIDERS
from assets.generation.slots import Request
from tests.orchestration.alerts.watching import ALERTS, at, watching
from tests.orchestration.installation import MODELS, NEXT, WEEK, Cliche, Installation, entry
from tests.orchestration.paid import PRICE
from tests.services.seaweedfs import READER, SeaweedFS
from tests.unit.generation.scripted import Scripted


@pytest.mark.s3
def test_keys_that_may_only_read_suffice_for_what_only_reads(
    published: Installation,
    cliche: Cliche,
    seaweedfs: SeaweedFS,
    s3_address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("pages", "thumbnails"):  # fewer objects
        shutil.rmtree(published.home / "store" / name)
    assert cliche("backup", s3_address).code == 0
    published.configure(store=s3_address)
    for name in ("store", "published", "editions"):
        shutil.rmtree(published.home / name, ignore_errors=True)
    published.settings.warehouse.unlink()
    before = published.objects()
    for name, value in seaweedfs.environment(READER).items():
        monkeypatch.setenv(name, value)
    for words in (
        ("status", "--week", WEEK),
        ("status", "--week", WEEK, "--json"),
        ("run", "--dry-run", "--week", WEEK),
        ("rebuild",),
        ("sql", "SELECT count(*) FROM plans"),
        ("edition", "list"),
        ("anchors", "list"),
    ):
        ended = cliche(*words)
        assert ended.code == 0, (words, ended)
    ended = cliche("run", "--week", NEXT)
    assert (ended.code, "access denied" in ended.error) == (1, True), ended
    assert published.objects() == before


def test_without_its_record_what_holds_is_sent_once_more(published: Installation) -> None:
    published.configure(alerts=ALERTS)
    published.write_models(entry(MODELS[0], shutdown_date="2026-12-01"), entry(MODELS[1]))
    with watching(published) as watch:
        for minute in (0, 20):
            watch.fires("model_ends", at(f"2026-11-15 20:{minute:02}"))
            (published.home / "alerts.jsonl").unlink()


def untouchable(connection: Connection) -> Scripted:
    """A paid model of which nothing may be asked, not even what is free."""

    class Untouchable(Scripted):
        def probe(self, model_id: str) -> Probe:
            pytest.fail("asked")

    def script(request: Request, number: int) -> Answer:
        pytest.fail("asked")

    return Untouchable(script, paid=True, replayable=False)


def test_watch_asks_no_service_and_writes_its_record_alone(
    published: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROVIDERS, "untouchable", f"{__name__}:untouchable")
    real = entry("real", provider="untouchable", model_id="classic", price=PRICE, until=WEEK)
    published.write_models(*(entry(name, until=WEEK) for name in MODELS), real)
    files, before = published.files(), published.objects()
    ended = cliche("watch")
    assert ended.err == ""
    assert published.files() - files == {"alerts.jsonl"}
    assert published.objects() == before
