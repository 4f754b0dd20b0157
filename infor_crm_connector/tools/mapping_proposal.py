"""*Optimize for Infor CRM*: which fields of the two sides belong together.

Decides from plain values; nothing is read or written here.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from ..const import DEFAULT_MAPPING, PUSHED_PLACES
from .field_types import convertible
from .odoo_fields import ADDRESS

SIMILAR = 0.88  # of 1; "Customer Tiers" and "Customer Tier" are, "Fax" and "Tax" not

# What people call a field of the CRM in lists of their own; letters only.
_USUAL = {
    "FirstName": "firstname givenname forename vorname prenom",
    "LastName": "lastname surname familyname nachname nom",
    "MiddleName": "middlename secondname",
    "Prefix": "prefix salutation anrede titel",
    "Suffix": "suffix",
    "Title": "jobtitle jobposition position function role",
    "Company": "company companyname organization organisation firma",
    "Department": "department abteilung",
    "WorkPhone": "phone telephone workphone businessphone telefon",
    "HomePhone": "homephone privatephone",
    "Mobile": "mobile mobilephone cellphone cell handy mobil",
    "Fax": "fax faxnumber workfax telefax",
    "WebAddress": "website websitelink homepage url webpage web",
    "SecondaryEmail": "secondaryemail secondemail otheremail email2",
    "Email3": "email3 thirdemail",
    "Birthday": "birthday birthdate dateofbirth geburtstag",
    "Industry": "industry sector branche",
    "Employees": "employees numberofemployees headcount",
    "Revenue": "revenue annualrevenue turnover",
    "Notes": "notes comment comments remarks notizen",
    "Interests": "interests hobbies interessen",
    "Address/Address1": "street address addressline1 strasse address1",
    "Address/Address2": "street2 addressline2 address2",
    "Address/Address3": "street3 addressline3 address3",
    "Address/City": "city town ort stadt ville",
    "Address/State": "state province region bundesland",
    "Address/PostalCode": "zip zipcode postcode postalcode plz",
    "Address/Country": "country land pays",
    "Address/County": "county",
}
# Odoo's own fields that the defaults leave out.
_MORE = {"website": "WebAddress", "company_name": "Company", "partner_name": "Company"}
# The CRM's bookkeeping, what consent decides, and what only sales people set.
_NEVER = re.compile(
    r"(DoNot|Create|Modify|Import|LastHistory|LastCall|LastTouched|Assign|Is[A-Z])"
    r"|.*(Upper|Id|User)$"
)
# A whole name goes where its parts go.
_WHOLE_NAMES = frozenset({"name", "contact_name"})


@dataclass(frozen=True)
class CrmField:
    path: str
    label: str
    type: str
    read_only: bool = False


@dataclass(frozen=True)
class Row:
    """A mapping as it is. ``gone``: its field of the CRM is not there any more."""

    target: str
    path: str
    direction: str
    gone: bool = False


@dataclass(frozen=True)
class Proposal:
    """``change``: added, changed or kept. ``reason``: address, usual, same, similar or
    "" (kept). ``sure``: worth taking without looking."""

    change: str
    target: str
    path: str
    direction: str
    reason: str = ""
    former: str = ""
    sure: bool = True


def propose(place, odoo_fields, crm_fields, rows):
    """[:class:`Proposal`] for one place: (Odoo model, kind).

    ``odoo_fields``: {target: OdooField}; ``crm_fields``: [:class:`CrmField`] that are
    there; ``rows``: [:class:`Row`].
    """
    return _Proposer(place, odoo_fields, crm_fields, rows).propose()


class _Proposer:
    def __init__(self, place, odoo_fields, crm_fields, rows):
        self._odoo = odoo_fields
        self._crm = {field.path.lower(): field for field in crm_fields}
        self._rows = {row.target: row for row in rows}
        self._pushed = place in PUSHED_PLACES
        self._standard = {row[0]: row[1] for row in DEFAULT_MAPPING.get(place, ())}
        self._taken = set()

    def propose(self):
        found = {}
        # what belongs to an address first: it may have to leave another place
        for target in ADDRESS:
            found[target] = self._standard_address(target)
        for target, row in self._rows.items():
            if not found.get(target):
                found[target] = None if row.gone else self._kept(row)
        self._taken |= {p.path.lower() for p in found.values() if p}
        for target in self._odoo:
            if found.get(target) is None:
                found[target] = self._best(target)
        kept = [self._kept(row) for t, row in self._rows.items() if not found.get(t)]
        return [proposal for proposal in found.values() if proposal] + kept

    def _standard_address(self, target):
        """Where a part of an address belongs, unless another field holds that place."""
        path = self._standard.get(target, "")
        row = self._rows.get(target)
        if target not in self._odoo or path.lower() not in self._crm:
            return None
        if row and row.path.lower() == path.lower():
            return None
        holders = {
            other.target
            for other in self._rows.values()
            if other.path.lower() == path.lower() and other.direction != "pull"
        }
        if holders - set(ADDRESS):
            return None
        return self._proposal(target, self._crm[path.lower()], "address")

    def _kept(self, row):
        return Proposal("kept", row.target, row.path, row.direction)

    # --- what else fits ---------------------------------------------------------------

    def _best(self, target):
        """A counterpart for a field without one, the surest first."""
        odoo = self._odoo[target]
        if target in _WHOLE_NAMES:
            return None
        for reason, match in (
            ("usual", self._standard_path),
            ("same", self._same),
            ("usual", self._usual),
            ("similar", self._similar),
        ):
            for field in match(odoo):
                if proposal := self._proposal(target, field, reason):
                    self._taken.add(field.path.lower())
                    return proposal
        return None

    def _free(self):
        return [
            field
            for path, field in self._crm.items()
            if path not in self._taken and not _NEVER.match(field.path)
        ]

    def _standard_path(self, odoo):
        path = self._standard.get(odoo.target) or _MORE.get(odoo.target, "")
        return [f for f in self._free() if f.path.lower() == path.lower()]

    def _usual(self, odoo):
        """Only for fields that people made: Odoo's own mean what they mean."""
        names = _names_of(odoo) if odoo.custom else set()
        wanted = {
            p.lower() for p, words in _USUAL.items() if names & set(words.split())
        }
        return [f for f in self._free() if f.path.lower() in wanted]

    def _same(self, odoo):
        names = _names_of(odoo)
        return [f for f in self._free() if names & _names_of_crm(f)]

    def _similar(self, odoo):
        if not odoo.custom:
            return []
        rated = [
            (max(_likeness(a, b) for a in _names_of(odoo) for b in _names_of_crm(f)), f)
            for f in self._free()
        ]
        rated = [(score, field) for score, field in rated if score >= SIMILAR]
        return [f for _score, f in sorted(rated, key=lambda r: (-r[0], r[1].path))]

    def _proposal(self, target, field, reason):
        """None when the two cannot be mapped."""
        odoo = self._odoo[target]
        direction = self._direction(odoo, field)
        if not direction or not convertible(odoo.type, field.type):
            return None
        row = self._rows.get(target)
        return Proposal(
            change="changed" if row else "added",
            target=target,
            path=field.path,
            direction=direction,
            reason=reason,
            former=row.path if row else "",
            # a name that Odoo gave, too, may mean something else there
            sure=reason in ("address", "usual") or (odoo.custom and reason == "same"),
        )

    def _direction(self, odoo, field):
        may_push = not field.read_only and field.type != "reference"
        may_pull = odoo.writable and not self._pushed
        if may_push and may_pull:
            return "both"
        return "push" if may_push else "pull" if may_pull else None


def _letters(text):
    return "".join(letter for letter in (text or "").lower() if letter.isalnum())


def _names_of(odoo):
    name = odoo.target.rpartition(".")[2].removeprefix("x_").removeprefix("studio_")
    return {found for found in (_letters(odoo.label), _letters(name)) if found}


def _names_of_crm(field):
    label = field.label.rpartition(": ")[2]
    return {_letters(label), _letters(field.path.rpartition("/")[2])}


def _likeness(one, other):
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
