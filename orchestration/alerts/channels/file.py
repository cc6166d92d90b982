"""A file that alerts are added to, with the time of each message."""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.alerts.message import AlertMessage, NotSentError, Send
from orchestration.alerts.settings import AlertSettings, Receivers


def make(settings: AlertSettings, to: Receivers) -> Send | None:
    """Return how to add to the file of cliche.yaml."""
    path = settings.file
    if path is None:
        return None

    def send(message: AlertMessage) -> None:
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC  {message.subject}\n{message.text}\n")
        except OSError as error:
            raise NotSentError(f"{path}: {error.strerror or error}") from None

    return send
