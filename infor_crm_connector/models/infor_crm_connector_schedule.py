from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class InforCrmConnectorSchedule(models.Model):
    """How many lists may have a schedule at a time, and the end of them all."""

    _inherit = "infor.crm.connector"

    def _scheduled_syncs(self):
        """Lists and segments with a schedule; archived lists do not count."""
        self.ensure_one()
        return (
            self.env["infor.crm.list.sync"]
            .sudo()
            .search(
                [
                    ("connector_id", "=", self.id),
                    ("scheduled", "=", True),
                    "|",
                    ("filter_id", "!=", False),
                    ("list_id.active", "=", True),
                ]
            )
        )

    def _check_max_scheduled(self, added):
        """UserError, naming the others, when ``added`` are too many."""
        self.ensure_one()
        self._one_at_a_time()
        scheduled = self._scheduled_syncs()
        if len(scheduled) <= self.sudo().max_scheduled or not scheduled & added:
            return
        raise UserError(self._max_scheduled_sentence(scheduled - added))

    def _one_at_a_time(self):
        """Of two people who schedule at once, the second is repeated by Odoo, and then
        sees what the first did: both write the connector's row."""
        self.env.cr.execute(
            SQL(
                "UPDATE infor_crm_connector SET max_scheduled = max_scheduled"
                " WHERE id = %s",
                self.id,
            ),
            log_exceptions=False,
        )

    def _max_scheduled_sentence(self, others):
        if not others:
            return self.env._(
                "No more than %(count)s lists and segments of “%(connector)s” may have "
                "a schedule. An administrator can raise this number on the connector.",
                count=self.sudo().max_scheduled,
                connector=self.name,
            )
        return self.env._(
            "Up to %(count)s lists and segments of “%(connector)s” may have a schedule "
            "at a time. These have one:\n%(names)s\nTake the schedule off one of them "
            "first.",
            count=self.sudo().max_scheduled,
            connector=self.name,
            names="\n".join(f"• {name}" for name in self._names_for_user(others)),
        )

    def _names_for_user(self, syncs):
        """Names of lists and segments, without those the user may not see."""
        user = self.env.user
        seen = syncs.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        visible = [sync for sync in seen if sync._visible()]
        names = sorted(sync._target_name() for sync in visible)
        hidden = len(syncs) - len(visible)
        return names + [self.env._("another company's list")] * hidden

    # --- reset ------------------------------------------------------------------------

    def _reset_summary(self, keep_links):
        rows = super()._reset_summary(keep_links)
        return [
            *rows,
            {
                "label": self.env._("Schedules"),
                "count": len(self._reset_schedules()),
                "fate": self.env._("Removed."),
            },
        ]

    def _reset_execute(self, keep_links):
        self._reset_schedules().write({"scheduled": False})
        return super()._reset_execute(keep_links)

    def _reset_schedules(self):
        """Of archived lists, too."""
        return (
            self.env["infor.crm.list.sync"]
            .sudo()
            .search([("connector_id", "=", self.id), ("scheduled", "=", True)])
        )
