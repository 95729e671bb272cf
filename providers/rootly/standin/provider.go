package standin

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-sdk/v2/diag"
	sdk "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"

	"github.com/terraformer-rootly/terraformer-rootly/providers/rootly/catalogue"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

const (
	hostAttribute  = "api_host"
	tokenAttribute = "api_token"
	rotationType   = "rootly_schedule_rotation"
)

// tables are the parts of the provider that are the same for every stand-in. They hold no client:
// that comes with each call.
type tables struct {
	resources   map[string]*sdk.Resource
	dataSources map[string]*sdk.Resource
}

var shared = sync.OnceValues(func() (tables, error) {
	snapshot, err := schema.Snapshot()
	if err != nil {
		return tables{}, err
	}
	t := tables{resources: map[string]*sdk.Resource{}, dataSources: map[string]*sdk.Resource{}}
	for name, s := range snapshot.Resources {
		if name == rotationType {
			continue
		}
		row := catalogue.Lookup(name)
		if row == nil {
			return tables{}, fmt.Errorf("%s is in the schema but not in the catalogue", name)
		}
		if t.resources[name], err = sdkResource(row, s); err != nil {
			return tables{}, fmt.Errorf("build %s: %w", name, err)
		}
	}
	for name, s := range snapshot.DataSources {
		if t.dataSources[name], err = sdkDataSource(s); err != nil {
			return tables{}, fmt.Errorf("build data source %s: %w", name, err)
		}
	}
	return t, nil
})

func newSDKProvider(o Options) (*sdk.Provider, error) {
	t, err := shared()
	if err != nil {
		return nil, err
	}
	return &sdk.Provider{
		Schema: map[string]*sdk.Schema{
			hostAttribute:  {Type: sdk.TypeString, Optional: true},
			tokenAttribute: {Type: sdk.TypeString, Optional: true, Sensitive: true},
		},
		ResourcesMap:   t.resources,
		DataSourcesMap: t.dataSources,
		ConfigureContextFunc: func(_ context.Context, d *sdk.ResourceData) (any, diag.Diagnostics) {
			host, _ := d.Get(hostAttribute).(string)
			token, _ := d.Get(tokenAttribute).(string)
			c, err := newClient(o, host, token)
			if err != nil {
				return nil, diag.FromErr(err)
			}
			return c, nil
		},
	}, nil
}
