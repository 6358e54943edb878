package courier

import (
	"sync"

	"retour/rules/casebook"
)

// marks are mails that were sent and are not yet marked so. While some are marked
// the next mail is sent; what was sent by then shares the next commit.
type marks struct {
	mu      sync.Mutex
	rows    []casebook.SentRow
	running sync.WaitGroup
	busy    bool
}

// add marks a row, by a call of book from another goroutine.
func (m *marks) add(row casebook.SentRow, book func([]casebook.SentRow)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows = append(m.rows, row)
	if m.busy {
		return // it is taken along
	}
	m.busy = true
	m.running.Go(func() {
		for rows := m.take(); len(rows) > 0; rows = m.take() {
			book(rows)
		}
	})
}

func (m *marks) take() []casebook.SentRow {
	m.mu.Lock()
	defer m.mu.Unlock()
	rows := m.rows
	m.rows, m.busy = nil, len(rows) > 0
	return rows
}

// wait waits until all are marked.
func (m *marks) wait() { m.running.Wait() }
