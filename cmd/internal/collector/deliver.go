package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// A deliverer sends batches of events to an endpoint.
type deliverer struct {
	client     *http.Client
	header     string // that has the credential
	credential string
	agent      string
	attempts   int
}

// endpointClient follows no redirects: they would take the credential elsewhere.
func endpointClient() *http.Client {
	return &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

const (
	firstPause   = 200 * time.Millisecond
	longestPause = 10 * time.Second
)

// deliver sends a batch, some times if need be. What is not delivered stays in the queue.
func (d *deliverer) deliver(ctx context.Context, batch auditcopy.Delivery) error {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		wait, err := d.post(ctx, batch)
		if err == nil {
			return nil
		}
		if wait < 0 || attempt >= d.attempts || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(min(max(wait, pause), longestPause)):
		case <-ctx.Done():
			return err
		}
		pause *= 2
	}
}

// post sends a batch once. The pause is what the receiver asked for, and negative when another
// attempt is pointless.
func (d *deliverer) post(ctx context.Context, batch auditcopy.Delivery) (pause time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, batch.To, bytes.NewReader(batch.Body))
	if err != nil {
		return -1, errors.New("the address is not a URL")
	}
	req.Header.Set("Content-Type", batch.ContentType)
	req.Header.Set("Idempotency-Key", batch.Key)
	req.Header.Set("User-Agent", d.agent)
	switch {
	case d.credential == "":
	case d.header == "Authorization":
		req.Header.Set(d.header, "Bearer "+strings.TrimSpace(strings.TrimPrefix(d.credential, "Bearer ")))
	default:
		req.Header.Set(d.header, d.credential)
	}
	answer, err := d.client.Do(req)
	if err != nil {
		return 0, hint.With(plainly(err), "check the URL and that this machine can reach it; the events wait on disk, and the next run sends them")
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again
	return judge(answer)
}

// plainly leaves out the address, which may have a password in it.
func plainly(err error) error {
	var about *url.Error
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

// judge reads from an answer whether the receiver has the batch.
func judge(answer *http.Response) (pause time.Duration, err error) {
	err = fmt.Errorf("the endpoint answers %s", answer.Status)
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return 0, nil
	case code == http.StatusRequestEntityTooLarge:
		return -1, hint.With(fmt.Errorf("%w: %w", auditcopy.ErrTooLarge, err), "it does not accept even a single event: raise its limit; the events wait on disk")
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return -1, hint.With(err, "check the endpoint's credential: --http-token-file or $ROOTLY_SINK_TOKEN; the events wait")
	case code == http.StatusTooManyRequests || code >= 500 || code == http.StatusRequestTimeout:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return time.Duration(max(seconds, 0)) * time.Second, hint.With(err, "the endpoint reports a failure; the events wait on disk, and the next run sends them")
	case code >= 300 && code < 400:
		return -1, hint.With(err, "the endpoint redirects; give the URL that it redirects to")
	}
	return -1, hint.With(err, "the endpoint does not accept such batches: see --http-batch and --format; the events wait")
}
