"""What the docs say of any command: a record that is lost, what `watch` touches."""

from __future__ import annotations

import pytest

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer
from assets.generation.providers.base import Probe
from assets.generation.providers.registry import PROVIDERS
from assets.generation.slots import Request
from tests.orchestration.alerts.watching import ALERTS, at, watching
from tests.orchestration.installation import MODELS, WEEK, Cliche, Installation, entry
from tests.orchestration.paid import PRICE
from tests.unit.generation.scripted import Scripted


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
