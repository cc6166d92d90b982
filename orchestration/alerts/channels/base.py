"""What a channel is: a function that sends a message, or says in one line why it could not."""

from __future__ import annotations

from collections.abc import Callable

from orchestration.alerts.message import AlertMessage
from warehouse.errors import ClicheError

#: Seconds until a receiver has the message; one that is slower gets it next time.
PATIENCE_S = 10.0


class NotSentError(ClicheError):
    """A receiver did not take a message; it is sent again next time."""


Send = Callable[[AlertMessage], None]
