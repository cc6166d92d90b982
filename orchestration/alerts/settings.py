"""Settings of alerts: what of cliche.yaml, and addresses and passwords of receivers from the environment alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from orchestration.alerts.kinds import KINDS
from warehouse.errors import UsageError
from warehouse.validation import close_match

WEBHOOK, SMTP, USER = "CLICHE_ALERT_WEBHOOK", "CLICHE_ALERT_SMTP", "CLICHE_ALERT_SMTP_USER"
PASSWORD, SENDER, TO = "CLICHE_ALERT_SMTP_PASSWORD", "CLICHE_ALERT_FROM", "CLICHE_ALERT_TO"


class AlertSettings(BaseModel):
    """What `alerts:` of cliche.yaml says."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    file: Path | None = None  # alerts are added to it as text
    template: Path | None = None  # of the text of a message, instead of ours
    webhook_format: Literal["slack", "teams"] | None = None  # None: by the host
    allow_private: bool = False  # the webhook may be on this machine or in a private network
    messages_per_hour: int = Field(default=6, ge=1)  # at most, of each channel; what is over waits
    start_hours: float = Field(
        default=12.0, gt=0, le=168
    )  # after Monday 00:00 UTC; no run by then is an alert
    late_hours: float = Field(default=24.0, gt=0, le=168)  # before its deadline an incomplete week is late
    publish_hours: float = Field(default=3.0, gt=0, le=168)  # after its deadline a week is to be published
    budget_share: float = Field(default=0.8, gt=0, le=1)  # of a cap
    backup_days: float = Field(default=35.0, gt=0)  # so old the last backup may be
    verify_days: float = Field(default=35.0, gt=0)  # so long ago the store may have been read whole
    docs_url: str = "docs/operations/alerts.md"  # where links of "what to do" lead
    dagster_url: str | None = None  # of Dagster's web page, for links to runs
    without: tuple[str, ...] = ()  # kinds that nobody wants

    @field_validator("without")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in KINDS:
                raise ValueError(f'there is no kind of alert "{name}"{close_match(name, KINDS)}')
        return value

    def link(self, kind: str) -> str:
        """Return the address of what to do about a kind of alert."""
        return f"{self.docs_url}#alert-{kind}"

    def run_link(self, run_id: str) -> str | None:
        """Return the address of a run, where Dagster's web page has one."""
        return f"{self.dagster_url.rstrip('/')}/runs/{run_id}" if self.dagster_url and run_id else None


@dataclass(frozen=True)
class Mail:
    """A mail server and who writes to whom."""

    host: str
    port: int
    tls: bool  # from the first byte on; else STARTTLS
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password: SecretStr = field(default_factory=lambda: SecretStr(""))


@dataclass(frozen=True)
class Receivers:
    """Where alerts go beside the file."""

    webhook: SecretStr | None = None  # chat services put the right to write into the address
    mail: Mail | None = None


def receivers(environ: Mapping[str, str] = os.environ) -> Receivers:
    """Return where the environment says that alerts go."""
    given = {name: environ.get(name, "").strip() for name in (WEBHOOK, SMTP, USER, PASSWORD, SENDER, TO)}
    if webhook := given[WEBHOOK]:
        parts = _parts(WEBHOOK, webhook)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            raise UsageError(f"{WEBHOOK} is to be an address that begins with https://")
    return Receivers(SecretStr(webhook) if webhook else None, _mail(given) if given[SMTP] else None)


def _parts(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise UsageError(f"{name} is no address") from None
    return parts


def _mail(given: Mapping[str, str]) -> Mail:
    parts = _parts(SMTP, given[SMTP])
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.username or parts.path.strip("/"):
        raise UsageError(
            f"{SMTP} is to read smtp://host:587 or smtps://host:465; user and password are in {USER} and {PASSWORD}"
        )
    to = tuple(filter(None, map(str.strip, given[TO].split(","))))
    for name, addresses in ((SENDER, (given[SENDER],)), (TO, to)):
        if not addresses or not all(map(_is_address, addresses)):
            raise UsageError(f"{name} is to hold an address of e-mail, as {SMTP} is set")
    if bool(given[USER]) != bool(given[PASSWORD]):
        raise UsageError(f"{USER} and {PASSWORD} belong together; set both or neither")
    tls = parts.scheme == "smtps"
    port = parts.port or (465 if tls else 587)
    return Mail(parts.hostname, port, tls, given[SENDER], to, given[USER], SecretStr(given[PASSWORD]))


def _is_address(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(name and at and host) and text.isprintable() and not any(c in text for c in " <>,;")
