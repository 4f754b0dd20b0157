"""Removes the addon from a database as an administrator would.

usage: _uninstall.py <database> <addons path> <data dir> <log file>
"""

from __future__ import annotations

import sys

import odoo
from odoo.modules.registry import Registry

from _database import configure

database = configure()
with Registry(database).cursor() as cr:
    env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
    module = env["ir.module.module"].search([("name", "=", "infor_crm_connector")])
    module.button_immediate_uninstall()

with Registry(database).cursor() as cr:
    cr.execute(
        """SELECT relname FROM pg_class
            WHERE relkind = 'r' AND relname LIKE 'infor_crm_%'"""
    )
    left = [name for (name,) in cr.fetchall()]
    cr.execute("SELECT count(*) FROM ir_model WHERE model LIKE 'infor.crm.%'")
    models = cr.fetchone()[0]
if left or models:
    sys.exit(f"removing the addon left {left} and {models} models behind")
