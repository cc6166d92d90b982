"""`cliche watch`: one look at everything that a person should know, from outside of Dagster, for cron."""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.console import note, say
from orchestration.doctor.finding import counted
from orchestration.resources import make_workplace
from orchestration.settings import Settings, load_settings
from warehouse.errors import ClicheError


def watch(*, test: bool = False) -> int:
    """Look once, send what is new, and say what holds; return 1 if an error holds or something could not be sent."""
    from orchestration.alerts.watch import look_once

    settings = load_settings()
    if test:
        return _test(settings)
    instance = None
    if settings.dagster_home.is_dir():
        from orchestration.instance import shared_instance

        instance = shared_instance(settings.dagster_home)
    done = look_once(settings, lambda: make_workplace(settings), datetime.now(UTC), instance)
    new = {one.key for one in done.new}
    for one in done.alerts:
        say(f"{one.of.severity:<8} {'new  ' if one.key in new else '     '} {one.title}: {one.text}")
        say(f"{'':14} {one.of.do} {settings.alerts.link(one.kind)}")
    for problem in done.problems:
        note(problem)
    said = f"{counted(len(done.alerts), 'alert')}, {len(new)} new." if done.alerts else "All is quiet."
    say(" ".join([said, *_sent(done.sent), *_waiting(done.waiting)]))
    failed = done.problems or any(one.of.severity == "error" for one in done.alerts)
    return ClicheError.exit_code if failed else 0


def _sent(sent: dict[str, int]) -> list[str]:
    return [f"Sent: {', '.join(f'{n} to {name}' for name, n in sent.items())}."] if sent else []


def _waiting(waiting: dict[str, int]) -> list[str]:
    return [f"Waiting: {', '.join(f'{n} for {name}' for name, n in waiting.items())}."] if waiting else []


def _test(settings: Settings) -> int:
    """Send a test alert to every channel that is set; nothing is recorded."""
    from orchestration.alerts.watch import send_test

    results = send_test(settings)
    for name, problem in results.items():
        say(f"{'fail' if problem else 'ok':<5} {name}{f': {problem}' if problem else ''}")
    if not results:
        say("No channel is set; see Alerts in docs/operations.md.")
    return ClicheError.exit_code if any(results.values()) or not results else 0
