package managed

import (
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state"
)

func TestFollow(t *testing.T) {
	t.Parallel()
	moves := []state.Move{
		{From: "rootly_team.c", To: "module.teams.rootly_team.c"},
		{From: "rootly_team.a", To: "rootly_team.b"},
		{From: "rootly_team.b", To: "rootly_team.c"},
		{From: "rootly_team.one", To: `rootly_team.these["one"]`},
		{From: `rootly_team.few["x.y"]`, To: "rootly_team.single"},
		{From: "rootly_team.counted[0]", To: "rootly_team.first"},
		{From: "module.old", To: "module.new"},
		{From: `module.keyed["eu"]`, To: "module.eu"},
		{From: "rootly_team.ring", To: "rootly_team.back"},
		{From: "rootly_team.back", To: "rootly_team.ring"},
	}
	for from, want := range map[string]string{
		"rootly_team.a":                      "module.teams.rootly_team.c",
		`rootly_team.a["k"]`:                 `module.teams.rootly_team.c["k"]`,
		"rootly_team.aa":                     "rootly_team.aa",
		"rootly_team.one":                    `rootly_team.these["one"]`,
		`rootly_team.one["k"]`:               `rootly_team.one["k"]`,
		`rootly_team.few["x.y"]`:             "rootly_team.single",
		`rootly_team.few["z"]`:               `rootly_team.few["z"]`,
		"rootly_team.counted[0]":             "rootly_team.first",
		"rootly_team.counted[1]":             "rootly_team.counted[1]",
		"module.old.rootly_team.x":           "module.new.rootly_team.x",
		`module.old["k"].rootly_team.x[0]`:   `module.new["k"].rootly_team.x[0]`,
		`module.keyed["eu"].rootly_team.x`:   "module.eu.rootly_team.x",
		`module.keyed["us"].rootly_team.x`:   `module.keyed["us"].rootly_team.x`,
		"module.old.module.in.rootly_team.x": "module.new.module.in.rootly_team.x",
	} {
		if got := follow(from, moves); got != want {
			t.Errorf("%s is followed to %s, want %s", from, got, want)
		}
	}
	if got := follow("rootly_team.ring", moves); got != "rootly_team.ring" && got != "rootly_team.back" {
		t.Errorf("a ring leads to %s", got)
	}
}
