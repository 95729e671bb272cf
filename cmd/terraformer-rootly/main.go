// Command terraformer-rootly brings a live Rootly organisation under Terraform or OpenTofu.
package main

import (
	"os"

	"github.com/terraformer-rootly/terraformer-rootly/cmd/internal/cli"
)

func main() {
	os.Exit(cli.Main(cli.System(), os.Args[1:]))
}
