"""Several lanes or servers at once: real transactions, no test mode."""

import threading
from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase


class CommittedCase(TransactionCase):
    """Rows are committed, because other connections must see them, and deleted with
    the connector ``connector_id``, which tests make."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.forget)

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def forget(self):
        with self.committed() as env:
            env["infor.crm.connector"].browse(self.connector_id).unlink()

    def in_parallel(self, work, count):
        """Call ``work(env, number)`` in ``count`` threads that begin together; the
        errors they ended with."""
        begin = threading.Barrier(count)
        errors = []

        def safely(number):
            try:
                with self.committed() as env:
                    begin.wait(30)
                    work(env, number)
            except Exception as error:  # looked at by the caller
                errors.append(error)

        threads = [
            threading.Thread(target=safely, args=(number,)) for number in range(count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return errors
