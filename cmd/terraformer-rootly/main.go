// Command terraformer-rootly brings a live Rootly organisation under Terraform or OpenTofu.
package main

import (
	"os"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/cli"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
	"github.com/terraformer-rootly/terraformer-rootly/generator/engines/guard"
)

func main() {
	code, hidden := guard.Enter()
	if !hidden {
		w := world.System()
		w.Guard = &guard.Guard{}
		code = cli.Main(w, os.Args[1:])
		w.Guard.Close()
	}
	os.Exit(code)
}
