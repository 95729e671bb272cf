package planning

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/exit"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/roots"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/api"
	"github.com/terraformer-rootly/terraformer-rootly/state/imports"
)

// namedHosts are the configurations of the provider in a directory, called shown in errors, whose code names the Rootly that is asked at url. A live plan has to
// replace that name to go through our proxy. Code that names another one gets an error: what it would compare is not what
// was read, and our token is not for that Rootly.
func namedHosts(dir, shown, url string, environ, varFiles []string) ([]string, error) {
	c, err := roots.Read(dir)
	if err != nil {
		return nil, err
	}
	hosts, err := imports.Hosts(dir, c.Local, environ, varFiles...)
	if err != nil {
		return nil, err
	}
	url = cmp.Or(url, api.DefaultURL)
	var names []string
	for _, h := range hosts {
		at := fmt.Sprintf("%s:%d", filepath.Join(shown, h.File), h.Line)
		switch {
		case h.Err != nil:
			return nil, exit.WithHint(fmt.Errorf("%s: the value of api_host is not known before the plan: %w", at, h.Err),
				"give the variable a value, or leave api_host out of the code and set ROOTLY_API_URL")
		case hostOf(h.URL) != hostOf(url):
			return nil, exit.WithHint(fmt.Errorf("%s: the provider asks %s, but this run reads %s", at, h.URL, url), "give --url "+h.URL+", or change api_host")
		}
		names = append(names, strings.TrimSuffix(roots.Provider+"."+h.Alias, "."))
	}
	return names, nil
}

// hostOf is a URL without what makes no difference.
func hostOf(url string) string {
	_, rest, found := strings.Cut(url, "://")
	if !found {
		rest = url
	}
	return strings.ToLower(strings.TrimSuffix(rest, "/"))
}
