"""A mail server that delivers nothing: what Odoo sends to anybody ends on a web page.

usage: _mailbox.py [--port N]      (the page's port on loopback; default: a free one)

The first line of output is {"url": …, "smtp": <port>}; then it serves.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import json
import signal
import socket
from collections import deque
from email.message import EmailMessage
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
KEPT = 2000
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title><style>
body{{font:15px/1.5 sans-serif;max-width:960px;margin:24px auto;padding:0 16px}}
table{{border-collapse:collapse;width:100%}}td{{padding:4px 12px 4px 0;
border-bottom:1px solid #ddd}}iframe{{width:100%;height:75vh;border:1px solid #ccc}}
</style></head><body><h1>{title}</h1>{body}</body></html>"""


class Mailbox:
    """The newest mails, whoever they are for."""

    def __init__(self) -> None:
        self.mails: deque[tuple[int, str, EmailMessage]] = deque(maxlen=KEPT)
        self.count = 0

    async def handle_DATA(
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.count += 1
        self.mails.appendleft((self.count, ", ".join(envelope.rcpt_tos), mail))
        return "250 OK"

    def page(self, path: str) -> str | None:
        """HTML for ``/``, ``/<number>`` and ``/<number>/body``."""
        number, _slash, rest = path.strip("/").partition("/")
        if not number:
            return self._list()
        for found, address, mail in list(self.mails):
            if str(found) == number:
                return _body(mail) if rest == "body" else _mail(found, address, mail)
        return None

    def _list(self) -> str:
        lines = "".join(
            f'<tr><td>{escape(address)}</td><td><a href="/{number}">'
            f"{escape(str(mail['Subject']))}</a></td></tr>"
            for number, address, mail in list(self.mails)
        )
        text = f"<table>{lines}</table>" if lines else "<p>No mail yet.</p>"
        return PAGE.format(title=f"Mails Odoo sent: {self.count}", body=text)


def _mail(number: int, address: str, mail: EmailMessage) -> str:
    sender = escape(str(mail["From"]))
    body = (
        f"<p>From {sender}<br>to {escape(address)}</p>"
        f'<iframe sandbox="allow-popups" src="/{number}/body"></iframe>'
        '<p><a href="/">All mails</a></p>'
    )
    return PAGE.format(title=escape(str(mail["Subject"])), body=body)


def _body(mail: EmailMessage) -> str:
    part = mail.get_body(("html", "plain"))
    text = part.get_content() if part else ""
    if part and part.get_content_subtype() == "plain":
        text = f"<pre>{escape(text)}</pre>"
    return f'<meta charset="utf-8"><base target="_blank">{text}'


def web_server(mailbox: Mailbox, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = mailbox.page(self.path.partition("?")[0])
            body = (page or "There is no such mail.").encode()
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    return ThreadingHTTPServer((HOST, port), Handler)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    mailbox = Mailbox()
    web = web_server(mailbox, parser.parse_args().port)
    smtp = free_port()  # the library wants to know it beforehand
    controller = Controller(mailbox, hostname=HOST, port=smtp)
    controller.start()
    url = f"http://{HOST}:{web.server_port}"
    print(json.dumps({"url": url, "smtp": smtp}), flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        web.serve_forever()
    except KeyboardInterrupt:
        controller.stop()


if __name__ == "__main__":
    main()
