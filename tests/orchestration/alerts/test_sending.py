"""Channels: what each really sends, receivers that are down, the limit of messages, words of others that stay words."""

from __future__ import annotations

import json
import re
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from assets.generation.partition import ask_partition
from assets.labeling.partition import label
from orchestration.alerts.channels.registry import CHANNELS, channels
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
from orchestration.alerts.watch import look_once
from orchestration.settings import load_settings
from tests.orchestration.alerts.watching import ALERTS, at, watching
from tests.orchestration.installation import MODELS, NEXT, Cliche, Installation, entry
from tests.services.loopback import Reply, Seen, serve
from tests.services.mailbox import Mailbox, mailbox
from warehouse.errors import UsageError

MONDAY = at("2026-11-16 12:00")  # a week that nobody was asked in is an alert from now on
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
    (attachment,) = FORMATS["teams"](sent)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], {block["type"] for block in card["body"]}) == ("AdaptiveCard", {"RichTextBlock"})
    assert card["body"][2]["inlines"][0]["text"] == "$8 of $10 are spent (80 %)"
    action = card["body"][-1]["inlines"][0]["selectAction"]
    assert action == {"type": "Action.OpenUrl", "url": "https://example.org/ops#alert-budget"}


def test_links_to_the_run_lead_to_dagsters_page_where_it_is_known() -> None:
    one = alert("run_failed", "m", NEXT, run_id="abc-1", why="x")
    assert "http://dagster.test/runs/abc-1" in message(one, dagster_url="http://dagster.test/").text
    assert "/runs/" not in message(one).text


@pytest.mark.parametrize(
    ("host", "given", "expected"),
    [
        ("hooks.slack.com", None, "text"),
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


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500])
def test_a_webhook_that_does_not_take_it_is_said_without_its_address(status: int) -> None:
    def answer(request: Seen) -> Reply:
        return Reply(
            status, f"no such hook {request.target} \x1b[1m".encode(), {"Location": "http://127.0.0.1/"}
        )

    with serve(answer) as url:
        send = channels(AlertSettings(allow_private=True), receivers({WEBHOOK: f"{url}/T0/secret-token-1"}))[
            "webhook"
        ]
        with pytest.raises(NotSentError) as error:
            send(message())
    assert str(error.value).startswith(f"webhook at 127.0.0.1 answered {status} no such hook")
    assert "\x1b" not in str(error.value)


def test_a_webhook_that_echoes_its_address_does_not_get_it_printed() -> None:
    with serve(lambda request: Reply(400, f"{address} {address}".encode())) as url:
        address = f"{url}/T0/secret-token-1"
        send = channels(AlertSettings(allow_private=True), receivers({WEBHOOK: address}))["webhook"]
        with pytest.raises(NotSentError) as error:
            send(message())
    assert "secret-token-1" not in str(error.value)
    assert "[key]" in str(error.value)


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
def test_a_password_goes_over_an_encrypted_connection(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_a_server_elsewhere_that_does_not_encrypt_gets_neither_password_nor_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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
def test_what_is_wrong_is_one_line_that_names_the_variable_and_no_secret(
    environ: dict[str, str], expected: str
) -> None:
    with pytest.raises(UsageError) as error:
        receivers(environ)
    assert expected in str(error.value)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


def test_nothing_is_sent_if_one_receiver_or_the_template_is_wrong(
    published: Installation, tmp_path: Path
) -> None:
    published.configure(alerts=ALERTS)
    with watching(published) as watch:
        wrong = {WEBHOOK: watch.url, SMTP: "x"}
        with pytest.raises(UsageError, match=SMTP):
            look_once(published.settings, published.place, MONDAY, None, wrong)
        (published.home / "own.j2").write_text("{{ alerts | nothing }}")
        published.configure(alerts={**ALERTS, "template": "own.j2"})
        with pytest.raises(UsageError, match=r"own\.j2: No filter named 'nothing'"):
            watch.look(MONDAY)
        assert watch.bodies == []
        (published.home / "own.j2").write_text(
            "{% for one in alerts %}{{ one.title }} {{ link(one.kind) }}{% endfor %}"
        )
        assert watch.look(MONDAY) == ["run_not_started"]
        assert watch.bodies[0]["text"].endswith(
            f"\n\nRun never started: week {NEXT} docs/operations/alerts.md#alert-run_not_started\n"
        )


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        (
            "alerts: {without: [run_faild]}",
            'there is no kind of alert "run_faild"; did you mean "run_failed"?',
        ),
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
    """Every text in a JSON value."""
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


# --- once, later, not too often


@pytest.fixture
def quiet(published: Installation) -> Installation:
    """Published, and watched; nobody is asked in the next week."""
    published.configure(alerts={**ALERTS, "file": "alerts.txt"})
    return published


def told(installation: Installation) -> list[str]:
    path = installation.home / "alerts.txt"
    return re.findall(r"#alert-(\w+)", path.read_text()) if path.exists() else []


def test_a_receiver_that_is_down_loses_nothing_and_holds_up_nobody(quiet: Installation) -> None:
    with watching(quiet) as watch, mailbox() as box:
        watch.status, box.refuses = 503, True
        environ = {WEBHOOK: watch.url, **mail_environment(box)}

        def look(minutes: int) -> list[str]:
            return look_once(
                quiet.settings, quiet.place, MONDAY + timedelta(minutes=minutes), None, environ
            ).problems

        problems = look(0)
        assert [problem.partition(" ")[0] for problem in problems] == ["webhook", "mail"]
        assert told(quiet) == ["run_not_started"]
        assert len(look(5)) == 2
        watch.status = 200
        assert len(look(10)) == 1
        assert len(watch.bodies) == 1
        box.refuses = False
        assert look(15) == []
        assert look(20) == []
        assert (len(watch.bodies), len(box.letters), told(quiet)) == (1, 1, ["run_not_started"])


def test_what_was_over_before_it_could_be_sent_is_sent_all_the_same(quiet: Installation) -> None:
    with watching(quiet) as watch:
        watch.status = 500
        assert watch.look(MONDAY) == []
        quiet.write_models(entry(MODELS[0], until="2026-11-09"), entry(MODELS[1], until="2026-11-09"))
        watch.status = 200
        assert watch.look(MONDAY + timedelta(hours=1)) == ["run_not_started"]
        watch.is_quiet(MONDAY + timedelta(hours=2))


def test_a_condition_that_comes_again_is_another_alert(quiet: Installation) -> None:
    models = (quiet.home / "models.yaml").read_text()
    with watching(quiet) as watch:
        assert watch.look(MONDAY) == ["run_not_started"]
        quiet.write_models(entry(MODELS[0], until="2026-11-09"), entry(MODELS[1], until="2026-11-09"))
        watch.is_quiet(MONDAY + timedelta(hours=1))
        (quiet.home / "models.yaml").write_text(models)
        assert watch.look(MONDAY + timedelta(hours=2)) == ["run_not_started"]


def test_no_more_messages_an_hour_than_the_setting_says_and_none_is_lost(quiet: Installation) -> None:
    shut = [entry(f"m{n}", provider="simulated", model_id="classic") for n in range(4)]
    quiet.configure(alerts={**ALERTS, "messages_per_hour": 2})
    with watching(quiet) as watch:

        def end(count: int) -> None:
            ended = [{**one, "shutdown_date": "2026-12-01"} for one in shut[:count]]
            quiet.write_models(*(entry(name) for name in MODELS), *ended, *shut[count:])

        sunday = at("2026-11-15 20:00")
        end(0)
        for one in shut:
            ask_partition(quiet.place(), one["name"], "2026-11-09")
            label(quiet.place(), one["name"], "2026-11-09")
        watch.is_quiet(sunday)
        counts = []
        for minutes, ended in ((1, 1), (2, 2), (3, 3), (4, 4), (62, 4), (130, 4)):
            end(ended)
            counts.append(len(watch.look(sunday + timedelta(minutes=minutes))))
        assert counts == [1, 1, 0, 0, 2, 0]


def test_many_alerts_at_once_are_few_messages(quiet: Installation) -> None:
    quiet.configure(alerts={**ALERTS, "without": ["run_not_started"]})
    quiet.write_models(*(entry(f"m{n:02}", shutdown_date="2026-12-01") for n in range(40)))
    with watching(quiet) as watch:
        kinds = watch.look(at("2026-11-15 20:00"))
        assert kinds == ["model_ends"] * 40
        assert [body["text"].count("#alert-") for body in watch.bodies] == [15, 15, 10]


def test_a_kind_that_nobody_wants_is_not_sent(quiet: Installation) -> None:
    quiet.configure(alerts={**ALERTS, "without": ["run_not_started"]})
    with watching(quiet) as watch:
        watch.is_quiet(MONDAY)


def test_a_channel_that_is_added_later_gets_what_holds_and_not_what_is_over(quiet: Installation) -> None:
    with watching(quiet) as watch:
        look_once(quiet.settings, quiet.place, MONDAY, None, {})
        assert watch.look(MONDAY + timedelta(minutes=1)) == ["run_not_started"]
    with watching(quiet) as watch, mailbox() as box:
        quiet.write_models(entry(MODELS[0], until="2026-11-09"), entry(MODELS[1], until="2026-11-09"))
        look_once(quiet.settings, quiet.place, MONDAY + timedelta(hours=1), None, mail_environment(box))
        assert box.letters == []


def test_half_a_line_that_a_kill_left_is_passed_over(quiet: Installation) -> None:
    with watching(quiet) as watch:
        assert watch.look(MONDAY) == ["run_not_started"]
        record = quiet.home / "alerts.jsonl"
        record.write_bytes(record.read_bytes() + b'{"at":"2026-11-16T12:00:00+00:00","event":"ov')
        watch.is_quiet(MONDAY + timedelta(hours=1))
        models = (quiet.home / "models.yaml").read_text()
        quiet.write_models(entry(MODELS[0], until="2026-11-09"), entry(MODELS[1], until="2026-11-09"))
        watch.is_quiet(MONDAY + timedelta(hours=2))
        (quiet.home / "models.yaml").write_text(models)
        assert watch.look(MONDAY + timedelta(hours=3)) == ["run_not_started"]  # the line after it was read


def test_a_clock_that_was_wrong_for_a_year_does_not_keep_messages_back(quiet: Installation) -> None:
    quiet.configure(alerts={**ALERTS, "messages_per_hour": 1})
    with watching(quiet) as watch:
        assert "run_not_started" in watch.look(MONDAY + timedelta(days=364))
        assert watch.look(MONDAY) == ["run_not_started"]


def test_a_record_that_cannot_be_written_is_sent_and_ends_the_look(quiet: Installation) -> None:
    (quiet.home / "alerts.jsonl").mkdir()
    with watching(quiet) as watch:
        with pytest.raises(IsADirectoryError):
            watch.look(MONDAY)
        assert [body["text"].splitlines()[0] for body in watch.bodies] == [
            "Cliché: Alerts cannot be looked for"
        ]
    assert told(quiet) == ["cannot_look"]


def test_a_channel_that_breaks_keeps_nothing_back_from_the_others(
    quiet: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(message: AlertMessage) -> None:
        raise UnicodeError(f"https://example.org/secret {message.subject}")

    monkeypatch.setitem(CHANNELS, "broken", lambda settings, to: broken)  # type: ignore[call-overload]
    done = look_once(quiet.settings, quiet.place, MONDAY, None, {})
    assert done.problems == ["UnicodeError while sending; sent again next time"]
    assert told(quiet) == ["run_not_started"]
    assert done.waiting == {"broken": 1}


# --- the command


def test_watch_tries_every_channel(
    quiet: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watching(quiet) as watch, mailbox() as box:
        for name, value in {WEBHOOK: watch.url, **mail_environment(box)}.items():
            monkeypatch.setenv(name, value)
        ended = cliche("watch", "--test")
        assert (ended.code, ended.out) == (0, "ok    file\nok    webhook\nok    mail\n")
        assert (len(watch.bodies), len(box.letters), told(quiet)) == (1, 1, ["test"])
        watch.status = 500
        ended = cliche("watch", "--test")
        assert ended.code == 1
        assert "fail  webhook: webhook at 127.0.0.1 answered 500 no\n" in ended.out
    assert {*CHANNELS} == {"file", "webhook", "mail"}
    assert not (quiet.home / "alerts.jsonl").exists()


def test_watch_without_any_channel_says_so(fresh: Installation, cliche: Cliche) -> None:
    ended = cliche("watch", "--test")
    assert (ended.code, ended.out) == (1, "No channel is set; see docs/operations/alerts.md.\n")
    ended = cliche("watch")
    assert (ended.code, ended.out, ended.err) == (0, "All is quiet.\n", "")


def test_a_secret_is_in_no_file(quiet: Installation) -> None:
    assert "secret-of" not in repr(receivers({WEBHOOK: "https://example.org/secret-of-the-hook"}))
    with watching(quiet) as watch:
        watch.status = 500
        look_once(quiet.settings, quiet.place, MONDAY, None, {WEBHOOK: watch.url})
    assert SecretStr(watch.url).get_secret_value().endswith("secret-of-the-hook")
    found = [
        path
        for path in quiet.home.rglob("*")
        if path.is_file() and b"secret-of-the-hook" in path.read_bytes()
    ]
    assert found == []
