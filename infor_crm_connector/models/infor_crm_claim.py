from collections import namedtuple

from psycopg2.extras import Json

from odoo import api, fields, models
from odoo.tools import SQL

STATES = [
    ("claimed", "About to be created"),
    ("sent", "Sent, not answered yet"),
    ("done", "Settled"),
]
BATCH = 10_000

# Whoever stopped working before sending holds nobody up; whoever sent something and
# still waits for its turn finds out what became of it.
_LIVE = """
    (EXISTS (SELECT FROM infor_crm_sync_run r
              WHERE r.id = c.run_id
                AND (r.state = 'running'
                     OR (c.state = 'sent' AND r.state = 'queued')))
     OR EXISTS (SELECT FROM infor_crm_outbox o
                 WHERE o.id = c.outbox_id
                   AND (o.lane IS NOT NULL
                        OR (c.state = 'sent'
                            AND o.state IN ('waiting', 'sending', 'unsure')))))"""
# Whoever holds it: a run, or a row of the outbox.
_MINE = """
    (c.run_id IS NOT DISTINCT FROM %(run)s
     AND c.outbox_id IS NOT DISTINCT FROM %(outbox)s)"""
_SAME = """
    (c.run_id IS NOT DISTINCT FROM EXCLUDED.run_id
     AND c.outbox_id IS NOT DISTINCT FROM EXCLUDED.outbox_id)"""
_TAKE = f"""
    INSERT INTO infor_crm_claim AS c
           (connector_id, purpose, address, state, run_id, outbox_id, attempts)
    SELECT %(connector)s, %(purpose)s, address, 'claimed', %(run)s::int4,
           %(outbox)s::int4, 0
      FROM unnest(%(addresses)s) AS address ORDER BY address
        ON CONFLICT (connector_id, purpose, address) DO UPDATE
       SET run_id = EXCLUDED.run_id, outbox_id = EXCLUDED.outbox_id,
           state = CASE c.state WHEN 'sent' THEN 'sent' ELSE 'claimed' END,
           attempts = CASE WHEN c.state = 'sent' AND {_SAME}
                           THEN c.attempts ELSE 0 END,
           known = CASE c.state WHEN 'sent' THEN c.known END
     WHERE {_SAME} OR c.state = 'done' OR NOT {_LIVE}"""
_STATES = f"""
    SELECT address, {_MINE} AS mine, state, attempts, known,
           GREATEST(0, EXTRACT(EPOCH FROM sent_at - (clock_timestamp()
               AT TIME ZONE 'UTC')) + %(limit)s)::float8 AS wait
      FROM infor_crm_claim c
     WHERE connector_id = %(connector)s AND purpose = %(purpose)s
       AND address = ANY(%(addresses)s)"""
_BLOCKED = f"""
    SELECT s.address, s.mine, s.state, s.wait, {_LIVE} AS live
      FROM ({_STATES}) s
      JOIN infor_crm_claim c ON c.connector_id = %(connector)s
       AND c.purpose = %(purpose)s AND c.address = s.address"""
_SETTLED = f"""
    DELETE FROM infor_crm_claim WHERE id IN (
        SELECT c.id FROM infor_crm_claim c
         WHERE c.state <> 'sent' AND NOT {_LIVE} LIMIT %s)"""
_SENT = f"""
    UPDATE infor_crm_claim c
       SET state = 'sent', sent_at = clock_timestamp() AT TIME ZONE 'UTC',
           attempts = c.attempts + 1, known = r.known, odoo_model = %(model)s,
           res_id = r.res_id
      FROM jsonb_to_recordset(%(rows)s)
           AS r(address varchar, known jsonb, res_id int4)
     WHERE c.connector_id = %(connector)s AND c.purpose = %(purpose)s
       AND c.address = r.address AND {_MINE} AND c.state <> 'done'
    RETURNING c.address"""

Held = namedtuple("Held", "mine sent attempts known wait")


class InforCrmClaim(models.Model):
    """Somebody is about to be created in the CRM: nobody else may do it meanwhile.

    The CRM takes the same record twice without a word and its answer may get lost, so
    a row is committed before the request, unique over lists, lanes and servers. It is
    ``sent`` from just before the request until the answer is in the database: found in
    that state, the record is looked for once the server cannot be working on it any
    more (``execution_limit`` of the connector), and only then sent again.

    Written by set-based SQL; callers commit. ``known``: keys that had the address when
    it was sent, so that the new record can be told from them.
    """

    _name = "infor.crm.claim"
    _description = "Infor CRM Claim"
    _log_access = False

    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade"
    )
    purpose = fields.Char(required=True, help="What is to be created: person.")
    address = fields.Char(required=True)
    state = fields.Selection(STATES, required=True)
    run_id = fields.Many2one(
        "infor.crm.sync.run", "Held by", index="btree_not_null", ondelete="set null"
    )
    outbox_id = fields.Many2one(
        "infor.crm.outbox", index="btree_not_null", ondelete="set null"
    )
    sent_at = fields.Datetime()
    attempts = fields.Integer()
    known = fields.Json()
    odoo_model = fields.Char()
    res_id = fields.Integer("Odoo record")
    key = fields.Char("Infor CRM key")

    _address_unique = models.UniqueIndex("(connector_id, purpose, address)")

    @api.model
    def _take(self, run, addresses, purpose="person"):
        """Claim what is free; {address: Held} of all, ours or not.

        ``Held.wait``: seconds until something that was sent may be sent again.
        """
        facts = self._facts(run, purpose, addresses)
        # another lane may be faster: the caller repeats it, and nobody need read of it
        self.env.cr.execute(SQL(_TAKE, **facts), log_exceptions=False)
        return self._look(run, addresses, purpose)

    @api.model
    def _look(self, run, addresses, purpose="person"):
        """{address: Held} of those that are claimed, without claiming anything."""
        facts = self._facts(run, purpose, addresses)
        limit = run.connector_id.sudo().execution_limit
        self.env.cr.execute(SQL(_STATES, limit=limit, **facts))
        return {
            row["address"]: Held(
                bool(row["mine"]),
                row["state"] == "sent",
                row["attempts"] or 0,
                frozenset(row["known"] or ()),
                row["wait"] or 0.0,
            )
            for row in self.env.cr.dictfetchall()
            if row["state"] != "done"
        }

    @api.model
    def _ours(self, run, addresses, purpose="person"):
        found = self._look(run, addresses, purpose)
        return {address: held for address, held in found.items() if held.mine}

    @api.model
    def _blocked(self, run, addresses, purpose="person"):
        """{address: seconds} of those to wait for; None: as long as somebody works."""
        if not addresses:
            return {}
        facts = self._facts(run, purpose, addresses)
        limit = run.connector_id.sudo().execution_limit
        self.env.cr.execute(SQL(_BLOCKED, limit=limit, **facts))
        return {
            row["address"]: row["wait"] if row["state"] == "sent" else None
            for row in self.env.cr.dictfetchall()
            if row["state"] != "done" and _blocks(row)
        }

    @api.model
    def _send(self, run, known_of, people=(None, {}), purpose="person"):
        """The request goes out now; addresses that are still ours.

        ``known_of``: {address: keys of records that have it already}. ``people``: their
        model in Odoo, {address: id}; whoever gets another address is known by that.
        """
        model, ids = people
        rows = [
            {"address": a, "known": sorted(k), "res_id": ids.get(a)}
            for a, k in known_of.items()
        ]
        facts = {**self._facts(run, purpose, ()), "model": model}
        self.env.cr.execute(SQL(_SENT, rows=Json(rows), **facts))
        return {address for (address,) in self.env.cr.fetchall()}

    @api.model
    def _sent_as(self, connector, model, ids):
        """{person: address} of those who were sent without an answer so far."""
        self.env.cr.execute(
            """SELECT res_id, address FROM infor_crm_claim
                WHERE connector_id = %s AND odoo_model = %s AND res_id = ANY(%s)
                  AND state = 'sent'
                ORDER BY sent_at""",
            [connector.id, model, list(ids)],
        )
        return dict(self.env.cr.fetchall())

    @api.model
    def _unanswered(self, run, addresses, purpose="person"):
        """The answer is lost: from now on the server may be working on it."""
        self._of_run(
            run,
            addresses,
            purpose,
            SQL("SET sent_at = clock_timestamp() AT TIME ZONE 'UTC'"),
        )

    @api.model
    def _settle(self, run, addresses, purpose="person"):
        """They exist and are linked, or will not be created by this."""
        now = SQL("clock_timestamp() AT TIME ZONE 'UTC'")
        change = SQL("SET state = 'done', known = NULL, sent_at = %s", now)
        self._of_run(run, addresses, purpose, change)

    def _of_run(self, run, addresses, purpose, change):
        if addresses:
            self.env.cr.execute(
                SQL(
                    f"""UPDATE infor_crm_claim c %(change)s
                        WHERE connector_id = %(connector)s AND purpose = %(purpose)s
                          AND {_MINE} AND address = ANY(%(addresses)s)""",
                    change=change,
                    **self._facts(run, purpose, addresses),
                )
            )

    def _facts(self, run, purpose, addresses):
        """``run``: whoever holds claims, a run or a row of the outbox."""
        is_run = run._name == "infor.crm.sync.run"
        return {
            "connector": run.connector_id.id,
            "purpose": purpose,
            "run": run.id if is_run else None,
            "outbox": None if is_run else run.id,
            "addresses": sorted(addresses),
        }

    @api.autovacuum
    def _gc_claims(self):
        """Settled ones, and those of runs that ended before they sent anything."""
        self.env.cr.execute(_SETTLED, [BATCH])
        return self.env.cr.rowcount, self.env.cr.rowcount == BATCH


def _blocks(row):
    if row["state"] == "sent" and (row["mine"] or not row["live"]):
        return row["wait"] > 0
    return bool(row["live"] and not row["mine"])
