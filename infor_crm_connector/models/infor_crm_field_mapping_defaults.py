from odoo import api, models

from ..const import DEFAULT_MAPPING
from ..tools.odoo_fields import catalogue


class InforCrmFieldMappingDefaults(models.Model):
    """The mapping everybody starts with. What an administrator took away stays away,
    until *Reset to Defaults*."""

    _inherit = "infor.crm.field.mapping"

    @api.model
    def _create_defaults(self, connector):
        """Add the default rows that this connector was not offered before."""
        rows = self.sudo().search([("connector_id", "=", connector.id)])
        offered = set(map(tuple, connector.sudo().mapping_offered or ()))
        offered = offered or self._offered_before(rows)
        taken = {(row.odoo_model, row.kind, row.odoo_field) for row in rows}
        used = {
            (row.odoo_model, row.kind, row.crm_field.lower())
            for row in rows
            if row.direction != "pull"
        }
        wanted = [
            values
            for values in self._default_rows(connector)
            if (key := _key(values)) not in offered
            and key not in taken
            and (*key[:2], values["crm_field"].lower()) not in used
        ]
        offered |= taken | {_key(values) for values in wanted}
        connector.sudo().mapping_offered = sorted(offered)
        return self.create(wanted)

    @api.model
    def _offered_before(self, rows):
        """Connectors of former versions: the places they have rows in are theirs."""
        places = {(row.odoo_model, row.kind) for row in rows}
        return {
            (*place, default[0])
            for place, defaults in DEFAULT_MAPPING.items()
            if place in places
            for default in defaults
        }

    @api.model
    def _default_rows(self, connector):
        """Values of the default rows whose fields both sides have."""
        known = {
            (field.kind, field.name.lower())
            for field in self.env["infor.crm.field"]
            .sudo()
            .search([("connector_id", "=", connector.id)])
        }
        return [
            self._default_values(connector, place, row, sequence)
            for place, rows in DEFAULT_MAPPING.items()
            for odoo_fields in [catalogue(self.env, place[0])]
            for sequence, row in enumerate(rows)
            if row[0] in odoo_fields and (place[1], row[1].lower()) in known
        ]

    def _default_values(self, connector, place, row, sequence):
        (odoo_model, kind), (odoo_field, crm_field, direction) = place, row
        return {
            "connector_id": connector.id,
            "odoo_model": odoo_model,
            "kind": kind,
            "sequence": sequence,
            "odoo_field": odoo_field,
            "crm_field": crm_field,
            "direction": direction,
        }


def _key(values):
    return values["odoo_model"], values["kind"], values["odoo_field"]
