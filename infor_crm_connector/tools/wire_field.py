"""One field of the CRM as something to write to: what fits, and what does not.

A value that does not fit raises :class:`Misfit` with a sentence; it is never cut.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from odoo.tools import email_normalize

from ..lib.sdata import codec
from .odoo_fields import OdooField

# What the CRM's whole numbers hold.
LARGEST = 2**31 - 1
# The CRM keeps days as moments, five seconds after midnight (docs/sdata.md 3.5).
DAY_STARTS = timedelta(seconds=5)
SHOWN = 60  # characters of a refused value in a sentence


class Misfit(ValueError):
    """The value cannot be sent; the text says why, for people."""


@dataclass(frozen=True, eq=False)
class WireField:
    """``path``: name in the CRM (``Address/City``). ``items``: texts and codes of its
    pick list. ``texts``: for places, spellings the CRM uses, best first."""

    target: str
    path: str
    label: str
    type: str
    odoo: OdooField
    max_length: int = 0
    nullable: bool = True
    read_only: bool = False
    picklist: str = ""
    limited: bool = False
    multiple: bool = False
    items: tuple = ()
    texts: tuple = ()

    @property
    def is_email(self):
        return self.path.lower() == "email"


def wire_field(field, odoo):
    """``field``: infor.crm.field; ``odoo``: :class:`OdooField` of its counterpart."""
    items = tuple((item["text"], item["code"]) for item in field.selection_items or ())
    # the texts of a limited list are all there is; codes may be what is stored
    listed = [text for text, _code in items] + [code for _text, code in items if code]
    used = [text for text in field.used_values or () if text]
    if field.limited:
        used = [text for text in used if text in listed]
    return WireField(
        target=odoo.target,
        path=field.name,
        label=field.label,
        type=field.type,
        odoo=odoo,
        max_length=field.max_length,
        nullable=field.nullable,
        read_only=field.read_only or field.type == "reference",
        picklist=field.picklist or "",
        limited=field.limited or (field.type == "enum" and bool(items)),
        multiple=field.multiple,
        items=items,
        texts=tuple(dict.fromkeys([*used, *listed])),
    )


class Fitter:
    """Turns values in Odoo's terms into values of the wire, one field at a time."""

    def __init__(self, env, place_names):
        self._env = env
        self._places = place_names

    def fit(self, field, value, country_known=True):
        """The value of the wire; None clears. Raises :class:`Misfit`."""
        if field.read_only:
            raise Misfit(self._env._("Infor CRM lets nobody change it"))
        if value is None or value == "":
            if not field.nullable:
                sentence = self._env._("Infor CRM does not let it be empty")
                raise Misfit(sentence)
            return None
        if field.odoo.type in ("country", "state"):
            return self._place(field, value, country_known)
        if field.is_email:
            value = self._address(value)
        wire = self._encoded(field, value)
        if field.limited:
            wire = self._listed(field, wire)
        return self._short_enough(field, wire)

    def _address(self, value):
        """The address alone: a name beside it would make it none in the CRM."""
        if "<" not in str(value) and "," not in str(value):
            return value
        address = email_normalize(value, strict=True)
        if not address:
            raise Misfit(self._env._("“%s” is not one e-mail address", _shown(value)))
        return address

    def _place(self, field, record_id, country_known):
        if field.odoo.type == "country":
            found = self._places.country(record_id, field)
        else:
            found = self._places.state(record_id, field, alone=not country_known)
        fitting = [
            t for t in found if not field.max_length or len(t) <= field.max_length
        ]
        if not fitting:
            raise Misfit(self._unknown_place(field, country_known))
        return fitting[0]

    def _unknown_place(self, field, country_known):
        if field.limited:
            return self._env._(
                "it is not in Infor CRM's list “%s”", field.picklist or field.label
            )
        if field.odoo.type == "state" and not country_known:
            return self._env._(
                "without its country Infor CRM could not tell which one is meant"
            )
        return self._env._("it has no spelling that Infor CRM has room for")

    def _encoded(self, field, value):
        try:
            wire = codec.encode(_plain(field, value), field.type)
        except (ValueError, KeyError, OverflowError):
            raise Misfit(self._wrong_type(field, value)) from None
        if field.type == "integer" and abs(wire) > LARGEST:
            raise Misfit(self._env._("%s is too large for Infor CRM", _shown(value)))
        return wire

    def _wrong_type(self, field, value):
        env, shown = self._env, _shown(value)
        if field.type == "integer":
            return env._("“%s” is no whole number", shown)
        if field.type == "decimal":
            return env._("“%s” is no number", shown)
        if field.type == "boolean":
            return env._("“%s” is neither yes nor no", shown)
        if field.type == "datetime":
            return env._("“%s” is no date that Infor CRM can hold", shown)
        return env._("“%s” is no text", shown)

    def _listed(self, field, wire):
        """An item of the list, in the list's own spelling; codes may be stored."""
        parts = wire.split(",") if field.multiple else [wire]
        found = [self._item(field, part.strip()) for part in parts if part.strip()]
        return ", ".join(found)

    def _item(self, field, text):
        exact = {t for t, _code in field.items} | {c for _text, c in field.items if c}
        if text in exact:
            return text
        spelled = {item.lower(): item for item, _code in field.items}
        if text.lower() in spelled:
            return spelled[text.lower()]
        raise Misfit(
            self._env._(
                "“%(value)s” is not in Infor CRM's list “%(list)s”",
                value=_shown(text),
                list=field.picklist or field.label,
            )
        )

    def _short_enough(self, field, wire):
        if field.max_length and isinstance(wire, str) and field.type != "datetime":
            count = len(wire)
            if count > field.max_length:
                raise Misfit(
                    self._env._(
                        "it has %(count)s characters, Infor CRM has room for %(most)s",
                        count=count,
                        most=field.max_length,
                    )
                )
        return wire


def _plain(field, value):
    """The Python value that ``codec.encode`` takes for the CRM's type."""
    odoo_type = field.odoo.type
    if odoo_type == "selection":
        value = _label_of(field, value)
    elif odoo_type == "date" and field.type == "datetime":
        day = date.fromisoformat(value)
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY_STARTS
    elif odoo_type == "datetime" and field.type == "datetime":
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(value, bool) and field.type in ("string", "enum", "memo"):
        return "T" if value else "F"
    return value


def _label_of(field, value):
    """What people see is what the CRM gets; imported columns have no other value."""
    return dict(field.odoo.choices).get(value, value)


def _shown(value):
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
