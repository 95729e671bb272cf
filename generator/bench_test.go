package generator_test

import (
	"fmt"
	"testing"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/generator"
	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
	"github.com/terraformer-rootly/terraformer-rootly/providers/schema"
)

// large is an organisation of n resources: services, and workflows with four tasks each.
func large(n int) *graph.Graph {
	g := &graph.Graph{}
	for i := range n / 2 {
		g.Resources = append(g.Resources, &graph.Resource{
			Address: addr("rootly_service", fmt.Sprintf("service_%05d", i)), ID: graph.ID(fmt.Sprintf("s%05d-5d5c-4b44-9f4c-9b7f7d8f0a11", i)), Group: "services",
			Config: obj(object{
				"name": str(fmt.Sprintf("Service %d", i)), "description": str("Takes orders from the shop and hands them on."), "color": str("#123456"),
				"owner_group_ids": list("t"), "notify_emails": list("a@example.com", "b@example.com"), "position": num(int64(i)),
				"slack_channels": blocks(object{"id": str("C1"), "name": str("sre")}),
			}),
			Exprs: []graph.Placed{{Path: at("owner_group_ids.0"), Expr: ref("rootly_team", "sre")}},
		})
	}
	for i := range n / 10 {
		id := graph.ID(fmt.Sprintf("w%05d", i))
		name := fmt.Sprintf("workflow_%05d", i)
		g.Resources = append(g.Resources, &graph.Resource{
			Address: addr("rootly_workflow_incident", name), ID: id, Group: "workflows",
			Config: obj(object{"name": str(name), "trigger_params": blocks(object{"triggers": list("incident_created")})}),
		})
		for n := range 4 {
			g.Resources = append(g.Resources, &graph.Resource{
				Address: addr("rootly_workflow_task_http_client", fmt.Sprintf("%s_%d", name, n)), ID: graph.ID(fmt.Sprintf("%s-%d", id, n)), Parent: id, Group: "workflows",
				Config: obj(object{"name": str("Post"), "workflow_id": str(string(id)), "position": num(int64(n)),
					"task_params": blocks(object{"task_type": str("http_client"), "url": str("https://example.com"), "succeed_on_status": str("200"),
						"body":        str("{{ incident.title }}\n\nSee {{ incident.url }} for more.\n"),
						"issue_type":  cty.MapVal(object{"id": str("10001"), "name": str("Bug")}),
						"retry_count": num(3)})}),
				Exprs: []graph.Placed{{Path: at("workflow_id"), Expr: ref("rootly_workflow_incident", name)}},
			})
		}
	}
	return g
}

func BenchmarkRender(b *testing.B) {
	s, err := schema.Snapshot()
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{10_000, 100_000} {
		g := large(n)
		for syntax, name := range []string{generator.HCL: "hcl", generator.JSON: "json"} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					files, err := generator.Render(g, s, generator.Options{Syntax: generator.Syntax(syntax)})
					if err != nil {
						b.Fatal(err)
					}
					size := int64(0)
					for _, f := range files {
						size += int64(len(f.Content))
					}
					b.SetBytes(size)
				}
				b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "objects/s")
			})
		}
	}
}
