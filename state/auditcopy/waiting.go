package auditcopy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A queued line has a number that no other line of the sink ever gets.
type queued struct {
	seq  int64
	line string
}

// front returns the lines of the batch that is to be sent next, and the claim if it was sent. A batch that was begun
// stays the same until it is settled or made smaller, whatever has joined the queue.
func (x *index) front(ctx context.Context, most, bytes int) (lines []queued, claim string, err error) {
	last, claim, err := x.begun(ctx)
	if err != nil {
		return nil, "", err
	}
	if claim != "" {
		most, bytes = -1, 1<<62 // it was sent as it is
	}
	lines, err = x.lines(ctx, most, bytes, last)
	if err != nil || len(lines) == 0 {
		return nil, "", err
	}
	if end := lines[len(lines)-1].seq; end != last {
		_, err = x.db.ExecContext(ctx, "INSERT OR REPLACE INTO meta VALUES ('begun', ?)", fmt.Sprint(end))
	}
	return lines, claim, readable(err, x.path)
}

// begun is the number of the last line of the batch that was begun (or 0), and its claim.
func (x *index) begun(ctx context.Context) (last int64, claim string, err error) {
	err = x.db.QueryRowContext(ctx, `SELECT coalesce(max(CASE key WHEN 'begun' THEN CAST(value AS INTEGER) END), 0),
coalesce(max(CASE key WHEN 'claim' THEN value END), '') FROM meta WHERE key IN ('begun', 'claim')`).Scan(&last, &claim)
	return last, claim, readable(err, x.path)
}

// lines returns the lines that have waited longest, up to a number of lines and bytes, but at least one line.
func (x *index) lines(ctx context.Context, most, bytes int, last int64) ([]queued, error) {
	rows, err := x.db.QueryContext(ctx, "SELECT seq, line FROM waiting WHERE ?1 = 0 OR seq <= ?1 ORDER BY seq LIMIT ?2", last, most)
	if err != nil {
		return nil, readable(err, x.path)
	}
	defer rows.Close()
	var lines []queued
	for rows.Next() {
		var q queued
		if err := rows.Scan(&q.seq, &q.line); err != nil {
			return nil, err
		}
		if bytes -= len(q.line); bytes < 0 && len(lines) > 0 {
			break
		}
		lines = append(lines, q)
	}
	return lines, readable(rows.Err(), x.path)
}

// settle records what a receiver did with a batch: accepted lines leave the queue, rejected ones are set aside.
func (x *index) settle(ctx context.Context, lines []queued, r Receipt) error {
	return x.change(ctx, func(tx *sql.Tx) error {
		for _, at := range slices.Sorted(maps.Keys(r.Rejected)) {
			if _, err := tx.ExecContext(ctx, "INSERT INTO rejected (id, line, since, reason) SELECT id, line, since, ? FROM waiting WHERE seq = ?",
				r.Rejected[at], lines[at].seq); err != nil {
				return err
			}
			if err := leave(ctx, tx, lines[at]); err != nil {
				return err
			}
		}
		for _, at := range r.Taken {
			if err := leave(ctx, tx, lines[at]); err != nil {
				return err
			}
		}
		var err error
		switch {
		case r.Claim != "":
			_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO meta VALUES ('claim', ?)", r.Claim)
		case len(r.Taken)+len(r.Rejected) > 0:
			_, err = tx.ExecContext(ctx, "DELETE FROM meta WHERE key IN ('begun', 'claim')")
		}
		return err
	})
}

// unclaim forgets that the batch was sent, so that it can be made smaller.
func (x *index) unclaim(ctx context.Context) error {
	_, err := x.db.ExecContext(ctx, "DELETE FROM meta WHERE key = 'claim'")
	return readable(err, x.path)
}

func leave(ctx context.Context, tx *sql.Tx, line queued) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM waiting WHERE seq = ?", line.seq)
	return err
}

// requeue queues lines again that were set aside, from a number in their table on.
func (x *index) requeue(ctx context.Context, after int64) error {
	return x.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO waiting (id, line, since) SELECT id, line, since FROM rejected WHERE n > ? ORDER BY n", after); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM rejected WHERE n > ?", after)
		return err
	})
}

// lastRejected is the last number in the table of lines that were set aside.
func (x *index) lastRejected(ctx context.Context) (n int64, err error) {
	err = x.db.QueryRowContext(ctx, "SELECT coalesce(max(n), 0) FROM rejected").Scan(&n)
	return n, readable(err, x.path)
}

// backlog counts what the receiver does not have.
func (x *index) backlog(ctx context.Context) (b Backlog, err error) {
	var since int64
	err = x.db.QueryRowContext(ctx, "SELECT count(*), coalesce(min(nullif(since, 0)), 0), (SELECT count(*) FROM rejected) FROM waiting").
		Scan(&b.Waiting, &since, &b.Rejected)
	if since > 0 {
		b.Since = time.UnixMicro(since)
	}
	return b, readable(err, x.path)
}

// rejections returns what was set aside and not reported yet, and records that it is reported.
func (x *index) rejections(ctx context.Context) (r Rejections, err error) {
	r.File = x.path
	err = x.change(ctx, func(tx *sql.Tx) error {
		var last int64
		err := tx.QueryRowContext(ctx, "SELECT count(*) OVER (), max(n) OVER (), id, reason FROM rejected WHERE reported = 0 ORDER BY n LIMIT 1").
			Scan(&r.Count, &last, &r.ID, &r.Reason)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE rejected SET reported = 1 WHERE n <= ?", last)
		return err
	})
	return r, err
}
