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
	schema = firstView.ReplaceAllString(schema, refs+"\nSELECT fence();\nSET LOCAL search_path = desk, retour, public;\n\n$0")
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
    FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'retour'::regnamespace AND relkind = 'r' AND relname NOT IN ('goose_db_version', 'instances', 'leases') LOOP
        EXECUTE format('ALTER TABLE retour.%I ENABLE ROW LEVEL SECURITY', t);
        IF t <> 'case_search' THEN -- found must get past it
            EXECUTE format('ALTER TABLE retour.%I FORCE ROW LEVEL SECURITY', t);
        END IF;
        IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'retour' AND tablename = t) THEN
            EXECUTE format('CREATE POLICY desk ON retour.%I USING (desk = current_setting(''retour.desk''))', t);
        END IF;
        EXECUTE format('CREATE OR REPLACE VIEW desk.%1$I WITH (security_invoker = true) AS SELECT * FROM retour.%1$I
            WHERE desk = current_setting(''retour.desk'') WITH LOCAL CHECK OPTION', t);
    END LOOP;
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
	counted := false
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\n")
		if m := tableKey.FindStringSubmatch(line); m != nil {
			keys = append(keys, m[1]+" (desk, "+m[2]+")")
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
			keys = append(keys, "PRIMARY KEY (desk, "+name+")")
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
	out += "    " + strings.Join(keys, ",\n    ") + "\n);\n"
	if counted {
		out = fmt.Sprintf(nextID, table) + out
	}
	return out, foreign
}

const nextID = `-- +goose StatementBegin
CREATE FUNCTION next_%[1]s() RETURNS BIGINT LANGUAGE plpgsql AS $$
BEGIN RETURN (SELECT coalesce(max(id), 0) + 1 FROM desk.%[1]s); END $$;
-- +goose StatementEnd
`
