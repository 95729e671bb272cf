package tfstate_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/terraformer-rootly/terraformer-rootly/state/tfstate"
)

func TestObjects(t *testing.T) {
	t.Parallel()
	const content = `{"version": 4, "serial": 1, "lineage": "l", "resources": [
	  {"mode": "managed", "type": "rootly_team", "name": "sre", "instances": [{"attributes": {"id": "t1", "z": [ 1 ], "a": [{}], "none": [ ], "null": null, "text": "[x]"}}]},
	  {"module": "module.m[\"a\"]", "mode": "managed", "type": "rootly_team", "name": "each",
	   "instances": [{"index_key": "k", "attributes": {"id": "t2"}}, {"index_key": "k", "deposed": "00", "attributes": {"id": "t3"}}]},
	  {"mode": "managed", "type": "rootly_team", "name": "counted", "instances": [{"index_key": 0, "attributes": {"id": "../c/actions/t4"}}]},
	  {"mode": "managed", "type": "null_resource", "name": "x", "instances": [{"attributes": {"id": 5}}]},
	  {"mode": "data", "type": "rootly_team", "name": "sre", "instances": [{"attributes": {"id": "t1"}}]}]}`
	held, err := tfstate.Objects([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range held {
		got = append(got, fmt.Sprintf("%s=%s %t %v", h, h.ID, h.Plain(), h.Filled))
	}
	want := `[rootly_team.sre=t1 true [a z] module.m["a"].rootly_team.each["k"]=t2 false [] rootly_team.counted[0]=t4 false []]`
	if fmt.Sprint(got) != want {
		t.Errorf("held %v, want %s", got, want)
	}
	if held, err := tfstate.Objects(nil); err != nil || held != nil {
		t.Errorf("of no state: %v, %v", held, err)
	}
}

func TestUnreadableStatesSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"text": "hello", "no version": "{}", "old": `{"version": 3}`, "newer": `{"version": 5}`,
		"encrypted": `{"encrypted_data": "x"}`, "unknown": `{"version": 4, "later": 1}`,
	} {
		_, err := tfstate.Objects([]byte(content))
		var unreadable *tfstate.Unreadable
		if !errors.As(err, &unreadable) || unreadable.Hint() == "" {
			t.Errorf("%s: %v", name, err)
		}
		if errors.Is(err, tfstate.ErrEncrypted) != (name == "encrypted") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSerialOfANewState(t *testing.T) {
	t.Parallel()
	for given, want := range map[uint64]uint64{0: 1, 1: 1, 8: 8} {
		content, err := tfstate.New(nil, tfstate.Options{Lineage: "l", Serial: given})
		if err != nil {
			t.Fatal(err)
		}
		if head, err := tfstate.ReadHead(content); err != nil || head != (tfstate.Head{Lineage: "l", Serial: want}) {
			t.Errorf("serial %d becomes %v, %v", given, head, err)
		}
	}
}
