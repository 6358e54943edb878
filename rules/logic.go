package rules

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// logic tells of conditions whether any case can fit them, without a case. A
// condition becomes a formula over variables: a name that is compared with
// constants takes each value worth trying, and what is not understood is true or
// false as one likes. So "impossible" is certain, and "possible" is not.
type logic struct {
	domains map[string][]any // values worth trying: strings, ints or bools
	closed  map[string]bool  // no other values than these exist
	units   map[string]unitTest
	inner   *logic // of what is said of one unit
	budget  int    // steps of one search; with none left, everything is possible
}

// unitTest is what any(list, test) says of one unit of a list.
type unitTest struct {
	list string
	test *formula
}

func newLogic() *logic {
	return &logic{domains: map[string][]any{}, closed: map[string]bool{}, units: map[string]unitTest{}}
}

type formulaKind int

const (
	truth formulaKind = iota
	falsehood
	negation
	conjunction
	disjunction
	atom
)

// formula is a condition as far as it is understood.
type formula struct {
	kind  formulaKind
	parts []*formula
	name  string               // atom: the variable
	holds func(value any) bool // atom
}

func not(f *formula) *formula          { return &formula{kind: negation, parts: []*formula{f}} }
func allOf(parts ...*formula) *formula { return &formula{kind: conjunction, parts: parts} }
func anyOf(parts ...*formula) *formula { return &formula{kind: disjunction, parts: parts} }

// condition reads a rule's condition; false where it is none.
func (l *logic) condition(when string) (*formula, bool) {
	tree, err := parser.Parse(when)
	if err != nil {
		return nil, false
	}
	return l.formula(tree.Node), true
}

func (l *logic) formula(n ast.Node) *formula {
	switch n := n.(type) {
	case *ast.BoolNode:
		if n.Value {
			return &formula{kind: truth}
		}
		return &formula{kind: falsehood}
	case *ast.UnaryNode:
		if n.Operator == "not" || n.Operator == "!" {
			return not(l.formula(n.Node))
		}
	case *ast.BinaryNode:
		if f := l.binary(n); f != nil {
			return f
		}
	case *ast.BuiltinNode:
		if f := l.quantified(n); f != nil {
			return f
		}
	}
	return l.opaque(n.String())
}

// opaque is true or false, nobody knows when.
func (l *logic) opaque(name string) *formula {
	l.values(name, true, false)
	return &formula{kind: atom, name: name, holds: func(v any) bool { return v == true }}
}

func (l *logic) binary(n *ast.BinaryNode) *formula {
	switch n.Operator {
	case "and", "&&":
		return allOf(l.formula(n.Left), l.formula(n.Right))
	case "or", "||":
		return anyOf(l.formula(n.Left), l.formula(n.Right))
	case "in":
		return l.oneOf(n)
	case "contains", "startsWith", "endsWith":
		return l.partOf(n)
	}
	value, ok := constant(n.Right)
	name, operator := n.Left, n.Operator
	if !ok {
		value, ok = constant(n.Left)
		name, operator = n.Right, mirrored[n.Operator]
	}
	if _, both := constant(name); !ok || both || comparisons[operator] == nil {
		return nil
	}
	return l.compare(name, operator, value)
}

// mirrored is what an operator becomes when its sides change places.
var mirrored = map[string]string{"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// comparisons hold for the difference of two numbers; of other values, only
// whether it is 0 counts.
var comparisons = map[string]func(difference int) bool{
	"==": func(d int) bool { return d == 0 }, "!=": func(d int) bool { return d != 0 },
	"<": func(d int) bool { return d < 0 }, "<=": func(d int) bool { return d <= 0 },
	">": func(d int) bool { return d > 0 }, ">=": func(d int) bool { return d >= 0 },
}

func constant(n ast.Node) (any, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode:
		return n.Value, true
	case *ast.BoolNode:
		return n.Value, true
	case *ast.UnaryNode:
		if i, ok := n.Node.(*ast.IntegerNode); ok && n.Operator == "-" {
			return -i.Value, true
		}
	}
	return nil, false
}

func (l *logic) compare(n ast.Node, operator string, value any) *formula {
	holds := comparisons[operator]
	name := l.variable(n)
	number, isNumber := value.(int)
	switch {
	case isNumber:
		for _, v := range []int{number - 1, number, number + 1} {
			if v >= least(name) {
				l.values(name, v)
			}
		}
	case value == true || value == false:
		l.values(name, true, false)
	case operator != "==" && operator != "!=":
		return nil // texts by their order
	case !l.closed[name]:
		l.values(name, value, otherText)
	}
	return &formula{kind: atom, name: name, holds: func(v any) bool {
		if n, ok := v.(int); ok {
			return holds(n - number)
		}
		if v == value {
			return holds(0)
		}
		return holds(1)
	}}
}

// otherText stands for all the texts that no condition names.
const otherText = "\x00"

// least is the least value of a number.
func least(name string) int {
	if name == "age_days" {
		return -1
	}
	if strings.HasPrefix(name, "len(") || strings.HasPrefix(name, "count(") {
		return 0
	}
	return -1 << 31
}

// variable names what a node stands for. The values of some are known.
func (l *logic) variable(n ast.Node) string {
	name := n.String()
	if known, ok := closedValues[fieldOf(n)]; ok && !l.closed[name] {
		l.closed[name] = true
		l.values(name, "")
		for _, v := range known {
			l.values(name, v)
		}
	}
	return name
}

// closedValues are the names in conditions whose values are all known; each
// may be empty too.
var closedValues = map[string][]string{
	"reason": Reason("").Values(), "process": Process("").Values(), "language": {"en", "fr", "nl", "it", "de"},
	"trust": words(Proven, Known, Unknown, Forged),
}

// fieldOf is the last name of what a node stands for: reason, or the
// manufacturer of items[0].manufacturer.
func fieldOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value
	case *ast.MemberNode:
		if p, ok := n.Property.(*ast.StringNode); ok {
			return p.Value
		}
	}
	return ""
}

func (l *logic) values(name string, values ...any) {
	for _, v := range values {
		if !slices.Contains(l.domains[name], v) {
			l.domains[name] = append(l.domains[name], v)
		}
	}
}

func (l *logic) oneOf(n *ast.BinaryNode) *formula {
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		return nil
	}
	f := anyOf()
	for _, one := range list.Nodes {
		value, ok := constant(one)
		if !ok {
			return nil
		}
		f.parts = append(f.parts, l.compare(n.Left, "==", value))
	}
	return f
}

// partOf is a text within a name whose values are all known.
func (l *logic) partOf(n *ast.BinaryNode) *formula {
	part, ok := n.Right.(*ast.StringNode)
	name := l.variable(n.Left)
	if !ok || !l.closed[name] {
		return nil
	}
	within := map[string]func(s, part string) bool{"contains": strings.Contains, "startsWith": strings.HasPrefix, "endsWith": strings.HasSuffix}[n.Operator]
	return &formula{kind: atom, name: name, holds: func(v any) bool {
		s, _ := v.(string)
		return within(s, part.Value)
	}}
}

// quantified reads any, all and none of a list; all and none are turned into any.
func (l *logic) quantified(n *ast.BuiltinNode) *formula {
	if len(n.Arguments) != 2 || n.Name != "any" && n.Name != "all" && n.Name != "none" {
		return nil
	}
	body, ok := n.Arguments[1].(*ast.PredicateNode)
	if !ok {
		return nil
	}
	if l.inner == nil {
		l.inner = newLogic()
	}
	list, said, test := n.Arguments[0].String(), body.Node.String(), l.inner.formula(body.Node)
	if n.Name == "all" {
		said, test = "not ("+said+")", not(test)
	}
	f := l.opaque("any(" + list + ", " + said + ")")
	l.units[f.name] = unitTest{list, test}
	if n.Name == "any" {
		return f
	}
	return not(f)
}

// possible says whether all of these can hold at once.
func (l *logic) possible(all ...*formula) bool {
	l.budget = 5000
	return l.search(allOf(all...), map[string]any{})
}

func (l *logic) search(f *formula, chosen map[string]any) bool {
	if l.budget--; l.budget < 0 {
		return true
	}
	holds, known, open := f.eval(chosen)
	if known {
		return holds && l.consistent(chosen)
	}
	for _, v := range l.domains[open] {
		chosen[open] = v
		if l.search(f, chosen) {
			return true
		}
	}
	delete(chosen, open)
	return false
}

// eval tells the truth of a formula; where it is not known yet, the name of a
// variable that it hangs on.
func (f *formula) eval(chosen map[string]any) (holds, known bool, open string) {
	switch f.kind {
	case atom:
		v, ok := chosen[f.name]
		return ok && f.holds(v), ok, f.name
	case negation:
		holds, known, open = f.parts[0].eval(chosen)
		return !holds, known, open
	case conjunction, disjunction:
		settles := f.kind == disjunction // the truth of one part that settles the whole
		known = true
		for _, part := range f.parts {
			h, k, o := part.eval(chosen)
			if k && h == settles {
				return settles, true, ""
			}
			if !k && known {
				known, open = false, o
			}
		}
		return !settles, known, open
	}
	return f.kind == truth, true, ""
}

// consistent says whether what was chosen of any(list, test) can be: for each
// that holds there must be a unit which passes its test and none of those that
// no unit of the list passes.
func (l *logic) consistent(chosen map[string]any) bool {
	for name, unit := range l.units {
		if chosen[name] != true {
			continue
		}
		all := []*formula{unit.test}
		for other, o := range l.units {
			if chosen[other] == false && o.list == unit.list {
				all = append(all, not(o.test))
			}
		}
		if !l.inner.possible(all...) {
			return false
		}
	}
	return true
}
