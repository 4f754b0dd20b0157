-- A neutralized copy never calls Infor CRM: no login, no fingerprint, no green light.
UPDATE infor_crm_connector
   SET password_encrypted = NULL,
       database_fingerprint = NULL,
       state = CASE WHEN state = 'draft' THEN state ELSE 'attention' END;
