package cli

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// setFaults replaces what goes wrong from now on: empty=A,B for collections that list nothing, STATUS=PATH,PATH for
// paths below which every request gets that status.
func setFaults(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if neg || r.server == nil {
		ts.Fatalf("usage: faults [empty=A,B] [STATUS=PATH,PATH], after serve")
	}
	f := sandbox.Faults{}
	refused := map[string]int{}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		if name == "empty" {
			f.EmptyLists = strings.Split(value, ",")
			continue
		}
		status, err := strconv.Atoi(name)
		ts.Check(err)
		for _, path := range strings.Split(value, ",") {
			refused[path] = status
		}
	}
	f.Hook = func(w http.ResponseWriter, req *http.Request) bool {
		for path, status := range refused {
			if strings.HasPrefix(req.URL.Path, path) {
				http.Error(w, `{"errors":[{"title":"No"}]}`, status)
				return true
			}
		}
		return false
	}
	r.server.SetFaults(f)
}
