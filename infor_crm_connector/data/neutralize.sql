-- A neutralized copy never calls Infor CRM: no login, no fingerprint, nothing queued. It
-- is disconnected until somebody enters a login and clicks Reconfirm Login.
UPDATE infor_crm_connector
   SET login = NULL,
       password_encrypted = NULL,
       database_fingerprint = NULL,
       crm_user = NULL,
       crm_user_key = NULL;

-- what was under way in the original is not this database's to go on with
UPDATE infor_crm_sync_run
   SET state = 'stopped', lane = NULL, next_try = NULL, message = NULL,
       finished = now() AT TIME ZONE 'UTC'
 WHERE state IN ('queued', 'running', 'paused', 'to_approve');
DELETE FROM infor_crm_run_signal;

-- probes, alerts and the requests others spent are the original's, too
UPDATE infor_crm_connector_pulse
   SET next_probe = NULL, failing_since = NULL, asking_until = NULL,
       red_since = NULL, lasting = FALSE, problem = NULL;
DELETE FROM infor_crm_connector_budget;
DELETE FROM mail_activity
 WHERE res_model = 'infor.crm.connector' AND automated;

-- notes and submissions that wait are the original's to send
UPDATE infor_crm_outbox
   SET state = 'dropped', lane = NULL, next_try = NULL, verify_at = NULL, reason = NULL,
       finished = now() AT TIME ZONE 'UTC'
 WHERE state IN ('waiting', 'sending', 'unsure', 'parked');
UPDATE infor_crm_outbox SET verify_at = NULL WHERE verify_at IS NOT NULL;
