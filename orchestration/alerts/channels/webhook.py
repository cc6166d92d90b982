"""A webhook of a chat: Slack's JSON (Mattermost, Rocket.Chat and others read it, too) or a card of Teams."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx2

from assets.gateway.network.connection import Connection
from assets.gateway.network.http import make_client
from assets.gateway.network.redaction import redact
from orchestration.alerts.kinds import Alert
from orchestration.alerts.message import PATIENCE_S, AlertMessage, NotSentError, Send
from orchestration.alerts.settings import AlertSettings, Receivers
from warehouse.printable import printable

_MOST_ANSWER_BYTES = 100_000
_MOST_SHOWN = 200  # characters of an answer
#: Ends of hosts that want a card; all others get Slack's JSON.
_TEAMS = (".logic.azure.com", ".powerplatform.com", ".webhook.office.com", ".powerautomate.com")


def make(settings: AlertSettings, to: Receivers) -> Send | None:
    """Return how to post to the webhook of the environment; its address stays out of all that is said."""
    if to.webhook is None:
        return None
    secret = to.webhook
    address = secret.get_secret_value()
    host = (urlsplit(address).hostname or "").lower()
    body = FORMATS[settings.webhook_format or ("teams" if host.endswith(_TEAMS) else "slack")]
    reached = Connection(
        allow_private=settings.allow_private, timeout_s=PATIENCE_S, most_answer_bytes=_MOST_ANSWER_BYTES
    )

    def send(message: AlertMessage) -> None:
        try:
            with make_client(reached) as client:
                answer = client.post(address, json=body(message))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            why = redact(str(error) or type(error).__name__, secret)
            raise NotSentError(f"webhook at {host}: {printable(why)}") from None
        if not answer.is_success:
            text = printable(" ".join(redact(answer.text, secret).split()))[:_MOST_SHOWN]
            raise NotSentError(f"webhook at {host} answered {answer.status_code} {text}".rstrip())

    return send


def slack(message: AlertMessage) -> dict[str, Any]:
    """Return Slack's JSON: what others wrote is plain text in it, and `text` is what simpler chats show."""
    blocks: list[dict[str, Any]] = []
    for one in message.alerts:
        blocks.append(
            {"type": "section", "text": {"type": "plain_text", "text": _words(one), "emoji": False}}
        )
        links = " · ".join(f"<{_escaped(url)}|{name}>" for name, url in _links(one, message.settings))
        if links:
            blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": links}]})
    return {"text": _escaped(f"{message.subject}\n\n{message.text}"), "blocks": blocks}


def teams(message: AlertMessage) -> dict[str, Any]:
    """Return a card of Teams; runs of text hold no markup there."""
    body: list[dict[str, Any]] = [_paragraph({"text": message.subject, "weight": "Bolder"})]
    for one in message.alerts:
        body += [_paragraph({"text": line}) for line in _words(one).splitlines()]
        links = [
            {"text": f"{name} ", "selectAction": {"type": "Action.OpenUrl", "url": url}}
            for name, url in _links(one, message.settings)
        ]
        body += [_paragraph(*links)] if links else []
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


FORMATS: Mapping[str, Callable[[AlertMessage], dict[str, Any]]] = {"slack": slack, "teams": teams}


def _paragraph(*runs: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", **run} for run in runs]}


def _words(one: Alert) -> str:
    return f"{one.of.severity}: {one.title}\n{one.text}\nWhat to do: {one.of.do}"


def _links(one: Alert, settings: AlertSettings) -> Sequence[tuple[str, str]]:
    """Return the links of an alert that a browser can follow; all of them are made of settings."""
    urls = (("What to do", settings.link(one.kind)), ("The run", settings.run_link(one.run_id) or ""))
    return [(name, url) for name, url in urls if url.startswith(("https://", "http://"))]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
