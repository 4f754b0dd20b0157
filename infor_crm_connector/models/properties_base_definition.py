import json
import random
import time

from psycopg2.extensions import TransactionRollbackError

from odoo import models

PREFIX = "infor_"
TRIES = 10


class PropertiesBaseDefinition(models.Model):
    """Definitions of imported columns: kept against people, edited one at a time."""

    _inherit = "properties.base.definition"

    def write(self, vals):
        """Put back imported columns that somebody's form left out.

        Their values would stay in the contacts but show nowhere, and the next import
        would bring the column back in another place. Labels may be changed.
        """
        if "properties_definition" in vals and not self.env.context.get("infor_define"):
            kept = [
                item
                for record in self
                for item in record.properties_definition or []
                if item["name"].startswith(PREFIX)
            ]
            given = _as_list(vals["properties_definition"])
            vals = {**vals, "properties_definition": _with_kept(given, kept)}
        return super().write(vals)

    def _infor_define(self, definitions):
        """Add or complete definitions on mailing contacts, and commit.

        The lock is the first statement of a transaction of its own: whoever waited for
        it may hold a snapshot from before the other's commit, hence the repetition.
        """
        self.env["ir.cron"]._commit_progress()
        for attempt in range(TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(
                        "SELECT pg_advisory_xact_lock(hashtext('infor_crm_properties'))"
                    )
                    env = self.env(cr=cr)
                    env[self._name]._infor_merge(definitions)
                    env.flush_all()
                    env.registry.signal_changes()
                break
            except TransactionRollbackError:
                if attempt == TRIES - 1:
                    raise
                time.sleep(random.uniform(0.01, 0.1) * (attempt + 1))
        self.env.invalidate_all()

    def _infor_merge(self, definitions):
        record = self.sudo()._get_definition_for_property_field(
            "mailing.contact", "properties"
        )
        known = [dict(item) for item in record.properties_definition or []]
        merged = _merge(known, definitions)
        if merged != known:
            record.with_context(infor_define=True).properties_definition = merged


def _as_list(value):
    if isinstance(value, str):
        value = json.loads(value)
    return list(value or [])


def _with_kept(given, kept):
    """``given`` with the imported columns as they were, apart from their labels."""
    labels = {item["name"]: item.get("string") for item in given}
    restored = {
        item["name"]: {**item, "string": labels.get(item["name"]) or item.get("string")}
        for item in kept
    }
    result = [restored.pop(item["name"], item) for item in given]
    return [*result, *restored.values()]


def _merge(known, definitions):
    """Existing definitions keep label and place; type and choices follow the CRM."""
    wanted = {item["name"]: item for item in definitions}
    result = []
    for item in known:
        new = wanted.pop(item["name"], None)
        result.append(
            {**new, "string": item.get("string") or new["string"]} if new else item
        )
    return [*result, *wanted.values()]
