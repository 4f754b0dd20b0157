"""The seal of a form: it says which form this is, and only this server can make one.

It holds no options and no rights, so there is nothing in it to learn or to change, and
it is of no use with another form, page, website or database.
"""

import base64
import binascii
import json
from typing import NamedTuple

from odoo.tools.misc import consteq, hmac

SCOPE = "infor_crm_connector-form"
LONGEST = 2000


class Place(NamedTuple):
    """Where a form stands: ``view`` with the key of a template, or ``html`` with
    "model,id,field"."""

    sort: str
    ref: str
    website: int
    form: str
    model: str


def make(env, place):
    body = json.dumps(list(place), separators=(",", ":"))
    packed = base64.urlsafe_b64encode(body.encode()).decode()
    return f"{packed}.{hmac(env(su=True), SCOPE, body)}"


def open_(env, text):
    """The :class:`Place`, None unless we made this seal."""
    if not isinstance(text, str) or len(text) > LONGEST:
        return None
    packed, _dot, signature = text.partition(".")
    try:
        body = base64.b64decode(packed.encode(), b"-_", validate=True).decode()
        # compared first: nothing that others wrote is read
        signature.encode("ascii")
        if not consteq(signature, hmac(env(su=True), SCOPE, body)):
            return None
        return Place(*json.loads(body))
    except (binascii.Error, UnicodeError, ValueError, TypeError):
        return None
