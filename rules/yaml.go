package rules

import (
	"bytes"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Fault is one thing that is wrong with a YAML file, and where.
type Fault struct {
	File         string
	Line, Column int    // from 1; 0 where the file as a whole is meant
	Path         string // manufacturers[2].serials[0].expr
	Text         string // what is wrong
	Hint         string // what was probably meant; may be empty
	Warning      bool   // it works, but is hardly meant so
	Unread       bool   // no YAML: nothing of the file is known, and other faults of it say nothing
}

// String is one line: file:line:column: path: text (hint). A warning says so
// before the path.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
	}
	b.WriteString(": ")
	if f.Warning {
		b.WriteString("warning: ")
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Text)
	if f.Hint != "" {
		b.WriteString(" (" + f.Hint + ")")
	}
	return b.String()
}

// Faults are all the faults of a file, in the order of its lines.
type Faults []Fault

// Error has one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// DecodeYAML reads one YAML document into the struct that into points to. It is
// strict: unknown and doubled keys and values of the wrong kind are errors, and
// all of them are reported at once, as Faults. What the document does not name
// keeps its value, so defaults are set beforehand; a list replaces the old one.
// Field names come from `yaml:"name"` tags; a field without one takes no part.
// Types that implement encoding.TextUnmarshaler read their own text; string
// types with a method Values() []string take one of those.
func DecodeYAML(name string, src []byte, into any) error {
	d := newDecoder(name)
	d.document(src, reflectOf(into))
	return d.err()
}

// place is where in the file a path stands; quote is 1 where the text begins
// after a quotation mark. A block begins in another line.
type place struct {
	line, column, quote int
	block               bool
}

// decoder fills Go values from YAML nodes and collects what is wrong.
type decoder struct {
	file   string
	faults Faults
	places map[string]place  // of each path that the document names
	makers map[string]string // path of each manufacturer that the document names, by id
	depth  int
	values int // read so far
}

func newDecoder(file string) *decoder {
	return &decoder{file: file, places: map[string]place{}, makers: map[string]string{}}
}

func (d *decoder) err() error {
	if len(d.faults) == 0 {
		return nil
	}
	return d.sorted()
}

// sorted are the faults in the order of the lines.
func (d *decoder) sorted() Faults {
	slices.SortStableFunc(d.faults, func(a, b Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return d.faults
}

// at reports a fault of the value at path, or of the nearest one above it that
// the document names.
func (d *decoder) at(path, text, hint string) {
	where := path
	for {
		if p, ok := d.places[where]; ok || where == "" {
			d.faults = append(d.faults, Fault{File: d.file, Line: p.line, Column: p.column, Path: path, Text: text, Hint: hint})
			return
		}
		where = where[:max(0, strings.LastIndexAny(where, ".["))]
	}
}

func (d *decoder) fault(n *yaml.Node, path, text, hint string) {
	d.faults = append(d.faults, Fault{File: d.file, Line: n.Line, Column: n.Column, Path: path, Text: text, Hint: hint})
}

func (d *decoder) document(src []byte, into reflect.Value) {
	if root := d.parse(src); root != nil {
		d.value(root, into, "")
	}
}

// parse returns the root node; nil where the file is empty or no YAML at all.
func (d *decoder) parse(src []byte) *yaml.Node {
	loader, err := yaml.NewLoader(bytes.NewReader(src))
	if err != nil {
		d.faults = append(d.faults, Fault{File: d.file, Text: err.Error()})
		return nil
	}
	var root, second yaml.Node
	if err := loader.Load(&root); err != nil {
		if !errors.Is(err, io.EOF) {
			d.syntax(err)
		}
		return nil
	}
	if err := loader.Load(&second); err == nil {
		d.fault(&second, "", "a second document begins here", "one file holds one document; remove the ---")
		return nil
	} else if !errors.Is(err, io.EOF) {
		d.syntax(err)
		return nil
	}
	if root.Kind == yaml.DocumentNode {
		if len(root.Content) == 0 {
			return nil
		}
		return root.Content[0]
	}
	return &root
}

func (d *decoder) syntax(err error) {
	var one *yaml.LoadError
	if errors.As(err, &one) {
		hint := ""
		if strings.Contains(one.Message, "tab") || strings.Contains(one.Message, "cannot start any token") {
			hint = "indent with spaces, and quote texts that begin with a sign"
		}
		d.faults = append(d.faults, Fault{File: d.file, Line: one.Mark.Line, Column: one.Mark.Column, Text: "this is not YAML: " + one.Message, Hint: hint, Unread: true})
		return
	}
	d.faults = append(d.faults, Fault{File: d.file, Text: "this is not YAML: " + err.Error(), Unread: true})
}

func placeOf(n *yaml.Node) place {
	p := place{line: n.Line, column: n.Column}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		p.quote = 1
	}
	p.block = n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	return p
}

// maxDepth is far more than any sensible file nests; it stops aliases that
// contain themselves.
const maxDepth = 40

// maxValues is how many values a document may have, those counted again that an
// alias repeats: lists of aliases of lists make thousands of millions of a page.
const maxValues = 500_000

func (d *decoder) value(n *yaml.Node, into reflect.Value, path string) {
	if d.values++; d.values > maxValues {
		if d.values == maxValues+1 {
			d.fault(n, path, fmt.Sprintf("there are more than %d values, with those that aliases repeat", maxValues), "")
		}
		return
	}
	if d.depth++; d.depth > maxDepth {
		d.fault(n, path, "nested too deeply", "")
		d.depth--
		return
	}
	defer func() { d.depth-- }()
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	d.places[path] = placeOf(n)
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		into.SetZero() // "key:" with nothing behind it takes the default away
		return
	}
	if _, ok := into.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(n, into, path)
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		d.mapping(n, into, path)
	case reflect.Slice:
		d.list(n, into, path)
	case reflect.Map:
		d.table(n, into, path)
	case reflect.Pointer:
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		d.value(n, into.Elem(), path)
	default:
		d.scalar(n, into, path)
	}
}

func (d *decoder) mapping(n *yaml.Node, into reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.wrongKind(n, path, "keys with values")
		return
	}
	fields := yamlFields(into)
	known := keysOf(fields)
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		p := join(path, key.Value)
		field, ok := fields[key.Value]
		switch line, doubled := seen[key.Value]; {
		case !ok:
			d.fault(key, p, "unknown key", or(belongs(key.Value, fields), suggest(key.Value, known)))
		case doubled:
			d.fault(key, p, fmt.Sprintf("named twice, first in line %d", line), "")
		default:
			d.value(value, field, p)
		}
		seen[key.Value] = key.Line
	}
}

// belongs finds a key that is known one level further down: the commonest slip
// is a wrong indent.
func belongs(key string, fields map[string]reflect.Value) string {
	for _, name := range keysOf(fields) {
		if v := fields[name]; v.Kind() == reflect.Struct {
			if _, ok := yamlFields(v)[key]; ok {
				return "it belongs below " + name
			}
		}
	}
	return ""
}

// yamlFields maps the keys of a struct to its fields, embedded structs included.
func yamlFields(v reflect.Value) map[string]reflect.Value {
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		tag, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case f.Anonymous && f.Type.Kind() == reflect.Struct && tag == "":
			for k, inner := range yamlFields(v.Field(i)) {
				fields[k] = inner
			}
		case tag != "" && tag != "-" && f.IsExported():
			fields[tag] = v.Field(i)
		}
	}
	return fields
}

func (d *decoder) list(n *yaml.Node, into reflect.Value, path string) {
	if _, ok := into.Interface().(interface{ OneOrMany() }); ok && n.Kind == yaml.ScalarNode {
		n = &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{n}, Line: n.Line, Column: n.Column}
	}
	if n.Kind != yaml.SequenceNode {
		d.wrongKind(n, path, "a list")
		return
	}
	list := reflect.MakeSlice(into.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		d.value(item, list.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
	into.Set(list)
}

func (d *decoder) table(n *yaml.Node, into reflect.Value, path string) {
	if n.Kind != yaml.MappingNode {
		d.wrongKind(n, path, "keys with values")
		return
	}
	table := reflect.MakeMap(into.Type())
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := reflect.New(into.Type().Key()).Elem()
		value := reflect.New(into.Type().Elem()).Elem()
		p := join(path, n.Content[i].Value)
		d.value(n.Content[i], key, p)
		d.value(n.Content[i+1], value, p)
		if table.MapIndex(key).IsValid() {
			d.fault(n.Content[i], p, "named twice", "")
		}
		table.SetMapIndex(key, value)
	}
	into.Set(table)
}

func (d *decoder) text(n *yaml.Node, into reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		d.wrongKind(n, path, "a text")
		return
	}
	reader := into.Addr().Interface().(encoding.TextUnmarshaler)
	if err := reader.UnmarshalText([]byte(n.Value)); err != nil {
		d.fault(n, path, err.Error(), "")
	}
}

func (d *decoder) scalar(n *yaml.Node, into reflect.Value, path string) {
	if n.Kind != yaml.ScalarNode {
		d.wrongKind(n, path, "one value")
		return
	}
	switch into.Kind() {
	case reflect.String:
		into.SetString(n.Value)
		d.oneOf(n, into, path)
	case reflect.Bool:
		d.truth(n, into, path)
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if err != nil || into.OverflowInt(i) {
			d.fault(n, path, fmt.Sprintf("%q is no whole number", n.Value), "")
			return
		}
		into.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			d.fault(n, path, fmt.Sprintf("%q is no number", n.Value), "write a point for decimals: 12.5")
			return
		}
		into.SetFloat(f)
	default:
		d.fault(n, path, "cannot be set in a file", "")
	}
}

// enum is a string type that takes only certain values.
type enum interface{ Values() []string }

func (d *decoder) oneOf(n *yaml.Node, into reflect.Value, path string) {
	e, ok := into.Interface().(enum)
	if !ok || slices.Contains(e.Values(), n.Value) {
		return
	}
	d.fault(n, path, fmt.Sprintf("unknown value %q", n.Value), suggest(n.Value, e.Values()))
}

func (d *decoder) truth(n *yaml.Node, into reflect.Value, path string) {
	switch strings.ToLower(n.Value) {
	case "true", "yes", "on":
		into.SetBool(true)
	case "false", "no", "off":
		into.SetBool(false)
	default:
		d.fault(n, path, fmt.Sprintf("%q is neither yes nor no", n.Value), "write true or false")
	}
}

func (d *decoder) wrongKind(n *yaml.Node, path, want string) {
	got := map[yaml.Kind]string{yaml.MappingNode: "keys with values", yaml.SequenceNode: "a list", yaml.ScalarNode: "one value"}[n.Kind]
	d.fault(n, path, fmt.Sprintf("this should be %s, not %s", want, got), "")
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// suggest names the known word that was probably meant, or lists them all.
func suggest(word string, known []string) string {
	best, distance := "", len(word)/3+1
	for _, k := range known {
		if n := EditDistance(strings.ToLower(word), strings.ToLower(k)); n < distance {
			best, distance = k, n
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	if len(known) == 0 {
		return ""
	}
	return "known are " + strings.Join(known, ", ")
}

func reflectOf(pointer any) reflect.Value { return reflect.ValueOf(pointer).Elem() }
