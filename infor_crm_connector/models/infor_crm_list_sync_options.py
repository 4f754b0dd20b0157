from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..lib.sync import Rule


class InforCrmListSyncOptions(models.Model):
    """What travels between a list, or a segment, and Infor CRM, and which way."""

    _inherit = "infor.crm.list.sync"

    push_only = fields.Boolean(
        help="Not filled from Infor CRM; its people are pushed there, as leads."
    )
    filter_id = fields.Many2one(
        "mailing.filter", "Segment", ondelete="cascade", index="btree_not_null"
    )
    target_model = fields.Char(compute="_compute_target_model")

    push = fields.Boolean("Push to Infor CRM")
    push_paused = fields.Boolean()
    push_add = fields.Boolean(
        "Add new records", help="People whom Infor CRM does not know become leads."
    )
    push_update = fields.Boolean("Update existing records")
    push_field_ids = fields.Many2many(
        "infor.crm.field",
        "infor_crm_list_sync_push_field_rel",
        string="Fields to update in Infor CRM",
    )
    pull = fields.Boolean("Pull from Infor CRM")
    pull_paused = fields.Boolean()
    pull_add = fields.Boolean(
        "Add new records of Infor CRM", help="New records of the source join the list."
    )
    pull_update = fields.Boolean("Update existing records of Odoo")
    pull_all_fields = fields.Boolean("All fields", default=True)
    pull_field_ids = fields.Many2many(
        "infor.crm.field",
        "infor_crm_list_sync_pull_field_rel",
        string="Fields to update in Odoo",
    )
    leaving_opts_out = fields.Boolean(
        "Leaving this list sets DoNotEmail",
        help="Whoever leaves this one list must not be e-mailed by Infor CRM either.",
    )

    # {"until": moment up to which changes are known, "address_until": …}, UTC of the
    # CRM's clock as text; moves on only when all of a window is done
    pull_window = fields.Json(readonly=True)
    read_all = fields.Boolean(
        help="The next sync reads every record, because more is wanted of them."
    )
    push_all = fields.Boolean(
        copy=False,
        help="The next run compares every record of Odoo, because more may travel.",
    )
    set_up_number = fields.Integer(
        copy=False, help="How often more was let travel: a run knows by it what is new."
    )

    _filter_unique = models.UniqueIndex(
        "(connector_id, filter_id) WHERE filter_id IS NOT NULL",
        "This segment is pushed to this Infor CRM already.",
    )

    @api.depends("filter_id")
    def _compute_target_model(self):
        for sync in self:
            sync.target_model = sync.filter_id.mailing_model_name or "mailing.contact"

    @api.constrains("list_id", "filter_id", "push_only", "pull")
    def _check_target(self):
        for sync in self:
            if bool(sync.list_id) == bool(sync.filter_id):
                raise ValidationError(self.env._("Choose one list or one segment."))
            if sync.push_only and sync.pull:
                raise ValidationError(
                    self.env._("Nothing can be pulled into “%s”.", sync._target_name())
                )

    def _target_name(self):
        """What people know it by."""
        self.ensure_one()
        return self.list_id.name or self.filter_id.name

    @api.model
    def _push_target(self, connector, list_id=None, filter_id=None):
        """The push-only set-up of a list or a segment (one id of them), made when there
        is none; as superuser. Nobody travels before its options say so."""
        target = {"connector_id": connector.id}
        target |= {"list_id": list_id} if list_id else {"filter_id": filter_id}
        found = self.sudo().search(
            [(name, "=", value) for name, value in target.items()], limit=1
        )
        return found or self.sudo().create(
            {**target, "kind": "lead", "push_only": True, "push": True}
        )

    # --- permissions ----------------------------------------------------------------

    def _rules(self, kind):
        """{Odoo target: Rule} for records of a kind: what the mapping allows, narrowed
        by what was picked here. Picked by Odoo target, so that the picks of a list of
        leads hold for its members that are contacts, too."""
        self.ensure_one()
        rows = self._mapping_rows(kind)
        own = rows if kind == self.kind else None
        pulls, pushes = self._picked_targets(own)
        return {
            target: Rule(
                pull=rule.pull and (pulls is None or target in pulls),
                push=rule.push and target in pushes,
                may_clear=rule.may_clear,
                fill_if_empty=rule.fill_if_empty,
            )
            for target, rule in self._ceiling(kind, rows).items()
        }

    def _ceiling(self, kind, rows=None):
        """{Odoo target: Rule} of the mapping and the picked columns of a kind. Here and
        below, ``rows``: that mapping, where it was read already."""
        self.ensure_one()
        rows = self._mapping_rows(kind) if rows is None else rows
        rules = {
            row.odoo_field: Rule(
                pull=row.direction in ("both", "pull") and not self.push_only,
                push=row.direction in ("both", "push"),
                may_clear=row.may_clear,
                fill_if_empty=row.fill_if_empty,
            )
            for row in rows
        }
        if kind == self.kind and not self.push_only:
            for field in self._picked_columns(rows):
                rules[self._column_target(field)] = Rule(
                    pull=True, push=not field.read_only
                )
        return rules

    def _picked_targets(self, rows=None):
        """(targets that may be pulled, None for all; targets that may be pushed)"""
        sync = self.sudo()
        target_of = self._target_of_field(rows)

        def targets(picked):
            return {target_of[f.id] for f in picked if f.id in target_of}

        pulls = None if sync.pull_all_fields else targets(sync.pull_field_ids)
        pulling = sync.pull and sync.pull_update and not sync.pull_paused
        pushing = sync.push and sync.push_update and not sync.push_paused
        return pulls if pulling else set(), (
            targets(sync.push_field_ids) if pushing else set()
        )

    def _target_of_field(self, rows=None):
        """{id of a field of Infor CRM: Odoo target it fills}; the pickers' choices."""
        rows = self._mapping_rows(self.kind) if rows is None else rows
        found = {row.crm_field_id.id: row.odoo_field for row in rows}
        if not self.push_only:
            for field in self._picked_columns(rows):
                found.setdefault(field.id, self._column_target(field))
        return found

    def _mapping_rows(self, kind):
        self.ensure_one()
        return (
            self.env["infor.crm.field.mapping"]
            .sudo()
            .search(
                [
                    ("connector_id", "=", self.connector_id.id),
                    ("kind", "=", kind),
                    ("odoo_model", "=", self.target_model),
                ]
            )
            .filtered(lambda row: not row.suspended)
        )
