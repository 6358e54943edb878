package casebook

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what follows from the newest migration: its file with rows, and that for PostgreSQL")

// The schema of PostgreSQL is that of SQLite, written in its words. It is a file
// all the same: whoever has the database wants to read what is made in it.
func TestSchemaForPostgres(t *testing.T) {
	const path = "migrations/postgres/00001_casebook.sql"
	want := schemaForPostgres(t, string(must(os.ReadFile("migrations/00001_casebook.sql"))(t)))
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, string(must(os.ReadFile(path))(t))); diff != "" {
		t.Errorf("%s is not what follows from the migration for SQLite (go test ./rules/casebook -run %s -update):\n%s", path, t.Name(), diff)
	}
}

var (
	createTable   = regexp.MustCompile(`(?ms)^CREATE TABLE (\w+) \(\n(.*?)^\) STRICT(?:, WITHOUT ROWID)?;\n`)
	createSearch  = regexp.MustCompile(`(?m)^CREATE VIRTUAL TABLE case_search .*\n`)
	createIndex   = regexp.MustCompile(`(?m)^(CREATE INDEX \w+ +ON \w+ \()`)
	firstView     = regexp.MustCompile(`(?m)^-- Views -+\n`)
	createView    = regexp.MustCompile(`(?m)^CREATE VIEW (\w+) AS`)
	tableColumn   = regexp.MustCompile(`^    (\w+)( +)(INTEGER|TEXT|BLOB)( .*?)?(,?)( *--.*)?$`)
	tableKey      = regexp.MustCompile(`^    (PRIMARY KEY|UNIQUE) \((.*)\)(,?)( *--.*)?$`)
	references    = regexp.MustCompile(` REFERENCES (\w+) \(id\)`)
	kindInSQLite  = []string{"INTEGER", "TEXT", "BLOB"}
	kindsInServer = []string{"BIGINT", `TEXT COLLATE "C"`, "BYTEA"}
)

// byMonth are the tables that grow for ever and lie in parts, each with the column that begins with
// the month of a row, and the columns that make a row the only one of its desk: a
// key of such a table must hold the month, so a trigger looks into the others.
var byMonth = map[string]struct{ column, sole string }{
	"history":   {"id", ""},
	"ledger":    {"id", "mailbox, uidvalidity, uid"},
	"raw_mails": {"month", "hash"},
}

// schemaForPostgres writes the schema in PostgreSQL's words: every row belongs to
// a desk, every key begins with it, and IDs count by desk.
func schemaForPostgres(t *testing.T, schema string) string {
	refs := "-- References: to the same desk's.\n\n"
	schema = createTable.ReplaceAllStringFunc(schema, func(table string) string {
		m := createTable.FindStringSubmatch(table)
		table, foreign := tableForPostgres(t, m[1], m[2])
		refs += foreign
		return table
	})
	schema = createSearch.ReplaceAllLiteralString(schema, searchTable)
	schema = createIndex.ReplaceAllString(schema, "${1}desk, ")
	schema = firstView.ReplaceAllString(schema, refs+"\nSELECT make_earlier();\nSELECT make_months();\nSELECT fence();\nSET LOCAL search_path = desk, retour, public;\n\n$0")
	schema = createView.ReplaceAllString(schema, "CREATE VIEW $1 WITH (security_invoker = true) AS")
	return strings.Replace(schema, "-- +goose Up\n", preamble, 1)
}

const preamble = `-- +goose Up
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

`

const searchTable = `CREATE TABLE case_search (
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
`

func tableForPostgres(t *testing.T, table, body string) (out, foreign string) {
	out = "CREATE TABLE " + table + " (\n    desk TEXT COLLATE \"C\" NOT NULL DEFAULT current_setting('retour.desk') CHECK (desk <> ''),\n"
	var keys []string
	counted, parts := false, byMonth[table]
	if parts.column == "month" {
		out += "    month BIGINT NOT NULL DEFAULT this_month(), -- 2611 is November 2026; 0: kept beyond its month\n"
	}
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\n")
		if m := tableKey.FindStringSubmatch(line); m != nil {
			keys = append(keys, m[1]+" (desk, "+m[2]+withMonth(parts.column, m[1])+")")
			continue
		}
		if strings.HasPrefix(strings.TrimSpace(line), "--") {
			out += line + "\n"
			continue
		}
		m := tableColumn.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("table %s: the line %q is none that this test can write for PostgreSQL", table, line)
		}
		name, rest := m[1], m[4]
		for i, kind := range kindInSQLite {
			if m[3] == kind {
				m[3] = kindsInServer[i]
			}
		}
		if strings.Contains(rest, " PRIMARY KEY") {
			keys = append(keys, "PRIMARY KEY (desk, "+name+withMonth(parts.column, name)+")")
			rest = strings.Replace(rest, " PRIMARY KEY", " NOT NULL", 1)
			if name == "id" {
				rest += " DEFAULT next_" + table + "()"
				counted = true
			}
		}
		if strings.Contains(rest, " UNIQUE") {
			keys = append(keys, "UNIQUE (desk, "+name+")")
			rest = strings.Replace(rest, " UNIQUE", "", 1)
		}
		if r := references.FindStringSubmatch(rest); r != nil {
			foreign += fmt.Sprintf("ALTER TABLE %s ADD FOREIGN KEY (desk, %s) REFERENCES %s (desk, id);\n", table, name, r[1])
			rest = references.ReplaceAllString(rest, "")
		}
		out += "    " + name + m[2] + m[3] + rest + "," + m[6] + "\n"
	}
	out += "    " + strings.Join(keys, ",\n    ") + "\n)"
	if parts.column != "" {
		out += " PARTITION BY RANGE (" + parts.column + ")"
	}
	out += ";\n"
	if parts.sole != "" {
		out += soleIn(table, parts.sole)
	}
	switch {
	case counted && parts.column != "":
		out = fmt.Sprintf(nextIDInMonth, table) + out
	case counted:
		out = fmt.Sprintf(nextID, table) + out
	}
	return out, foreign
}

// withMonth is what a key needs beside its own columns.
func withMonth(column, key string) string {
	if column == "" || key == column || key == "PRIMARY KEY" {
		return ""
	}
	return ", " + column
}

// soleIn keeps a row out that is there already, in whatever month.
func soleIn(table, columns string) string {
	var same []string
	for _, c := range strings.Split(columns, ", ") {
		same = append(same, "o."+c+" = NEW."+c)
	}
	return fmt.Sprintf(sole, table, strings.Join(same, " AND "))
}

const sole = `-- +goose StatementBegin
CREATE FUNCTION sole_%[1]s() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('retour/sole/%[1]s/' || NEW.desk, 0));
    IF EXISTS (SELECT FROM desk.%[1]s o WHERE %[2]s) THEN
        RETURN NULL; -- as ON CONFLICT DO NOTHING
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER sole BEFORE INSERT ON %[1]s FOR EACH ROW EXECUTE FUNCTION sole_%[1]s();
`

const nextIDInMonth = `-- +goose StatementBegin
CREATE FUNCTION next_%[1]s() RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE month BIGINT := this_month() * 100000000;
BEGIN RETURN (SELECT coalesce(max(id), month) + 1 FROM desk.%[1]s WHERE id >= month); END $$;
-- +goose StatementEnd
`

const nextID = `-- +goose StatementBegin
CREATE FUNCTION next_%[1]s() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.%[1]s); END $$;
-- +goose StatementEnd
`
