"""Records of the CRM → values of Odoo.

Values are JSON-like (``lib.sync``): dates are texts as Odoo stores them, countries and
states are ids. A value that does not fit is left out and said, never cut or guessed.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from odoo.tools import email_normalize

from ..lib.sdata import codec
from ..lib.sync import Incoming

_logger = logging.getLogger(__name__)

OPT_OUT_FIELDS = ("DoNotEmail", "DoNotSolicit")
STAMP_FIELDS = ("CreateDate", "ModifyDate")
LONGEST = 100_000  # characters; more is no value of a contact
LARGEST = 2**31 - 1  # what Odoo's integer columns hold
# What email_normalize would leave as it is, at a twentieth of its cost.
_PLAIN_ADDRESS = re.compile(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(\.[a-z0-9-]+)+\Z")


@dataclass(frozen=True)
class Column:
    """One field to read. ``target``: field of the Odoo model, or ``properties.<name>``.
    ``path``: name in the CRM. ``odoo_type``: char text integer float boolean date
    datetime selection country state. ``choices`` of a selection: texts of the CRM, or
    {text: value in Odoo}."""

    target: str
    path: str
    label: str
    crm_type: str
    odoo_type: str
    choices: frozenset | Mapping = frozenset()


class _Step(NamedTuple):
    target: str
    reference: str
    name: str
    label: str
    convert: object


@dataclass(frozen=True)
class ReadPage:
    """A page of the CRM in Odoo's terms. ``unreadable``: {key: error}. ``missing``:
    keys of a group's members that have no record this login can see."""

    records: list
    unreadable: dict
    last_key: str
    missing: tuple = ()

    def __len__(self):
        return len(self.records) + len(self.unreadable) + len(self.missing)


class RecordReader:
    """Turns records into :class:`Incoming`; made once per run."""

    def __init__(self, columns, places):
        self._places = places
        self._state_label = ""
        self._steps = []
        # the state needs to know the country
        for column in sorted(columns, key=lambda c: c.odoo_type == "state"):
            reference, _slash, name = column.path.rpartition("/")
            convert = self._converter(column)
            self._steps.append(
                _Step(column.target, reference, name, column.label, convert)
            )
        self._references = {s.reference for s in self._steps if s.reference}
        self._columns = columns

    @property
    def select(self):
        """Names to ask the CRM for."""
        paths = [column.path for column in self._columns]
        return list(dict.fromkeys([*paths, *STAMP_FIELDS, *OPT_OUT_FIELDS, "Email"]))

    def read_page(self, page):
        """:class:`ReadPage`; touches no database, so any thread may do it."""
        records, unreadable = [], {}
        for record in page.records:
            try:
                records.append(self.read_record(record))
            except Exception as error:
                _logger.exception("Record %s cannot be read", record.key)
                unreadable[record.key] = error
        missing = getattr(page, "missing", ())
        return ReadPage(records, unreadable, page.last_key, missing)

    def read_record(self, record):
        values, problems, unread = {}, [], set()
        entries = {"": record}
        for reference in self._references:
            entries[reference] = _entry(record, reference)
        for step in self._steps:
            entry = entries[step.reference]
            raw = entry.get(step.name) if entry is not None else None
            try:
                value = step.convert(raw, values) if raw is not None else None
            except ValueError as error:
                value = None
                problems.append(f"{step.label}: {error}")
                unread.add(step.target)
            values[step.target] = None if value == "" else value
        return self._incoming(record, values, problems, unread)

    def _incoming(self, record, values, problems, unread):
        address = usable_address(values.get("email"))
        if values.get("email") and not address:
            problems.append(f"Email: “{values['email'][:100]}” is no address")
            values["email"] = None
            unread.add("email")
        return Incoming(
            key=record.key,
            address=address,
            values=values,
            created=_moment(record.get("CreateDate")),
            modified=_moment(record.get("ModifyDate")),
            opted_out=_opted_out(record, problems),
            label=record.descriptor or _name_of(values),
            problems=tuple(problems),
            unread=frozenset(unread),
        )

    def _converter(self, column):
        decode = codec.decode
        crm_type = column.crm_type
        if column.odoo_type == "country":
            return lambda raw, _v: _text(decode(raw, "string"), self._places.country)
        if column.odoo_type == "state":
            return self._state
        finish = _FINISH[column.odoo_type]
        if column.odoo_type == "selection":
            return lambda raw, _v: _choice(decode(raw, crm_type), column.choices)
        if crm_type == "reference":
            return lambda raw, _v: _reference(raw)
        # numbers and flags may be typed as texts (docs/sdata.md 3.5)
        crm_type = _READ_AS.get(column.odoo_type, crm_type)
        return lambda raw, _v: finish(decode(raw, crm_type))

    def _state(self, raw, values):
        text = codec.decode(raw, "string")
        country = values.get("country_id")
        return _text(text, lambda t: self._places.state(t, country))


def usable_address(email):
    """The address Odoo would mail, normalised as ``email_normalized`` is; None when
    there is none.

    Odoo takes "@b.example" for an address; nobody receives mail there.
    """
    if not email:
        return None
    plain = email.lower()
    if _PLAIN_ADDRESS.match(plain):
        return plain
    address = email_normalize(email, strict=False)
    if not address:
        return None
    local, _at, domain = address.rpartition("@")
    return address if local and domain else None


def _entry(record, reference):
    """What lies behind a reference (``Address``), as a record; None when nothing."""
    value = record
    for step in reference.split("/"):
        value = value.get(step)
        if not isinstance(value, dict):
            return None
        if not isinstance(value, type(record)):
            value = type(record)(value)
    return value


def _moment(raw):
    try:
        return codec.decode(raw, "datetime")
    except ValueError:
        return None


def _opted_out(record, problems):
    """A flag that cannot be read counts as set: better silent than unwelcome."""
    for name in OPT_OUT_FIELDS:
        try:
            if codec.decode(record.get(name), "boolean"):
                return True
        except ValueError as error:
            problems.append(f"{name}: {error}; taken as set")
            return True
    return False


def _name_of(values):
    parts = (values.get("first_name"), values.get("last_name"))
    return " ".join(part for part in parts if part)


def _text(text, look_up):
    return look_up(text) if text else None


def _choice(value, choices):
    if value and value not in choices:
        raise ValueError(f"“{value[:100]}” is none of the choices")
    return choices[value] if value and isinstance(choices, Mapping) else value


def _reference(raw):
    """A reference has no value of its own: its description, else its key."""
    if isinstance(raw, dict) and isinstance(raw.get("$descriptor"), str):
        return codec.decode(raw["$descriptor"], "string")
    return codec.decode(raw, "reference")


def _short(value):
    if isinstance(value, str) and len(value) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    # as ``odoo_values`` reads them: blanks at the ends are no difference
    return value if value is None else str(value).strip()


def _whole(value):
    if value is not None and abs(value) > LARGEST:
        raise ValueError("a number too large for Odoo")
    return None if value is None else int(value)


def _datetime(value):
    return value and value.replace(microsecond=0, tzinfo=None).isoformat(" ")


def _date(value):
    return value and value.date().isoformat()


_READ_AS = {
    "integer": "integer",
    "float": "decimal",
    "boolean": "boolean",
    "date": "datetime",
    "datetime": "datetime",
}
_FINISH = {
    "char": _short,
    "text": _short,
    "selection": _short,
    "integer": _whole,
    "float": lambda value: None if value is None else float(value),
    "boolean": lambda value: value,
    "datetime": _datetime,
    "date": _date,
}
