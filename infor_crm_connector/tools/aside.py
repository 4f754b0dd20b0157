"""Tiny transactions beside the one that works.

What several servers must know at once (a refused login, a spent request) cannot wait
for the working transaction to commit, and must not be undone with it.
"""

from contextlib import contextmanager

from psycopg2.extensions import (
    ISOLATION_LEVEL_AUTOCOMMIT,
    ISOLATION_LEVEL_READ_COMMITTED,
)

from odoo import sql_db


@contextmanager
def short_cursor(dbname):
    """A cursor of its own, committed at the end; for a few statements without ORM.

    It reads what is committed now, not a snapshot, and waits for locked rows instead
    of failing: fit for threads, and for counters that many processes move.
    """
    with sql_db.db_connect(dbname).cursor() as cr:
        cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
        yield cr


def glance(dbname, statement, values):
    """The first row of one reading statement: a third of the way to the database and
    back that a transaction takes."""
    with sql_db.db_connect(dbname).cursor() as cr:
        cr.connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        cr.execute(statement, values)
        return cr.fetchone()
