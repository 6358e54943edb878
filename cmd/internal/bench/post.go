package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

func login(s Servers, user string) (*imapclient.Client, error) {
	c, err := imapclient.DialInsecure(s.address(s.IMAP), nil)
	if err != nil {
		return nil, fmt.Errorf("connect by IMAP: %w", err)
	}
	if err := c.Login(user, s.Password).Wait(); err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("log in by IMAP as %s: %w", user, err)
	}
	return c, nil
}

// Post is the bench's own hand in the mailboxes.
type Post struct {
	servers   Servers
	desk      *imapclient.Client
	customers *imapclient.Client
}

// stock is the folder where the mails of the next round wait.
const stock = "bench-stock"

// OpenPost logs in.
func OpenPost(s Servers) (*Post, error) {
	p := &Post{servers: s}
	var err error
	if p.desk, err = login(s, s.User); err != nil {
		return nil, err
	}
	if p.customers, err = login(s, s.Customers); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Close logs out.
func (p *Post) Close() {
	for _, c := range []*imapclient.Client{p.desk, p.customers} {
		if c != nil {
			_ = c.Close()
		}
	}
}

// Stock puts n mails into the folder from which Fill takes them.
func (p *Post) Stock(n int, mail func(i int) []byte) error {
	if err := remove(p.desk, stock); err != nil {
		return err
	}
	if err := p.desk.Create(stock, nil).Wait(); err != nil {
		return fmt.Errorf("make folder %s: %w", stock, err)
	}
	for i := range n {
		if err := p.append(stock, mail(i)); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes a folder, if it is there.
func remove(c *imapclient.Client, folder string) error {
	found, err := c.List("", folder, nil).Collect()
	if err == nil && len(found) > 0 {
		err = c.Delete(folder).Wait()
	}
	if err != nil {
		return fmt.Errorf("delete folder %s: %w", folder, err)
	}
	return nil
}

func (p *Post) append(folder string, raw []byte) error {
	cmd := p.desk.Append(folder, int64(len(raw)), nil)
	_, err := cmd.Write(raw)
	if err == nil {
		err = cmd.Close()
	}
	if err == nil {
		_, err = cmd.Wait()
	}
	if err != nil {
		return fmt.Errorf("put a mail into %s: %w", folder, err)
	}
	return nil
}

// Deliver puts one mail into INBOX.
func (p *Post) Deliver(raw []byte) error { return p.append("INBOX", raw) }

// Clear empties the mailboxes: INBOX, where the desk files, and the customers'.
func (p *Post) Clear() error {
	if err := empty(p.desk, "INBOX"); err != nil {
		return err
	}
	for _, folder := range []string{"done", "hold", "Retour-Lock"} {
		if err := remove(p.desk, folder); err != nil {
			return err
		}
	}
	return empty(p.customers, "INBOX")
}

func empty(c *imapclient.Client, folder string) error {
	box, err := c.Select(folder, nil).Wait()
	if err == nil && box.NumMessages > 0 {
		all := imap.SeqSet{imap.SeqRange{Start: 1, Stop: 0}}
		err = c.Store(all, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close()
		if err == nil {
			err = c.Expunge().Close()
		}
	}
	if err == nil {
		err = c.Unselect().Wait()
	}
	if err != nil {
		return fmt.Errorf("empty %s: %w", folder, err)
	}
	return nil
}

// Fill copies the stock into INBOX.
func (p *Post) Fill() error {
	_, err := p.desk.Select(stock, nil).Wait()
	if err == nil {
		_, err = p.desk.Copy(imap.SeqSet{imap.SeqRange{Start: 1, Stop: 0}}, "INBOX").Wait()
	}
	if err == nil {
		err = p.desk.Unselect().Wait()
	}
	if err != nil {
		return fmt.Errorf("fill INBOX: %w", err)
	}
	return nil
}

// Answers waits until n answers have come to the customers' mailbox: until then
// the server still works on them, at the cost of what is measured next.
func (p *Post) Answers(ctx context.Context, n int) error {
	for {
		box, err := p.customers.Status("INBOX", &imap.StatusOptions{NumMessages: true}).Wait()
		if err != nil {
			return fmt.Errorf("count the answers: %w", err)
		}
		if *box.NumMessages >= uint32(n) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d answers have arrived: %w", *box.NumMessages, n, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}
