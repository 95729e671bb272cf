package cli

import (
	"context"
	"io"
	"log"
	"net"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/standin"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

const (
	blockedName    = "blocked-provider"
	silentVariable = "ROOTLY_TEST_SILENT" // an address that never answers
)

// blockedProvider is a provider that never ends a read, as when a server does not answer.
func blockedProvider() {
	server, err := standin.New(context.Background(), standin.Options{Env: os.Getenv, Between: func(s tfprotov6.ProviderServer) tfprotov6.ProviderServer { return blocked{s} }})
	if err == nil {
		err = tf6server.Serve("registry.terraform.io/"+schema.Source, server)
	}
	if err != nil {
		log.Fatal(err)
	}
}

type blocked struct{ tfprotov6.ProviderServer }

// ImportResourceState reads what never comes, whatever the engine says meanwhile.
func (blocked) ImportResourceState(context.Context, *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	conn, err := net.Dial("tcp", os.Getenv(silentVariable))
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, conn)
	return nil, err
}
