"""The channels: each makes the function that sends from settings and receivers, or returns None where it is not set."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orchestration.alerts.channels import file, mail, webhook
from orchestration.alerts.message import Send
from orchestration.alerts.settings import AlertSettings, Receivers

CHANNELS: Mapping[str, Callable[[AlertSettings, Receivers], Send | None]] = {
    "file": file.make,
    "webhook": webhook.make,
    "mail": mail.make,
}


def channels(settings: AlertSettings, to: Receivers) -> dict[str, Send]:
    """Return the channels that are set, by name."""
    made = {name: make(settings, to) for name, make in CHANNELS.items()}
    return {name: send for name, send in made.items() if send is not None}
