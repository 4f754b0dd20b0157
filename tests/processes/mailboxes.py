"""A mail server with mailboxes: a library's SMTP server on loopback."""

from __future__ import annotations

import contextlib
import email
import socket
import threading
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

BOUNCED = """\
From: MAILER-DAEMON@example.com
To: bounce@odoo.example.com
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce-1@example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mailbox is full.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; example.com

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.2.2

--b
Content-Type: text/rfc822-headers

Message-Id: {message_id}

--b--
"""


class Mailboxes:
    """``refused``: addresses nobody has here. ``mails``: {address: messages}."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        self.mails: dict[str, list[EmailMessage]] = {}
        self.port = 0
        self._lock = threading.Lock()

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.lower() in self.refused:
            return "550 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        with self._lock:
            for address in envelope.rcpt_tos:
                self.mails.setdefault(address.lower(), []).append(message)
        return "250 OK"

    def __len__(self) -> int:
        return len(self.mails)

    def body(self, address: str) -> str:
        """The HTML of the last message that this mailbox received."""
        part = self.mails[address][-1].get_body(("html",))
        assert part is not None
        return str(part.get_content())

    def bounced(self, address: str) -> str:
        """What the mail server of a person says later: it could not keep the last."""
        message_id = str(self.mails[address][-1]["Message-Id"]).strip()
        return BOUNCED.format(address=address, message_id=message_id)


@contextlib.contextmanager
def mailboxes() -> Iterator[Mailboxes]:
    boxes = Mailboxes()
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        boxes.port = found.getsockname()[1]
    controller = Controller(boxes, hostname="127.0.0.1", port=boxes.port)
    controller.start()
    try:
        yield boxes
    finally:
        controller.stop()
