"""What was found is sent once, later where a receiver is down, and never too often; `cliche watch`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from orchestration.alerts.channels.registry import CHANNELS
from orchestration.alerts.message import AlertMessage
from orchestration.alerts.settings import SMTP, WEBHOOK, receivers
from orchestration.alerts.watch import WatchResult, look_once
from tests.orchestration.alerts.test_sending import mail_environment
from tests.orchestration.alerts.watching import ALERTS, Watch, at, watching
from tests.orchestration.installation import MODELS, NEXT, WEEK, Cliche, Installation, entry
from tests.services.mailbox import mailbox
from warehouse.errors import UsageError

MONDAY = at("2026-11-16 12:00")  # a week that nobody was asked in is an alert from now on


@pytest.fixture
def watch(published: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Published, and watched; nobody is asked in the next week."""
    published.configure(alerts={**ALERTS, "file": "alerts.txt"})
    with watching(published) as made:
        monkeypatch.setenv(WEBHOOK, made.url)
        yield made


def told(watch: Watch) -> list[str]:
    path = watch.installation.home / "alerts.txt"
    return re.findall(r"#alert-(\w+)", path.read_text()) if path.exists() else []


def look(watch: Watch, minutes: float, **environ: str) -> WatchResult:
    """Look as the command does, with what the environment names."""
    of = watch.installation
    return look_once(of.settings, of.place, MONDAY + timedelta(minutes=minutes), None, environ)


def end_all(watch: Watch) -> None:
    """Let nobody be asked any more: what was an alert is over."""
    watch.installation.write_models(*(entry(name, until=WEEK) for name in MODELS))


def test_a_receiver_that_is_down_loses_nothing_and_holds_up_nobody(watch: Watch) -> None:
    with mailbox() as box:
        watch.status, box.refuses = 503, True
        environ = {WEBHOOK: watch.url, **mail_environment(box)}
        problems = look(watch, 0, **environ).problems
        assert [problem.partition(" ")[0] for problem in problems] == ["webhook", "mail"]
        assert told(watch) == ["run_not_started"]
        assert len(look(watch, 5, **environ).problems) == 2
        watch.status = 200
        assert len(look(watch, 10, **environ).problems) == 1
        assert len(watch.bodies) == 1
        box.refuses = False
        assert look(watch, 15, **environ).problems == []
        assert look(watch, 20, **environ).problems == []
        assert (len(watch.bodies), len(box.letters), told(watch)) == (1, 1, ["run_not_started"])


def test_what_was_over_before_it_could_be_sent_is_sent_all_the_same(watch: Watch) -> None:
    watch.status = 500
    assert watch.look(MONDAY) == []
    end_all(watch)
    watch.status = 200
    assert watch.look(MONDAY + timedelta(hours=1)) == ["run_not_started"]
    watch.is_quiet(MONDAY + timedelta(hours=2))


def test_a_condition_that_comes_again_is_another_alert_behind_half_a_line(watch: Watch) -> None:
    assert watch.look(MONDAY) == ["run_not_started"]
    record = watch.installation.home / "alerts.jsonl"
    record.write_bytes(record.read_bytes() + b'{"at":"2026-11-16T12:00:00+00:00","event":"ov')
    watch.is_quiet(MONDAY + timedelta(hours=1))
    end_all(watch)
    watch.is_quiet(MONDAY + timedelta(hours=2))
    watch.installation.write_models(*map(entry, MODELS))
    assert watch.look(MONDAY + timedelta(hours=3)) == ["run_not_started"]


def test_no_more_messages_an_hour_than_the_setting_says_and_none_is_lost(watch: Watch) -> None:
    watch.installation.configure(alerts={**ALERTS, "messages_per_hour": 2, "without": ["run_not_started"]})
    counts = []
    for minutes, ending in ((0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (62, 4), (130, 4)):
        ends = [entry(f"m{n}", model_id="classic", shutdown_date="2026-12-01") for n in range(ending)]
        watch.installation.write_models(*map(entry, MODELS), *ends)
        counts.append(len(watch.look(at("2026-11-15 20:00") + timedelta(minutes=minutes))))
    assert counts == [0, 1, 1, 0, 0, 2, 0]


def test_many_alerts_at_once_are_few_messages_and_a_kind_that_nobody_wants_is_none(watch: Watch) -> None:
    watch.installation.configure(alerts={**ALERTS, "without": ["run_not_started"]})
    watch.installation.write_models(*(entry(f"m{n:02}", shutdown_date="2026-12-01") for n in range(40)))
    assert watch.look(at("2026-11-15 20:00")) == ["model_ends"] * 40
    assert [body["text"].count("#alert-") for body in watch.bodies] == [15, 15, 10]


def test_a_channel_that_is_added_later_gets_what_holds_and_not_what_is_over(watch: Watch) -> None:
    look(watch, 0)
    assert watch.look(MONDAY + timedelta(minutes=1)) == ["run_not_started"]
    end_all(watch)
    with mailbox() as box:
        look(watch, 60, **mail_environment(box))
        assert box.letters == []


def test_a_clock_that_was_wrong_for_a_year_does_not_keep_messages_back(watch: Watch) -> None:
    watch.installation.configure(alerts={**ALERTS, "messages_per_hour": 1})
    assert "run_not_started" in watch.look(MONDAY + timedelta(days=364))
    assert watch.look(MONDAY) == ["run_not_started"]


def test_a_record_that_cannot_be_written_is_sent_and_ends_the_look(watch: Watch) -> None:
    (watch.installation.home / "alerts.jsonl").mkdir()
    with pytest.raises(IsADirectoryError):
        watch.look(MONDAY)
    heads = [body["text"].splitlines()[0] for body in watch.bodies]
    assert (heads, told(watch)) == (["Cliché: Alerts cannot be looked for"], ["cannot_look"])


def test_a_channel_that_breaks_keeps_nothing_back(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(message: AlertMessage) -> None:
        raise UnicodeError(f"https://example.org/secret {message.subject}")

    monkeypatch.setitem(CHANNELS, "broken", lambda settings, to: broken)  # type: ignore[call-overload]
    done = look(watch, 0)
    assert done.problems == ["UnicodeError while sending; sent again next time"]
    assert told(watch) == ["run_not_started"]
    assert done.waiting == {"broken": 1}


def test_nothing_is_sent_if_one_receiver_or_the_template_is_wrong(watch: Watch) -> None:
    own = watch.installation.home / "own.j2"
    with pytest.raises(UsageError, match=SMTP):
        look(watch, 0, **{WEBHOOK: watch.url, SMTP: "x"})
    own.write_text("{{ alerts | nothing }}")
    watch.installation.configure(alerts={**ALERTS, "template": "own.j2"})
    with pytest.raises(UsageError, match=r"own\.j2: No filter named 'nothing'"):
        watch.look(MONDAY)
    assert watch.bodies == []
    own.write_text("{% for one in alerts %}{{ one.title }} {{ link(one.kind) }}{% endfor %}")
    assert watch.look(MONDAY) == ["run_not_started"]
    assert watch.bodies[0]["text"].endswith(
        f"\n\nRun never started: week {NEXT} docs/operations/alerts.md#alert-run_not_started\n"
    )


# --- the command


def test_watch_tries_every_channel(watch: Watch, cliche: Cliche, monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox() as box:
        for name, value in mail_environment(box).items():
            monkeypatch.setenv(name, value)
        ended = cliche("watch", "--test")
        assert (ended.code, ended.out) == (0, "ok    file\nok    webhook\nok    mail\n")
        assert (len(watch.bodies), len(box.letters), told(watch)) == (1, 1, ["test"])
        watch.status = 500
        ended = cliche("watch", "--test")
        assert ended.code == 1
        assert "fail  webhook: webhook at 127.0.0.1 answered 500 no\n" in ended.out
    assert {*CHANNELS} == {"file", "webhook", "mail"}
    assert not (watch.installation.home / "alerts.jsonl").exists()


def test_watch_without_any_channel_says_so(fresh: Installation, cliche: Cliche) -> None:
    ended = cliche("watch", "--test")
    assert (ended.code, ended.out) == (1, "No channel is set; see docs/operations/alerts.md.\n")
    ended = cliche("watch")
    assert (ended.code, ended.out, ended.err) == (0, "All is quiet.\n", "")


def test_a_secret_is_in_no_file(watch: Watch) -> None:
    secret = "secret-of-the-hook"
    assert secret in watch.url
    assert secret not in repr(receivers({WEBHOOK: watch.url}))
    watch.status = 500
    look(watch, 0, **{WEBHOOK: watch.url})
    files = [path for path in watch.installation.home.rglob("*") if path.is_file()]
    assert [path for path in files if secret.encode() in path.read_bytes()] == []
