"""The statements that move rows of the outbox. No Odoo in here."""

# When one of these changes, what was refused may be accepted: the connector, its
# mapping, the link of the person.
STAMP = """
    concat_ws('|',
        (SELECT c.write_date FROM infor_crm_connector c WHERE c.id = o.connector_id),
        (SELECT count(*) FROM infor_crm_field_mapping m
          WHERE m.connector_id = o.connector_id),
        (SELECT max(m.write_date) FROM infor_crm_field_mapping m
          WHERE m.connector_id = o.connector_id),
        (SELECT string_agg(concat_ws(',', b.key, b.gone_since, b.crm_modified), ';'
                           ORDER BY b.id)
           FROM infor_crm_binding b
          WHERE b.connector_id = o.connector_id AND b.kind = o.kind AND b.key = o.key),
        (SELECT max(b.key) FROM infor_crm_binding b
          WHERE b.connector_id = o.connector_id AND b.converted_from = o.key))"""
# A parked row whose answer was lost knows when it may be looked for.
_AGAIN = """
    UPDATE infor_crm_outbox o
       SET state = CASE WHEN sent_at IS NULL THEN 'waiting' ELSE 'unsure' END,
           next_try = CASE WHEN sent_at IS NULL THEN NULL ELSE next_try END,
           attempts = 0, lane = NULL, stamp = NULL"""
RETRY = f"""{_AGAIN}
     WHERE id = ANY(%s) AND (state = 'parked' OR state IN ('waiting', 'unsure')
                             AND lane IS NULL AND sent_at IS NULL)
    RETURNING id"""
_DROP = """
    UPDATE infor_crm_outbox
       SET state = 'dropped', lane = NULL, next_try = NULL, verify_at = NULL,
           reason = %(reason)s, finished = now() AT TIME ZONE 'UTC'
     WHERE state IN ('waiting', 'sending', 'unsure', 'parked')"""
DROP_IDS = f"{_DROP} AND id = ANY(%(ids)s) AND lane IS NULL"
DROP_ALL = f"{_DROP} AND connector_id = %(connector)s"
# Rows that somebody had to attend to, and whose circumstances changed.
UNPARK = f"""{_AGAIN}
     WHERE id IN (
        SELECT o.id FROM infor_crm_outbox o
         WHERE o.state = 'parked' AND o.lane IS NULL
           AND o.stamp IS DISTINCT FROM {STAMP}
         ORDER BY o.id LIMIT 200 FOR NO KEY UPDATE OF o SKIP LOCKED)"""
# What may be sent now, in its turn.
DUE = """
    o.lane IS NULL AND (o.next_try IS NULL OR o.next_try <= %(now)s)
    AND o.state IN ('waiting', 'unsure')
    AND NOT EXISTS (SELECT FROM infor_crm_outbox p
                     WHERE p.id = o.parent_id AND p.state NOT IN ('done', 'dropped'))
    AND NOT EXISTS (SELECT FROM infor_crm_outbox e
                     WHERE e.connector_id = o.connector_id AND e.person = o.person
                       AND e.id < o.id
                       AND e.state IN ('waiting', 'sending', 'unsure'))"""
# Connectors in doubt rest: probes find out, not the outbox.
CONNECTORS = f"""
    SELECT c.id FROM infor_crm_connector c
     WHERE c.active AND c.mode = 'connected'
       AND (EXISTS (SELECT FROM infor_crm_outbox o
                     WHERE o.connector_id = c.id AND {DUE})
            OR EXISTS (SELECT FROM infor_crm_outbox o
                        WHERE o.connector_id = c.id AND o.verify_at <= %(now)s
                          AND o.lane IS NULL))
       AND NOT EXISTS (
           SELECT FROM infor_crm_connector_pulse p
            WHERE p.failing_since IS NOT NULL
              AND p.id = (SELECT max(id) FROM infor_crm_connector_pulse
                           WHERE connector_id = c.id))
     ORDER BY c.id"""
CLAIM = f"""
    WITH first AS (
        SELECT o.type, o.state FROM infor_crm_outbox o
         WHERE o.connector_id = %(connector)s AND {DUE}
         ORDER BY o.urgent DESC, o.id LIMIT 1)
    UPDATE infor_crm_outbox SET lane = %(lane)s
     WHERE id IN (
        SELECT o.id FROM infor_crm_outbox o JOIN first f USING (type, state)
         WHERE o.connector_id = %(connector)s AND {DUE}
         ORDER BY o.urgent DESC, o.id LIMIT %(limit)s
           FOR NO KEY UPDATE OF o SKIP LOCKED)
    RETURNING id, type, state"""
CLAIM_DOUBTS = """
    UPDATE infor_crm_outbox SET lane = %(lane)s
     WHERE id IN (
        SELECT id FROM infor_crm_outbox
         WHERE connector_id = %(connector)s AND verify_at <= %(now)s AND lane IS NULL
         ORDER BY id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING id, type, 'verify'"""
# After it was announced, a request may wait for its turn and be on its way so long.
ON_ITS_WAY = "interval '60 seconds'"
# Whoever executes a lane settles what its last holder left: Odoo's lock on the cron
# job says that nobody else works on it.
SETTLE = f"""
    UPDATE infor_crm_outbox o
       SET state = CASE WHEN o.state = 'sending' THEN 'unsure' ELSE o.state END,
           next_try = CASE WHEN o.state = 'sending'
                           THEN o.sent_at + c.execution_limit * interval '1 second'
                                + {ON_ITS_WAY}
                           ELSE o.next_try END,
           lane = NULL
      FROM infor_crm_connector c
     WHERE c.id = o.connector_id AND o.lane = %(lane)s"""
SENDING = """
    UPDATE infor_crm_outbox SET state = 'sending', sent_at = %(now)s
     WHERE id = ANY(%(ids)s) AND lane = %(lane)s RETURNING id"""
RESULT = f"""
    UPDATE infor_crm_outbox o
       SET state = %(state)s, lane = NULL, stamp = CASE
               WHEN %(state)s = 'parked' THEN {STAMP} END,
           crm_key = COALESCE(%(key)s, o.crm_key), reason = %(reason)s,
           crm_message = %(crm_message)s, facts = %(facts)s,
           next_try = %(next_try)s, verify_at = %(verify_at)s,
           attempts = CASE WHEN %(tried)s THEN COALESCE(o.attempts, 0) + 1
                           ELSE o.attempts END,
           sent_at = CASE WHEN %(state)s = 'waiting' THEN NULL ELSE o.sent_at END,
           repeated = o.repeated OR %(repeat)s, double = o.double OR %(double)s,
           finished = CASE WHEN %(state)s IN ('done', 'dropped') THEN %(now)s END
     WHERE o.id = %(id)s AND o.lane = %(lane)s"""
