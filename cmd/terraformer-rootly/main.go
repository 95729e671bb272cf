// Command terraformer-rootly brings a live Rootly organisation under Terraform or OpenTofu.
package main

import (
	"os"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/cli"
	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/world"
)

func main() {
	os.Exit(cli.Main(world.System(), os.Args[1:]))
}
