from odoo import api, models

from ..models.infor_crm_list_schedule import SCHEDULE_FIELDS
from ..models.infor_crm_list_sync_setup import OPTIONS
from ..tools import setup_words
from .infor_crm_import_wizard import MANY_COLUMNS


class InforCrmListSetupShown(models.TransientModel):
    """What the window shows of the copy while it is edited."""

    _inherit = "infor.crm.list.setup"

    def _original(self):
        return self.sync_id.sudo() or self._draft()

    @api.depends("sync_id", "connector_id")
    def _compute_source(self):
        for setup in self:
            sync = setup._original()
            setup.kind = sync.kind
            setup.group_name = sync.group_name
            setup.source = setup._source_words(sync)
            setup.title = setup.list_id.name or setup.filter_id.name

    def _source_words(self, sync):
        if self.push_only:
            return self.env._("Its people go to %s.", self.connector_id.sudo().name)
        return self.env["mailing.list"]._infor_source_of(sync)

    @api.depends("sync_id", "connector_id", "new_column_ids", "columns_shown")
    def _compute_choices(self):
        """Fields to pick from: what the mapping lets travel that way."""
        Field = self.env["infor.crm.field"]
        for setup in self:
            sync = setup._original()
            target_of, ceiling = sync._target_of_field(), sync._ceiling(sync.kind)
            pulls, pushes = Field, Field
            for field in Field.browse(target_of):
                rule = ceiling.get(target_of[field.id])
                if rule and rule.pull:
                    pulls |= field
                if rule and rule.push and not field.read_only:
                    pushes |= field
            new = setup.new_column_ids._origin
            setup.pull_choice = [("id", "in", (pulls | new).ids)]
            writable = new.filtered(lambda field: not field.read_only)
            setup.push_choice = [("id", "in", (pushes | writable).ids)]
            setup.nothing_mapped = not pushes
            setup.column_choice = setup._column_domain(target_of)

    def _column_domain(self, target_of):
        """What the list does not show yet. A reference is a key; what is worth reading
        lies behind it, and is offered as a field of its own."""
        return [
            ("connector_id", "=", self.connector_id.id),
            ("kind", "=", self._original().kind),
            ("type", "!=", "reference"),
            ("id", "not in", [*target_of, *self.column_ids._origin.ids]),
        ]

    @api.depends("column_ids", "new_column_ids")
    def _compute_many_columns(self):
        for setup in self:
            count = len(setup.column_ids | setup.new_column_ids)
            setup.many_columns = bool(setup.new_column_ids) and count > MANY_COLUMNS

    @api.onchange("pull_all_fields")
    def _onchange_pull_all_fields(self):
        """Start from all of them, to take some away."""
        if not self.pull_all_fields and not self.pull_field_ids:
            found = self.env["infor.crm.field"].search(self.pull_choice or [])
            self.pull_field_ids = found

    @api.depends("connector_id", *OPTIONS, *SCHEDULE_FIELDS)
    def _compute_hindrance(self):
        """Why a run would not begin at its time."""
        for setup in self:
            draft = setup._original().new(setup._plain_scalars())
            draft.connector_id = setup.connector_id
            draft.next_run = setup.next_run
            setup.hindrance = bool(setup.connector_id) and draft._schedule_hindrance()

    @api.depends("connector_id", "new_column_ids", *OPTIONS, *SCHEDULE_FIELDS)
    def _compute_effect(self):
        for setup in self:
            words = setup_words.sentences(setup, setup.new_column_ids)
            setup.effect = "\n".join(f"• {sentence}" for sentence in words)
            setup.advice = "\n".join(setup_words.warnings(setup))

    # --- the time of the day as one number ----------------------------------------

    @api.depends("at_hour", "at_minute")
    def _compute_at_time(self):
        for setup in self:
            setup.at_time = setup.at_hour + setup.at_minute / 60

    @api.onchange("at_time")
    def _onchange_at_time(self):
        self.at_hour, self.at_minute = divmod(round(self.at_time * 60), 60)

    @api.depends("step")
    def _compute_changes(self):
        for setup in self:
            labels = [
                f"• {setup._fields[name]._description_string(setup.env)}"
                for name in setup._edited()
            ]
            setup.changes = "\n".join(dict.fromkeys(labels))
