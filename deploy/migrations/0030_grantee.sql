-- The grantee's door: forms that are filled by link, what was handed in, and when. What lies here is the grantee's word and nobody's
-- decision: it counts where staff take it over by a signed command. Every text is sealed under its form's key before it comes here.
-- Dump this schema apart from the rest, as `privacy`.

DO $$
BEGIN
    CREATE ROLE accord_grantee NOLOGIN;  -- no member of accord_reader: it reaches no ledger and no read model
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database made it
END $$;
DO $$
BEGIN
    CREATE ROLE accord_examiner NOLOGIN;  -- no member of accord_reader either: it opens what came in, and nothing else
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$;

CREATE SCHEMA grantee AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

CREATE TABLE grantee.forms (
    id        uuid PRIMARY KEY,                   -- derived from what it is for, so that it is opened once
    kind      text NOT NULL CHECK (kind IN ('REPORT', 'CHANGE', 'ACCEPTANCE', 'PAPERS', 'QUESTION')),
    subject   text NOT NULL CHECK (subject ~ '^P-[0-9]{4}-[0-9]{4,6}$'),
    about     text NOT NULL DEFAULT '' CHECK (about ~ '^[ -~]{0,80}$'),    -- such as the number of the planned report
    edition   text CHECK (edition ~ '^[0-9a-f]{64}$'),                     -- its question set, where it asks by one
    language  text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    revision  integer NOT NULL DEFAULT 0,         -- goes up whenever a field is saved
    opened_at timestamptz NOT NULL DEFAULT ledger.now(),
    closes_at timestamptz NOT NULL,
    closed_at timestamptz,                        -- taken over, or called back
    erased_at timestamptz,                        -- its key was destroyed
    erased_as text CHECK (erased_as IN ('DRAFT', 'YEAR', 'PERSON'))
);
CREATE INDEX forms_of_subjects ON grantee.forms (subject);

-- Destroying a form's key erases all that was ever written in it.
CREATE TABLE grantee.keys (
    form uuid PRIMARY KEY REFERENCES grantee.forms,
    key  bytea NOT NULL CHECK (octet_length(key) = 32)
);

-- What the form shows of the partnership. It is pushed here: the door can look nothing up.
CREATE TABLE grantee.shown (
    form      uuid PRIMARY KEY REFERENCES grantee.forms,
    content   bytea NOT NULL CHECK (octet_length(content) <= 262144),
    pushed_at timestamptz NOT NULL DEFAULT ledger.now()
);

CREATE TABLE grantee.links (
    id         uuid PRIMARY KEY,
    form       uuid NOT NULL REFERENCES grantee.forms,
    digest     bytea UNIQUE CHECK (octet_length(digest) = 32),     -- of the secret, which the process of mail made and forgot
    address    bytea NOT NULL CHECK (octet_length(address) <= 600),
    may        text NOT NULL CHECK (may IN ('READ', 'FILL', 'SUBMIT')),
    language   text CHECK (language ~ '^[a-z]{2}$'),               -- its reader chose another than the form's
    invited_by uuid REFERENCES grantee.links,                      -- the link of whoever invited this colleague
    until      timestamptz NOT NULL,
    asked_at   timestamptz NOT NULL DEFAULT ledger.now(),
    sent_at    timestamptz NOT NULL DEFAULT ledger.now(),          -- its present secret: what was done by one before counts no more
    revoked_at timestamptz,
    CHECK (may <> 'SUBMIT' OR invited_by IS NULL)                  -- a colleague never hands in
);
CREATE INDEX links_of_forms ON grantee.links (form);

CREATE TABLE grantee.browsers (
    link     uuid NOT NULL REFERENCES grantee.links,
    browser  bytea NOT NULL CHECK (octet_length(browser) = 32),    -- the digest of its cookie
    first_at timestamptz NOT NULL DEFAULT ledger.now(),
    open_to  timestamptz,                                          -- until then it may read what was handed in
    PRIMARY KEY (link, browser)
);

CREATE TABLE grantee.fields (
    form     uuid NOT NULL REFERENCES grantee.forms,
    field    text NOT NULL CHECK (field ~ '^[a-z][a-z0-9_.-]{0,99}$'),
    revision integer NOT NULL,
    value    bytea NOT NULL CHECK (octet_length(value) <= 65536),
    link     uuid NOT NULL REFERENCES grantee.links,
    at       timestamptz NOT NULL DEFAULT ledger.now(),
    stands   boolean NOT NULL,                                     -- false: kept beside, until somebody chose
    PRIMARY KEY (form, field, revision)
);
CREATE UNIQUE INDEX one_stands ON grantee.fields (form, field) WHERE stands;

CREATE TABLE grantee.codes (
    id       uuid PRIMARY KEY,
    link     uuid NOT NULL REFERENCES grantee.links,
    purpose  text NOT NULL CHECK (purpose IN ('SUBMIT', 'OPEN', 'INVITE')),
    revision integer NOT NULL,                                     -- of the form, when it was asked for
    mac      bytea CHECK (octet_length(mac) = 32),                 -- made by the process of mail while it sends the code
    tries    smallint NOT NULL DEFAULT 0,
    asked_at timestamptz NOT NULL DEFAULT ledger.now(),
    until    timestamptz NOT NULL,
    used_at  timestamptz
);
CREATE INDEX codes_of_links ON grantee.codes (link, asked_at);

CREATE TABLE grantee.submissions (
    number  bigint PRIMARY KEY CHECK (number > 0),                 -- without a gap
    form    uuid NOT NULL REFERENCES grantee.forms,
    kind    text NOT NULL CHECK (kind IN ('REPORT', 'CHANGE', 'ACCEPTANCE', 'PAPERS', 'WITHDRAWAL', 'QUESTION', 'WRONG_PERSON')),
    sha256  bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),  -- of the content before it was sealed
    content bytea NOT NULL CHECK (octet_length(content) <= 1048576),
    link    uuid NOT NULL REFERENCES grantee.links,
    at      timestamptz NOT NULL DEFAULT ledger.now()
);
CREATE INDEX submissions_of_forms ON grantee.submissions (form);

-- What waits in the inbox, so that it costs what it shows: each submission, with the position of the event that judges it once the ledger
-- has one. That is noted within a minute or two; until then, and whatever stands here, the inbox asks the ledger about each that it shows.
CREATE TABLE grantee.inbox (
    number bigint PRIMARY KEY,
    judged bigint
);
CREATE INDEX inbox_waiting ON grantee.inbox (number) WHERE judged IS NULL;
CREATE INDEX inbox_judged ON grantee.inbox (judged) WHERE judged IS NOT NULL;

CREATE TABLE grantee.numbers (only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one), last bigint NOT NULL);
INSERT INTO grantee.numbers (last) VALUES (0);

-- That a submission stands under a seal of the ledger, and what proves it.
CREATE TABLE grantee.proofs (
    number   bigint PRIMARY KEY REFERENCES grantee.submissions,
    position bigint NOT NULL,                                      -- of the event that seals it
    path     bytea NOT NULL CHECK (octet_length(path) % 32 = 0),   -- from its leaf to the root in the event (RFC 6962)
    receipt  bytea                                                 -- of that event, once a checkpoint covers it
);
CREATE INDEX proofs_without_receipt ON grantee.proofs (position) WHERE receipt IS NULL;

-- Papers that came by the door, in quarantine: sealed, each under a key of its form's, until the process that examines them looked.
CREATE TABLE grantee.papers (
    id          uuid PRIMARY KEY,
    form        uuid NOT NULL REFERENCES grantee.forms,
    link        uuid NOT NULL REFERENCES grantee.links,
    field       text NOT NULL CHECK (field ~ '^[a-z][a-z0-9_.-]{0,99}$'),
    name        bytea NOT NULL CHECK (octet_length(name) <= 1024),   -- sealed, as its sender called it; never a path
    size        bigint NOT NULL CHECK (size BETWEEN 1 AND 26214400),
    begun_at    timestamptz NOT NULL DEFAULT ledger.now(),
    parts       text[] NOT NULL DEFAULT '{}' CHECK (cardinality(parts) <= 2000),  -- its objects in quarantine, in their order
    received    bigint NOT NULL DEFAULT 0,
    touched_at  timestamptz NOT NULL DEFAULT ledger.now(),           -- an hour after this, one that is not whole is dropped
    digest      bytea CHECK (octet_length(digest) = 32),             -- once it is whole in the store
    verdict     text CHECK (verdict IN ('CLEAN', 'NOT_SCANNED', 'ACTIVE', 'FOUND', 'FAILED', 'REFUSED')),
    why         text NOT NULL DEFAULT '' CHECK (length(why) <= 300),
    dropped_at  timestamptz,
    removed_at  timestamptz,                                         -- from quarantine: kept, refused or dropped
    CHECK (received <= size)
);
CREATE INDEX papers_of_forms ON grantee.papers (form);
CREATE INDEX papers_in_quarantine ON grantee.papers (begun_at) WHERE removed_at IS NULL;

CREATE FUNCTION grantee.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was handed in stays', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER submissions_stay BEFORE UPDATE OR DELETE ON grantee.submissions
    FOR EACH ROW EXECUTE FUNCTION grantee.refuse_change();
CREATE TRIGGER submissions_are_not_emptied BEFORE TRUNCATE ON grantee.submissions
    FOR EACH STATEMENT EXECUTE FUNCTION grantee.refuse_change();

-- What the door may call. Each is keyed by the digest of a link's secret: it lists nothing, and guesses nothing.

-- The link that a secret opens, with its form: none that expired or was revoked, and none whose form's time is over or, but for what may be
-- read afterwards, that is closed. What is valid is said here alone; PostgreSQL writes it into the queries that ask.
CREATE FUNCTION grantee.opened_by(digest bytea, also_closed boolean) RETURNS TABLE (link grantee.links, form grantee.forms)
LANGUAGE sql STABLE AS $$
    SELECT l, f FROM grantee.links l JOIN grantee.forms f ON f.id = l.form
     WHERE l.digest = $1 AND l.revoked_at IS NULL AND l.until > ledger.now()
       AND (also_closed OR f.closed_at IS NULL) AND f.closes_at > ledger.now()
$$;

-- The same, with the form locked. It is asked once the lock is there: what ended meanwhile opens nothing.
CREATE FUNCTION grantee.link_of(secret bytea, also_closed boolean, OUT link grantee.links, OUT form grantee.forms)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    opened record;
BEGIN
    PERFORM FROM grantee.forms f WHERE f.id = (SELECT l.form FROM grantee.links l WHERE l.digest = secret) FOR UPDATE;
    SELECT o.link, o.form INTO opened FROM grantee.opened_by(secret, also_closed) o;
    IF FOUND THEN
        link := opened.link;
        form := opened.form;
    END IF;
END $$;

-- Queue a mail to whoever has a link. The words and the secret are made while it is sent.
CREATE FUNCTION grantee.mail(kind text, to_link uuid, facts jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO post.outbox (id, kind, recipient, facts) VALUES (gen_random_uuid(), $1, 'link/' || $2, $3)
$$;

-- All that a page needs: the form, what it shows, and the key under which its texts are sealed.
CREATE FUNCTION grantee.look(secret bytea, browser bytea) RETURNS TABLE (
    link uuid, may text, form uuid, kind text, subject text, about text, edition text, questions bytea, language text,
    revision integer, closes_at timestamptz, until timestamptz, key bytea, shown bytea, entered boolean, opened boolean, closed boolean,
    handed_in integer
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT (o.link).id, (o.link).may, k.form, (o.form).kind, (o.form).subject, (o.form).about, (o.form).edition, e.content,
           coalesce((o.link).language, (o.form).language), (o.form).revision, (o.form).closes_at, (o.link).until, k.key, s.content, b.link IS NOT NULL,
           coalesce(b.open_to > ledger.now(), false), (o.form).closed_at IS NOT NULL,
           (SELECT count(*)::integer FROM grantee.submissions d WHERE d.form = k.form AND d.kind = (o.form).kind)
      FROM grantee.opened_by(secret, true) o
      JOIN grantee.keys k ON k.form = (o.form).id
      LEFT JOIN grantee.shown s ON s.form = k.form
      LEFT JOIN editions.contents e ON e.sha256 = (o.form).edition
      LEFT JOIN grantee.browsers b ON b.link = (o.link).id AND b.browser = $2;
END $$;

-- Show the pages of this link in another language. Mail keeps its own.
CREATE FUNCTION grantee.speak(secret bytea, wanted text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE grantee.links l SET language = wanted FROM grantee.opened_by(secret, true) o WHERE l.id = (o.link).id;
    RETURN FOUND;
END $$;

-- Begin in this browser. Of the second one and each after it the address is told; ten at most, and anew with a fresh secret: whoever
-- used them up with a link that leaked shuts nobody out.
CREATE FUNCTION grantee.enter(secret bytea, browser bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at record;
    others integer;
BEGIN
    SELECT * INTO at FROM grantee.link_of(secret, true);
    IF (at.link).id IS NULL THEN
        RETURN false;
    END IF;
    SELECT count(*) INTO others FROM grantee.browsers b
     WHERE b.link = (at.link).id AND b.browser <> $2 AND b.first_at >= (at.link).sent_at;
    IF others >= 10 THEN
        RETURN false;
    END IF;
    INSERT INTO grantee.browsers (link, browser) VALUES ((at.link).id, $2) ON CONFLICT DO NOTHING;
    IF FOUND AND others > 0 THEN
        PERFORM grantee.mail('DOOR_BROWSER', (at.link).id, jsonb_build_object('link', (at.link).id));
    END IF;
    RETURN true;
END $$;

-- What is written in the form: what stands, and what is kept beside it.
CREATE FUNCTION grantee.answers(secret bytea)
RETURNS TABLE (field text, revision integer, value bytea, link uuid, at timestamptz, stands boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT v.field, v.revision, v.value, v.link, v.at, v.stands
      FROM grantee.opened_by($1, false) o JOIN grantee.fields v ON v.form = (o.form).id
     ORDER BY v.field, v.revision
$$;

-- Save a field. Where it changed since `base`, the newer text stands and the other is kept beside it. Returns its revision and whether
-- there is another beside it, or nothing where the link does not let one write, or a thousand texts are kept.
CREATE FUNCTION grantee.save(secret bytea, of_field text, new_value bytea, base integer, OUT revision integer, OUT beside boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at record;
    before grantee.fields;
BEGIN
    SELECT * INTO at FROM grantee.link_of(secret, false);
    IF (at.link).id IS NULL OR (at.link).may = 'READ' THEN
        RETURN;
    END IF;
    SELECT * INTO before FROM grantee.fields v WHERE v.form = (at.form).id AND v.field = of_field AND v.stands;
    IF before.value = new_value THEN
        revision := before.revision;
    ELSE
        IF before.revision IS DISTINCT FROM base AND 1000 <= (SELECT count(*) FROM grantee.fields v WHERE v.form = (at.form).id) THEN
            RETURN;
        END IF;
        revision := (at.form).revision + 1;
        IF before.revision <> base THEN
            UPDATE grantee.fields v SET stands = false WHERE v.form = before.form AND v.field = of_field AND v.stands;
        ELSE
            DELETE FROM grantee.fields v WHERE v.form = before.form AND v.field = of_field AND v.stands;
        END IF;
        INSERT INTO grantee.fields (form, field, revision, value, link, stands)
        VALUES ((at.form).id, of_field, revision, new_value, (at.link).id, true);
        UPDATE grantee.forms f SET revision = save.revision WHERE f.id = (at.form).id;
    END IF;
    beside := EXISTS (SELECT FROM grantee.fields v WHERE v.form = (at.form).id AND v.field = of_field AND NOT v.stands);
END $$;

-- Of two texts of a field, let the one of this revision stand, and drop what was kept beside it. Where one came since that whoever chooses
-- did not see, nothing is dropped.
CREATE FUNCTION grantee.choose(secret bytea, of_field text, chosen integer, newest_seen integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at record;
BEGIN
    SELECT * INTO at FROM grantee.link_of(secret, false);
    IF (at.link).id IS NULL OR (at.link).may = 'READ' OR NOT EXISTS (
        SELECT FROM grantee.fields v WHERE v.form = (at.form).id AND v.field = of_field AND v.revision = chosen
    ) OR EXISTS (
        SELECT FROM grantee.fields v WHERE v.form = (at.form).id AND v.field = of_field AND v.revision > newest_seen
    ) THEN
        RETURN false;
    END IF;
    DELETE FROM grantee.fields v WHERE v.form = (at.form).id AND v.field = of_field AND v.revision <> chosen;
    UPDATE grantee.fields v SET stands = true WHERE v.form = (at.form).id AND v.field = of_field;
    UPDATE grantee.forms f SET revision = f.revision + 1 WHERE f.id = (at.form).id;
    RETURN true;
END $$;

-- Ask for a code, which goes to the address of this link: five a day, and anew with a fresh secret. It is bound to the form as it is now.
CREATE FUNCTION grantee.ask_code(secret bytea, what_for text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    at record;
    code uuid := gen_random_uuid();
BEGIN
    SELECT * INTO at FROM grantee.link_of(secret, what_for = 'OPEN');
    IF (at.link).id IS NULL OR (at.link).may <> 'SUBMIT'
       OR 5 <= (SELECT count(*) FROM grantee.codes c
                 WHERE c.link = (at.link).id AND c.asked_at > greatest(ledger.now() - interval '1 day', (at.link).sent_at)) THEN
        RETURN false;
    END IF;
    INSERT INTO grantee.codes (id, link, purpose, revision, until)
    VALUES (code, (at.link).id, what_for, (at.form).revision, ledger.now() + interval '15 minutes');
    PERFORM grantee.mail('DOOR_CODE', (at.link).id, jsonb_build_object('code', code));
    RETURN true;
END $$;

-- Use a code: once, five tries, and only while nothing in the form changed since. Returns '' or why not.
CREATE FUNCTION grantee.use_code(at_link grantee.links, at_form grantee.forms, what_for text, given bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    newest grantee.codes;
BEGIN
    SELECT c.* INTO newest FROM grantee.codes c
     WHERE c.link = at_link.id AND c.purpose = what_for ORDER BY c.asked_at DESC, c.id LIMIT 1 FOR UPDATE;
    IF newest.id IS NULL OR newest.mac IS NULL THEN
        RETURN 'NONE';
    ELSIF what_for = 'SUBMIT' AND newest.revision <> at_form.revision THEN
        RETURN 'CHANGED';  -- also of one that was used: what was written since is not handed in
    ELSIF newest.used_at IS NOT NULL THEN
        RETURN 'USED';
    ELSIF newest.until <= ledger.now() THEN
        RETURN 'EXPIRED';
    ELSIF newest.tries >= 5 THEN
        RETURN 'TRIES';
    ELSIF newest.mac <> given THEN
        UPDATE grantee.codes c SET tries = c.tries + 1 WHERE c.id = newest.id;
        RETURN 'WRONG';
    END IF;
    UPDATE grantee.codes c SET used_at = ledger.now() WHERE c.id = newest.id;
    RETURN '';
END $$;

-- Lay down a submission under the next number. Laid down twice, it is there once.
CREATE FUNCTION grantee.lay_down(at_link grantee.links, of_kind text, digest bytea, sealed bytea, OUT number bigint, OUT at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE grantee.numbers n SET last = n.last + 1 RETURNING n.last INTO number;
    INSERT INTO grantee.submissions AS s (number, form, kind, sha256, content, link)
    VALUES (number, at_link.form, of_kind, digest, sealed, at_link.id) RETURNING s.at INTO at;
    INSERT INTO grantee.inbox (number) VALUES (lay_down.number);
END $$;

-- Note what the ledger judged since, by events of these types. Whoever calls this hides nothing else; after a restore, what the ledger lost
-- waits again.
CREATE FUNCTION grantee.settle(judging text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE grantee.inbox i SET judged = NULL WHERE i.judged > (SELECT coalesce(max(e.position), 0) FROM ledger.events e);
    UPDATE grantee.inbox i SET judged = j.position
      FROM (SELECT w.number, (SELECT min(r.position) FROM ledger.readable r
                               WHERE r.stream_id = 'partnership/' || f.subject AND r.event_type = ANY (judging)
                                 AND r.payload #>> '{submission,sha256}' = encode(s.sha256, 'hex')) AS position
              FROM grantee.inbox w JOIN grantee.submissions s USING (number) JOIN grantee.forms f ON f.id = s.form
             WHERE w.judged IS NULL) j
     WHERE i.number = j.number AND j.position IS NOT NULL;
$$;

-- Hand in: the code, the digest of what is handed in, and it, sealed. `fault` is '' or why it was not taken.
CREATE FUNCTION grantee.submit(secret bytea, code_mac bytea, digest bytea, sealed bytea, OUT number bigint, OUT at timestamptz, OUT fault text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place record;
BEGIN
    SELECT * INTO place FROM grantee.link_of(secret, true);
    SELECT s.number, s.at INTO number, at FROM grantee.submissions s WHERE s.sha256 = digest AND s.form = (place.form).id;
    IF number IS NOT NULL THEN
        fault := '';
        RETURN;
    END IF;
    IF (place.link).id IS NULL OR (place.link).may <> 'SUBMIT' OR (place.form).closed_at IS NOT NULL THEN
        fault := 'LINK';
        RETURN;
    END IF;
    fault := grantee.use_code(place.link, place.form, 'SUBMIT', code_mac);
    IF fault = '' THEN
        SELECT d.number, d.at INTO number, at FROM grantee.lay_down(place.link, (place.form).kind, digest, sealed) d;
        PERFORM grantee.mail('DOOR_HANDED_IN', (place.link).id, jsonb_build_object('submission', number));
    END IF;
END $$;

-- Say something that asks for no code: a question, that the proposal is withdrawn, that one is the wrong person. Ten a day. Of a withdrawal
-- the address is told: it ends all, and a link may have leaked.
CREATE FUNCTION grantee.say(secret bytea, of_kind text, digest bytea, sealed bytea, OUT number bigint, OUT at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place record;
BEGIN
    SELECT * INTO place FROM grantee.link_of(secret, true);
    IF (place.link).id IS NULL OR of_kind NOT IN ('WITHDRAWAL', 'QUESTION', 'WRONG_PERSON')
       OR of_kind = 'WITHDRAWAL' AND (place.link).may <> 'SUBMIT' THEN
        RETURN;
    END IF;
    SELECT s.number, s.at INTO number, at FROM grantee.submissions s WHERE s.sha256 = digest AND s.form = (place.form).id;
    IF number IS NULL AND 10 > (
        SELECT count(*) FROM grantee.submissions s WHERE s.form = (place.form).id AND s.at > ledger.now() - interval '1 day'
    ) THEN
        SELECT d.number, d.at INTO number, at FROM grantee.lay_down(place.link, of_kind, digest, sealed) d;
        IF of_kind = 'WITHDRAWAL' THEN
            PERFORM grantee.mail('DOOR_HANDED_IN', (place.link).id, jsonb_build_object('submission', number));
        END IF;
    END IF;
END $$;

-- Open what was handed in to this browser, for an hour.
CREATE FUNCTION grantee.open(secret bytea, of_browser bytea, code_mac bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place record;
    fault text;
BEGIN
    SELECT * INTO place FROM grantee.link_of(secret, true);
    IF (place.link).id IS NULL THEN
        RETURN 'LINK';
    END IF;
    fault := grantee.use_code(place.link, place.form, 'OPEN', code_mac);
    IF fault = '' THEN
        UPDATE grantee.browsers b SET open_to = ledger.now() + interval '1 hour' WHERE b.link = (place.link).id AND b.browser = of_browser;
    END IF;
    RETURN fault;
END $$;

-- What was handed in by this form. Its content comes with it only in a browser that a code opened.
CREATE FUNCTION grantee.handed_in(secret bytea, of_browser bytea) RETURNS TABLE (
    kind text, sha256 bytea, at timestamptz, content bytea, number bigint, "position" bigint, path bytea, receipt bytea
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.kind, s.sha256, s.at, CASE WHEN b.open_to > ledger.now() THEN s.content END, s.number, p.position, p.path, p.receipt
      FROM grantee.opened_by($1, true) o
      JOIN grantee.submissions s ON s.form = (o.form).id
      LEFT JOIN grantee.proofs p ON p.number = s.number
      LEFT JOIN grantee.browsers b ON b.link = (o.link).id AND b.browser = $2
     ORDER BY s.number
$$;

-- Invite a colleague, who reads or fills and never hands in: ten at most, by a code.
CREATE FUNCTION grantee.invite(secret bytea, code_mac bytea, sealed_address bytea, allowed text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place record;
    fault text;
    invited uuid := gen_random_uuid();
BEGIN
    SELECT * INTO place FROM grantee.link_of(secret, false);
    IF (place.link).id IS NULL OR (place.link).may <> 'SUBMIT' OR allowed NOT IN ('READ', 'FILL') THEN
        RETURN 'LINK';
    ELSIF 10 <= (SELECT count(*) FROM grantee.links l WHERE l.invited_by = (place.link).id AND l.revoked_at IS NULL) THEN
        RETURN 'MANY';
    END IF;
    fault := grantee.use_code(place.link, place.form, 'INVITE', code_mac);
    IF fault = '' THEN
        INSERT INTO grantee.links (id, form, address, may, invited_by, until)
        VALUES (invited, (place.form).id, sealed_address, allowed, (place.link).id, (place.link).until);
        PERFORM grantee.mail('DOOR_LINK', invited, jsonb_build_object('link', invited));
    END IF;
    RETURN fault;
END $$;

CREATE FUNCTION grantee.colleagues(secret bytea) RETURNS TABLE (id uuid, address bytea, may text, asked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.id, c.address, c.may, c.asked_at FROM grantee.opened_by($1, true) o JOIN grantee.links c ON c.invited_by = (o.link).id
     WHERE c.revoked_at IS NULL ORDER BY c.asked_at
$$;

-- End a colleague's link, or, without one, this very link, also where somebody else opened it.
CREATE FUNCTION grantee.revoke(secret bytea, of_colleague uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE grantee.links l SET revoked_at = ledger.now()
      FROM grantee.links own
     WHERE own.digest = secret AND l.revoked_at IS NULL
       AND (l.id = coalesce(of_colleague, own.id) AND (l.id = own.id OR l.invited_by = own.id)
            OR of_colleague IS NULL AND l.invited_by = own.id);
    RETURN FOUND;
END $$;

-- A fresh link in the place of one that expired, to the same address: three a day. Nobody is told whether there was one.
CREATE FUNCTION grantee.ask_fresh(secret bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted uuid;
BEGIN
    SELECT l.id INTO wanted FROM grantee.links l JOIN grantee.forms f ON f.id = l.form
     WHERE l.digest = secret AND l.revoked_at IS NULL AND f.closed_at IS NULL AND f.closes_at > ledger.now();
    IF wanted IS NOT NULL AND 3 > (
        SELECT count(*) FROM post.outbox o
         WHERE o.recipient = 'link/' || wanted AND o.kind = 'DOOR_LINK' AND o.queued_at > ledger.now() - interval '1 day'
    ) THEN
        PERFORM grantee.mail('DOOR_LINK', wanted, jsonb_build_object('link', wanted));
    END IF;
END $$;

-- Begin to hand in a paper: 20 a form, 200 MB together, 40 a day with those that were dropped. Nothing where that is too many.
CREATE FUNCTION grantee.begin_paper(secret bytea, of_field text, sealed_name bytea, bytes bigint) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place record;
    made uuid := gen_random_uuid();
    held record;
BEGIN
    SELECT * INTO place FROM grantee.link_of(secret, false);
    IF (place.link).id IS NULL OR (place.link).may = 'READ' THEN
        RETURN NULL;
    END IF;
    SELECT count(*) FILTER (WHERE p.dropped_at IS NULL) AS files, coalesce(sum(p.size) FILTER (WHERE p.dropped_at IS NULL), 0) AS together,
           count(*) FILTER (WHERE p.begun_at > ledger.now() - interval '1 day') AS today
      INTO held FROM grantee.papers p WHERE p.form = (place.form).id;
    IF held.files >= 20 OR held.together + bytes > 209715200 OR held.today >= 40 THEN
        RETURN NULL;
    END IF;
    INSERT INTO grantee.papers (id, form, link, field, name, size) VALUES (made, (place.form).id, (place.link).id, of_field, sealed_name, bytes);
    RETURN made;
END $$;

-- The next part of a paper lies in the quarantine. Returns the bytes that are there by now, or nothing where none is expected there.
CREATE FUNCTION grantee.add_part(secret bytea, paper uuid, beginning bigint, bytes bigint, object text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place record;
    there bigint;
BEGIN
    SELECT * INTO place FROM grantee.link_of(secret, false);
    UPDATE grantee.papers p SET parts = p.parts || object, received = p.received + bytes, touched_at = ledger.now()
     WHERE p.id = paper AND p.form = (place.form).id AND p.link = (place.link).id AND p.digest IS NULL AND p.dropped_at IS NULL
       AND p.received = beginning AND bytes > 0 AND p.received + bytes <= p.size AND cardinality(p.parts) < 2000
    RETURNING p.received INTO there;
    RETURN there;
END $$;

-- It is whole in the quarantine, and as large as what lies there.
CREATE FUNCTION grantee.finish_paper(secret bytea, paper uuid, its_digest bytea, bytes bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place record;
BEGIN
    SELECT * INTO place FROM grantee.link_of(secret, false);
    UPDATE grantee.papers p SET digest = its_digest, size = p.received, touched_at = ledger.now()
     WHERE p.id = paper AND p.form = (place.form).id AND p.link = (place.link).id AND p.digest IS NULL AND p.dropped_at IS NULL
       AND p.received = bytes AND bytes > 0;
    IF FOUND THEN
        UPDATE grantee.forms f SET revision = f.revision + 1 WHERE f.id = (place.form).id;
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM grantee.papers p WHERE p.id = paper AND p.form = (place.form).id AND p.digest = its_digest
                                                  AND p.dropped_at IS NULL);
END $$;

CREATE FUNCTION grantee.drop_paper(secret bytea, paper uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    place record;
BEGIN
    SELECT * INTO place FROM grantee.link_of(secret, false);
    IF (place.link).may = 'READ' THEN
        RETURN false;
    END IF;
    UPDATE grantee.papers p SET dropped_at = ledger.now()
     WHERE p.id = paper AND p.form = (place.form).id AND p.dropped_at IS NULL
       -- What was handed in before it was examined is examined first, and kept.
       AND (p.digest IS NULL OR p.verdict IS NOT NULL
            OR NOT EXISTS (SELECT FROM grantee.submissions s WHERE s.form = p.form AND s.at >= p.touched_at));
    IF FOUND THEN
        UPDATE grantee.forms f SET revision = f.revision + 1 WHERE f.id = (place.form).id;
        RETURN true;
    END IF;
    RETURN false;
END $$;

CREATE FUNCTION grantee.papers_of(secret bytea)
RETURNS TABLE (
    id uuid, field text, name bytea, size bigint, received bigint, parts text[], digest bytea, verdict text, why text, begun_at timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.id, p.field, p.name, p.size, p.received, p.parts, p.digest, p.verdict, p.why, p.begun_at
      FROM grantee.opened_by($1, false) o JOIN grantee.papers p ON p.form = (o.form).id
     WHERE p.dropped_at IS NULL
     ORDER BY p.begun_at, p.id
$$;

GRANT USAGE ON SCHEMA grantee TO accord_grantee, accord_reader, accord_post, accord_examiner;
GRANT EXECUTE ON FUNCTION grantee.look, grantee.speak, grantee.enter, grantee.answers, grantee.save, grantee.choose, grantee.ask_code, grantee.submit,
    grantee.say, grantee.open, grantee.handed_in, grantee.invite, grantee.colleagues, grantee.revoke, grantee.ask_fresh,
    grantee.begin_paper, grantee.add_part, grantee.finish_paper, grantee.drop_paper, grantee.papers_of TO accord_grantee;

-- The mail of the door goes by the one outbox.
ALTER TABLE post.outbox DROP CONSTRAINT outbox_recipient_check;
ALTER TABLE post.outbox ADD CONSTRAINT outbox_recipient_check CHECK (recipient ~
    '^(staff/[a-z][a-z0-9.-]{1,31}|contact/P-[0-9]{4}-[0-9]{4,6}/[0-9]{1,3}|link/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$');

-- The partnerships whose payee an account may be for, by its holder's name: mail warns their contacts, and reads no account.
CREATE FUNCTION post.partnerships_of_account(account text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT p.stream_id
      FROM payments.accounts a, ledger.events p,
           jsonb_path_query(convert_from(p.payload, 'UTF8')::jsonb, 'lax $.proposal.funds_out.payee.*[*] ? (@.type() == "string")') name
     WHERE a.reference = account AND p.event_type IN ('PartnershipProposed', 'ProposalRevised', 'ProposalAmended')
       AND payees.words_of(name #>> '{}') = payees.words_of(a.details ->> 'holder')
     ORDER BY p.stream_id
$$;
GRANT EXECUTE ON FUNCTION post.partnerships_of_account TO accord_post;

-- Every reference of one account: of its IBAN, or of its number at its bank. Whoever amends what was agreed, as a grantee asks by
-- link, is told what counts together with it, and reads no account for that.
CREATE FUNCTION payments.references_of_same(account text) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT other.reference FROM payments.accounts own JOIN payments.accounts other
        ON other.details ->> 'iban' = own.details ->> 'iban'
        OR (upper(regexp_replace(other.details ->> 'number', '\W', '', 'g')),
            left(other.details ->> 'bic', 8)) = (upper(regexp_replace(own.details ->> 'number', '\W', '', 'g')),
                                                 left(own.details ->> 'bic', 8))
     WHERE own.reference = account
$$;
GRANT EXECUTE ON FUNCTION payments.references_of_same
    TO accord_worker, accord_staff, accord_console, accord_exporter, accord_importer, accord_emergency;

-- Mail opens forms and makes links and codes while it sends them.
GRANT SELECT ON grantee.forms, grantee.keys, grantee.shown, grantee.links, grantee.codes, grantee.submissions TO accord_post;
GRANT INSERT ON grantee.forms, grantee.keys, grantee.shown, grantee.links TO accord_post;
GRANT UPDATE (content, pushed_at) ON grantee.shown TO accord_post;
GRANT UPDATE (closes_at, closed_at) ON grantee.forms TO accord_post;
GRANT UPDATE (digest, sent_at, until, revoked_at) ON grantee.links TO accord_post;
GRANT UPDATE (mac) ON grantee.codes TO accord_post;

-- What came in is opened by the process that examines it, which keeps what it may keep as a paper of the partnership.
GRANT SELECT ON grantee.papers, grantee.keys, grantee.forms TO accord_examiner;
GRANT UPDATE (verdict, why, dropped_at, removed_at) ON grantee.papers TO accord_examiner;
GRANT USAGE ON SCHEMA papers TO accord_examiner;
GRANT SELECT ON papers.kept TO accord_examiner;
GRANT EXECUTE ON FUNCTION papers.begin, papers.finish, papers.mention TO accord_examiner;

-- Destroy the key of a form, and drop its papers that are still in quarantine. What was handed in stays, and nobody reads it any more.
CREATE FUNCTION grantee.erase(wanted uuid, because text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM grantee.keys k WHERE k.form = wanted;
    DELETE FROM grantee.fields v WHERE v.form = wanted;
    UPDATE grantee.papers p SET dropped_at = coalesce(p.dropped_at, ledger.now()) WHERE p.form = wanted AND p.removed_at IS NULL;
    UPDATE grantee.forms f SET erased_at = ledger.now(), erased_as = because, closed_at = coalesce(f.closed_at, ledger.now())
     WHERE f.id = wanted AND f.erased_at IS NULL;
$$;

-- Whether staff took over anything that was handed in by a form: an event of its partnership names it, and none that returned it.
CREATE FUNCTION grantee.is_taken_over(wanted uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form
                     JOIN ledger.events e ON e.stream_id = 'partnership/' || f.subject AND e.event_type <> 'SubmissionReturned'
                    WHERE s.form = wanted AND position(convert_to(encode(s.sha256, 'hex'), 'UTF8') IN e.payload) > 0)
$$;

-- Erase what its time is over: of a form that is closed, a draft 90 days after somebody touched it last, and what was handed in and
-- never taken over 12 months after it came. The rule stands here: whoever calls this erases nothing else. Returns the forms.
CREATE FUNCTION grantee.forget_old() RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old record;
BEGIN
    FOR old IN
        SELECT f.id, s.last FROM grantee.forms f
          LEFT JOIN LATERAL (SELECT max(d.at) AS last FROM grantee.submissions d WHERE d.form = f.id) s ON true
         WHERE f.erased_at IS NULL AND least(f.closed_at, f.closes_at) < ledger.now() - interval '90 days'
           AND ledger.now() > CASE WHEN s.last IS NULL THEN interval '90 days' ELSE interval '12 months' END + greatest(
                f.opened_at, s.last, (SELECT max(v.at) FROM grantee.fields v WHERE v.form = f.id),
                (SELECT max(p.touched_at) FROM grantee.papers p WHERE p.form = f.id))
         FOR UPDATE OF f SKIP LOCKED
    LOOP
        IF old.last IS NULL OR NOT grantee.is_taken_over(old.id) THEN
            PERFORM grantee.erase(old.id, CASE WHEN old.last IS NULL THEN 'DRAFT' ELSE 'YEAR' END);
            RETURN NEXT old.id;
        END IF;
    END LOOP;
END $$;

-- Erase a form in which somebody stands whose name two guardians had erased: the ledger has both approvals.
CREATE FUNCTION grantee.erase_of(wanted uuid, person uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF 2 > (SELECT count(DISTINCT e.payload ->> 'actor') FROM ledger.readable e
             WHERE e.stream_id = 'privacy' AND e.event_type = 'ErasureApproved' AND e.payload ->> 'person' = person::text) THEN
        RAISE EXCEPTION 'no two guardians approved it: a key is destroyed only by an erasure on record'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM grantee.forms f WHERE f.id = wanted AND f.erased_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM grantee.erase(wanted, 'PERSON');
    RETURN true;
END $$;

-- What was deleted stays in its page until the table is written anew.
CREATE FUNCTION grantee.rewrite() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CLUSTER grantee.keys USING keys_pkey;
    CLUSTER grantee.fields USING fields_pkey;
END $$;

-- The keys of a partnership's forms, for somebody who looks for what a person wrote there: a line of the access log.
CREATE FUNCTION grantee.keys_of(of_subject text, who text) RETURNS TABLE (form uuid, key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM console.look(who, 'forms of ' || of_subject);
    RETURN QUERY SELECT k.form, k.key FROM grantee.forms f JOIN grantee.keys k ON k.form = f.id WHERE f.subject = of_subject;
END $$;
CREATE FUNCTION grantee.texts_of(of_form uuid) RETURNS TABLE (place text, stored bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT 'address', l.address FROM grantee.links l WHERE l.form = of_form
    UNION ALL SELECT 'field/' || v.field, v.value FROM grantee.fields v WHERE v.form = of_form
    UNION ALL SELECT 'submission/' || encode(s.sha256, 'hex'), s.content FROM grantee.submissions s WHERE s.form = of_form
$$;
GRANT EXECUTE ON FUNCTION grantee.forget_old, grantee.rewrite TO accord_examiner;
GRANT EXECUTE ON FUNCTION grantee.keys_of, grantee.texts_of, grantee.erase_of, grantee.rewrite TO accord_staff;

-- Everybody who reads the ledger reads what was handed in when, without its content; the worker compares the content with its digest.
GRANT SELECT (number, form, kind, sha256, link, at) ON grantee.submissions TO accord_reader;
GRANT SELECT ON grantee.forms, grantee.proofs, grantee.papers, grantee.inbox TO accord_reader;
GRANT SELECT (id, form, may, invited_by, until, asked_at, revoked_at) ON grantee.links TO accord_reader;
GRANT SELECT (content) ON grantee.submissions TO accord_worker;
GRANT SELECT ON grantee.keys TO accord_worker;

-- A look at what was handed in, by staff, with what its form shows: each is a line of the access log.
CREATE FUNCTION grantee.read(wanted bigint, who text) RETURNS TABLE (content bytea, key bytea, shown bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM console.look(who, 'submission ' || wanted);
    RETURN QUERY SELECT s.content, k.key, w.content
      FROM grantee.submissions s JOIN grantee.keys k USING (form) LEFT JOIN grantee.shown w USING (form) WHERE s.number = wanted;
END $$;

-- A look at who has links to the forms of a partnership, and who used them when.
CREATE FUNCTION grantee.links_of(wanted text, who text) RETURNS TABLE (
    form uuid, kind text, about text, closes_at timestamptz, closed_at timestamptz, key bytea, link uuid, address bytea, may text,
    is_colleague boolean, until timestamptz, revoked_at timestamptz, is_sent boolean, browsers integer, first_used timestamptz,
    last_used timestamptz
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM console.look(who, wanted);
    RETURN QUERY
    SELECT f.id, f.kind, f.about, f.closes_at, f.closed_at, k.key, l.id, l.address, l.may, l.invited_by IS NOT NULL, l.until,
           l.revoked_at, l.digest IS NOT NULL,
           (SELECT count(*)::integer FROM grantee.browsers b WHERE b.link = l.id),
           (SELECT min(b.first_at) FROM grantee.browsers b WHERE b.link = l.id),
           greatest((SELECT max(b.first_at) FROM grantee.browsers b WHERE b.link = l.id),
                    (SELECT max(v.at) FROM grantee.fields v WHERE v.form = f.id AND v.link = l.id),
                    (SELECT max(s.at) FROM grantee.submissions s WHERE s.form = f.id AND s.link = l.id))
      FROM grantee.forms f JOIN grantee.keys k ON k.form = f.id JOIN grantee.links l ON l.form = f.id
     WHERE f.subject = wanted ORDER BY f.opened_at, l.asked_at, l.id;
END $$;
GRANT EXECUTE ON FUNCTION grantee.read, grantee.links_of TO accord_staff, accord_console;

-- The proof of what stands under a seal. It says nothing that the ledger does not say: whoever reads it verifies it.
GRANT INSERT, UPDATE (position, path, receipt) ON grantee.proofs TO accord_worker;
GRANT EXECUTE ON FUNCTION grantee.settle TO accord_worker;
GRANT UPDATE (receipt) ON grantee.proofs TO accord_signer;
RESET ROLE;
