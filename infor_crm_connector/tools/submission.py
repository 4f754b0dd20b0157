"""What a visitor sent, as plain values: cleaned, capped, and read in Odoo's terms.

Everything in it comes from strangers. Nothing is dropped without a word, nothing is
taken for more than text.
"""

import re
from dataclasses import dataclass, field

from odoo.tools import email_normalize

from .form_marks import MANY
from .import_values import usable_address
from .odoo_fields import FIRST, LAST
from .person_names import split_name
from .places import simplify

LONG = 10_000  # characters of one value
ALL = 60_000  # characters of all values
# Nobody sees these, and some of them turn texts around.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
# The beginning of a tag: the CRM's screens may take a text for markup. "<a@b.c>" is an
# address, and none.
_TAG = re.compile(r"<(?![\w.+-]+@[\w.-]+>)(?=[a-zA-Z/!?])")

# What the form builder's own fields and forms are named, per model the form is for.
_ANY = {"email_from": "email_from", "email": "email_from", "phone": "phone"}
_PERSON = {
    **_ANY,
    "name": "contact_name",
    "company": "partner_name",
    "company_name": "partner_name",
    "first_name": FIRST,
    "last_name": LAST,
}
_SAME = ("function", "street", "street2", "city", "zip", "state_id", "country_id")
_NAMES = {
    "mail.mail": _PERSON,
    "mailing.contact": {**_PERSON, **dict(zip(_SAME, _SAME, strict=True))},
    "res.partner": {**_PERSON, **dict(zip(_SAME, _SAME, strict=True))},
    "hr.applicant": {
        "email_from": "email_from",
        "partner_name": "contact_name",
        "partner_phone": "phone",
    },
}
# What people call their own fields.
_CALLED = {
    "email_from": ("email", "e-mail", "your email", "email address"),
    "phone": ("phone", "phone number", "telephone", "mobile", "your phone"),
    "contact_name": ("name", "your name", "full name"),
    FIRST: ("first name",),
    LAST: ("last name", "surname", "family name"),
    "partner_name": ("company", "your company", "company name", "organization"),
    "function": ("job position", "job title", "title", "position"),
    "street": ("street", "address"),
    "zip": ("zip", "zip code", "postal code"),
    "city": ("city", "town"),
    "state_id": ("state", "province"),
    "country_id": ("country",),
}
CALLED = {name: target for target, names in _CALLED.items() for name in names}


def clean(text, longest=LONG):
    """A stranger's text: no control characters, no markup, not endless."""
    text = _CONTROLS.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))
    text = _TAG.sub("‹", text).strip()
    if len(text) > longest:
        return f"{text[:longest]}… [+{len(text) - longest}]"
    return text


def collect(marks, posted):
    """(fields, consents, names of files) of what a visitor posted.

    Only what the form has: whatever else was sent is none of the CRM's business.
    ``posted``: {name: text or file}. ``fields``: [{name, label, type, value, text}].
    """
    fields, consents, files, room = [], [], [], ALL
    sent = {}
    for name, value in posted.items():
        plain = name.replace("&quot;", '"')
        if hasattr(value, "filename"):
            sent.setdefault(plain.split("[", 1)[0], []).append(value)
        else:
            sent[plain] = value
    for known in marks.fields[:MANY]:
        value = sent.get(known.name)
        if value is None or value == "":
            continue
        if isinstance(value, list):
            files += [clean(one.filename or "?", 200) for one in value[:20]]
        elif known.consent:
            consents.append(known.consent)
        else:
            text = clean(_text(known, str(value)), min(LONG, room))
            room = max(room - len(text), 0)
            row = {"name": known.name, "label": known.label, "type": known.type}
            if value in known.choices:
                row["chosen"] = True
            fields.append({**row, "value": clean(value, 500), "text": text})
    return fields, consents, files


def _text(known, value):
    """What people read for a value that was chosen."""
    if value in known.choices:
        return known.choices[value]
    parts = value.split(",")
    if known.choices and all(part in known.choices for part in parts):
        return ", ".join(known.choices[part] for part in parts)
    return value


def address_of(fields):
    """The normalised address of whoever wrote, "" when there is none."""
    for row in fields:
        named = row["name"] in ("email_from", "email") or row["type"] == "email"
        if named or simplify(row["label"]) in _CALLED["email_from"]:
            address = email_normalize(row["text"], strict=False)
            if address and (usable := usable_address(address)):
                return usable
    return ""


@dataclass
class Submission:
    """A submission of the outbox, for whoever sends it.

    ``values``: {target of Odoo's leads: value in Odoo's terms}. ``places``: {target:
    the field it came from}.
    """

    payload: dict
    address: str
    values: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)

    @property
    def options(self):
        return self.payload.get("options") or {}

    @property
    def policy(self):
        return "overwrite" if self.options.get("policy") == "overwrite" else "fill"

    @property
    def fields(self):
        return self.payload.get("fields") or []

    def interpret(self, catalogue, labels, places):
        """Say which field of a lead each one is. ``catalogue``: {target: OdooField}.
        ``labels``: {simplified label: target} of what is mapped."""
        model = (self.payload.get("form") or {}).get("model") or "mail.mail"
        rows = [(_target(row, model, catalogue, labels), row) for row in self.fields]
        # a state is looked up in its country
        for target, row in sorted(rows, key=lambda pair: pair[0] == "state_id"):
            if not target or target in self.places:
                continue
            value = self._value(row, target, catalogue.get(target), places)
            if value is not None:
                self.values[target] = value
                self.places[target] = row["name"]
        self._split_name()
        if not self.values.get("email_from") and self.address:
            self.values["email_from"] = self.address

    def _value(self, row, target, odoo, places):
        """In Odoo's terms; None when the text does not make one."""
        if target == "contact_name":
            return " ".join(row["text"].split())
        if target == "email_from":
            return usable_address(row["text"])
        if odoo is None:
            return None
        try:
            if odoo.type == "country":
                return _place(row) or places.country(row["text"])
            if odoo.type == "state":
                country = self.values.get("country_id")
                return _place(row) or places.state(row["text"], country)
            return _CONVERT.get(odoo.type, _plain)(row, odoo)
        except ValueError:
            return None

    def _split_name(self):
        line = self.values.pop("contact_name", None)
        origin = self.places.pop("contact_name", None)
        if line and not (self.values.get(FIRST) or self.values.get(LAST)):
            for target, part in zip((FIRST, LAST), split_name(line), strict=True):
                if part:
                    self.values[target] = part
                    self.places[target] = origin

    def left(self, taken):
        """The fields whose values are not among the targets that were ``taken``."""
        names = {}
        for target, name in self.places.items():
            names.setdefault(name, set()).add(target)
        return [row for row in self.fields if not names.get(row["name"], {""}) <= taken]


def _target(row, model, catalogue, labels):
    name = row["name"]
    if model == "crm.lead":
        if name in catalogue or name == "contact_name":
            return name
        # its "name" is the opportunity's title
        return labels.get(simplify(row["label"])) if name not in ("name",) else None
    known = _NAMES.get(model, _ANY)
    if name in known:
        return known[name]
    label = simplify(row["label"])
    return labels.get(label) or (CALLED.get(label) if model in _NAMES else None)


def _plain(row, odoo):
    return row["text"] if odoo.type == "text" else " ".join(row["text"].split())


def _number(row, _odoo):
    return float(row["value"].replace(",", "."))


def _integer(row, _odoo):
    return int(row["value"])


def _flag(row, _odoo):
    return row["value"].lower() not in ("", "0", "no", "false", "off")


def _choice(row, odoo):
    for text in (row["value"], row["text"]):
        if text in odoo.by_label:
            return odoo.by_label[text]
    raise ValueError(row["text"])


def _place(row):
    """The id, where one chose from Odoo's own list."""
    return int(row["value"]) if row.get("chosen") and row["value"].isdecimal() else None


_CONVERT = {
    "integer": _integer,
    "float": _number,
    "boolean": _flag,
    "selection": _choice,
}
