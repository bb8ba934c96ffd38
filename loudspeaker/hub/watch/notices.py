"""To whom incidents are told, and how: a mail to people, a JSON object to a program (webhook).

    notices.json    {"mail": {"host": …, "port": …, "sender": …, "to": […], …}, "webhook": {"url": …}}

It may hold a password, so that only the hub's user can read it.
"""

from __future__ import annotations

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from enum import StrEnum
from http.client import HTTPException
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from ...codec import UNREADABLE, decode, encode
from ...errors import BadFile, BadUsage, LoudspeakerError, Message, Problem, reason
from ...interfaces import Clock
from ...store.atomic import read_regular_file, write_private

PATIENCE = 20.0  # s for a mail server, or a webhook
MOST_BYTES = 100_000
FAILURES = (OSError, smtplib.SMTPException, HTTPException, UnicodeError)  # smtplib and http.client send ASCII


class NoticeFailed(LoudspeakerError):
    """A mail server or a webhook has not taken a notice."""


class MailSecurity(StrEnum):
    """How the way to a mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told at once: a line for its head, sentences, and the same for a program."""

    head: str
    sentences: Sequence[str]
    facts: Sequence[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class MailChannel:
    """Mails by this server to these people. Raises `BadUsage` where an address cannot be one."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    security: MailSecurity = MailSecurity.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        for address in (self.sender, *self.to):
            local, _, domain = address.rpartition("@")
            if not local or not domain or not address.isprintable() or any(sign in address for sign in " ,;<>"):
                raise BadUsage(Message("“{address}” is no address of a person", address=address))
        if not self.to:
            raise BadUsage(Message("name somebody to whom it is mailed"))

    def __str__(self) -> str:
        """Without what nobody should read on a screen."""
        return f"{', '.join(self.to)} ({self.host}:{self.port})"

    @property
    def name(self) -> str:
        """By which it is remembered what was told."""
        return "mail"

    def tell(self, notice: Notice, clock: Clock) -> None:
        """Raises `NoticeFailed`."""
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = notice.head, self.sender, ", ".join(self.to)
        mail["Date"] = format_datetime(clock.now())
        mail["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        mail.set_content("\n".join([*notice.sentences, ""]))
        try:
            self._send(mail)
        except FAILURES as error:
            _give_up(f"{self.host}:{self.port}", error)

    def _send(self, mail: EmailMessage) -> None:
        context = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
            if self.security is MailSecurity.TLS
            else smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        ) as server:
            if self.security is MailSecurity.STARTTLS:
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            server.send_message(mail)


@dataclass(frozen=True, slots=True)
class WebhookChannel:
    """A JSON object by POST to this address. Raises `BadUsage` where it is none."""

    url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadUsage(Message("“{url}” is no address of a page: https://…", url=self.url))

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        return "webhook"

    def tell(self, notice: Notice, clock: Clock) -> None:
        """Raises `NoticeFailed`."""
        content = {"text": "\n".join([notice.head, *notice.sentences]), "incidents": list(notice.facts)}
        body = json.dumps(content, ensure_ascii=False).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        try:
            with urllib.request.build_opener(NoRedirect).open(request, timeout=PATIENCE):
                pass
        except FAILURES as error:
            _give_up(urlsplit(self.url).netloc, error)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A webhook is answered where it was sent: what is told goes nowhere else."""

    def redirect_request(self, *args: object, **settings: object) -> None:
        """None: the redirect is an error then."""


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """By which ways people are told."""

    mail: MailChannel | None = None
    webhook: WebhookChannel | None = None

    def channels(self) -> list[MailChannel | WebhookChannel]:
        return [channel for channel in (self.mail, self.webhook) if channel]


def read_notice_settings(path: Path) -> NoticeSettings:
    """None of them where there is no such file. Raises `BadFile`."""
    raw = read_regular_file(path, MOST_BYTES)
    if raw is None:
        return NoticeSettings()
    try:
        return decode(NoticeSettings, json.loads(raw))
    except (*UNREADABLE, BadUsage):
        fix = Message("this cannot be read; make it anew with “loudspeaker-hub notify”")
        raise BadFile([Problem(path.name, 0, fix)]) from None


def write_notice_settings(path: Path, settings: NoticeSettings) -> None:
    """Keep them for the hub's user alone. Raises `WriteError`."""
    write_private(path, json.dumps(encode(settings), indent=1).encode())


def _give_up(where: str, error: Exception) -> NoReturn:
    why = reason(error) if isinstance(error, OSError) and error.strerror else str(error)
    raise NoticeFailed(Message("{where} did not take it: {error}", where=where, error=why)) from error
