"""What the tests of the addon share: a practice CRM of their own over real HTTP."""

import http.server
import json
import os
import socket
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

from odoo.tests import TransactionCase
from odoo.tests.common import _super_send

VARIABLE = "INFOR_CRM_SIMULATOR_URL"


class PracticeCrm:
    """The control paths of one practice CRM (docs/simulator.md)."""

    def __init__(self, url, sdata="", number="", ca_pem=""):
        self.url = url
        self.sdata = sdata
        self.number = number
        self.ca_pem = ca_pem
        # a control path of a server with TLS is asked without looking at who it is
        self._context = None
        if url.startswith("https"):
            import ssl

            self._context = ssl._create_unverified_context()

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.url}/simulator/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(
                request, timeout=60, context=self._context
            ) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def start(self, **options):
        """Another practice CRM in the same process, on a port of its own."""
        made = self.call("POST", "servers", options)
        return PracticeCrm(
            made["url"], made["sdata"], made["id"], made.get("ca_pem", "")
        )

    def stop(self, crm):
        self.call("DELETE", f"servers/{crm.number}")

    def reset(self, **options):
        return self.call("POST", "reset", options)

    def switches(self, **values):
        return self.call("POST", "switches", values)

    def fault(self, **values):
        return self.call("POST", "faults", values)

    def clear_faults(self):
        self.call("DELETE", "faults")

    def users(self, **users):
        return self.call("POST", "users", users)

    def sql(self, sql, params=()):
        return self.call("POST", "sql", {"sql": sql, "params": list(params)})["rows"]

    def store(self, kind, where=""):
        query = f"?where={quote(where)}" if where else ""
        return self.call("GET", f"store/{kind}{query}")

    def counts(self):
        return self.call("GET", "counts")

    def requests(self):
        """SData requests it answered, oldest first."""
        return self.call("GET", "requests")

    def clear_requests(self):
        self.call("DELETE", "requests")


class SimulatorCase(TransactionCase):
    """A practice CRM per class, fresh for every test.

    Subclasses set ``generation`` and ``crm_options``. To run the same tests on both
    generations write them in a mixin and derive two classes from it.
    """

    generation = "8"
    crm_options = {"seed": 1, "leads": 30, "contacts": 20}
    # hosts beyond this machine that a test may pretend to reach
    open_hosts = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        url = os.environ.get(VARIABLE)
        if not url:
            raise AssertionError(
                f"{VARIABLE} is not set: these tests need a running practice CRM. "
                "Run them with scripts/test, which starts one."
            )
        cls.control = PracticeCrm(url)
        cls.crm = cls.start_crm(**cls.crm_options)

    @classmethod
    def start_crm(cls, **options):
        options.setdefault("generation", cls.generation)
        crm = cls.control.start(**options)
        cls.addClassCleanup(cls.control.stop, crm)
        return crm

    def setUp(self):
        super().setUp()
        self.crm.reset()

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if urlsplit(request.url).hostname in cls.open_hosts:
            return _super_send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    @classmethod
    def make_connector(cls, crm=None, **values):
        """A connector as an administrator would type it, not connected yet."""
        return cls.env["infor.crm.connector"].create(
            {
                "name": "Practice CRM",
                "url": (crm or cls.crm).url,
                "login": "admin",
                **values,
            }
        )

    @classmethod
    def make_connected(cls, crm=None, **values):
        """A connector that was connected by its button; fails with what it says."""
        connector = cls.make_connector(crm, **values)
        connector.action_connect()
        if connector.state != "connected":
            raise AssertionError(f"not connected: {connector.check_html}")
        return connector


@contextmanager
def web_page(body=b"<!doctype html><html><body>Welcome!</body></html>", status=200):
    """A plain website on a port of its own; yields its address."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port():
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
