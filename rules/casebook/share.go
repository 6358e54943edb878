package casebook

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// place is one part of the work for one desk: what a lease is about.
type place struct {
	desk string
	part Part
}

func byName(a, b place) int {
	if order := strings.Compare(a.desk, b.desk); order != 0 {
		return order
	}
	return strings.Compare(string(a.part), string(b.part))
}

// crew is who is there, and who does what.
type crew struct {
	able   map[string]map[string]bool // by instance that is heard of: the desks that it can work for
	leases map[place]string           // to which of them each part is leased; a part that nobody has is not there
	shares map[string]int
	counts map[string]map[Part]int // of leases, by instance
}

// newCrew counts shares and leases. An instance has, of each part, at most of every
// desk its part of one, together and rounded up: where all instances can work for
// all desks that is desks through instances.
func newCrew(ready map[string][]string, leases map[place]string) crew {
	c := crew{able: map[string]map[string]bool{}, leases: map[place]string{}, shares: map[string]int{}, counts: map[string]map[Part]int{}}
	many := map[string]int{}
	for name, desks := range ready {
		c.able[name], c.counts[name] = map[string]bool{}, map[Part]int{}
		for _, d := range desks {
			c.able[name][d] = true
			many[d]++
		}
	}
	for name, desks := range ready {
		sum := 0.0
		for _, d := range desks {
			sum += 1 / float64(many[d])
		}
		c.shares[name] = int(math.Ceil(sum - 1e-9))
	}
	for at, by := range leases {
		if c.counts[by] != nil {
			c.give(at, by)
		}
	}
	return c
}

// give counts a lease as that of an instance.
func (c crew) give(at place, to string) {
	if by, has := c.leases[at]; has {
		c.counts[by][at.part]--
	}
	c.leases[at] = to
	c.counts[to][at.part]++
}

// held is how many leases an instance has, of all parts.
func (c crew) held(instance string) (n int) {
	for _, k := range c.counts[instance] {
		n += k
	}
	return n
}

// open says whether an instance has room for one more lease of this part.
func (c crew) open(instance string, at place) bool {
	return c.able[instance][at.desk] && c.counts[instance][at.part] < c.shares[instance]
}

// patience is how long a free part waits for an instance that should rather have
// it. Then anybody takes it who can: no arithmetic leaves a desk alone.
const patience = 5 * time.Second

// grants are those of the parts an instance waits for that it may take now, and are
// counted as its own. It leaves a part to others while it has its share, and to one
// that has less to do.
func (c crew) grants(instance string, waiting []place, freeFor func(place) time.Duration) (list []place) {
	for _, at := range slices.SortedFunc(slices.Values(waiting), byName) {
		if c.leases[at] != "" || !c.able[instance][at.desk] || !c.due(instance, at) && freeFor(at) < patience {
			continue
		}
		c.give(at, instance)
		list = append(list, at)
	}
	return list
}

// due says whether no other instance should rather have a part.
func (c crew) due(instance string, at place) bool {
	if !c.open(instance, at) {
		return false
	}
	for other := range c.able {
		if c.open(other, at) && c.held(other) < c.held(instance) {
			return false
		}
	}
	return true
}

// surplus are the leases that an instance gives back now, because others have room
// for them, and are counted as theirs: a few at a time, so that no desk waits long.
func (c crew) surplus(instance string) (list []place) {
	for _, part := range Parts() {
		most := (c.counts[instance][part] - c.shares[instance] + 3) / 4
		for _, at := range slices.SortedFunc(maps.Keys(c.leases), byName) {
			if most <= 0 {
				break
			}
			to := c.roomFor(at)
			if at.part != part || c.leases[at] != instance || to == "" {
				continue
			}
			c.give(at, to)
			list = append(list, at)
			most--
		}
	}
	return list
}

// roomFor is an instance that has room for a lease; empty: none has.
func (c crew) roomFor(at place) string {
	for _, other := range slices.Sorted(maps.Keys(c.able)) {
		if c.open(other, at) && other != c.leases[at] {
			return other
		}
	}
	return ""
}
