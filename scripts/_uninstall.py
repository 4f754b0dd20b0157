"""Removes the addon from a database as an administrator would.

usage: _uninstall.py <database> <addons path> <data dir> <log file>
"""

from __future__ import annotations

import os
import sys

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config

database, addons_path, data_dir, log_file = sys.argv[1:]
config.parse_config(
    [
        f"--database={database}",
        f"--addons-path={addons_path}",
        f"--data-dir={data_dir}",
        f"--logfile={log_file}",
        f"--db_host={os.environ['PGHOST']}",
        f"--db_user={os.environ['PGUSER']}",
    ],
    setup_logging=True,
)
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
