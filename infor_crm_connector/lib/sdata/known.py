"""Facts of the stock model, for servers that tell nothing (docs/sdata.md 8.4)."""

from __future__ import annotations

from .record import FieldInfo

# the address of a lead, contact or account: name → (label, characters)
ADDRESS: dict[str, tuple[str, int]] = {
    "Address1": ("Street", 64),
    "Address2": ("Street 2", 64),
    "Address3": ("Street 3", 64),
    "Address4": ("Street 4", 64),
    "City": ("City", 32),
    "State": ("State", 32),
    "PostalCode": ("Postal Code", 24),
    "Country": ("Country", 32),
    "County": ("County", 32),
    "Salutation": ("Salutation", 64),
    "Description": ("Description", 64),
}


# references that leads, contacts and accounts have in every release
REFERENCES = frozenset(
    {
        "account",
        "accountmanager",
        "address",
        "divisionalmanager",
        "leadsource",
        "owner",
        "regionalmanager",
        "shippingaddress",
    }
)
STOCK_KINDS = frozenset({"leads", "contacts", "accounts"})


def type_by_name(name: str) -> str | None:
    """The type that the stock model gives to such names; None when it cannot be told.

    >>> type_by_name("ModifyDate"), type_by_name("DoNotFAX"), type_by_name("Owner")
    ('datetime', 'boolean', 'reference')
    """
    low = name.lower()
    if low in REFERENCES:
        return "reference"
    if low.endswith("date") or low == "birthday":
        return "datetime"
    if low.startswith("donot") or (low.startswith("is") and name[2:3].isupper()):
        return "boolean"
    return None


def address_field(name: str) -> FieldInfo:
    label, length = ADDRESS[name]
    return FieldInfo(name, label, "string", length, source="known")
