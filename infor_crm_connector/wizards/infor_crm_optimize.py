from odoo import api, fields, models

from ..const import MAPPED_KINDS
from ..models.properties_base_definition import PREFIX
from ..tools.mapping_proposal import CrmField, Row, propose
from ..tools.odoo_fields import catalogue, is_property


class InforCrmOptimize(models.TransientModel):
    """*Optimize for Infor CRM*: a proposal, shown as a difference before it is saved.

    Nothing is changed until *Save*; closing the window forgets it.
    """

    _name = "infor.crm.optimize"
    _description = "Optimize the Field Names for Infor CRM"

    connector_id = fields.Many2one("infor.crm.connector", required=True, readonly=True)
    line_ids = fields.One2many(
        "infor.crm.optimize.line", "optimize_id", domain=[("change", "!=", "kept")]
    )
    kept_ids = fields.One2many(
        "infor.crm.optimize.line",
        "optimize_id",
        domain=[("change", "=", "kept")],
        readonly=True,
    )
    added_count = fields.Integer(compute="_compute_counts")
    changed_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids")
    def _compute_counts(self):
        for wizard in self:
            changes = wizard.line_ids.mapped("change")
            wizard.added_count = changes.count("added")
            wizard.changed_count = changes.count("changed")

    @api.model
    def _open(self, connector):
        """A window with the proposal for everything that can be mapped."""
        wizard = self.create({"connector_id": connector.id})
        lines = [
            {**values, "optimize_id": wizard.id, "odoo_model": model, "kind": kind}
            for model, kinds in MAPPED_KINDS.items()
            for kind in kinds
            for values in wizard._proposed(model, kind)
        ]
        self.env["infor.crm.optimize.line"].create(lines)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Optimize for Infor CRM"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _proposed(self, model, kind):
        """Values of lines for one place; accounts only where somebody maps them."""
        known = self._crm_fields(kind)
        rows = self._rows(model, kind)
        if not known or (kind == "account" and not rows):
            return []
        odoo = {
            target: field
            for target, field in catalogue(self.env, model).items()
            if not (is_property(target) and f".{PREFIX}" in target)
        }
        ids = {field.name: field.id for field in known}
        found = propose(
            (model, kind),
            odoo,
            [CrmField(f.name, f.label, f.type, f.read_only) for f in known],
            rows,
        )
        return [self._line(proposal, odoo, ids) for proposal in found]

    def _crm_fields(self, kind):
        domain = [("connector_id", "=", self.connector_id.id), ("kind", "=", kind)]
        return self.env["infor.crm.field"].search(domain)

    def _rows(self, model, kind):
        rows = self.env["infor.crm.field.mapping"]._rows_of(
            self.connector_id, kind, model
        )
        return [
            Row(row.odoo_field, row.crm_field, row.direction, row.missing == "crm")
            for row in rows
        ]

    def _line(self, proposal, odoo, ids):
        field = odoo.get(proposal.target)
        by_name = {name.lower(): field_id for name, field_id in ids.items()}
        return {
            "change": proposal.change,
            "take": proposal.change != "kept" and proposal.sure,
            "odoo_field": proposal.target,
            "odoo_label": field.label if field else proposal.target,
            "crm_field_id": by_name.get(proposal.path.lower()),
            "crm_field": proposal.path,
            "former_id": by_name.get(proposal.former.lower()),
            "former": proposal.former,
            "direction": proposal.direction,
            "reason": proposal.reason,
        }

    def action_save(self):
        """Write what is ticked: all of it, or nothing."""
        self.ensure_one()
        self.connector_id.check_access("write")
        taken = self.line_ids.filtered("take")
        Mapping = self.env["infor.crm.field.mapping"]
        former = Mapping
        values = []
        for line in taken:
            row = Mapping._rows_of(
                self.connector_id, line.kind, line.odoo_model
            ).filtered(lambda row, line=line: row.odoo_field == line.odoo_field)
            former |= row
            values.append({**line._mapping_values(), **_kept_settings(row)})
        # together: two fields may have changed places
        former.with_context(infor_mapping_reset=True).with_env(self.env).unlink()
        Mapping.create(values)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_reset_defaults(self):
        """The way back: the mapping as it is after connecting."""
        self.ensure_one()
        self.connector_id.check_access("write")
        self.connector_id._reset_mapping()
        return {"type": "ir.actions.client", "tag": "soft_reload"}


def _kept_settings(row):
    """What somebody chose about a row stays, only its counterpart changes."""
    if not row:
        return {}
    names = ("sequence", "may_clear", "fill_if_empty")
    return {name: row[name] for name in names}
