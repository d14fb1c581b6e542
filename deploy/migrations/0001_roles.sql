-- Who may do what: one role for each task. None of them logs in; each login is a member of the one role of its task.
-- Whoever applies this makes roles, and needs no other right above those of the database's owner.

DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['owner', 'reader', 'worker', 'staff', 'loader', 'exporter', 'importer', 'projector',
                                'signer', 'emergency'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', 'accord_' || role);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- roles belong to the whole server; another database made it
        END;
    END LOOP;
END $$;

-- Everything belongs to a role that nobody is: what the tasks may do is granted, one by one, below.
GRANT accord_owner TO CURRENT_USER WITH INHERIT TRUE, SET TRUE;
ALTER DEFAULT PRIVILEGES FOR ROLE accord_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Every task reads what the house decided. Names in it are sealed, and accounts and files are granted apart.
GRANT accord_reader TO accord_worker, accord_staff, accord_loader, accord_exporter, accord_importer, accord_projector,
                       accord_signer, accord_emergency;
GRANT USAGE ON SCHEMA accord TO accord_reader;
GRANT SELECT ON accord.migrations TO accord_reader;
