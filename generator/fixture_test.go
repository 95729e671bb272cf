package generator_test

import (
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/terraformer-rootly/terraformer-rootly/providers/graph"
)

func str(s string) cty.Value { return cty.StringVal(s) }
func num(n int64) cty.Value  { return cty.NumberIntVal(n) }
func list(ss ...string) cty.Value {
	values := make([]cty.Value, len(ss))
	for i, s := range ss {
		values[i] = str(s)
	}
	return cty.ListVal(values)
}

type object = map[string]cty.Value

func obj(m object) cty.Value { return cty.ObjectVal(m) }

func blocks(os ...object) cty.Value {
	values := make([]cty.Value, len(os))
	for i, o := range os {
		values[i] = obj(o)
	}
	return cty.TupleVal(values)
}

func addr(typ, name string) graph.Address { return graph.Address{Type: typ, Name: name} }

func ref(typ, name string) graph.Ref { return graph.Ref{Target: addr(typ, name), Attr: "id"} }

// at builds a path from names and positions with dots between: "task_params.0.url".
func at(path string) cty.Path {
	var p cty.Path
	for _, step := range strings.Split(path, ".") {
		if n, err := strconv.Atoi(step); err == nil {
			p = p.IndexInt(n)
		} else {
			p = p.GetAttr(step)
		}
	}
	return p
}

// organisation is a small one with something of everything.
func organisation() *graph.Graph {
	return &graph.Graph{
		Resources: append(append([]*graph.Resource{}, teams()...), append(services(), workflow()...)...),
		Data: []*graph.DataSource{{
			Address: graph.Address{Data: true, Type: "rootly_user", Name: "grace"},
			Config:  obj(object{"email": str("grace@example.com")}),
			Note:    "Grace owns the schedule but is no resource.",
		}},
		Variables: []*graph.Variable{
			{Name: "status_hook_headers", Description: "Headers of the task that posts to the status hook.", Value: "Bearer ${not} \"a\" template", Sensitive: true},
			{Name: "hook", Description: "Address of the status hook, with its token.", Value: "https://hooks.example.com/T0/secret"},
		},
		Users: []graph.User{
			{Email: "grace@example.com", ID: "1042", Name: "Grace"},
			{Email: "ada@example.com", ID: "7", Name: "Ada"},
		},
	}
}

func teams() []*graph.Resource {
	return []*graph.Resource{{
		Address: addr("rootly_team", "sre"), ID: "0b1c", Title: "SRE", Group: "teams",
		Config: obj(object{
			"name": str("SRE"), "description": str("Keeps the lights on.\n\nCall us first.\n"), "color": str("#0f0f0f"),
			"user_ids":       cty.ListVal([]cty.Value{num(7), num(1042)}),
			"admin_ids":      cty.ListVal([]cty.Value{num(7)}),
			"slack_channels": blocks(object{"id": str("C1"), "name": str("sre")}, object{"id": str("C2"), "name": str("sre-alerts")}),
		}),
		Exprs: []graph.Placed{
			{Path: at("admin_ids.0"), Expr: graph.EntryRef{Map: "users", Key: "ada@example.com", Numeric: true}},
			{Path: at("user_ids.0"), Expr: graph.EntryRef{Map: "users", Key: "ada@example.com", Numeric: true}},
			{Path: at("user_ids.1"), Expr: graph.Ref{Target: graph.Address{Data: true, Type: "rootly_user", Name: "grace"}, Attr: "id", Numeric: true}},
		},
	}}
}

func services() []*graph.Resource {
	return []*graph.Resource{{
		Address: addr("rootly_service", "api"), ID: "1a", Title: "API", Group: "services",
		Config: obj(object{
			"name": str("API"), "description": str("Public API"), "color": str("#123456"),
			"owner_group_ids": list("0b1c"), "notify_emails": list("a@example.com", "b@example.com"),
			"service_ids":            list("1b", "2e6f1d62-5d5c-4b44-9f4c-9b7f7d8f0a11"),
			"github_repository_name": str("acme/api"),
		}),
		Exprs: []graph.Placed{
			{Path: at("owner_group_ids.0"), Expr: ref("rootly_team", "sre")},
			{Path: at("service_ids.0"), Expr: ref("rootly_service", "web")},
		},
		Notes: []graph.Note{
			{Path: at("service_ids.1"), Text: "Nothing in this organisation has this id any more."},
			{Text: "Shared by three teams; ask before you rename it."},
		},
		Protect: "Incidents of many years hang on this service, and they would lose it for good if it went away.",
	}, {
		Address: addr("rootly_service", "web"), ID: "1b", Title: "Web", Group: "services",
		Config: obj(object{"name": str("Web"), "color": str("#fff000"), "position": num(2)}),
		Notes:  []graph.Note{{Path: at("color"), Text: "Left as text: a reference would close a cycle."}},
	}}
}

func workflow() []*graph.Resource {
	task := func(name, typ string, position int64, params object) *graph.Resource {
		params["task_type"] = str(typ)
		return &graph.Resource{
			Address: addr("rootly_workflow_task_"+typ, name), ID: graph.ID("t-" + name), Parent: "w1", Group: "workflows",
			Config: obj(object{
				"name": str(name), "workflow_id": str("w1"), "position": num(position), "skip_on_failure": cty.True,
				"task_params": blocks(params),
			}),
			Exprs: []graph.Placed{{Path: at("workflow_id"), Expr: ref("rootly_workflow_incident", "page")}},
		}
	}
	hook := task("post_status", "http_client", 1, object{
		"url": str("https://hooks.example.com/T0/secret"), "method": str("POST"), "succeed_on_status": str("200"),
		"headers": str(`{"Authorization":"x"}`), "body": str("{{ incident.title }}\n{{ incident.url }}"),
		"post_to_slack_channels": blocks(object{"id": str("C1"), "name": str("sre")}),
	})
	hook.Exprs = append(hook.Exprs,
		graph.Placed{Path: at("task_params.0.headers"), Expr: graph.Encoded{
			Value: obj(object{"Authorization": str("x"), "Content-Type": str("application/json"), "retry": obj(object{"max": num(3), "on": cty.TupleVal([]cty.Value{num(500), num(503)})})}),
			Exprs: []graph.Placed{{Path: at("Authorization"), Expr: graph.VariableRef{Name: "status_hook_headers"}}},
		}},
		graph.Placed{Path: at("task_params.0.url"), Expr: graph.VariableRef{Name: "hook"}})
	hook.Ignore = []graph.Ignore{
		{Path: "task_params[0].method", Reason: "The API leaves this empty, and the provider accepts only a few values."},
		{Path: "task_params[0].task_type", Reason: "The API spells this in another way than the provider."},
	}
	jira := task("open_issue", "create_jira_issue", 2, object{
		"title": str("{{ incident.title }}"), "labels": str(""), "project_key": str("OPS"),
		"integration": cty.MapVal(object{"id": str(""), "name": str("")}),
		"issue_type":  cty.MapVal(object{"id": str("10001"), "name": str("Bug")}),
		"description": str("Owned by 0b1c.\nSee ${incident}."),
	})
	jira.Exprs = append(jira.Exprs, graph.Placed{Path: at("task_params.0.description"), Expr: graph.Template{Parts: []graph.Part{
		{Text: "Owned by "}, {Expr: ref("rootly_team", "sre")}, {Text: ".\nSee ${incident}."}}}})
	return []*graph.Resource{{
		Address: addr("rootly_workflow_incident", "page"), ID: "w1", Group: "workflows",
		Config: obj(object{
			"name": str("Page"), "position": num(1), "wait": str("5 minutes"),
			"trigger_params": blocks(object{
				"triggers": list("incident_created"), "incident_condition_label": str(""),
				"incident_statuses": list("started", "mitigated"),
			}),
		}),
	}, hook, jira}
}

// texts holds what is hard to write as text.
func texts() *graph.Graph {
	cases := object{
		"plain":            str("plain"),
		"empty":            str(""),
		"quoted":           str(`say "hi" \ bye`),
		"template":         str("${a} %{b} $${c} %%{d} $e %f $"),
		"liquid":           str("{{ incident.title | upcase }} {% if x %}${{ y }}{% endif %}"),
		"ends_in_newline":  str("one line\n"),
		"lines":            str("first\nsecond\n"),
		"unended":          str("first\nsecond"),
		"indented":         str("  first\n    second\n"),
		"stepped":          str("first\n  second\n\n\n   \nlast\n"),
		"marker":           str("EOT\n EOT2\nEOT3x\n"),
		"windows":          str("first\r\nsecond\r\n"),
		"control":          str("a\x00b\x1b[31m\u202e"),
		"emoji":            str("👩\u200d💻 déjà vu שלום"),
		"combining":        str("\u0301start\nof a line\n"),
		"blank_lines_only": str("\n\n\n"),
		"template_lines":   str("a ${b}\n%{c}\n$"),
	}
	return &graph.Graph{Resources: []*graph.Resource{{Address: addr("rootly_unknown", "texts"), Config: obj(cases)}}}
}

// values holds every kind of value, in a type that the schema does not know.
func values() *graph.Graph {
	long := make([]string, 9)
	for i := range long {
		long[i] = "a-rather-long-element"
	}
	return &graph.Graph{Resources: []*graph.Resource{{
		Address: addr("rootly_unknown", "values"), ID: "v",
		Config: obj(object{
			"bool": cty.False, "int": num(-3), "float": cty.MustParseNumberVal("0.25"), "big": cty.MustParseNumberVal("12345678901234567890.5"),
			"null": cty.NullVal(cty.String), "none": cty.ListValEmpty(cty.String), "nothing": cty.MapValEmpty(cty.String),
			"long": list(long...), "set": cty.SetVal([]cty.Value{str("b"), str("a")}),
			"map":      cty.MapVal(object{"for": str("x"), "with space": str("y"), "${k}": str("z"), "schlüssel": str("w")}),
			"deep":     obj(object{"list": cty.TupleVal([]cty.Value{obj(object{"a": num(1), "b": cty.TupleVal([]cty.Value{num(1), num(2)})}), obj(object{})}), "text": str("a\nb\n")}),
			"block":    blocks(object{"inner": blocks(object{"x": num(1)}, object{})}, object{"y": str("z")}),
			"price":    str("$1b"),
			"encoded":  str("[]"),
			"message":  str("x"),
			"numeric":  num(1),
			"text_id":  str("7"),
			"one_part": str("7"),
		}),
		Exprs: []graph.Placed{
			{Path: at("block.1.y"), Expr: ref("rootly_team", "sre")},
			{Path: at("deep.list.0.a"), Expr: graph.EntryRef{Map: "users", Key: "ada@example.com", Numeric: true}},
			{Path: at("encoded"), Expr: graph.Encoded{Value: cty.TupleVal([]cty.Value{
				obj(object{"type": str("section"), "text": obj(object{"type": str("mrkdwn"), "text": str("*hi*\nthere")})}), str("x")}),
				Exprs: []graph.Placed{{Path: at("1"), Expr: graph.EntryRef{Map: "users", Key: "ada@example.com"}}}}},
			{Path: at("message"), Expr: graph.Template{Parts: []graph.Part{{Text: "ask "}, {Expr: graph.EntryRef{Map: "users", Key: "ada@example.com"}}, {Text: "\n"}, {Expr: graph.VariableRef{Name: "x"}}, {Text: "\n"}}}},
			{Path: at("numeric"), Expr: graph.Ref{Target: addr("rootly_team", "sre"), Attr: "id", Numeric: true}},
			{Path: at("one_part"), Expr: graph.Template{Parts: []graph.Part{{Text: ""}, {Expr: ref("rootly_team", "sre")}}}},
			{Path: at("price"), Expr: graph.Template{Parts: []graph.Part{{Text: "cost: $"}, {Expr: ref("rootly_service", "b")}}}},
			{Path: at("text_id"), Expr: graph.EntryRef{Map: "users", Key: "ada@example.com"}},
		},
		Notes: []graph.Note{
			{Path: at("deep.list.1"), Text: "Empty in Rootly too."},
			{Path: at("block.0"), Text: "The first block."},
			{Path: at("block"), Text: "Order matters."},
			{Path: at("absent"), Text: "The provider cannot hold this."},
		},
	}}}
}
