from odoo import models


class InforCrmWorkerSetup(models.AbstractModel):
    """Somebody changes the set-up while a run is at work: what the run passed over by
    the old one is looked at again by the next."""

    _inherit = "infor.crm.worker"

    def _finish_sync(self, job, cursor):
        self._serialized(lambda: self._heed_new_setup(job.run))
        return super()._finish_sync(job, cursor)

    def _heed_new_setup(self, run):
        sync = run.list_sync_id
        if sync.push_more_during_id == run:
            sync._forget_stamps()
