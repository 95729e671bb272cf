package cli

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
)

// setFaults replaces what goes wrong from now on: empty=A,B for collections that list nothing, STATUS=PATH,PATH for
// paths below which every request gets that status, and the switches of sandbox.Hosted.
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
		if hosted(&f, name, value) {
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

// hosted switches on a way of the hosted API, if that is what an option says.
func hosted(f *sandbox.Faults, name, value string) bool {
	switch name {
	case "terse404":
		f.Terse404 = true
	case "hidden-audits":
		f.HiddenAudits = true
	case "media-type":
		f.MediaType = true
	case "blank-filters":
		f.BlankFilters = true
	case "pacific":
		f.Pacific = true
	case "counts-all":
		f.CountsAll = true
	case "deepest":
		f.DeepestPage, _ = strconv.Atoi(value)
	case "page":
		f.PageCap, _ = strconv.Atoi(value)
	case "team":
		f.Team = value
	case "gateway":
		f.ForeignNext = "https://api.rootly.com"
	default:
		return false
	}
	return true
}
