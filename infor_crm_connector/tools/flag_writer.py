"""Writes opt-out flags to Infor CRM and tells what it holds then."""

from datetime import UTC

from ..const import RESOURCES
from ..lib.sdata import BatchItem, codec
from ..lib.sdata.errors import Halted, LoginRefused
from .import_values import OPT_OUT_FIELDS

MODIFIED = "ModifyDate"


class Sent:
    """The opt-out flags of some records: read, written, and what they are then.

    ``after``: {(kind, key): opted out, by either flag} of what was done or stood so
    already; ``errors``: {(kind, key): error} of what the CRM refused. ``missing``: keys
    of records that the login did not find. ``echo``: {(kind, key): {"before", "left"}},
    the ModifyDate before and after what was written. ``names``: as the CRM shows them.
    Errors that concern all of them (a refused login, a server that is away) are raised.
    """

    def __init__(self, client, keys):
        self._client = client
        self._before = {}
        self.after = {}
        self.errors = {}
        self.echo = {}
        self.names = {}
        self._modified = {}
        self._calls = client.request_count
        for kind in {kind for kind, _key in keys}:
            of_kind = [key for k, key in keys if k == kind]
            for record in client.read_keys(
                RESOURCES[kind], of_kind, select=(*OPT_OUT_FIELDS, MODIFIED)
            ):
                self.names[kind, record.key] = record.descriptor
                self._modified[kind, record.key] = _moment(record)
                self._before[kind, record.key] = {
                    name: _flag(record.get(name)) for name in OPT_OUT_FIELDS
                }
        self.missing = {key for key in keys if key not in self._before}

    def __contains__(self, key):
        return key in self.after

    @property
    def calls(self):
        return self._client.request_count - self._calls

    def put(self, values_of):
        """``values_of``: {(kind, key): {flag: bool}}"""
        for kind in {kind for kind, _key in self._before}:
            wanted = {
                key: values
                for (k, key), values in values_of.items()
                if k == kind and (k, key) in self._before
            }
            self._put_kind(kind, wanted)

    def _put_kind(self, kind, values_of):
        items = [
            BatchItem("PUT", key, values)
            for key, values in values_of.items()
            if any(self._before[kind, key][n] != v for n, v in values.items())
        ]
        results = self._client.batch(RESOURCES[kind], items)
        self._note_echo(kind, results)
        refused = {r.key: r.error for r in results if r.error is not None}
        _raise_what_concerns_all(refused.values(), len(items))
        for key, values in values_of.items():
            if key in refused:
                self.errors[kind, key] = refused[key]
            else:
                flags = {**self._before[kind, key], **values}
                self.after[kind, key] = any(flags.values())

    def _note_echo(self, kind, results):
        for result in results:
            before = self._modified.get((kind, result.key))
            left = result.record is not None and _moment(result.record)
            if result.error is None and before and left:
                self.echo[kind, result.key] = {"before": before, "left": left}


def _moment(record):
    """ModifyDate as text in UTC; None when it cannot be read."""
    try:
        found = codec.decode(record.get(MODIFIED), "datetime")
    except ValueError:
        return None
    return found and found.astimezone(UTC).replace(tzinfo=None).isoformat()


def _flag(value):
    try:
        return bool(codec.decode(value, "boolean"))
    except ValueError:
        return True  # unreadable: better not to e-mail


def _raise_what_concerns_all(errors, asked):
    """A refused login ends everything; so does a server of which nothing is heard."""
    for error in errors:
        if isinstance(error, (LoginRefused, Halted)):
            raise error
    if errors and len(errors) == asked and all(e.retryable for e in errors):
        raise next(iter(errors))
