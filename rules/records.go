package rules

import "slices"

// sale finds a unit in the register, by serial or MAC. A unit of another make
// that happens to have the same number is another unit.
func (r Records) sale(it Item) (Sale, bool) {
	for _, number := range []string{it.Serial, it.MAC} {
		if s, ok := r.saleOf(number, it.Manufacturer); ok {
			return s, true
		}
	}
	return Sale{}, false
}

func (r Records) saleOf(number, maker string) (Sale, bool) {
	key := NumberKey(number)
	if key == "" {
		return Sale{}, false
	}
	if s, ok := r.Sales[SaleKey(maker, key)]; ok && maker != "" {
		return s, true
	}
	s, ok := r.Sales[key]
	return s, ok && (maker == "" || s.Manufacturer == "" || s.Manufacturer == maker)
}

// mostLinks bounds a chain of replacements; a register may hold a circle.
const mostLinks = 20

// firstOf follows a chain of replacements to the unit that was sold first.
func (r Records) firstOf(s Sale) Sale {
	seen := map[string]bool{NumberKey(s.Serial): true}
	for range mostLinks {
		before, ok := r.saleOf(s.Replaces, s.Manufacturer)
		if !ok || seen[NumberKey(before.Serial)] {
			break
		}
		seen[NumberKey(before.Serial)] = true
		s = before
	}
	return s
}

// keys are the numbers of a unit as the records are keyed.
func (it Item) keys() []string {
	var keys []string
	for _, n := range []string{it.Serial, it.MAC} {
		if key := NumberKey(n); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// stranger: nobody can tell that the sender is a customer of the desk. What he
// is answered must not depend on what the register holds.
func (r Records) stranger() bool { return len(r.Accounts) == 0 }

// owns: the register says that the unit was sold to the sender, or to one of
// those who share his address.
func (r Records) owns(s Sale) bool {
	return slices.ContainsFunc(r.Accounts, func(a Account) bool { return a.Number == s.Customer })
}
