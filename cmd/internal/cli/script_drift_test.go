package cli

import (
	"context"
	"os"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-exec/tfexec"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/connect"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/sandbox"
	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
)

// applyCode applies a directory with the stand-in provider. Past the network, since a script's
// Rootly may be read only.
func applyCode(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if neg || r.server == nil || len(args) < 1 {
		ts.Fatalf("usage: apply DIR [BACKEND-CONFIG...], after serve")
	}
	ctx := context.Background()
	url, stop, err := connect.Serve(r.server)
	ts.Check(err)
	defer stop()
	engine, err := engines.Find(ctx, engines.Options{SearchPath: ts.Getenv("PATH")})
	ts.Check(err)
	tf, err := tfexec.NewTerraform(ts.MkAbs(args[0]), engine.Path)
	ts.Check(err)
	ts.Check(tf.SetEnv(map[string]string{"CHECKPOINT_DISABLE": "1", "HOME": ts.Getenv("HOME"), "PATH": ts.Getenv("PATH")}))
	served, err := standin.Serve(ctx, standin.Options{URL: url, Token: scriptToken})
	ts.Check(err)
	defer served.Close()
	options := []tfexec.InitOption{tfexec.Upgrade(false), tfexec.Reattach(served.Reattach)}
	for _, setting := range args[1:] {
		options = append(options, tfexec.BackendConfig(setting))
	}
	ts.Check(tf.Init(ctx, options...))
	ts.Check(tf.Apply(ctx, tfexec.Reattach(served.Reattach)))
}

// substitute puts values into a file, for $1, $2 and so on.
func substitute(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: substitute FILE VALUE...")
	}
	text := ts.ReadFile(args[0])
	for i, value := range args[1:] {
		text = strings.ReplaceAll(text, "$"+strconv.Itoa(i+1), value)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// actor says who makes the changes of api from now on.
func actor(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if neg || r.server == nil || len(args) < 3 || len(args) > 4 {
		ts.Fatalf("usage: actor ID EMAIL KEY [NAME], after serve")
	}
	id, err := strconv.Atoi(args[0])
	ts.Check(err)
	name, err := strconv.Unquote(`"` + strings.Join(args[3:], "") + `"`)
	ts.Check(err)
	r.server.SetActor(sandbox.Actor{ID: id, Name: name, Email: args[1], APIKeyID: args[2], Source: "web"})
}

// requests holds how many requests of a kind there were in all.
func requests(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if neg || r.server == nil || len(args) != 3 {
		ts.Fatalf("usage: requests N VERB PATH, after serve")
	}
	if got := r.server.Requests()[args[1]+" "+args[2]]; strconv.Itoa(got) != args[0] {
		ts.Fatalf("%d requests %s %s, want %s", got, args[1], args[2], args[0])
	}
}

// click changes the cause of a name.
func click(ts *testscript.TestScript, neg bool, args []string) {
	r := rootlyOf(ts)
	if neg || r.server == nil || len(args) != 2 {
		ts.Fatalf("usage: click NAME FILE, after serve")
	}
	for _, o := range r.server.Snapshot() {
		if o.API == "causes" && strings.Contains(string(o.Body), strconv.Quote(args[0])) {
			change(ts, false, []string{"PUT", "/v1/causes/" + o.ID, args[1]})
			return
		}
	}
	ts.Fatalf("no cause has the name %s", args[0])
}
