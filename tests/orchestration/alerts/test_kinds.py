"""Each kind of alert is sent once when its condition is really brought about, and not before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.partition import ask_partition, plan_partition
from assets.generation.providers.registry import PROVIDERS
from assets.labeling.anchors.sets import accept, label_anchors
from assets.labeling.registry import LABELERS
from orchestration import weekly
from orchestration.alerts.kinds import KINDS
from orchestration.commands.store_reading import backup, verify_store
from orchestration.instance import instance_of, open_instance
from tests.orchestration import moving
from tests.orchestration.alerts.watching import ALERTS, Watch, at, beat, switch_on, watching
from tests.orchestration.installation import MODELS, NEXT, WEEK, Installation, entry
from tests.orchestration.paid import CHEAP, PRICE
from tests.orchestration.scripted import STOPPING
from tests.orchestration.weekly.test_withheld import complete, pictures
from tests.unit.generation.scripted import Scripted
from warehouse import keys
from warehouse.integrity.scan import read_store
from warehouse.weeks import current_week

THURSDAY, SUNDAY = at("2026-11-12 10:00"), at("2026-11-15 22:00")  # of WEEK, which is complete and published
NEXT_THURSDAY = at("2026-11-19 10:00")
RETIRED = "tests.orchestration.alerts.test_kinds:retired"


def retired(connection: Connection) -> Scripted:
    """A model that is there no more."""
    return Scripted(
        lambda request, number: Answer(outcome=Outcome.MODEL_RETIRED, error_message="gone since May")
    )


@pytest.fixture
def watch(published: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """A watched installation with one week of two models, published."""
    for name, factory in (("stopping", STOPPING), ("cheap", CHEAP), ("gone", RETIRED)):
        monkeypatch.setitem(PROVIDERS, name, factory)
    published.configure(alerts=ALERTS)
    with watching(published) as made:
        yield made


def models(watch: Watch, *more: Mapping[str, Any], **changes: Any) -> None:
    """Write models.yaml: the two models, changed, and others."""
    watch.installation.write_models(*(entry(name, **changes) for name in MODELS), *more)


def recorded(watch: Watch) -> dg.DagsterInstance:
    """Let Dagster's records be looked at, and nobody be asked today."""
    models(watch, until=WEEK)
    watch.instance = instance_of(watch.installation.settings)
    return watch.instance


# --- a condition each: nothing is sent before it, and its alert once


def _run_failed(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    recorded(watch)
    models(watch, entry("real", provider="stopping", concurrency=1, until=WEEK), until=WEEK)
    watch.is_quiet(datetime.now(UTC))
    _stopped(watch, WEEK)  # what was answered was labeled in a second run, which went well
    watch.fires("run_failed", datetime.now(UTC))
    text = watch.bodies[-1]["text"]
    assert f"\n  real, week {WEEK} was stopped: auth: the key is not valid. 1 of 4 slots" in text
    assert "Error" not in text


def _run_not_started(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    watch.is_quiet(SUNDAY, at("2026-11-16 00:06"), at("2026-11-16 11:59"))
    watch.fires("run_not_started", at("2026-11-16 12:00"))
    complete(watch.installation.place(), NEXT, MODELS[0])  # one was begun: the other is another alert
    watch.fires("run_not_started", at("2026-11-16 13:00"))


def _week_late(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    place = watch.installation.place()
    complete(place, NEXT, MODELS[0])
    plan_partition(place, MODELS[1], NEXT)
    watch.is_quiet(NEXT_THURSDAY, at("2026-11-20 11:59"))
    watch.fires("week_late", at("2026-11-20 12:00"))
    assert "sim-drift has 4 of 4 slots open" in watch.bodies[-1]["text"]
    complete(place, NEXT, MODELS[1])
    watch.is_quiet(at("2026-11-20 18:00"))


def _completeness_low(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    models(watch, entry("real", provider="stopping", concurrency=1))
    place = watch.installation.place()
    complete(place, NEXT)
    ask_partition(place, "real", NEXT)
    watch.is_quiet(NEXT_THURSDAY)
    watch.fires("completeness_low", at("2026-11-21 12:00"))
    assert "1 of 4 slots have an answer (25 %; 90 % are needed)" in watch.bodies[-1]["text"]


def _budget(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    week = current_week()  # a model that costs money is asked of the present only
    watch.installation.configure(alerts=ALERTS, deadline_hours=168)
    price = {"per_image_usd": 0.25, "source": "test", "date": week}

    def capped(usd: float) -> None:
        real = entry("real", provider="cheap", model_id="x", price=price, cap_usd=usd, **{"from": week})
        models(watch, real, until=WEEK)

    capped(1.30)
    monday = at(f"{week} 01:00")
    watch.is_quiet(monday)
    ask_partition(watch.installation.place(), "real", week)  # four pictures, a dollar
    watch.is_quiet(monday)
    capped(1.25)
    watch.fires("budget", monday)
    assert "$1.00 of $1.25 are spent (80 %)" in watch.bodies[-1]["text"]


def _at_cap(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    monday = run_this_week(watch, "cheap", price={**PRICE, "date": current_week()}, cap_usd=0.6)
    watch.fires("at_cap", monday)  # neither a failed run nor a budget that is nearly spent beside it
    text = watch.bodies[-1]["text"]
    assert "$0.50 of $0.60 are spent, and the next call may cost $0.2500; raise cap_usd of real in " in text
    assert "left open: real 2 of 4 slots" in text


def run_this_week(watch: Watch, provider: str, **changes: Any) -> datetime:
    """Run the present week of one model, which is stopped, and return its beginning, when all was quiet before."""
    week = current_week()
    watch.installation.configure(alerts=ALERTS, deadline_hours=168)
    one = entry("real", provider=provider, model_id="x", concurrency=1, **changes, **{"from": week})
    recorded(watch)
    models(watch, one, until=WEEK)
    monday = at(f"{week} 01:00")
    watch.is_quiet(monday)
    _stopped(watch, week)
    return monday


def _stopped(watch: Watch, week: str) -> None:
    """Run a week of one model, which is stopped."""
    of = watch.installation
    assert weekly.run_partitions(of.place(), of.settings, [("real", week)], lambda text: None).problems


def _check_failed(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    watch.is_quiet(THURSDAY)
    row = {"model": MODELS[0], "check_name": "images__bytes_as_stored", "failing_rows": 1, "message": "other"}
    others = ({"severity": "warning", "status": "fail"}, {"severity": "critical", "status": "pass"})
    watch.installation.state(
        "check_results", row | {"severity": "critical", "status": "fail"}, *(row | one for one in others)
    )
    watch.fires("check_failed", THURSDAY)
    assert "other (images__bytes_as_stored)" in watch.bodies[-1]["text"]


def _drift(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    """Rows as an edition has them: a change that is really found takes a dozen weeks of pictures."""
    watch.is_quiet(THURSDAY)
    row = {"model": MODELS[1], "suite": "startup-ceo", "suite_major": 1, "attribute": "perceived_gender"}
    row |= {"before_k": 5, "before_n": 100, "after_k": 40, "after_n": 100}
    row |= {"size": 0.35, "causes": ["suite", "completeness"]}
    both = [row | {"value": value, "se": se} for value, se in (("masculine", 0.06), ("feminine", 0.05))]
    watch.installation.state("changes", *both)
    watch.fires("drift", THURSDAY)
    assert (
        f"{MODELS[1]}: perceived women up from 5% to 40% (and 1 more of startup-ceo@1); also around that date: the "
        "prompts changed, clearly more or fewer requests were answered than before"
        in watch.bodies[-1]["text"]
    )


def _labeler_drift(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    place = watch.installation.place()
    complete(place, NEXT)
    watch.is_quiet(NEXT_THURSDAY)
    patch.setitem(LABELERS, "drawing", moving.ADDRESS)
    label_anchors(place.store, [NEXT], NEXT)
    watch.fires("labeler_drift", NEXT_THURSDAY)
    accept(place.store, labeler="drawing", attribute="perceived_gender", week=NEXT, reason="a test")
    watch.is_quiet(NEXT_THURSDAY + timedelta(hours=1))


def _model_ends(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    watch.installation.write_models(entry(MODELS[0], shutdown_date="2027-01-14"), entry(MODELS[1]))
    watch.is_quiet(THURSDAY)  # 63 days
    watch.fires("model_ends", SUNDAY)  # 60
    assert "is shut down on 2027-01-14, in 60 days" in watch.bodies[-1]["text"]


def _price_old(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    price = {"per_image_usd": 0.1, "source": "test", "date": "2026-09-15"}
    watch.installation.write_models(entry(MODELS[0], price=price), entry(MODELS[1]))
    watch.is_quiet(THURSDAY)  # 58 days
    watch.fires("price_old", SUNDAY)  # 61
    watch.installation.write_models(entry(MODELS[0], price={**price, "date": "2026-11-14"}), entry(MODELS[1]))
    watch.is_quiet(SUNDAY + timedelta(hours=1))


def _store_damaged(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    watch.is_quiet(THURSDAY)
    manifest = watch.installation.home / "store" / keys.manifest(WEEK, MODELS[0], 1)
    whole = manifest.read_bytes()
    manifest.chmod(0o644)
    manifest.write_bytes(whole[:-100])
    watch.fires("store_damaged", THURSDAY)  # several finders meet it; it is one alert
    manifest.write_bytes(whole)
    watch.is_quiet(THURSDAY + timedelta(hours=1))
    pictures(watch.installation, MODELS[0], WEEK)[0].unlink()
    watch.is_quiet(THURSDAY + timedelta(hours=2))  # nobody has read it yet
    assert read_store(watch.installation.store, watch.installation.home, lambda *step: None).problems
    watch.fires("store_damaged", THURSDAY + timedelta(hours=3))


def _only(watch: Watch, kind: str, **more: Any) -> None:
    """Let no other kind of alert be sent: months pass."""
    without = [one for one in KINDS if one != kind]
    watch.installation.configure(alerts={**ALERTS, "without": without, **more})


def _backup_old(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    _only(watch, "backup_old", backup_days=9)
    watch.is_quiet(at("2026-11-30 10:00"))  # all can be made again, as in the demo
    watch.installation.write_models(entry(MODELS[0], provider="cheap", price=PRICE), entry(MODELS[1]))
    watch.is_quiet(at("2026-11-18 00:00"))
    watch.fires("backup_old", at("2026-11-18 00:01"))  # the week began nine days ago
    assert "there was none since 2026-11-09, the first week whose pictures" in watch.bodies[-1]["text"]
    _keep_records(watch)
    watch.is_quiet(datetime.now(UTC) + timedelta(days=8))
    watch.fires("backup_old", datetime.now(UTC) + timedelta(days=10))
    assert f"the last one ended on {datetime.now(UTC):%Y-%m-%d}" in watch.bodies[-1]["text"]


def _store_unread(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    _keep_records(watch)
    _only(watch, "store_unread")
    watch.is_quiet(datetime.now(UTC) + timedelta(days=34))
    watch.fires("store_unread", datetime.now(UTC) + timedelta(days=36))


def _keep_records(watch: Watch) -> None:
    """Copy the store and read it, as the commands do."""
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("CLICHE_HOME", str(watch.installation.home))
        assert backup(str(watch.installation.home / "copy"), None, quick=False) == 0
        assert verify_store(None) == 0


def _not_published(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    complete(watch.installation.place(), NEXT)
    watch.is_quiet(NEXT_THURSDAY, at("2026-11-21 14:59"))
    watch.fires("not_published", at("2026-11-21 15:00"))
    watch.is_quiet(at("2026-11-22 23:00"))


def _daemon_dead(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    """The states that daemon and page write; the daemon itself is killed in tests/research."""
    with open_instance(watch.installation.settings.dagster_home) as instance:
        watch.instance = instance
        watch.is_quiet(SUNDAY)  # whoever uses the command alone has no daemon
        switch_on(instance, "every_monday")
        beat(instance, SUNDAY)
        watch.is_quiet(SUNDAY + timedelta(minutes=30))
        watch.fires("daemon_dead", SUNDAY + timedelta(minutes=32))


def _cannot_look(watch: Watch, patch: pytest.MonkeyPatch) -> None:
    watch.is_quiet(THURSDAY)
    models = watch.installation.home / "models.yaml"
    models.write_text(models.read_text().replace("startup-ceo@1", "startup-coe@1"))
    watch.fires("cannot_look", THURSDAY)
    assert "startup-coe@1" in watch.bodies[-1]["text"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "test"])
def test_an_alert_is_sent_once_and_in_time(kind: str, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    globals()[f"_{kind}"](watch, monkeypatch)
