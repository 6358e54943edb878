-- The schema of the first release, with a little of everything in it.
-- DO NOT EDIT: files like this are out there. A change of the schema is a new migration.

PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO goose_db_version VALUES(1,0,1,'2026-03-04 12:00:00');
INSERT INTO goose_db_version VALUES(2,1,1,'2026-03-04 12:00:00');
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
CREATE TABLE case_numbers (
    year INTEGER PRIMARY KEY,
    seq  INTEGER NOT NULL -- the last one given
) STRICT;
INSERT INTO case_numbers VALUES(2026,1);
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
    shadow           INTEGER NOT NULL, -- opened in shadow mode
    search           TEXT    NOT NULL  -- what a person may look for, lower case
) STRICT;
INSERT INTO cases VALUES(1,'RMA-26-00001-0',1,'new','','defective','fr','ann@shop.example','Ann','known','{"order":["PO17"]}','','écran noir','','[{"fact":"serial","item":1}]','null','','','','','','','',1772582400000,1772582400000,NULL,NULL,1772625600000,0,0,'null','','','','',NULL,NULL,NULL,'',0,0,'','open','A new request.','1',0,replace('rma-26-00001-0\nann@shop.example\nann\n\nécran noir\nann@shop.example\nann\nyealink\nt46u\n\n805ec0123456\n\npo17','\n',char(10)));
CREATE TABLE parties (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    ordinal INTEGER NOT NULL,
    address TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    trust   TEXT    NOT NULL,
    PRIMARY KEY (case_id, ordinal)
) STRICT;
INSERT INTO parties VALUES(1,0,'ann@shop.example','Ann','known');
CREATE TABLE items (
    case_id       INTEGER NOT NULL REFERENCES cases (id),
    ordinal       INTEGER NOT NULL,
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
INSERT INTO items VALUES(1,0,1,'yealink','T46U','','805EC0123456','','','','','','',NULL,'','',0,'','','','',NULL,'','805EC0123456');
CREATE TABLE case_refs (
    case_id INTEGER NOT NULL REFERENCES cases (id),
    kind    TEXT    NOT NULL, -- tracking, vendor_ticket, support_ticket, order, invoice, delivery_note, rma
    ref_key TEXT    NOT NULL, -- letters and digits only, upper case
    PRIMARY KEY (case_id, kind, ref_key)
) STRICT, WITHOUT ROWID;
INSERT INTO case_refs VALUES(1,'order','PO17');
CREATE TABLE mailboxes (
    name        TEXT PRIMARY KEY,
    uidvalidity INTEGER NOT NULL,
    start_uid   INTEGER NOT NULL,
    started_at  INTEGER
) STRICT;
INSERT INTO mailboxes VALUES('rma@desk.example/INBOX',1,17,1772625600000);
CREATE TABLE raw_mails (
    hash TEXT    PRIMARY KEY, -- SHA-256 of the raw bytes, hex
    size INTEGER NOT NULL,    -- of the raw bytes
    body BLOB    NOT NULL     -- gzip
) STRICT;
INSERT INTO raw_mails VALUES('53b52193f4e993ad088bf54cd98c05741923ef8b4c6afb1dead76db88898dc5b',48,X'1f8b08000000000004ff003000cfff46726f6d3a20616e6e4073686f702e6578616d706c650d0a0d0a4c27c3a96372616e207265737465206e6f69722e0d0a010000ffffede5d3d930000000');
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
    UNIQUE (mailbox, uidvalidity, uid)
) STRICT;
INSERT INTO ledger VALUES(1,'rma@desk.example/INBOX',1,17,2000,1772625600000,1772625600000,'<1@shop.example>','53b52193f4e993ad088bf54cd98c05741923ef8b4c6afb1dead76db88898dc5b','content of 17','ann@shop.example','Retour','request','fr','opened','A new request.',1772625600000,'RMA-26-00001-0',0,0,'');
CREATE TABLE messages (
    id         INTEGER PRIMARY KEY,
    message_id TEXT    NOT NULL, -- without angle brackets
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    direction  TEXT    NOT NULL, -- in, out
    UNIQUE (message_id, case_id)
) STRICT;
INSERT INTO messages VALUES(1,'1@shop.example',1,'in');
CREATE TABLE addresses (
    address  TEXT    PRIMARY KEY,
    language TEXT    NOT NULL,
    trust    TEXT    NOT NULL, -- the best ever
    seen     INTEGER NOT NULL,
    last_at  INTEGER NOT NULL
) STRICT;
INSERT INTO addresses VALUES('ann@shop.example','fr','known',1,1772625600000);
CREATE TABLE attachments (
    case_id    INTEGER NOT NULL REFERENCES cases (id),
    ledger_id  INTEGER NOT NULL REFERENCES ledger (id),
    part       INTEGER NOT NULL, -- from 0, in the mail
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    size       INTEGER NOT NULL, -- decoded, bytes
    PRIMARY KEY (case_id, ledger_id, part)
) STRICT, WITHOUT ROWID;
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
    policy     TEXT    NOT NULL
) STRICT;
INSERT INTO history VALUES(1,1,1772625600000,'customer','ann@shop.example','','request','','new','open','A new request.','L''écran reste noir.','["acknowledged"]',1,1,'1');
CREATE TABLE clicks (
    key TEXT    PRIMARY KEY,
    at  INTEGER NOT NULL
) STRICT;
INSERT INTO clicks VALUES('envelope-1',1772625600000);
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
    automatic        INTEGER NOT NULL,
    status           TEXT    NOT NULL, -- pending, sent, failed, cancelled, shadowed
    attempts         INTEGER NOT NULL,
    next_at          INTEGER NOT NULL,
    lease_until      INTEGER,          -- in flight until then; NULL once the sender has reported
    created_at       INTEGER NOT NULL,
    sent_at          INTEGER,
    last_error       TEXT    NOT NULL,
    receipt          TEXT    NOT NULL,
    body             BLOB    NOT NULL  -- last, so that a scan need not follow its pages
) STRICT;
INSERT INTO outbox VALUES(1,'ann@shop.example','mail','mail/1',1,1,1,'ann@shop.example','shop.example','out1@desk.example',1,'pending',0,1772625600000,NULL,1772625600000,NULL,'','',X'7b7d');
CREATE TABLE posts (
    key     TEXT PRIMARY KEY, -- card/<case>, entry/<history>, items/<case>/<page>, held/<ledger>
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL
) STRICT;
INSERT INTO posts VALUES('card/1','C1','1700000000.000100');
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
INSERT INTO imports VALUES(1,'register','sales.csv','00ff',1772582400000,1772582400000,1,1,0,0,0,0,0);
INSERT INTO imports VALUES(2,'directory','customers.csv','00fe',1772582400000,1772582400000,1,1,0,0,0,0,0);
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
INSERT INTO register VALUES(1,'3109012345','805EC0123456','3109012345','805EC0123456','yealink','T46U','1001','Shop','','PO17','','',1746057600000,NULL,NULL,NULL,NULL,'sold','','',NULL,1);
CREATE TABLE accounts (
    id             INTEGER PRIMARY KEY,
    number         TEXT    NOT NULL UNIQUE,
    name           TEXT    NOT NULL,
    language       TEXT    NOT NULL,
    role           TEXT    NOT NULL,
    representative TEXT    NOT NULL,
    import_id      INTEGER REFERENCES imports (id)
) STRICT;
INSERT INTO accounts VALUES(1,'1001','Shop','fr','customer','Eve',2);
CREATE TABLE account_mails (
    id         INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    address    TEXT    NOT NULL, -- lower case; '' where the whole domain is meant
    domain     TEXT    NOT NULL, -- lower case
    UNIQUE (domain, address, account_id)
) STRICT;
INSERT INTO account_mails VALUES(1,1,'ann@shop.example','shop.example');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('goose_db_version',2);
CREATE INDEX posts_at ON posts (ts, channel);
CREATE INDEX cases_state    ON cases (state);
CREATE INDEX cases_customer ON cases (customer_address);
CREATE INDEX cases_siblings ON cases (sibling_of) WHERE sibling_of <> '';
CREATE INDEX cases_deadline ON cases (deadline) WHERE state <> 'closed';
CREATE INDEX parties_address ON parties (address);
CREATE INDEX items_serial ON items (serial_key) WHERE serial_key <> '';
CREATE INDEX items_mac    ON items (mac_key)    WHERE mac_key <> '';
CREATE INDEX case_refs_key ON case_refs (ref_key);
CREATE INDEX ledger_mail       ON ledger (content) WHERE content <> '';
CREATE INDEX ledger_unfinished ON ledger (mailbox) WHERE fate = '';
CREATE INDEX ledger_unfiled    ON ledger (mailbox) WHERE filed = '' AND fate NOT IN ('', 'gone', 'before_start', 'shadowed');
CREATE INDEX ledger_case       ON ledger (case_number) WHERE case_number <> '';
CREATE INDEX ledger_fate       ON ledger (fate);
CREATE INDEX messages_case ON messages (case_id);
CREATE INDEX history_case ON history (case_id);
CREATE INDEX clicks_at ON clicks (at);
CREATE INDEX outbox_lane      ON outbox (lane, id) WHERE status = 'pending';
CREATE INDEX outbox_pending   ON outbox (id) WHERE status = 'pending';
CREATE INDEX outbox_in_flight ON outbox (lane) WHERE lease_until IS NOT NULL;
CREATE INDEX outbox_case      ON outbox (case_id, kind) WHERE case_id IS NOT NULL;
CREATE INDEX outbox_ledger    ON outbox (ledger_id) WHERE ledger_id IS NOT NULL;
CREATE INDEX outbox_message   ON outbox (message_id) WHERE message_id <> '';
CREATE INDEX outbox_automatic ON outbox (created_at, recipient, recipient_domain, case_id, status) WHERE automatic = 1;
CREATE INDEX register_serial ON register (serial_key) WHERE serial_key <> '';
CREATE INDEX register_mac    ON register (mac_key)    WHERE mac_key <> '';
CREATE INDEX account_mails_account ON account_mails (account_id);
COMMIT;
