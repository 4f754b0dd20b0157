from odoo import models


class InforCrmWorkerSetup(models.AbstractModel):
    """Somebody changes the set-up, or the mapping, while a run is at work: what the run
    passed over by the old one is looked at again by the next, also when that run never
    comes to its end."""

    _inherit = "infor.crm.worker"

    def _heed_set_up(self, job, cursor):
        """At the start of a run: forget what is to be compared again, and remember by
        which set-up this run goes."""
        if "set_up" in cursor:
            return
        sync = job.run.list_sync_id
        cursor["set_up"] = sync.set_up_number
        if sync.push_all:
            self._serialized(sync._forget_stamps)

    def _finish_sync(self, job, cursor):
        if job.run.list_sync_id.push_all:
            self._serialized(lambda: self._compared_all(job.list_sync_id, cursor))
        return super()._finish_sync(job, cursor)

    def _compared_all(self, sync_id, cursor):
        """Unless more was let travel meanwhile."""
        self.env.cr.execute(
            """UPDATE infor_crm_list_sync SET push_all = FALSE
                WHERE id = %s AND COALESCE(set_up_number, 0) = %s""",
            [sync_id, cursor["set_up"]],
        )
        self.env["infor.crm.list.sync"].invalidate_model(["push_all"])
