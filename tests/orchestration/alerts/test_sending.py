"""Channels: what each really sends, receivers as the environment names them, words of others that stay words."""

from __future__ import annotations

import json
import re
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from orchestration.alerts.channels.registry import channels
from orchestration.alerts.channels.webhook import FORMATS
from orchestration.alerts.kinds import Alert, alert
from orchestration.alerts.message import AlertMessage, NotSentError, compose
from orchestration.alerts.settings import (
    PASSWORD,
    SENDER,
    SMTP,
    TO,
    USER,
    WEBHOOK,
    AlertSettings,
    Receivers,
    receivers,
)
from orchestration.settings import load_settings
from tests.orchestration.installation import NEXT
from tests.services.loopback import Reply, Seen, serve
from tests.services.mailbox import Mailbox, mailbox
from warehouse.errors import UsageError

HOSTILE = (
    "<!channel> <@U1> @all @here [click](https://evil.test/a) ![x](http://evil.test/b.png) https://evil.test/c\r\n"
    "Bcc: everybody@example.org\r\n\r\n.\r\n<script>alert(1)</script> {{ 7*7 }} {secret} %s "
    "\x1b[31m\x07\u202e` | # *b* _i_"
)
ONE = alert("run_failed", HOSTILE, NEXT, why=HOSTILE)


def message(*alerts: Alert, **settings: Any) -> AlertMessage:
    return compose(alerts or (ONE,), AlertSettings(**settings))


def mail_environment(
    box: Mailbox, scheme: str = "smtp", host: str = "127.0.0.1", **more: str
) -> dict[str, str]:
    return {
        SMTP: f"{scheme}://{host}:{box.port}",
        SENDER: "cliche@example.org",
        TO: "a@example.org, b@example.org",
        **more,
    }


def send_mail(environ: dict[str, str], sent: AlertMessage) -> None:
    channels(AlertSettings(), receivers(environ))["mail"](sent)


# --- the file


def test_a_file_is_added_to(tmp_path: Path) -> None:
    path = tmp_path / "alerts.txt"
    send = channels(AlertSettings(file=path), Receivers())["file"]
    send(message(alert("run_failed", "m", NEXT, why="because"), docs_url="https://example.org/ops"))
    send(message())
    first, *rest = path.read_text().splitlines()
    assert re.fullmatch(rf"20\d\d-\d\d-\d\d \d\d:\d\d UTC  Cliché: Run failed: m, week {NEXT}", first)
    assert rest[:4] == [
        f"error: Run failed: m, week {NEXT}",
        "  because",
        "  What to do: Fix what it names and run again within the week.",
        "  https://example.org/ops#alert-run_failed",
    ]
    with pytest.raises(NotSentError, match="Is a directory"):
        channels(AlertSettings(file=tmp_path), Receivers())["file"](message())


# --- webhooks


def test_slack_gets_text_and_blocks_and_teams_a_card() -> None:
    sent = message(
        alert("budget", "m", NEXT, why="$8 of $10 are spent (80 %)"), docs_url="https://example.org/ops"
    )
    slack = FORMATS["slack"](sent)
    assert slack["text"].startswith(
        f"Cliché: Budget nearly spent: m, week {NEXT}\n\nwarning: Budget nearly spent"
    )
    assert [block["type"] for block in slack["blocks"]] == ["section", "context"]
    assert slack["blocks"][0]["text"]["type"] == "plain_text"
    assert slack["blocks"][1]["elements"][0]["text"] == "<https://example.org/ops#alert-budget|What to do>"
    one = alert("run_failed", "m", NEXT, run_id="abc-1", why="x")
    assert "http://dagster.test/runs/abc-1" in message(one, dagster_url="http://dagster.test/").text
    assert "/runs/" not in message(one).text
    (attachment,) = FORMATS["teams"](sent)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], {block["type"] for block in card["body"]}) == ("AdaptiveCard", {"RichTextBlock"})
    assert card["body"][2]["inlines"][0]["text"] == "$8 of $10 are spent (80 %)"
    action = card["body"][-1]["inlines"][0]["selectAction"]
    assert action == {"type": "Action.OpenUrl", "url": "https://example.org/ops#alert-budget"}


@pytest.mark.parametrize(
    ("host", "given", "expected"),
    [
        ("chat.example.org", None, "text"),
        ("prod-1.westeurope.logic.azure.com", None, "attachments"),
        ("x.webhook.office.com", None, "attachments"),
        ("x.environment.api.powerplatform.com", None, "attachments"),
        ("webhook.office.com.evil.test", None, "text"),
        ("hooks.slack.com", "teams", "attachments"),
    ],
)
def test_the_host_says_which_json_it_wants_unless_the_setting_does(
    host: str, given: Any, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, Any]] = []

    def answer(request: Seen) -> Reply:
        seen.append(json.loads(request.body))
        return Reply()

    with serve(answer) as url:
        port = int(url.rpartition(":")[2])
        monkeypatch.setattr(
            "socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", port))]
        )  # names of others lead to this machine
        settings = AlertSettings(webhook_format=given, allow_private=True)
        channels(settings, receivers({WEBHOOK: f"http://{host}:{port}/x?sig=1"}))["webhook"](message())
    assert expected in seen[0]


@pytest.mark.parametrize("status", [301, 400, 500])
def test_a_webhook_that_does_not_take_it_is_said_without_its_address(status: int) -> None:
    def answer(request: Seen) -> Reply:
        said = f"no such hook {url}{request.target} \x1b[1m"
        return Reply(status, said.encode(), {"Location": "http://127.0.0.1/"})

    with serve(answer) as url:
        to = receivers({WEBHOOK: f"{url}/T0/secret-token-1"})
        with pytest.raises(NotSentError) as error:
            channels(AlertSettings(allow_private=True), to)["webhook"](message())
    assert str(error.value).startswith(f"webhook at 127.0.0.1 answered {status} no such hook [key]")
    assert "\x1b" not in str(error.value)
    assert "secret-token-1" not in str(error.value)


def test_a_webhook_in_a_private_network_is_refused_unless_a_setting_allows_it() -> None:
    with serve(lambda request: Reply()) as url, pytest.raises(NotSentError, match="allow_private is not set"):
        channels(AlertSettings(), receivers({WEBHOOK: url}))["webhook"](message())


# --- mail


def test_a_letter_arrives_with_everybody_it_is_for() -> None:
    with mailbox() as box:
        send_mail(mail_environment(box), message(alert("run_failed", "modèle", NEXT, why="déjà vu")))
    (letter,) = box.letters
    assert letter["subject"] == f"Cliché: Run failed: modèle, week {NEXT}"
    assert (letter["from"], letter["to"]) == ("cliche@example.org", "a@example.org, b@example.org")
    assert letter["auto-submitted"] == "auto-generated"
    assert letter["message-id"]
    assert letter["date"]
    assert "  déjà vu" in letter.get_content().splitlines()
    assert box.recipients == [["a@example.org", "b@example.org"]]
    assert box.logins == []


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_a_password_goes_encrypted(scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with mailbox(tls=tls, starttls=scheme == "smtp") as box:
        environ = mail_environment(box, scheme, "localhost", **{USER: "me", PASSWORD: "a-long-password"})
        with pytest.raises(NotSentError, match=r"mail server localhost: .*CERTIFICATE_VERIFY_FAILED"):
            send_mail(environ, message())
        assert box.logins == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        send_mail(environ, message())
    assert box.logins == [("me", "a-long-password", True)]
    assert len(box.letters) == 1


def test_a_server_elsewhere_that_does_not_encrypt_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox() as box:
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", box.port))])
        environ = mail_environment(box, host="mail.example.org", **{USER: "me", PASSWORD: "a-long-password"})
        with pytest.raises(NotSentError, match="offers no STARTTLS"):
            send_mail(environ, message())
    assert (box.logins, box.letters) == ([], [])


# --- receivers as the environment names them


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({WEBHOOK: "hooks.slack.com/secret"}, f"{WEBHOOK} is to be an address that begins with https://"),
        ({WEBHOOK: "https://[::1/secret"}, f"{WEBHOOK} is no address"),
        ({WEBHOOK: "https://h:port/secret"}, f"{WEBHOOK} is no address"),
        ({SMTP: "mail.example.org"}, f"{SMTP} is to read smtp://host:587"),
        ({SMTP: "smtp://me:secret@mail.example.org"}, f"user and password are in {USER} and {PASSWORD}"),
        ({SMTP: "smtp://h"}, f"{SENDER} is to hold an address"),
        ({SMTP: "smtp://h", SENDER: "a@b"}, f"{TO} is to hold an address"),
        ({SMTP: "smtp://h", SENDER: "a@b", TO: "c@d, secret"}, f"{TO} is to hold an address"),
        ({SMTP: "smtp://h", SENDER: "a@b\nBcc: x@y", TO: "c@d"}, f"{SENDER} is to hold an address"),
        ({SMTP: "smtp://h", SENDER: "a@b", TO: "c@d", USER: "me"}, "belong together"),
    ],
)
def test_what_is_wrong_is_one_line_without_a_secret(environ: dict[str, str], expected: str) -> None:
    with pytest.raises(UsageError) as error:
        receivers(environ)
    assert expected in str(error.value)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("alerts: {without: [run_faild]}", 'kind of alert "run_faild"; did you mean "run_failed"?'),
        ("alerts: {fil: x}", 'unknown key "fil"; did you mean "file"?'),
        ("alerts: {messages_per_hour: 0}", "messages_per_hour"),
        ("alerts: {budget_share: 80}", "budget_share"),
        ("alerts: {webhook_format: irc}", "webhook_format"),
        ("alerts: yes", "alerts"),
    ],
)
def test_wrong_settings_are_one_line(tmp_path: Path, yaml: str, expected: str) -> None:
    (tmp_path / "cliche.yaml").write_text(yaml)
    with pytest.raises(UsageError) as error:
        load_settings({"CLICHE_HOME": str(tmp_path)})
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


# --- words of others


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_words_of_others_are_in_one_line_and_no_link_mention_or_command() -> None:
    for text in (ONE.text, ONE.about):
        assert "\n" not in text
        assert text.isprintable() or "\u2060" in text
        assert not re.search(r"://|\]\(|@[a-z]|[\x00-\x1f\u202e]", text)
        assert len(text) < 450
    assert "{{ 7*7 }} {secret} %s" in ONE.text  # neither template nor format reads them
    assert "49" not in message().text


@pytest.mark.parametrize("form", FORMATS)
def test_words_of_others_are_inert_in_a_chat(form: str) -> None:
    body = FORMATS[form](message(docs_url="https://example.org/ops"))
    ours = "https://example.org/ops#alert-run_failed"
    links = {link for text in texts(body) for link in re.findall(r"\w+://[^\s|>]+", text)}
    if form == "slack":
        assert links == {ours}
        assert "<" not in body["text"]  # mentions and links of Slack begin with it
        marked = [text for text in texts(body["blocks"]) if "<" in text and not text.startswith("error: ")]
        assert marked == [f"<{ours}|What to do>"]
        assert {one["text"]["type"] for one in body["blocks"] if one["type"] == "section"} == {"plain_text"}
    else:
        assert links == {ours, "http://adaptivecards.io/schemas/adaptive-card.json"}
        kinds = {block["type"] for block in body["attachments"][0]["content"]["body"]}
        assert kinds == {"RichTextBlock"}  # a TextBlock would read Markdown


def test_words_of_others_end_no_header_and_no_letter() -> None:
    with mailbox() as box:
        send_mail(mail_environment(box), message())
    (letter,) = box.letters
    assert letter["bcc"] is None
    assert box.recipients == [["a@example.org", "b@example.org"]]
    assert letter.get_content_type() == "text/plain"
    assert "What to do: Fix what it names" in letter.get_content()
