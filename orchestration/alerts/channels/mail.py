"""E-mail through a server of the operator's."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial

from assets.gateway.network.addresses import as_ip, is_inside
from assets.gateway.network.redaction import redact
from orchestration.alerts.message import PATIENCE_S, AlertMessage, NotSentError, Send
from orchestration.alerts.settings import AlertSettings, Mail, Receivers
from warehouse.printable import printable


def make(settings: AlertSettings, to: Receivers) -> Send | None:
    """Return how to mail to the addresses of the environment."""
    mail = to.mail
    if mail is None:
        return None

    def send(message: AlertMessage) -> None:
        try:
            _deliver(mail, _letter(mail, message))
        except (smtplib.SMTPException, OSError) as error:
            why = printable(" ".join(redact(str(error), mail.password).split()))
            raise NotSentError(f"mail server {mail.host}: {why or type(error).__name__}") from None

    return send


def _letter(mail: Mail, message: AlertMessage) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = message.subject
    letter["From"], letter["To"] = mail.sender, ", ".join(mail.to)
    letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain=mail.sender.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    return letter


def _deliver(mail: Mail, letter: EmailMessage) -> None:
    tls = ssl.create_default_context()
    connect = partial(smtplib.SMTP_SSL, context=tls) if mail.tls else smtplib.SMTP
    with connect(mail.host, mail.port, timeout=PATIENCE_S) as server:
        server.ehlo()
        if not mail.tls and server.has_extn("starttls"):
            server.starttls(context=tls)
            server.ehlo()
        # What is sent to a near host stays on this machine or in a private network.
        elif not mail.tls and mail.host != "localhost" and not ((ip := as_ip(mail.host)) and is_inside(ip)):
            raise smtplib.SMTPNotSupportedError(
                "it offers no STARTTLS; use smtps://, or a server that encrypts"
            )
        if mail.user:
            server.login(mail.user, mail.password.get_secret_value())
        server.send_message(letter)
