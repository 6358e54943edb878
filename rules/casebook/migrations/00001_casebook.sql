-- +goose Up
-- Times are unix milliseconds, UTC, NULL for never; booleans are 0 or 1.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- Cases ---------------------------------------------------------------------

CREATE TABLE case_numbers (
    year INTEGER PRIMARY KEY,
    seq  INTEGER NOT NULL -- the last one given
) STRICT;

CREATE TABLE cases (
    id               INTEGER PRIMARY KEY,
    number           TEXT    NOT NULL UNIQUE,
    version          INTEGER NOT NULL,
    state            TEXT    NOT NULL,
    closing          TEXT    NOT NULL,
    reason           TEXT    NOT NULL,
    language         TEXT    NOT NULL,
    customer_address TEXT    NOT NULL,
    customer_name    TEXT    NOT NULL,
    customer_trust   TEXT    NOT NULL,
    refs             TEXT    NOT NULL, -- JSON
    purchase_date    TEXT    NOT NULL,
    fault            TEXT    NOT NULL,
    ordered          TEXT    NOT NULL, -- instead of what came
    missing          TEXT    NOT NULL, -- JSON
    confirmed        TEXT    NOT NULL, -- JSON
    sibling_of       TEXT    NOT NULL, -- number of the first of the group
    merged_into      TEXT    NOT NULL,
    owner_id         TEXT    NOT NULL,
    owner_name       TEXT    NOT NULL,
    proposal_action  TEXT    NOT NULL,
    proposal_rule    TEXT    NOT NULL,
    proposal_why     TEXT    NOT NULL,
    opened_at        INTEGER,
    state_at         INTEGER,
    complete_at      INTEGER,
    accepted_at      INTEGER,
    deadline         INTEGER,
    reminders        INTEGER NOT NULL,
    late             INTEGER NOT NULL,
    notes            TEXT    NOT NULL, -- JSON
    quote            TEXT    NOT NULL,
    credit           TEXT    NOT NULL,
    asked            TEXT    NOT NULL, -- JSON: what one person wants and another one must confirm
    disposal_id      TEXT    NOT NULL, -- who asked for it, until it is confirmed
    disposal_name    TEXT    NOT NULL,
    promised         INTEGER,
    clock_at         INTEGER,
    until            INTEGER,
    asked_from       TEXT    NOT NULL,
    time_left        INTEGER NOT NULL, -- nanoseconds
    unclear          INTEGER NOT NULL,
    undelivered      TEXT    NOT NULL,
    rule             TEXT    NOT NULL,
    why              TEXT    NOT NULL,
    policy           TEXT    NOT NULL,
    shadow           INTEGER NOT NULL  -- opened in shadow mode
) STRICT;

CREATE INDEX cases_state    ON cases (state);
CREATE INDEX cases_customer ON cases (customer_address);
CREATE INDEX cases_siblings ON cases (sibling_of) WHERE sibling_of <> '';
CREATE INDEX cases_deadline ON cases (deadline) WHERE state <> 'closed';
CREATE INDEX cases_owner    ON cases (owner_id) WHERE owner_id <> '' AND state <> 'closed';
CREATE INDEX cases_undelivered ON cases (id) WHERE undelivered <> '' AND state <> 'closed';

-- What a person may look for in a case; the rowid is the case's ID.
CREATE VIRTUAL TABLE case_search USING fts5 (text, tokenize = 'trigram remove_diacritics 1', columnsize = 0);

CREATE TABLE parties (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    ordinal INTEGER NOT NULL,
    address TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    trust   TEXT    NOT NULL,
    domain  TEXT    NOT NULL, -- of the address
    PRIMARY KEY (case_id, ordinal)
) STRICT;

CREATE INDEX parties_address ON parties (address);
CREATE INDEX parties_domain  ON parties (domain) WHERE domain <> '';

CREATE TABLE items (
    case_id       INTEGER NOT NULL REFERENCES cases (id),
    ordinal       INTEGER NOT NULL,
    unit          INTEGER REFERENCES units (id), -- NULL in shadow mode
    position      INTEGER NOT NULL,
    manufacturer  TEXT    NOT NULL,
    model         TEXT    NOT NULL,
    serial        TEXT    NOT NULL,
    mac           TEXT    NOT NULL,
    found_in      TEXT    NOT NULL,
    vendor_ticket TEXT    NOT NULL,
    confidence    TEXT    NOT NULL,
    doubt         TEXT    NOT NULL,
    meant         TEXT    NOT NULL,
    process       TEXT    NOT NULL,
    warranty_to   INTEGER,
    warranty_why  TEXT    NOT NULL,
    verdict       TEXT    NOT NULL,
    received      INTEGER NOT NULL,
    outcome       TEXT    NOT NULL,
    resolution    TEXT    NOT NULL,
    replaced_by   TEXT    NOT NULL,
    vendor_rma    TEXT    NOT NULL,
    at_vendor     INTEGER,
    serial_key    TEXT    NOT NULL, -- letters and digits only, upper case
    mac_key       TEXT    NOT NULL,
    PRIMARY KEY (case_id, ordinal)
) STRICT;

CREATE INDEX items_serial ON items (serial_key) WHERE serial_key <> '';
CREATE INDEX items_mac    ON items (mac_key)    WHERE mac_key <> '';

CREATE TABLE case_refs (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    kind    TEXT    NOT NULL, -- tracking, vendor_ticket, support_ticket, order, invoice, delivery_note, rma
    ref_key TEXT    NOT NULL, -- letters and digits only, upper case
    PRIMARY KEY (case_id, kind, ref_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX case_refs_key ON case_refs (ref_key);

-- Mails ---------------------------------------------------------------------

CREATE TABLE mailboxes (
    name        TEXT PRIMARY KEY,
    uidvalidity INTEGER NOT NULL,
    start_uid   INTEGER NOT NULL,
    started_at  INTEGER
) STRICT;

CREATE TABLE raw_mails (
    hash TEXT    PRIMARY KEY, -- SHA-256 of the raw bytes, hex
    size INTEGER NOT NULL,    -- of the raw bytes
    body BLOB    NOT NULL     -- gzip, or the sections of pack.go
) STRICT;

-- Raw mails that lie in a bucket, and objects there that are on their way or to be
-- removed.
CREATE TABLE raw_objects (
    place  TEXT    PRIMARY KEY, -- name of the object
    hash   TEXT    NOT NULL,    -- of the raw mail
    size   INTEGER NOT NULL,    -- of its bytes
    packed INTEGER NOT NULL,    -- of the object
    at     INTEGER NOT NULL,    -- of the last change
    state  TEXT    NOT NULL     -- coming, there, gone
) STRICT;

CREATE INDEX raw_objects_hash ON raw_objects (hash);
CREATE INDEX raw_objects_left ON raw_objects (state) WHERE state <> 'there';

CREATE TABLE ledger (
    id            INTEGER PRIMARY KEY,
    mailbox       TEXT    NOT NULL,
    uidvalidity   INTEGER NOT NULL,
    uid           INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    internal_date INTEGER,
    seen_at       INTEGER NOT NULL,
    message_id    TEXT    NOT NULL,
    hash          TEXT    NOT NULL, -- of the raw mail
    content       TEXT    NOT NULL, -- hash of what the sender wrote
    sender        TEXT    NOT NULL,
    subject       TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    language      TEXT    NOT NULL,
    fate          TEXT    NOT NULL, -- '' until it is done
    why           TEXT    NOT NULL,
    fate_at       INTEGER,
    case_number   TEXT    NOT NULL,
    header_only   INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    filed         TEXT    NOT NULL,
    misplaced     INTEGER NOT NULL, -- lies in the folder for held mails and is held no more
    UNIQUE (mailbox, uidvalidity, uid)
) STRICT;

CREATE INDEX ledger_mail       ON ledger (content) WHERE content <> '';
CREATE INDEX ledger_unfinished ON ledger (mailbox) WHERE fate = '';
CREATE INDEX ledger_unfiled    ON ledger (mailbox) WHERE filed = '' AND fate NOT IN ('', 'gone', 'before_start', 'shadowed');
CREATE INDEX ledger_case       ON ledger (case_number) WHERE case_number <> '';
CREATE INDEX ledger_fate       ON ledger (fate, sender);
CREATE INDEX ledger_misplaced  ON ledger (mailbox) WHERE misplaced = 1;

CREATE TABLE blocked_senders (
    sender    TEXT    PRIMARY KEY, -- an address, or a domain; lower case
    at        INTEGER NOT NULL,
    by_id     TEXT    NOT NULL,
    by_name   TEXT    NOT NULL,
    ledger_id INTEGER REFERENCES ledger (id) -- the mail for which it was done
) STRICT;

CREATE TABLE messages (
    id         INTEGER PRIMARY KEY,
    message_id TEXT    NOT NULL, -- without angle brackets
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    direction  TEXT    NOT NULL, -- in, out
    UNIQUE (message_id, case_id)
) STRICT;

CREATE INDEX messages_case ON messages (case_id);

CREATE TABLE addresses (
    id       INTEGER PRIMARY KEY,
    address  TEXT    NOT NULL UNIQUE,
    language TEXT    NOT NULL,
    trust    TEXT    NOT NULL, -- the best ever
    seen     INTEGER NOT NULL,
    last_at  INTEGER NOT NULL
) STRICT;

-- The attachments of a case's mails. Their bytes are in the raw mail.
CREATE TABLE attachments (
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    ledger_id  INTEGER NOT NULL REFERENCES ledger (id),
    part       INTEGER NOT NULL, -- from 0, in the mail
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    size       INTEGER NOT NULL, -- decoded, bytes
    PRIMARY KEY (case_id, ledger_id, part)
) STRICT, WITHOUT ROWID;

-- What happened, and what is to be sent ---------------------------------------

CREATE TABLE history (
    id         INTEGER PRIMARY KEY,
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    at         INTEGER NOT NULL,
    actor_kind TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    event      TEXT    NOT NULL,
    from_state TEXT    NOT NULL,
    to_state   TEXT    NOT NULL,
    rule       TEXT    NOT NULL,
    why        TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    told       TEXT    NOT NULL, -- JSON
    ledger_id  INTEGER REFERENCES ledger (id),
    version    INTEGER NOT NULL,
    policy     TEXT    NOT NULL,
    -- The case as it stood from then on, until next_at.
    closing     TEXT    NOT NULL,
    late        INTEGER NOT NULL,
    undelivered INTEGER NOT NULL,
    owner_id    TEXT    NOT NULL,
    owner_name  TEXT    NOT NULL,
    state_at    INTEGER,          -- when to_state was entered
    due         INTEGER,          -- when to_state is to end
    shadow      INTEGER NOT NULL,
    next_at     INTEGER           -- of the next entry of the case; NULL: this is the last
) STRICT;

CREATE INDEX history_case ON history (case_id);

CREATE TABLE clicks (
    id  INTEGER PRIMARY KEY,
    key TEXT    NOT NULL UNIQUE,
    at  INTEGER NOT NULL
) STRICT;

CREATE INDEX clicks_at ON clicks (at);

CREATE TABLE outbox (
    id               INTEGER PRIMARY KEY,
    lane             TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    key              TEXT    NOT NULL UNIQUE,
    case_id          INTEGER REFERENCES cases (id),
    history_id       INTEGER REFERENCES history (id),
    ledger_id        INTEGER REFERENCES ledger (id),
    recipient        TEXT    NOT NULL,
    recipient_domain TEXT    NOT NULL,
    message_id       TEXT    NOT NULL,
    automatic        INTEGER NOT NULL, -- 1: no person asked for it, and it was not withdrawn
    status           TEXT    NOT NULL, -- pending, sent, failed, cancelled, aside, shadowed
    attempts         INTEGER NOT NULL,
    next_at          INTEGER NOT NULL,
    lease_until      INTEGER,          -- in flight until then; NULL once the sender has reported
    lease_by         TEXT    NOT NULL DEFAULT '', -- the process that had it in flight last, where several send
    created_at       INTEGER NOT NULL,
    sent_at          INTEGER,
    failed_at        INTEGER,          -- when it was given up; NULL once it is sent again
    last_error       TEXT    NOT NULL,
    receipt          TEXT    NOT NULL
) STRICT;

-- What is sent, by itself: a row of the outbox changes several times, its body hardly ever.
CREATE TABLE outbox_bodies (
    id   INTEGER PRIMARY KEY REFERENCES outbox (id),
    body BLOB    NOT NULL -- never empty
) STRICT;

CREATE INDEX outbox_lane      ON outbox (lane, id) WHERE status = 'pending';
CREATE INDEX outbox_pending   ON outbox (kind, id) WHERE status = 'pending';
CREATE INDEX outbox_in_flight ON outbox (lane) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_case      ON outbox (case_id, kind) WHERE case_id IS NOT NULL;
CREATE INDEX outbox_ledger    ON outbox (ledger_id) WHERE ledger_id IS NOT NULL;
CREATE INDEX outbox_message   ON outbox (message_id) WHERE message_id <> '';
CREATE INDEX outbox_automatic ON outbox (created_at) WHERE automatic = 1;
CREATE INDEX outbox_answered  ON outbox (recipient_domain, created_at, recipient) WHERE automatic = 1;

CREATE TABLE posts (
    key     TEXT PRIMARY KEY, -- card/<case>, rollup/<case>: in whose thread that card stands, entry/<history>, items/<case>/<page>, held/<ledger>
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL
) STRICT;

CREATE INDEX posts_at ON posts (ts, channel);

-- What became of each digest: sent, silent (there was no news), begun (the list
-- was new, so its last one is owed to nobody).
CREATE TABLE digests (
    list   TEXT    NOT NULL,
    kind   TEXT    NOT NULL, -- daily, weekly, monthly
    day    TEXT    NOT NULL, -- on which it was due, in the list's zone: 2026-11-23
    result TEXT    NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (list, kind, day)
) STRICT, WITHOUT ROWID;

-- What was sold, and to whom -------------------------------------------------
-- Times in these tables are days: midnights in UTC.

CREATE TABLE imports (
    id          INTEGER PRIMARY KEY,
    kind        TEXT    NOT NULL, -- register, directory
    file        TEXT    NOT NULL,
    hash        TEXT    NOT NULL, -- SHA-256 of the file, hex
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,          -- NULL: it was broken off
    lines       INTEGER NOT NULL, -- of data
    added       INTEGER NOT NULL,
    changed     INTEGER NOT NULL,
    same        INTEGER NOT NULL,
    noted       INTEGER NOT NULL, -- taken, with a remark
    rejected    INTEGER NOT NULL,
    removed     INTEGER NOT NULL  -- addresses and domains that the file no longer gives
) STRICT;

-- One row for each sale: a unit that was sold, came back and was sold again has
-- two. The newest counts.
CREATE TABLE register (
    id            INTEGER PRIMARY KEY,
    serial_key    TEXT    NOT NULL, -- letters and digits only, upper case
    mac_key       TEXT    NOT NULL,
    serial        TEXT    NOT NULL,
    mac           TEXT    NOT NULL,
    manufacturer  TEXT    NOT NULL,
    model         TEXT    NOT NULL,
    customer      TEXT    NOT NULL,
    customer_name TEXT    NOT NULL,
    distributor   TEXT    NOT NULL,
    order_number  TEXT    NOT NULL,
    invoice       TEXT    NOT NULL,
    delivery_note TEXT    NOT NULL,
    delivered     INTEGER,
    licensed      INTEGER,
    shipped       INTEGER,
    invoiced      INTEGER,
    purchased     INTEGER,
    status        TEXT    NOT NULL,
    replaced_by   TEXT    NOT NULL,
    replaces      TEXT    NOT NULL,
    desk_at       INTEGER,          -- when the desk itself set status or replacement; NULL: never
    import_id     INTEGER REFERENCES imports (id) -- the last one that wrote it; NULL: the desk did
) STRICT;

CREATE INDEX register_serial ON register (serial_key) WHERE serial_key <> '';
CREATE INDEX register_mac    ON register (mac_key)    WHERE mac_key <> '';

CREATE TABLE accounts (
    id             INTEGER PRIMARY KEY,
    number         TEXT    NOT NULL UNIQUE,
    name           TEXT    NOT NULL,
    language       TEXT    NOT NULL,
    role           TEXT    NOT NULL,
    representative TEXT    NOT NULL,
    import_id      INTEGER REFERENCES imports (id)
) STRICT;

CREATE TABLE account_mails (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    address    TEXT    NOT NULL, -- lower case; '' where the whole domain is meant
    domain     TEXT    NOT NULL, -- lower case
    UNIQUE (domain, address, account_id)
) STRICT;

CREATE INDEX account_mails_account ON account_mails (account_id);

-- What the figures are counted from ------------------------------------------
-- Rows are written in the transaction of the case that they tell of, and nothing
-- of cases of shadow mode.

-- A unit, whatever case it is in now.
CREATE TABLE units (
    id           INTEGER PRIMARY KEY,
    first_case   INTEGER NOT NULL REFERENCES cases (id), -- that it came in with
    case_id      INTEGER NOT NULL REFERENCES cases (id), -- that it is in, or was in last
    came_at      INTEGER NOT NULL,
    reason       TEXT    NOT NULL, -- of its case
    manufacturer TEXT    NOT NULL,
    model        TEXT    NOT NULL,
    serial       TEXT    NOT NULL,
    serial_key   TEXT    NOT NULL, -- letters and digits only, upper case
    verdict      TEXT    NOT NULL,
    received     INTEGER NOT NULL,
    outcome      TEXT    NOT NULL,
    resolution   TEXT    NOT NULL,
    at_vendor    INTEGER           -- since when it is with its manufacturer
) STRICT;

CREATE TABLE unit_events (
    id      INTEGER PRIMARY KEY,
    unit    INTEGER NOT NULL REFERENCES units (id),
    at      INTEGER NOT NULL,
    what    TEXT    NOT NULL, -- ruled, received, tested, left, again, moved
    value   TEXT    NOT NULL, -- verdict, outcome, resolution
    covered INTEGER NOT NULL, -- left: in warranty
    case_id INTEGER REFERENCES cases (id) -- moved: the case that it was in before
) STRICT;

-- A stay of a unit with its manufacturer.
CREATE TABLE vendor_trips (
    id      INTEGER PRIMARY KEY,
    unit    INTEGER NOT NULL REFERENCES units (id),
    sent_at INTEGER NOT NULL,
    back_at INTEGER,          -- NULL: it is there
    dropped INTEGER NOT NULL, -- 1: it did not come back; a merge showed that it is a unit that was counted twice
    manufacturer TEXT NOT NULL
) STRICT;

-- A promise about time that came to its end by the hand of staff.
CREATE TABLE clocks (
    id      INTEGER PRIMARY KEY,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    clock   TEXT    NOT NULL, -- take_over, ruling
    since   INTEGER NOT NULL,
    due     INTEGER NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE TABLE money_events (
    id       INTEGER PRIMARY KEY,
    case_id  INTEGER NOT NULL REFERENCES cases (id),
    at       INTEGER NOT NULL,
    what     TEXT    NOT NULL, -- quote_sent, quote_accepted, quote_declined, quote_silent, credit, restocking_fee, test_fee
    cents    INTEGER NOT NULL,
    currency TEXT    NOT NULL  -- ISO 4217
) STRICT;

-- Running totals since the file was made, which never go back.
CREATE TABLE counters (
    name  TEXT    NOT NULL, -- cases_opened, cases_closed, transitions, mails
    label TEXT    NOT NULL, -- closing; from and to state, with a blank between; fate
    n     INTEGER NOT NULL,
    PRIMARY KEY (name, label)
) STRICT, WITHOUT ROWID;

CREATE INDEX history_moves     ON history (at, from_state, to_state, event, closing, case_id) WHERE from_state <> to_state AND shadow = 0;
CREATE INDEX history_now       ON history (at, to_state, late, undelivered, case_id) WHERE next_at IS NULL AND to_state <> 'closed' AND shadow = 0;
CREATE INDEX history_past      ON history (next_at, at, to_state, case_id) WHERE next_at IS NOT NULL AND to_state <> 'closed' AND shadow = 0;
CREATE INDEX units_came        ON units (came_at, manufacturer, model, reason, first_case);
CREATE INDEX units_model       ON units (manufacturer, model, came_at, reason, first_case);
CREATE INDEX units_case        ON units (case_id);
CREATE INDEX units_serial      ON units (serial_key) WHERE serial_key <> '';
CREATE INDEX unit_events_what  ON unit_events (what, at, unit, value, covered);
CREATE INDEX unit_events_unit  ON unit_events (unit, what, at);
CREATE INDEX vendor_trips_back ON vendor_trips (back_at, sent_at, dropped, manufacturer);
CREATE INDEX vendor_trips_unit ON vendor_trips (unit);
CREATE INDEX clocks_at         ON clocks (clock, at, since, due);
CREATE INDEX money_events_at   ON money_events (at, what, currency, cents);
CREATE INDEX ledger_seen       ON ledger (seen_at, fate);
CREATE INDEX outbox_sent       ON outbox (sent_at) WHERE status = 'sent' AND kind = 'mail';
CREATE INDEX outbox_failed     ON outbox (failed_at, kind) WHERE status = 'failed';
CREATE INDEX outbox_aside      ON outbox (kind) WHERE status = 'aside';

-- Views ------------------------------------------------------------------------
-- For the digest and for any other tool that reads this file (open it read-only).
-- Each moment is there twice: …_ms is unix milliseconds in UTC, …_at the same as
-- text, 2026-11-21 07:30:00, in UTC; NULL is never. Cases of shadow mode are in
-- none of the views but v_mails. There are no addresses, names or words of
-- customers in them.

-- One row for each case, as it is now.
CREATE VIEW v_cases AS
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
CREATE VIEW v_items AS
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
CREATE VIEW v_item_events AS
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
CREATE VIEW v_transitions AS
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
CREATE VIEW v_open AS
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
CREATE VIEW v_clocks AS
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
CREATE VIEW v_turn_round AS
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
CREATE VIEW v_money AS
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
CREATE VIEW v_quotes AS SELECT * FROM v_money WHERE substr(what, 1, 6) = 'quote_';

-- One row for each mail that was ever seen in the mailbox.
CREATE VIEW v_mails AS
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
CREATE VIEW v_outbox AS
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
