-- The numbers by which banks' portals confirmed what was typed there from a sheet, so that a booking under such a number is found to be that
-- payment's. A line proves nothing: the signed acts on the sheet do, and whoever matches a booking reads them.

SET LOCAL ROLE accord_owner;
CREATE TABLE payments.typed_numbers (
    account    uuid NOT NULL,                      -- of the own account, as bookings name it
    number_key text NOT NULL,                      -- the common form of all writings of the number
    message_id text NOT NULL REFERENCES payments.files,
    payment_id uuid NOT NULL REFERENCES payments.instructions,
    PRIMARY KEY (account, number_key, message_id)
);
CREATE TRIGGER typed_numbers_are_kept BEFORE UPDATE OR DELETE ON payments.typed_numbers
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
GRANT SELECT ON payments.typed_numbers
    TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_emergency;
GRANT SELECT (message_id, number_key) ON payments.typed_numbers TO accord_console;  -- what waits for a second signature, and its check
GRANT INSERT ON payments.typed_numbers TO accord_exporter;
RESET ROLE;
