package collector

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
	"github.com/terraformer-rootly/terraformer-rootly/state/auditcopy"
)

// TestDeliver holds what each answer of an endpoint leads to.
func TestDeliver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []int // the last goes on
		asked   int
		want    string // in the error; empty: none
		hint    string
	}{
		"taken":           {[]int{202}, 1, "", ""},
		"down for once":   {[]int{503, 200}, 2, "", ""},
		"limited":         {[]int{429, 200}, 2, "", ""},
		"down":            {[]int{500}, 3, "500", ""},
		"not let in":      {[]int{401}, 1, "401", "credential"},
		"redirected":      {[]int{307}, 1, "307", "redirects"},
		"too large":       {[]int{413}, 1, "413", ""},
		"of another mind": {[]int{400}, 1, "400", "--http-batch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := 0
			var header http.Header
			var body string
			endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				code := c.answers[min(asked, len(c.answers)-1)]
				asked++
				header = r.Header
				content, _ := io.ReadAll(r.Body)
				body = string(content)
				w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
				w.WriteHeader(code)
			}))
			defer endpoint.Close()
			d := &deliverer{client: endpointClient(), header: "X-Api-Key", credential: "sesame", attempts: 3}
			err := d.deliver(t.Context(), auditcopy.Delivery{To: endpoint.URL, ContentType: "application/x-ndjson", Body: []byte("{}\n"), Key: "k"})
			switch {
			case asked != c.asked:
				t.Errorf("asked %d times, want %d", asked, c.asked)
			case (err == nil) != (c.want == ""), err != nil && !strings.Contains(err.Error(), c.want):
				t.Errorf("%v, want %q", err, c.want)
			case c.hint != "" && !strings.Contains(hint.Of(err), c.hint):
				t.Errorf("hint %q, want %q", hint.Of(err), c.hint)
			case errors.Is(err, auditcopy.ErrTooLarge) != (name == "too large"):
				t.Errorf("%v", err)
			}
			if header.Get("X-Api-Key") != "sesame" || header.Get("Idempotency-Key") != "k" || body != "{}\n" {
				t.Errorf("%v %q", header, body)
			}
		})
	}
}

// TestDeliverKeepsPasswords holds that an address is not told with the password in it.
func TestDeliverKeepsPasswords(t *testing.T) {
	t.Parallel()
	d := &deliverer{client: endpointClient(), header: "Authorization", attempts: 1}
	err := d.deliver(t.Context(), auditcopy.Delivery{To: "http://me:sesame@127.0.0.1:1/in?key=sesame"})
	if err == nil || strings.Contains(err.Error(), "sesame") {
		t.Error(err)
	}
}
