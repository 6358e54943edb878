-- +goose Up
-- Made from the migration for SQLite by a test of this package; see there.
-- Every table belongs to many desks: its column desk is set by what the
-- transaction says that it works for, and nothing of another desk is seen.
-- The tables lie in the schema retour; what is asked goes through the views of
-- the same names in the schema desk, which show the rows of one desk. The same
-- is said once more by row-level security.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- +goose StatementBegin
CREATE FUNCTION fence() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t name;
BEGIN
    FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'retour'::regnamespace AND relkind IN ('r', 'p') AND relname NOT IN ('goose_db_version', 'instances', 'leases') LOOP
        EXECUTE format('ALTER TABLE retour.%I ENABLE ROW LEVEL SECURITY', t);
        IF t NOT IN ('case_search', 'releases') THEN -- found and drop_months must get past it
            EXECUTE format('ALTER TABLE retour.%I FORCE ROW LEVEL SECURITY', t);
        END IF;
        IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'retour' AND tablename = t) THEN
            EXECUTE format('CREATE POLICY desk ON retour.%I USING (desk = current_setting(''retour.desk''))', t);
        END IF;
        EXECUTE format('CREATE OR REPLACE VIEW desk.%1$I WITH (security_invoker = true) AS SELECT * FROM retour.%1$I t
            WHERE desk = current_setting(''retour.desk'') %2$s WITH LOCAL CHECK OPTION', t, CASE WHEN t = 'raw_mails' THEN
            'AND NOT EXISTS (SELECT FROM retour.releases r WHERE r.desk = t.desk AND r.month = t.month)' END);
    END LOOP;
END $$;
-- +goose StatementEnd

-- Tables that grow for ever lie in parts, in the schema months: raw mails, which are
-- dropped by months, in one for each month, and what is kept for good in one for each
-- year, since every question that does not tell the time is put to every part. The
-- month of a row is that in which the server wrote it, by its own clock: 2611 is
-- November 2026. IDs of such tables begin with it and count within it by eight
-- digits; smaller ones were brought along from a file. Whoever works for a desk
-- needs no right on the parts, and has none.
CREATE FUNCTION month_of(moment timestamptz) RETURNS BIGINT LANGUAGE sql STABLE PARALLEL SAFE AS
    'SELECT CAST(to_char(moment AT TIME ZONE ''UTC'', ''YYMM'') AS BIGINT)';
CREATE FUNCTION clock() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT now()';
CREATE FUNCTION this_month() RETURNS BIGINT LANGUAGE sql STABLE PARALLEL SAFE AS 'SELECT retour.month_of(retour.clock())';

-- How many of a table's values make a month, and the month that the part of a month
-- begins with: 2601 for all of 2026.
CREATE FUNCTION in_month(parent name) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS
    'SELECT CASE WHEN parent = ''raw_mails'' THEN 1::bigint ELSE 100000000 END';
CREATE FUNCTION begins(parent name, month bigint) RETURNS BIGINT LANGUAGE sql IMMUTABLE AS
    'SELECT CASE WHEN parent = ''raw_mails'' THEN month ELSE month / 100 * 100 + 1 END';

-- Beside the months: what came before the first, and what has no part of its own.
-- +goose StatementBegin
CREATE FUNCTION make_earlier() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t name;
BEGIN
    FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'retour'::regnamespace AND relkind = 'p' LOOP
        EXECUTE format('CREATE TABLE months.%I PARTITION OF retour.%I FOR VALUES FROM (MINVALUE) TO (%s)', t || '_earlier', t, begins(t, this_month()) * in_month(t));
        EXECUTE format('CREATE TABLE months.%I PARTITION OF retour.%I DEFAULT', t || '_other', t);
        EXECUTE format('ALTER TABLE months.%I ENABLE ROW LEVEL SECURITY', t || '_earlier');
        EXECUTE format('ALTER TABLE months.%I ENABLE ROW LEVEL SECURITY', t || '_other');
    END LOOP;
END $$;
-- +goose StatementEnd

-- Makes the parts of this month and of the next three, as far as they lack, and
-- returns how many: raw_mails_2611, ledger_26. Anybody may have it done: it runs as the owner. It gives way to
-- who works with a table, and is asked again.
-- +goose StatementBegin
CREATE FUNCTION make_months() RETURNS INTEGER LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = retour, pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    t name;
    part name;
    first BIGINT;
    beyond BIGINT;
    made INTEGER := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('retour/months', 0));
    FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'retour'::regnamespace AND relkind = 'p' ORDER BY relname LOOP
        FOR i IN 0..3 LOOP
            first := begins(t, month_of(date_trunc('month', clock() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + i * interval '1 month 1 day'));
            IF t = 'raw_mails' THEN
                part := t || '_' || to_char(first, 'FM0000');
                beyond := first + 1;
            ELSE
                part := t || '_' || to_char(first / 100, 'FM00');
                beyond := first + 100;
            END IF;
            IF to_regclass('months.' || quote_ident(part)) IS NULL THEN
                BEGIN
                    EXECUTE format('CREATE TABLE months.%I PARTITION OF retour.%I FOR VALUES FROM (%s) TO (%s)', part, t, first * in_month(t), beyond * in_month(t));
                    EXECUTE format('ALTER TABLE months.%I ENABLE ROW LEVEL SECURITY', part);
                    made := made + 1;
                EXCEPTION WHEN check_violation THEN -- its rows lie among the others already: see stray_rows
                END;
            END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
-- +goose StatementEnd

-- The months of raw mails that a desk wants no more: what it still has there is
-- seen no more, and goes with the part once no desk needs anything in it.
CREATE TABLE releases (
    desk  TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    month BIGINT           NOT NULL,
    at    TIMESTAMPTZ      NOT NULL DEFAULT clock(),
    PRIMARY KEY (desk, month)
);

-- Drops the parts of raw mails of which no desk wants anything any more, and returns
-- how many. Anybody may have it done: it runs as the owner, and gives way to who
-- works with the table.
-- +goose StatementBegin
CREATE FUNCTION drop_months() RETURNS INTEGER LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = retour, pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    part name;
    m BIGINT;
    wanted BOOLEAN;
    dropped INTEGER := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('retour/months', 0));
    FOR part IN SELECT relname FROM pg_class WHERE relnamespace = 'months'::regnamespace AND relkind = 'r' AND relname ~ '^raw_mails_[0-9]{4}$' LOOP
        m := CAST(right(part, 4) AS BIGINT);
        CONTINUE WHEN m >= this_month();
        EXECUTE format('SELECT EXISTS (SELECT FROM months.%I p WHERE NOT EXISTS
            (SELECT FROM retour.releases r WHERE r.desk = p.desk AND r.month = %s))', part, m) INTO wanted;
        IF NOT wanted THEN
            EXECUTE format('DROP TABLE months.%I', part);
            DELETE FROM releases WHERE month = m;
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$;
-- +goose StatementEnd

-- How many rows came into no month's part, of all desks: there should be none.
-- +goose StatementBegin
CREATE FUNCTION stray_rows() RETURNS BIGINT LANGUAGE plpgsql SECURITY DEFINER SET search_path = retour, pg_catalog, pg_temp AS $$
DECLARE
    part name;
    n BIGINT;
    stray BIGINT := 0;
BEGIN
    FOR part IN SELECT relname FROM pg_class WHERE relnamespace = 'months'::regnamespace AND relkind = 'r' AND relname LIKE '%\_other' LOOP
        EXECUTE format('SELECT count(*) FROM months.%I', part) INTO n;
        stray := stray + n;
    END LOOP;
    RETURN stray;
END $$;
-- +goose StatementEnd

-- What SQLite has and PostgreSQL calls otherwise.
CREATE FUNCTION instr(text, text) RETURNS INTEGER LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT strpos($1, $2)';
CREATE FUNCTION datetime(bigint, text) RETURNS TEXT LANGUAGE sql STABLE PARALLEL SAFE AS
    'SELECT to_char(to_timestamp($1) AT TIME ZONE ''UTC'', ''YYYY-MM-DD HH24:MI:SS'')';

-- The processes that work together, until when each is believed to live, and the
-- desks that it can work for. This and the next table are of all desks.
CREATE TABLE instances (
    name   TEXT COLLATE "C" PRIMARY KEY,
    holder TEXT COLLATE "C"   NOT NULL, -- for people: host, process ID
    desks  TEXT[]             NOT NULL,
    until  TIMESTAMPTZ        NOT NULL
);

-- Who has which part of the work for a desk, as long as he lives; fence grows with
-- each holder.
CREATE TABLE leases (
    desk     TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    part     TEXT COLLATE "C" NOT NULL,
    instance TEXT COLLATE "C" NOT NULL, -- empty: it was given back
    fence    BIGINT           NOT NULL,
    says     TEXT COLLATE "C" NOT NULL DEFAULT '', -- what others are to know of the part
    PRIMARY KEY (desk, part)
);

-- Stops a transaction on behalf of a part that its process has no more.
-- +goose StatementBegin
CREATE FUNCTION holds(mine text, shown bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM retour.leases WHERE desk = current_setting('retour.desk') AND part = mine AND fence = shown AND instance <> '') THEN
        RAISE EXCEPTION 'another process has taken this part of the work over' USING ERRCODE = 'RT001';
    END IF;
END $$;
-- +goose StatementEnd

-- The text of a body, as far as it is one.
-- +goose StatementBegin
CREATE FUNCTION words(body bytea) RETURNS TEXT LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN convert_from(body, 'UTF8');
EXCEPTION WHEN OTHERS THEN
    RETURN encode(body, 'escape');
END $$;
-- +goose StatementEnd

-- Times are unix milliseconds, UTC, NULL for never; booleans are 0 or 1.

CREATE TABLE meta (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    key   TEXT COLLATE "C" NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (desk, key)
);

-- Cases ---------------------------------------------------------------------

CREATE TABLE case_numbers (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    year BIGINT NOT NULL,
    seq  BIGINT NOT NULL, -- the last one given
    PRIMARY KEY (desk, year)
);

-- +goose StatementBegin
CREATE FUNCTION next_cases() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.cases); END $$;
-- +goose StatementEnd
CREATE TABLE cases (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id               BIGINT NOT NULL DEFAULT next_cases(),
    number           TEXT COLLATE "C"    NOT NULL,
    version          BIGINT NOT NULL,
    state            TEXT COLLATE "C"    NOT NULL,
    closing          TEXT COLLATE "C"    NOT NULL,
    reason           TEXT COLLATE "C"    NOT NULL,
    language         TEXT COLLATE "C"    NOT NULL,
    customer_address TEXT COLLATE "C"    NOT NULL,
    customer_name    TEXT COLLATE "C"    NOT NULL,
    customer_trust   TEXT COLLATE "C"    NOT NULL,
    refs             TEXT COLLATE "C"    NOT NULL, -- JSON
    purchase_date    TEXT COLLATE "C"    NOT NULL,
    fault            TEXT COLLATE "C"    NOT NULL,
    ordered          TEXT COLLATE "C"    NOT NULL, -- instead of what came
    missing          TEXT COLLATE "C"    NOT NULL, -- JSON
    confirmed        TEXT COLLATE "C"    NOT NULL, -- JSON
    sibling_of       TEXT COLLATE "C"    NOT NULL, -- number of the first of the group
    merged_into      TEXT COLLATE "C"    NOT NULL,
    owner_id         TEXT COLLATE "C"    NOT NULL,
    owner_name       TEXT COLLATE "C"    NOT NULL,
    proposal_action  TEXT COLLATE "C"    NOT NULL,
    proposal_rule    TEXT COLLATE "C"    NOT NULL,
    proposal_why     TEXT COLLATE "C"    NOT NULL,
    opened_at        BIGINT,
    state_at         BIGINT,
    complete_at      BIGINT,
    accepted_at      BIGINT,
    deadline         BIGINT,
    reminders        BIGINT NOT NULL,
    late             BIGINT NOT NULL,
    notes            TEXT COLLATE "C"    NOT NULL, -- JSON
    quote            TEXT COLLATE "C"    NOT NULL,
    credit           TEXT COLLATE "C"    NOT NULL,
    asked            TEXT COLLATE "C"    NOT NULL, -- JSON: what one person wants and another one must confirm
    disposal_id      TEXT COLLATE "C"    NOT NULL, -- who asked for it, until it is confirmed
    disposal_name    TEXT COLLATE "C"    NOT NULL,
    promised         BIGINT,
    clock_at         BIGINT,
    until            BIGINT,
    asked_from       TEXT COLLATE "C"    NOT NULL,
    time_left        BIGINT NOT NULL, -- nanoseconds
    unclear          BIGINT NOT NULL,
    undelivered      TEXT COLLATE "C"    NOT NULL,
    rule             TEXT COLLATE "C"    NOT NULL,
    why              TEXT COLLATE "C"    NOT NULL,
    policy           TEXT COLLATE "C"    NOT NULL,
    shadow           BIGINT NOT NULL,  -- opened in shadow mode
    PRIMARY KEY (desk, id),
    UNIQUE (desk, number)
);

CREATE INDEX cases_state    ON cases (desk, state);
CREATE INDEX cases_customer ON cases (desk, customer_address);
CREATE INDEX cases_siblings ON cases (desk, sibling_of) WHERE sibling_of <> '';
CREATE INDEX cases_deadline ON cases (desk, deadline) WHERE state <> 'closed';
CREATE INDEX cases_owner    ON cases (desk, owner_id) WHERE owner_id <> '' AND state <> 'closed';
CREATE INDEX cases_undelivered ON cases (desk, id) WHERE undelivered <> '' AND state <> 'closed';

-- What a person may look for in a case; the rowid is the case's ID.
CREATE TABLE case_search (
    desk  TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    rowid BIGINT           NOT NULL,
    text  TEXT COLLATE "C" NOT NULL, -- without accents
    PRIMARY KEY (desk, rowid)
);

CREATE INDEX case_search_text ON case_search USING gin (desk, text gin_trgm_ops);

-- The rows of the desk that match all of a JSON list of patterns, the newest so
-- many (0: all). It runs as the owner of the table, whom no policy binds: under
-- one, an operator that is not leakproof, such as LIKE, may not ask an index.
-- +goose StatementBegin
CREATE FUNCTION found(patterns text, most bigint) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = retour, public, pg_temp AS $$
DECLARE
    query text := 'SELECT rowid FROM case_search WHERE desk = $1';
    pattern text;
BEGIN
    FOR pattern IN SELECT json_array_elements_text(CAST(patterns AS json)) LOOP
        query := query || format(' AND text LIKE %L', pattern);
    END LOOP;
    RETURN QUERY EXECUTE query || ' ORDER BY rowid DESC LIMIT nullif($2, 0)' USING current_setting('retour.desk'), most;
END $$;
-- +goose StatementEnd

CREATE TABLE parties (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    case_id BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    address TEXT COLLATE "C"    NOT NULL,
    name    TEXT COLLATE "C"    NOT NULL,
    trust   TEXT COLLATE "C"    NOT NULL,
    domain  TEXT COLLATE "C"    NOT NULL, -- of the address
    PRIMARY KEY (desk, case_id, ordinal)
);

CREATE INDEX parties_address ON parties (desk, address);
CREATE INDEX parties_domain  ON parties (desk, domain) WHERE domain <> '';

CREATE TABLE items (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    case_id       BIGINT NOT NULL,
    ordinal       BIGINT NOT NULL,
    unit          BIGINT, -- NULL in shadow mode
    position      BIGINT NOT NULL,
    manufacturer  TEXT COLLATE "C"    NOT NULL,
    model         TEXT COLLATE "C"    NOT NULL,
    serial        TEXT COLLATE "C"    NOT NULL,
    mac           TEXT COLLATE "C"    NOT NULL,
    found_in      TEXT COLLATE "C"    NOT NULL,
    vendor_ticket TEXT COLLATE "C"    NOT NULL,
    confidence    TEXT COLLATE "C"    NOT NULL,
    doubt         TEXT COLLATE "C"    NOT NULL,
    meant         TEXT COLLATE "C"    NOT NULL,
    process       TEXT COLLATE "C"    NOT NULL,
    warranty_to   BIGINT,
    warranty_why  TEXT COLLATE "C"    NOT NULL,
    verdict       TEXT COLLATE "C"    NOT NULL,
    received      BIGINT NOT NULL,
    outcome       TEXT COLLATE "C"    NOT NULL,
    resolution    TEXT COLLATE "C"    NOT NULL,
    replaced_by   TEXT COLLATE "C"    NOT NULL,
    vendor_rma    TEXT COLLATE "C"    NOT NULL,
    at_vendor     BIGINT,
    serial_key    TEXT COLLATE "C"    NOT NULL, -- letters and digits only, upper case
    mac_key       TEXT COLLATE "C"    NOT NULL,
    PRIMARY KEY (desk, case_id, ordinal)
);

CREATE INDEX items_serial ON items (desk, serial_key) WHERE serial_key <> '';
CREATE INDEX items_mac    ON items (desk, mac_key)    WHERE mac_key <> '';

CREATE TABLE case_refs (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    case_id BIGINT NOT NULL,
    kind    TEXT COLLATE "C"    NOT NULL, -- tracking, vendor_ticket, support_ticket, order, invoice, delivery_note, rma
    ref_key TEXT COLLATE "C"    NOT NULL, -- letters and digits only, upper case
    PRIMARY KEY (desk, case_id, kind, ref_key)
);

CREATE INDEX case_refs_key ON case_refs (desk, ref_key);

-- Mails ---------------------------------------------------------------------

CREATE TABLE mailboxes (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    name        TEXT COLLATE "C" NOT NULL,
    uidvalidity BIGINT NOT NULL,
    start_uid   BIGINT NOT NULL,
    started_at  BIGINT,
    PRIMARY KEY (desk, name)
);

CREATE TABLE raw_mails (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    month BIGINT NOT NULL DEFAULT this_month(), -- 2611 is November 2026; 0: kept beyond its month
    hash TEXT COLLATE "C"    NOT NULL, -- SHA-256 of the raw bytes, hex
    size BIGINT NOT NULL,    -- of the raw bytes
    body BYTEA    NOT NULL,     -- gzip, or the sections of pack.go
    PRIMARY KEY (desk, hash, month)
) PARTITION BY RANGE (month);
-- +goose StatementBegin
CREATE FUNCTION sole_raw_mails() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('retour/sole/raw_mails/' || NEW.desk, 0));
    IF EXISTS (SELECT FROM desk.raw_mails o WHERE o.hash = NEW.hash) THEN
        RETURN NULL; -- as ON CONFLICT DO NOTHING
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER sole BEFORE INSERT ON raw_mails FOR EACH ROW EXECUTE FUNCTION sole_raw_mails();

-- Raw mails that lie in a bucket, and objects there that are on their way or to be
-- removed.
CREATE TABLE raw_objects (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    place  TEXT COLLATE "C"    NOT NULL, -- name of the object
    hash   TEXT COLLATE "C"    NOT NULL,    -- of the raw mail
    size   BIGINT NOT NULL,    -- of its bytes
    packed BIGINT NOT NULL,    -- of the object
    at     BIGINT NOT NULL,    -- of the last change
    state  TEXT COLLATE "C"    NOT NULL,     -- coming, there, gone
    PRIMARY KEY (desk, place)
);

CREATE INDEX raw_objects_hash ON raw_objects (desk, hash);
CREATE INDEX raw_objects_left ON raw_objects (desk, state) WHERE state <> 'there';

-- +goose StatementBegin
CREATE FUNCTION next_ledger() RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE month BIGINT := this_month() * 100000000;
BEGIN RETURN (SELECT coalesce(max(id), month) + 1 FROM desk.ledger WHERE id >= month); END $$;
-- +goose StatementEnd
CREATE TABLE ledger (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id            BIGINT NOT NULL DEFAULT next_ledger(),
    mailbox       TEXT COLLATE "C"    NOT NULL,
    uidvalidity   BIGINT NOT NULL,
    uid           BIGINT NOT NULL,
    size          BIGINT NOT NULL,
    internal_date BIGINT,
    seen_at       BIGINT NOT NULL,
    message_id    TEXT COLLATE "C"    NOT NULL,
    hash          TEXT COLLATE "C"    NOT NULL, -- of the raw mail
    content       TEXT COLLATE "C"    NOT NULL, -- hash of what the sender wrote
    sender        TEXT COLLATE "C"    NOT NULL,
    subject       TEXT COLLATE "C"    NOT NULL,
    kind          TEXT COLLATE "C"    NOT NULL,
    language      TEXT COLLATE "C"    NOT NULL,
    fate          TEXT COLLATE "C"    NOT NULL, -- '' until it is done
    why           TEXT COLLATE "C"    NOT NULL,
    fate_at       BIGINT,
    case_number   TEXT COLLATE "C"    NOT NULL,
    header_only   BIGINT NOT NULL,
    attempts      BIGINT NOT NULL,
    filed         TEXT COLLATE "C"    NOT NULL,
    misplaced     BIGINT NOT NULL, -- lies in the folder for held mails and is held no more
    PRIMARY KEY (desk, id),
    UNIQUE (desk, mailbox, uidvalidity, uid, id)
) PARTITION BY RANGE (id);
-- +goose StatementBegin
CREATE FUNCTION sole_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('retour/sole/ledger/' || NEW.desk, 0));
    IF EXISTS (SELECT FROM desk.ledger o WHERE o.mailbox = NEW.mailbox AND o.uidvalidity = NEW.uidvalidity AND o.uid = NEW.uid) THEN
        RETURN NULL; -- as ON CONFLICT DO NOTHING
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER sole BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION sole_ledger();

CREATE INDEX ledger_mail       ON ledger (desk, content) WHERE content <> '';
CREATE INDEX ledger_unfinished ON ledger (desk, mailbox) WHERE fate = '';
CREATE INDEX ledger_unfiled    ON ledger (desk, mailbox) WHERE filed = '' AND fate NOT IN ('', 'gone', 'before_start', 'shadowed');
CREATE INDEX ledger_case       ON ledger (desk, case_number) WHERE case_number <> '';
CREATE INDEX ledger_fate       ON ledger (desk, fate, sender);
CREATE INDEX ledger_misplaced  ON ledger (desk, mailbox) WHERE misplaced = 1;

CREATE TABLE blocked_senders (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    sender    TEXT COLLATE "C"    NOT NULL, -- an address, or a domain; lower case
    at        BIGINT NOT NULL,
    by_id     TEXT COLLATE "C"    NOT NULL,
    by_name   TEXT COLLATE "C"    NOT NULL,
    ledger_id BIGINT, -- the mail for which it was done
    PRIMARY KEY (desk, sender)
);

-- +goose StatementBegin
CREATE FUNCTION next_messages() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.messages); END $$;
-- +goose StatementEnd
CREATE TABLE messages (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id         BIGINT NOT NULL DEFAULT next_messages(),
    message_id TEXT COLLATE "C"    NOT NULL, -- without angle brackets
    case_id    BIGINT NOT NULL,
    direction  TEXT COLLATE "C"    NOT NULL, -- in, out
    PRIMARY KEY (desk, id),
    UNIQUE (desk, message_id, case_id)
);

CREATE INDEX messages_case ON messages (desk, case_id);

-- +goose StatementBegin
CREATE FUNCTION next_addresses() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.addresses); END $$;
-- +goose StatementEnd
CREATE TABLE addresses (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id       BIGINT NOT NULL DEFAULT next_addresses(),
    address  TEXT COLLATE "C"    NOT NULL,
    language TEXT COLLATE "C"    NOT NULL,
    trust    TEXT COLLATE "C"    NOT NULL, -- the best ever
    seen     BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    PRIMARY KEY (desk, id),
    UNIQUE (desk, address)
);

-- The attachments of a case's mails. Their bytes are in the raw mail.
CREATE TABLE attachments (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    case_id    BIGINT NOT NULL,
    ledger_id  BIGINT NOT NULL,
    part       BIGINT NOT NULL, -- from 0, in the mail
    name       TEXT COLLATE "C"    NOT NULL,
    media_type TEXT COLLATE "C"    NOT NULL,
    size       BIGINT NOT NULL, -- decoded, bytes
    PRIMARY KEY (desk, case_id, ledger_id, part)
);

-- What happened, and what is to be sent ---------------------------------------

-- +goose StatementBegin
CREATE FUNCTION next_history() RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE month BIGINT := this_month() * 100000000;
BEGIN RETURN (SELECT coalesce(max(id), month) + 1 FROM desk.history WHERE id >= month); END $$;
-- +goose StatementEnd
CREATE TABLE history (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id         BIGINT NOT NULL DEFAULT next_history(),
    case_id    BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor_kind TEXT COLLATE "C"    NOT NULL,
    actor_id   TEXT COLLATE "C"    NOT NULL,
    actor_name TEXT COLLATE "C"    NOT NULL,
    event      TEXT COLLATE "C"    NOT NULL,
    from_state TEXT COLLATE "C"    NOT NULL,
    to_state   TEXT COLLATE "C"    NOT NULL,
    rule       TEXT COLLATE "C"    NOT NULL,
    why        TEXT COLLATE "C"    NOT NULL,
    text       TEXT COLLATE "C"    NOT NULL,
    told       TEXT COLLATE "C"    NOT NULL, -- JSON
    ledger_id  BIGINT,
    version    BIGINT NOT NULL,
    policy     TEXT COLLATE "C"    NOT NULL,
    -- The case as it stood from then on, until next_at.
    closing     TEXT COLLATE "C"    NOT NULL,
    late        BIGINT NOT NULL,
    undelivered BIGINT NOT NULL,
    owner_id    TEXT COLLATE "C"    NOT NULL,
    owner_name  TEXT COLLATE "C"    NOT NULL,
    state_at    BIGINT,          -- when to_state was entered
    due         BIGINT,          -- when to_state is to end
    shadow      BIGINT NOT NULL,
    next_at     BIGINT ,          -- of the next entry of the case; NULL: this is the last
    PRIMARY KEY (desk, id)
) PARTITION BY RANGE (id);

CREATE INDEX history_case ON history (desk, case_id);

-- +goose StatementBegin
CREATE FUNCTION next_clicks() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.clicks); END $$;
-- +goose StatementEnd
CREATE TABLE clicks (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id  BIGINT NOT NULL DEFAULT next_clicks(),
    key TEXT COLLATE "C"    NOT NULL,
    at  BIGINT NOT NULL,
    PRIMARY KEY (desk, id),
    UNIQUE (desk, key)
);

CREATE INDEX clicks_at ON clicks (desk, at);

-- +goose StatementBegin
CREATE FUNCTION next_outbox() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.outbox); END $$;
-- +goose StatementEnd
CREATE TABLE outbox (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id               BIGINT NOT NULL DEFAULT next_outbox(),
    lane             TEXT COLLATE "C"    NOT NULL,
    kind             TEXT COLLATE "C"    NOT NULL,
    key              TEXT COLLATE "C"    NOT NULL,
    case_id          BIGINT,
    history_id       BIGINT,
    ledger_id        BIGINT,
    recipient        TEXT COLLATE "C"    NOT NULL,
    recipient_domain TEXT COLLATE "C"    NOT NULL,
    message_id       TEXT COLLATE "C"    NOT NULL,
    automatic        BIGINT NOT NULL, -- 1: no person asked for it, and it was not withdrawn
    status           TEXT COLLATE "C"    NOT NULL, -- pending, sent, failed, cancelled, aside, shadowed
    attempts         BIGINT NOT NULL,
    next_at          BIGINT NOT NULL,
    lease_until      BIGINT,          -- in flight until then; NULL once the sender has reported
    lease_by         TEXT COLLATE "C"    NOT NULL DEFAULT '', -- the process that had it in flight last, where several send
    created_at       BIGINT NOT NULL,
    sent_at          BIGINT,
    failed_at        BIGINT,          -- when it was given up; NULL once it is sent again
    last_error       TEXT COLLATE "C"    NOT NULL,
    receipt          TEXT COLLATE "C"    NOT NULL,
    PRIMARY KEY (desk, id),
    UNIQUE (desk, key)
);

-- What is sent, by itself: a row of the outbox changes several times, its body hardly ever.
-- +goose StatementBegin
CREATE FUNCTION next_outbox_bodies() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.outbox_bodies); END $$;
-- +goose StatementEnd
CREATE TABLE outbox_bodies (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id   BIGINT NOT NULL DEFAULT next_outbox_bodies(),
    body BYTEA    NOT NULL, -- never empty
    PRIMARY KEY (desk, id)
);

CREATE INDEX outbox_lane      ON outbox (desk, lane, id) WHERE status = 'pending';
CREATE INDEX outbox_pending   ON outbox (desk, kind, id) WHERE status = 'pending';
CREATE INDEX outbox_in_flight ON outbox (desk, lane) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_case      ON outbox (desk, case_id, kind) WHERE case_id IS NOT NULL;
CREATE INDEX outbox_ledger    ON outbox (desk, ledger_id) WHERE ledger_id IS NOT NULL;
CREATE INDEX outbox_message   ON outbox (desk, message_id) WHERE message_id <> '';
CREATE INDEX outbox_automatic ON outbox (desk, created_at) WHERE automatic = 1;
CREATE INDEX outbox_answered  ON outbox (desk, recipient_domain, created_at, recipient) WHERE automatic = 1;

CREATE TABLE posts (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    key     TEXT COLLATE "C" NOT NULL, -- card/<case>, rollup/<case>: in whose thread that card stands, entry/<history>, items/<case>/<page>, held/<ledger>
    channel TEXT COLLATE "C" NOT NULL,
    ts      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (desk, key)
);

CREATE INDEX posts_at ON posts (desk, ts, channel);

-- What became of each digest: sent, silent (there was no news), begun (the list
-- was new, so its last one is owed to nobody).
CREATE TABLE digests (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    list   TEXT COLLATE "C"    NOT NULL,
    kind   TEXT COLLATE "C"    NOT NULL, -- daily, weekly, monthly
    day    TEXT COLLATE "C"    NOT NULL, -- on which it was due, in the list's zone: 2026-11-23
    result TEXT COLLATE "C"    NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (desk, list, kind, day)
);

-- What was sold, and to whom -------------------------------------------------
-- Times in these tables are days: midnights in UTC.

-- +goose StatementBegin
CREATE FUNCTION next_imports() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.imports); END $$;
-- +goose StatementEnd
CREATE TABLE imports (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id          BIGINT NOT NULL DEFAULT next_imports(),
    kind        TEXT COLLATE "C"    NOT NULL, -- register, directory
    file        TEXT COLLATE "C"    NOT NULL,
    hash        TEXT COLLATE "C"    NOT NULL, -- SHA-256 of the file, hex
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,          -- NULL: it was broken off
    lines       BIGINT NOT NULL, -- of data
    added       BIGINT NOT NULL,
    changed     BIGINT NOT NULL,
    same        BIGINT NOT NULL,
    noted       BIGINT NOT NULL, -- taken, with a remark
    rejected    BIGINT NOT NULL,
    removed     BIGINT NOT NULL,  -- addresses and domains that the file no longer gives
    PRIMARY KEY (desk, id)
);

-- One row for each sale: a unit that was sold, came back and was sold again has
-- two. The newest counts.
-- +goose StatementBegin
CREATE FUNCTION next_register() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.register); END $$;
-- +goose StatementEnd
CREATE TABLE register (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id            BIGINT NOT NULL DEFAULT next_register(),
    serial_key    TEXT COLLATE "C"    NOT NULL, -- letters and digits only, upper case
    mac_key       TEXT COLLATE "C"    NOT NULL,
    serial        TEXT COLLATE "C"    NOT NULL,
    mac           TEXT COLLATE "C"    NOT NULL,
    manufacturer  TEXT COLLATE "C"    NOT NULL,
    model         TEXT COLLATE "C"    NOT NULL,
    customer      TEXT COLLATE "C"    NOT NULL,
    customer_name TEXT COLLATE "C"    NOT NULL,
    distributor   TEXT COLLATE "C"    NOT NULL,
    order_number  TEXT COLLATE "C"    NOT NULL,
    invoice       TEXT COLLATE "C"    NOT NULL,
    delivery_note TEXT COLLATE "C"    NOT NULL,
    delivered     BIGINT,
    licensed      BIGINT,
    shipped       BIGINT,
    invoiced      BIGINT,
    purchased     BIGINT,
    status        TEXT COLLATE "C"    NOT NULL,
    replaced_by   TEXT COLLATE "C"    NOT NULL,
    replaces      TEXT COLLATE "C"    NOT NULL,
    desk_at       BIGINT,          -- when the desk itself set status or replacement; NULL: never
    import_id     BIGINT, -- the last one that wrote it; NULL: the desk did
    PRIMARY KEY (desk, id)
);

CREATE INDEX register_serial ON register (desk, serial_key) WHERE serial_key <> '';
CREATE INDEX register_mac    ON register (desk, mac_key)    WHERE mac_key <> '';

-- +goose StatementBegin
CREATE FUNCTION next_accounts() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.accounts); END $$;
-- +goose StatementEnd
CREATE TABLE accounts (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id             BIGINT NOT NULL DEFAULT next_accounts(),
    number         TEXT COLLATE "C"    NOT NULL,
    name           TEXT COLLATE "C"    NOT NULL,
    language       TEXT COLLATE "C"    NOT NULL,
    role           TEXT COLLATE "C"    NOT NULL,
    representative TEXT COLLATE "C"    NOT NULL,
    import_id      BIGINT,
    PRIMARY KEY (desk, id),
    UNIQUE (desk, number)
);

-- +goose StatementBegin
CREATE FUNCTION next_account_mails() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.account_mails); END $$;
-- +goose StatementEnd
CREATE TABLE account_mails (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id         BIGINT NOT NULL DEFAULT next_account_mails(),
    account_id BIGINT NOT NULL,
    address    TEXT COLLATE "C"    NOT NULL, -- lower case; '' where the whole domain is meant
    domain     TEXT COLLATE "C"    NOT NULL, -- lower case
    PRIMARY KEY (desk, id),
    UNIQUE (desk, domain, address, account_id)
);

CREATE INDEX account_mails_account ON account_mails (desk, account_id);

-- What the figures are counted from ------------------------------------------
-- Rows are written in the transaction of the case that they tell of, and nothing
-- of cases of shadow mode.

-- A unit, whatever case it is in now.
-- +goose StatementBegin
CREATE FUNCTION next_units() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.units); END $$;
-- +goose StatementEnd
CREATE TABLE units (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id           BIGINT NOT NULL DEFAULT next_units(),
    first_case   BIGINT NOT NULL, -- that it came in with
    case_id      BIGINT NOT NULL, -- that it is in, or was in last
    came_at      BIGINT NOT NULL,
    reason       TEXT COLLATE "C"    NOT NULL, -- of its case
    manufacturer TEXT COLLATE "C"    NOT NULL,
    model        TEXT COLLATE "C"    NOT NULL,
    serial       TEXT COLLATE "C"    NOT NULL,
    serial_key   TEXT COLLATE "C"    NOT NULL, -- letters and digits only, upper case
    verdict      TEXT COLLATE "C"    NOT NULL,
    received     BIGINT NOT NULL,
    outcome      TEXT COLLATE "C"    NOT NULL,
    resolution   TEXT COLLATE "C"    NOT NULL,
    at_vendor    BIGINT ,          -- since when it is with its manufacturer
    PRIMARY KEY (desk, id)
);

-- +goose StatementBegin
CREATE FUNCTION next_unit_events() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.unit_events); END $$;
-- +goose StatementEnd
CREATE TABLE unit_events (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id      BIGINT NOT NULL DEFAULT next_unit_events(),
    unit    BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    what    TEXT COLLATE "C"    NOT NULL, -- ruled, received, tested, left, again, moved
    value   TEXT COLLATE "C"    NOT NULL, -- verdict, outcome, resolution
    covered BIGINT NOT NULL, -- left: in warranty
    case_id BIGINT, -- moved: the case that it was in before
    PRIMARY KEY (desk, id)
);

-- A stay of a unit with its manufacturer.
-- +goose StatementBegin
CREATE FUNCTION next_vendor_trips() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.vendor_trips); END $$;
-- +goose StatementEnd
CREATE TABLE vendor_trips (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id      BIGINT NOT NULL DEFAULT next_vendor_trips(),
    unit    BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    back_at BIGINT,          -- NULL: it is there
    dropped BIGINT NOT NULL, -- 1: it did not come back; a merge showed that it is a unit that was counted twice
    manufacturer TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (desk, id)
);

-- A promise about time that came to its end by the hand of staff.
-- +goose StatementBegin
CREATE FUNCTION next_clocks() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.clocks); END $$;
-- +goose StatementEnd
CREATE TABLE clocks (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id      BIGINT NOT NULL DEFAULT next_clocks(),
    case_id BIGINT NOT NULL,
    clock   TEXT COLLATE "C"    NOT NULL, -- take_over, ruling
    since   BIGINT NOT NULL,
    due     BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (desk, id)
);

-- +goose StatementBegin
CREATE FUNCTION next_money_events() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.money_events); END $$;
-- +goose StatementEnd
CREATE TABLE money_events (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    id       BIGINT NOT NULL DEFAULT next_money_events(),
    case_id  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    what     TEXT COLLATE "C"    NOT NULL, -- quote_sent, quote_accepted, quote_declined, quote_silent, credit, restocking_fee, test_fee
    cents    BIGINT NOT NULL,
    currency TEXT COLLATE "C"    NOT NULL,  -- ISO 4217
    PRIMARY KEY (desk, id)
);

-- Running totals since the file was made, which never go back.
CREATE TABLE counters (
    desk TEXT COLLATE "C" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),
    name  TEXT COLLATE "C"    NOT NULL, -- cases_opened, cases_closed, transitions, mails
    label TEXT COLLATE "C"    NOT NULL, -- closing; from and to state, with a blank between; fate
    n     BIGINT NOT NULL,
    PRIMARY KEY (desk, name, label)
);

CREATE INDEX history_moves     ON history (desk, at, from_state, to_state, event, closing, case_id) WHERE from_state <> to_state AND shadow = 0;
CREATE INDEX history_now       ON history (desk, at, to_state, late, undelivered, case_id) WHERE next_at IS NULL AND to_state <> 'closed' AND shadow = 0;
CREATE INDEX history_past      ON history (desk, next_at, at, to_state, case_id) WHERE next_at IS NOT NULL AND to_state <> 'closed' AND shadow = 0;
CREATE INDEX units_came        ON units (desk, came_at, manufacturer, model, reason, first_case);
CREATE INDEX units_model       ON units (desk, manufacturer, model, came_at, reason, first_case);
CREATE INDEX units_case        ON units (desk, case_id);
CREATE INDEX units_serial      ON units (desk, serial_key) WHERE serial_key <> '';
CREATE INDEX unit_events_what  ON unit_events (desk, what, at, unit, value, covered);
CREATE INDEX unit_events_unit  ON unit_events (desk, unit, what, at);
CREATE INDEX vendor_trips_back ON vendor_trips (desk, back_at, sent_at, dropped, manufacturer);
CREATE INDEX vendor_trips_unit ON vendor_trips (desk, unit);
CREATE INDEX clocks_at         ON clocks (desk, clock, at, since, due);
CREATE INDEX money_events_at   ON money_events (desk, at, what, currency, cents);
CREATE INDEX ledger_seen       ON ledger (desk, seen_at, fate);
CREATE INDEX outbox_sent       ON outbox (desk, sent_at) WHERE status = 'sent' AND kind = 'mail';
CREATE INDEX outbox_failed     ON outbox (desk, failed_at, kind) WHERE status = 'failed';
CREATE INDEX outbox_aside      ON outbox (desk, kind) WHERE status = 'aside';

-- References: to the same desk's.

ALTER TABLE parties ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE items ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE items ADD FOREIGN KEY (desk, unit) REFERENCES units (desk, id);
ALTER TABLE case_refs ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE blocked_senders ADD FOREIGN KEY (desk, ledger_id) REFERENCES ledger (desk, id);
ALTER TABLE messages ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE attachments ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE attachments ADD FOREIGN KEY (desk, ledger_id) REFERENCES ledger (desk, id);
ALTER TABLE history ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE history ADD FOREIGN KEY (desk, ledger_id) REFERENCES ledger (desk, id);
ALTER TABLE outbox ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE outbox ADD FOREIGN KEY (desk, history_id) REFERENCES history (desk, id);
ALTER TABLE outbox ADD FOREIGN KEY (desk, ledger_id) REFERENCES ledger (desk, id);
ALTER TABLE outbox_bodies ADD FOREIGN KEY (desk, id) REFERENCES outbox (desk, id);
ALTER TABLE register ADD FOREIGN KEY (desk, import_id) REFERENCES imports (desk, id);
ALTER TABLE accounts ADD FOREIGN KEY (desk, import_id) REFERENCES imports (desk, id);
ALTER TABLE account_mails ADD FOREIGN KEY (desk, account_id) REFERENCES accounts (desk, id);
ALTER TABLE units ADD FOREIGN KEY (desk, first_case) REFERENCES cases (desk, id);
ALTER TABLE units ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE unit_events ADD FOREIGN KEY (desk, unit) REFERENCES units (desk, id);
ALTER TABLE unit_events ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE vendor_trips ADD FOREIGN KEY (desk, unit) REFERENCES units (desk, id);
ALTER TABLE clocks ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);
ALTER TABLE money_events ADD FOREIGN KEY (desk, case_id) REFERENCES cases (desk, id);

SELECT make_earlier();
SELECT make_months();
SELECT fence();
SET LOCAL search_path = desk, retour, public;

-- Views ------------------------------------------------------------------------
-- For the digest and for any other tool that reads this file (open it read-only).
-- Each moment is there twice: …_ms is unix milliseconds in UTC, …_at the same as
-- text, 2026-11-21 07:30:00, in UTC; NULL is never. Cases of shadow mode are in
-- none of the views but v_mails. There are no addresses, names or words of
-- customers in them.

-- One row for each case, as it is now.
CREATE VIEW v_cases WITH (security_invoker = true) AS
SELECT c.id AS case_id,
    c.number,
    c.state,                    -- new, info_needed, in_charge, validated, received, quoted, in_process, uncollected, closed
    c.closing,                  -- how it ended: success, refused_commercial, …; empty while it is open
    c.reason,                   -- order_error, delivery_error, defective; empty: not known
    c.language,
    substr(c.customer_address, instr(c.customer_address, '@') + 1) AS customer_domain,
    c.owner_name AS owner,      -- of the staff
    c.late,                     -- 1: staff let a deadline of the state pass
    CAST(c.undelivered <> '' AS INTEGER) AS undelivered, -- 1: the last mail to the customer did not arrive
    c.sibling_of,               -- number of the first case that came of the same mail
    c.merged_into,              -- number of the case that goes on
    (SELECT count(*) FROM units u WHERE u.case_id = c.id) AS units,
    c.opened_at AS opened_ms,
    datetime(c.opened_at / 1000, 'unixepoch') AS opened_at,
    c.state_at AS state_ms,     -- when the state was entered
    datetime(c.state_at / 1000, 'unixepoch') AS state_at,
    c.deadline AS deadline_ms,  -- when the clock acts next
    datetime(c.deadline / 1000, 'unixepoch') AS deadline_at
FROM cases c WHERE c.shadow = 0;

-- One row for each unit, as it is known now.
CREATE VIEW v_items WITH (security_invoker = true) AS
SELECT u.id AS unit_id,
    u.case_id,                  -- that it is in, or was in last
    u.first_case,               -- that it came in with
    (SELECT c.number FROM cases c WHERE c.id = u.case_id) AS case_number,
    (SELECT c.state FROM cases c WHERE c.id = u.case_id) AS case_state,
    u.reason,
    u.manufacturer,             -- id of the policy; empty: not known
    u.model,
    u.serial,
    u.serial_key,               -- to compare by: letters and digits only, upper case
    u.verdict,                  -- in_warranty, out_of_warranty, refused_commercial, refused_technical; empty: none yet
    u.received,                 -- 1: the goods came
    u.outcome,                  -- of the test: covered, improper_use, repairable, not_repairable, no_fault_found
    u.resolution,               -- repaired, replaced, credited, returned_as_is, collected, disposed; empty: it has not left
    u.came_at AS came_ms,       -- when it was first named
    datetime(u.came_at / 1000, 'unixepoch') AS came_at
FROM units u;

-- One row for each thing that happened to a unit: ruled, received, tested, left,
-- again (it came back to a case that was opened again), moved (to another case).
CREATE VIEW v_item_events WITH (security_invoker = true) AS
SELECT e.id AS event_id,
    e.unit AS unit_id,
    e.what,
    e.value,                    -- the verdict, the outcome of the test, the resolution
    e.covered,                  -- left: 1 where the warranty paid
    e.case_id AS from_case,     -- moved: the case that it was in before
    e.at AS ms,
    datetime(e.at / 1000, 'unixepoch') AS at
FROM unit_events e;

-- One row for each time that a case changed its state. The first of a case has
-- no from_state; its event is request, or split for a case that staff made of
-- units of another.
CREATE VIEW v_transitions WITH (security_invoker = true) AS
SELECT h.id AS history_id,
    h.case_id,
    (SELECT c.number FROM cases c WHERE c.id = h.case_id) AS case_number,
    h.event,
    h.from_state,
    h.to_state,
    h.closing,                  -- to closed: how it ended
    h.actor_kind,               -- customer, staff, clock, courier
    h.rule,                     -- that decided
    h.at AS ms,
    datetime(h.at / 1000, 'unixepoch') AS at
FROM history h WHERE h.from_state <> h.to_state AND h.shadow = 0;

-- One row for each stretch of time in which a case was open and nothing happened
-- to it: what stood at a moment are the rows with from_ms <= moment < to_ms.
CREATE VIEW v_open WITH (security_invoker = true) AS
SELECT h.id AS history_id,
    h.case_id,
    h.to_state AS state,
    h.late,
    h.undelivered,
    h.owner_id,
    h.owner_name AS owner,
    h.state_at AS state_ms,     -- when the state was entered
    h.due AS due_ms,            -- when the state is to end
    h.at AS from_ms,
    datetime(h.at / 1000, 'unixepoch') AS from_at,
    h.next_at AS to_ms,         -- NULL: it still stands so
    datetime(h.next_at / 1000, 'unixepoch') AS to_at
FROM history h WHERE h.to_state <> 'closed' AND h.shadow = 0;

-- One row for each promise about time that staff came to the end of: take_over
-- (a new case) and ruling (from when the request was complete). It was kept
-- where ms <= due_ms.
CREATE VIEW v_clocks WITH (security_invoker = true) AS
SELECT k.id AS clock_id,
    k.case_id,
    (SELECT c.number FROM cases c WHERE c.id = k.case_id) AS case_number,
    k.clock,
    CAST(k.at <= k.due AS INTEGER) AS kept,
    k.since AS since_ms,
    datetime(k.since / 1000, 'unixepoch') AS since_at,
    k.due AS due_ms,
    datetime(k.due / 1000, 'unixepoch') AS due_at,
    k.at AS ms,
    datetime(k.at / 1000, 'unixepoch') AS at
FROM clocks k;

-- One row for each stay of a unit with its manufacturer.
CREATE VIEW v_turn_round WITH (security_invoker = true) AS
SELECT t.id AS trip_id,
    t.unit AS unit_id,
    t.manufacturer,
    (SELECT u.model FROM units u WHERE u.id = t.unit) AS model,
    t.sent_at AS sent_ms,
    datetime(t.sent_at / 1000, 'unixepoch') AS sent_at,
    t.back_at AS back_ms,       -- NULL: it is there
    datetime(t.back_at / 1000, 'unixepoch') AS back_at,
    (t.back_at - t.sent_at) / CAST(86400000 AS DOUBLE PRECISION) AS days,
    t.dropped                   -- 1: it did not come back; a merge showed that it is a unit that was counted twice
FROM vendor_trips t;

-- One row for each thing that happened to money: the v_quotes, and credit (what
-- a customer got back), restocking_fee, test_fee (what was kept or charged).
CREATE VIEW v_money WITH (security_invoker = true) AS
SELECT m.id AS event_id,
    m.case_id,
    (SELECT c.number FROM cases c WHERE c.id = m.case_id) AS case_number,
    m.what,
    m.cents,                    -- hundredths of the currency
    m.currency,                 -- ISO 4217
    m.at AS ms,
    datetime(m.at / 1000, 'unixepoch') AS at
FROM money_events m;

-- One row for each thing that happened to a quote: quote_sent, quote_accepted,
-- quote_declined, quote_silent (the customer let the time for an answer pass).
CREATE VIEW v_quotes WITH (security_invoker = true) AS SELECT * FROM v_money WHERE substr(what, 1, 6) = 'quote_';

-- One row for each mail that was ever seen in the mailbox.
CREATE VIEW v_mails WITH (security_invoker = true) AS
SELECT l.id AS mail_id,
    l.mailbox,
    l.kind,                     -- of mail: what the desk took it for
    l.language,
    l.fate,                     -- opened, updated, noted, hold, duplicate, backfilled, before_start, shadowed, blocked, gone; empty: none yet
    l.case_number,              -- that it opened or joined
    l.size,                     -- bytes
    l.seen_at AS seen_ms,
    datetime(l.seen_at / 1000, 'unixepoch') AS seen_at,
    l.fate_at AS fate_ms,
    datetime(l.fate_at / 1000, 'unixepoch') AS fate_at
FROM ledger l;

-- One row for each mail of the desk, each post for its staff and each webhook.
CREATE VIEW v_outbox WITH (security_invoker = true) AS
SELECT o.id AS outbox_id,
    o.kind,                     -- mail: to a customer; webhook/NAME: to that endpoint; all others are posts for staff
    o.status,                   -- pending, sent, failed, cancelled, aside (waits for a card), shadowed
    o.attempts,
    o.automatic,                -- 1: answers a mail without a person's hand, and was not withdrawn
    o.case_id,
    o.created_at AS created_ms,
    datetime(o.created_at / 1000, 'unixepoch') AS created_at,
    o.sent_at AS sent_ms,
    datetime(o.sent_at / 1000, 'unixepoch') AS sent_at,
    o.failed_at AS failed_ms,
    datetime(o.failed_at / 1000, 'unixepoch') AS failed_at
FROM outbox o;
