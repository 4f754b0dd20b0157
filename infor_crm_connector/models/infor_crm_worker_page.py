import logging
import time

from psycopg2 import OperationalError, ProgrammingError
from psycopg2.errors import ForeignKeyViolation

from odoo import models

from ..lib.sync import Incoming, plan_page
from ..tools.import_outcomes import OutcomeBook
from ..tools.import_perform import Performer
from ..tools.import_state import StateLoader
from ..tools.page_links import PageLinks, opt_out_along
from ..tools.push_tried import met
from .infor_crm_worker import STATE_OF_SIGNAL, ListGone, RunLost

_logger = logging.getLogger(__name__)

# Not the fault of a record: another transaction was faster, or we made a mistake.
OTHER_FAULTS = (OperationalError, ProgrammingError, ForeignKeyViolation)


class InforCrmWorkerPage(models.AbstractModel):
    """One page of an import: planned, written and counted in one transaction."""

    _inherit = "infor.crm.worker"

    def _import_page(self, job, page, cursor, began):
        """Import a page; False when people asked for something else meanwhile.

        Everything of the page, its outcomes, the counters and the cursor are committed
        together or not at all: a killed run goes on behind its last whole page.
        """
        with self._address_lock():
            signal = self._serialized(
                lambda: self._write_page(job, page, cursor, began)
            )
        self.env["ir.cron"]._commit_progress(len(page), remaining=1)
        return not signal

    def _write_page(self, job, page, cursor, began):
        """In the page's transaction; the signal that ends the run, or ""."""
        if not self.env["infor.crm.list.sync"].browse(job.list_sync_id).exists():
            raise ListGone
        links = PageLinks(self.env, job, page.records)
        page = self._of_interest(job, page, links)
        state = StateLoader(self.env, job).load(page.records)
        actions = plan_page(page.records, state, job.kind, job.settings)
        book = OutcomeBook(self.env, job)
        for key, error in page.unreadable.items():
            book.failed(Incoming(key, None), error)
        for key in page.missing:
            book.missing(key)
        book.add(actions, self._perform(job, actions))
        book.save()
        counts = book.counts(len(page))
        settled = self._settle_page(job, page, links)
        settled["consent_imposed"] = settled.get("consent_imposed", 0) + job.imposed
        counts.update(settled)
        counts["calls"] = job.client.request_count - job.calls
        counts["busy_seconds"] = time.monotonic() - began
        return self._close_page(job, counts, cursor)

    def _of_interest(self, job, page, links):
        """The part of a page that is dealt with; an import wants all of it."""
        return links.without_echo(page)

    def _settle_page(self, job, page, links):
        """What a record says about its person, whatever becomes of its values: the
        opt-out, and that it is not gone. Returns counts."""
        links.mark_found()
        met(self.env, job.connector_id, [record.address for record in page.records])
        opt_out_along(self.env, job, page)
        flags = links.changed_flags(page.records)
        rows = links.flag_rows(flags)
        return self._settle_flags(job, rows, flags) if rows else {}

    def _close_page(self, job, counts, cursor):
        run = job.run
        signal = run._take_signals()
        values = {"cursor": cursor, "attempts": 0, "message": None}
        if signal in STATE_OF_SIGNAL:
            values |= {"state": STATE_OF_SIGNAL[signal], "lane": None}
        if not run._add(job.lane, counts, **values):
            raise RunLost
        job.calls += counts.get("calls", 0)
        return signal if signal in STATE_OF_SIGNAL else ""

    # --- writing ----------------------------------------------------------------------

    def _perform(self, job, actions):
        """Write all at once; record by record only when that fails.

        Returns {key: error} of the records Odoo refused.
        """
        job.imposed = 0
        try:
            with self.env.cr.savepoint():
                Performer(self.env, job).perform(actions)
            return {}
        except OTHER_FAULTS:
            raise
        except Exception as error:
            _logger.info("A page is written record by record: %s", error)
            job.imposed = 0
            return self._perform_singly(job, actions)

    def _perform_singly(self, job, actions):
        errors = {}
        for action in actions:
            try:
                with self.env.cr.savepoint():
                    Performer(self.env, job).perform([action])
            except OTHER_FAULTS:
                raise
            except Exception as error:
                errors[action.record.key] = error
        return errors
