"""Secrets at rest.

A secret is encrypted before it reaches SQL, because a failing query is logged together
with its values. The key comes from ``infor_crm_secret`` in the server's configuration
file or, without one, from the database's own secret, so a dump alone is enough to
decrypt only in the second case (docs/operations.md).
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from odoo.tools import config

SCOPE = b"infor_crm_connector: password of a connector"


class CannotDecrypt(Exception):
    """Encrypted under another key: the database's or the server's secret changed."""


def encrypt(env, text):
    """Printable token for ``text``; differs each time."""
    return _box(env).encrypt(text.encode()).decode()


def decrypt(env, token):
    """The text of :func:`encrypt`; ``CannotDecrypt`` under another key."""
    try:
        return _box(env).decrypt(token.encode()).decode()
    except InvalidToken:
        raise CannotDecrypt from None


def _box(env):
    parameter = env["ir.config_parameter"].sudo().get_param
    secret = config.get("infor_crm_secret") or parameter("database.secret")
    key = hmac.new(secret.encode(), SCOPE, hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
