"""Removes the addon from a database as an administrator would.

usage: _uninstall.py <database> <addons path> <data dir> <log file>

Afterwards nothing of it is left: no table, no model, no parameter, no definition of a
column, no option on a website's form.
"""

from __future__ import annotations

import sys

import odoo
from odoo.modules.registry import Registry

from _database import configure

PAGE = (
    '<form data-infor-crm-push="form1" data-infor-crm-note="A &quot;B&quot;, 1 &lt; 2"'
    ' class="kept" data-model_name="crm.lead"/>'
)
KEPT = '<form class="kept" data-model_name="crm.lead"/>'
LEFT = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'infor\\_crm\\_%'
     UNION ALL
    SELECT model FROM ir_model WHERE model LIKE 'infor.crm.%'
     UNION ALL
    SELECT key FROM ir_config_parameter WHERE key LIKE 'infor\\_crm%'
     UNION ALL
    SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Infor CRM%'
     UNION ALL
    SELECT 'columns' FROM properties_base_definition
     WHERE properties_definition::text LIKE '%"infor\\_%'
     UNION ALL
    SELECT 'values of columns' FROM mailing_contact
     WHERE properties::text LIKE '%"infor\\_%'"""


def leave_traces(env: odoo.api.Environment) -> int:
    """What people and lanes would have left in tables of Odoo's; id of a page."""
    env["ir.config_parameter"].set_param("infor_crm_connector.preview_months", "12")
    definition = env["properties.base.definition"]._get_definition_for_property_field(
        "mailing.contact", "properties"
    )
    column = {"name": "infor_1_lead_x", "type": "char", "string": "X"}
    known = definition.properties_definition or []
    definition.properties_definition = [*known, column]
    env["mailing.contact"].create(
        {"name": "Ann", "properties": {"infor_1_lead_x": "anything"}}
    )
    return env["ir.ui.view"].create({"type": "qweb", "arch": PAGE}).id


def main() -> None:
    database = configure()
    with Registry(database).cursor() as cr:
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        page = leave_traces(env)
        cr.commit()
        addon = env["ir.module.module"].search([("name", "=", "infor_crm_connector")])
        addon.button_immediate_uninstall()

    with Registry(database).cursor() as cr:
        cr.execute(LEFT)
        left = [name for (name,) in cr.fetchall()]
        env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
        arch = env["ir.ui.view"].browse(page).arch_db.strip()
    if left or arch != KEPT:
        sys.exit(f"removing the addon left {left} behind, and of a page {arch}")


main()
