"""A mail server on this machine that keeps what it is sent, or takes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Thread
from typing import Any, cast

from aiosmtpd.smtp import SMTP


@dataclass
class Mailbox:
    """The mails that came, and to whom; `refuses`: what it answers instead of taking them."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuses: str = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuses:
            return self.refuses
        self.mails.append(cast(EmailMessage, message_from_bytes(envelope.content, policy=policy.default)))
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Listens at a free port, without TLS, in a loop of its own."""
    mailbox, loop, connections = Mailbox(), asyncio.new_event_loop(), list[SMTP]()

    def connect() -> SMTP:
        connections.append(SMTP(mailbox, hostname="mail", loop=loop))
        return connections[-1]

    server = loop.run_until_complete(loop.create_server(connect, "127.0.0.1", 0))
    mailbox.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield mailbox
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        for connection in connections:
            if connection.transport:  # a client that has not hung up: its socket would be found open by another test
                connection.transport.close()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
