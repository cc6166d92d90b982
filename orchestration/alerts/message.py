"""Messages: a subject and a text for one or several alerts, from a template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined, TemplateError

from orchestration.alerts.kinds import Alert
from orchestration.alerts.settings import AlertSettings
from warehouse.errors import ClicheError, UsageError
from warehouse.inputfile import read_file
from warehouse.printable import counted

_OURS = Path(__file__).with_name("message.txt.j2")


#: Seconds until a receiver has the message; one that is slower gets it next time.
PATIENCE_S = 10.0


class NotSentError(ClicheError):
    """A receiver did not take a message; it is sent again next time."""


@dataclass(frozen=True)
class AlertMessage:
    """What one channel is given at once."""

    subject: str
    text: str
    alerts: Sequence[Alert]
    settings: AlertSettings


#: A channel: sends a message, or says in one line why it could not.
Send = Callable[[AlertMessage], None]


def compose(alerts: Sequence[Alert], settings: AlertSettings) -> AlertMessage:
    """Return the message for some alerts."""
    subject = f"Cliché: {alerts[0].title}"
    if len(alerts) > 1:
        counts = Counter(one.of.severity for one in alerts)
        named = [counted(counts[what], what) for what in ("error", "warning") if counts[what]]
        subject = f"Cliché: {', '.join(named)}"
    path = settings.template or _OURS
    try:
        # Plain text: what others wrote was made harmless when its alert was made.
        engine = Environment(undefined=StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701
        text = engine.from_string(read_file(path).decode("utf-8")).render(
            subject=subject, alerts=alerts, link=settings.link, run_link=settings.run_link
        )
    except OSError as error:
        raise UsageError(f"template of alerts, {path}: cannot be read: {error.strerror}") from None
    except (TemplateError, UnicodeDecodeError) as error:
        raise UsageError(f"template of alerts, {path}: {error}") from None
    return AlertMessage(subject, text.strip() + "\n", alerts, settings)
