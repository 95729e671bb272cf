package organisation

import (
	"fmt"
	"testing"
)

// TestRefused holds that exactly the objects that are meant to be refused are: one more, by
// chance, would fail plans that have every right to succeed.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, size := range []int{150, Complete, 6000} {
		teams, groups, positions := 0, 0, 0
		taken := make(map[string]bool)
		for _, o := range decode(t, New(Options{Seed: 11, Size: size})) {
			switch o.API {
			case "groups":
				if !subset(o, "admin_ids", "user_ids") {
					teams++
				}
			case "communications_groups":
				if !holds(o, "email_channel=true") && !holds(o, "sms_channel=true") {
					groups++
				}
			case "workflow_tasks":
				place := o.Parent + fmt.Sprint(o.Attributes["position"])
				if taken[place] {
					positions++
				}
				taken[place] = true
			}
		}
		want := 0
		if size >= Complete {
			want = 1
		}
		if teams != want || groups != want || positions != want {
			t.Errorf("size %d: %d teams, %d communications groups and %d positions are refused, want %d of each", size, teams, groups, positions, want)
		}
	}
}

func subset(o live, part, whole string) bool {
	all := make(map[any]bool)
	for _, v := range elements(o, whole) {
		all[v] = true
	}
	for _, v := range elements(o, part) {
		if !all[v] {
			return false
		}
	}
	return true
}

func elements(o live, attr string) []any {
	list, _ := o.Attributes[attr].([]any)
	return list
}

// TestMembers holds who takes turns: people and schedules that exist, each at a position of
// their own, in rotations that may name the same people in the old way too.
func TestMembers(t *testing.T) {
	t.Parallel()
	all := decode(t, New(Options{Seed: 11, Size: 3000}))
	ids := identities(all)
	kinds := map[string]string{"User": "user", "Schedule": "rootly_schedule"}
	seen, old, both := make(map[string]int), make(map[string]bool), 0
	taken := make(map[string]bool)
	for _, o := range all {
		if o.API == "schedule_rotation_users" {
			old[o.Parent] = true
		}
	}
	for _, o := range all {
		if o.API != "schedule_rotation_members" {
			continue
		}
		kind := scalar(o.Attributes["member_type"])
		seen[kind]++
		if !ids[kinds[kind]][scalar(o.Attributes["member_id"])] {
			t.Errorf("member %s is no %s that exists", o.ID, kind)
		}
		place := o.Parent + fmt.Sprint(o.Attributes["position"])
		if taken[place] {
			t.Errorf("rotation %s has two members at %v", o.Parent, o.Attributes["position"])
		}
		taken[place] = true
		if !ids["rootly_schedule_rotation"][o.Parent] {
			t.Errorf("member %s belongs to no rotation", o.ID)
		}
		if old[o.Parent] {
			both++
		}
	}
	if seen["User"] == 0 || seen["Schedule"] == 0 || both == 0 {
		t.Errorf("members by type: %v, of rotations with users of old: %d", seen, both)
	}
}

// TestPeople holds that some people are on call with a role, and some with none.
func TestPeople(t *testing.T) {
	t.Parallel()
	mails := make(map[string]bool)
	for _, o := range decode(t, New(Options{Seed: 11, Size: 3000})) {
		if o.API != "users" {
			continue
		}
		mail := scalar(o.Attributes["email"])
		if mail == "" || mails[mail] {
			t.Errorf("mail address %q is empty or taken", mail)
		}
		mails[mail] = true
	}
	if len(mails) < 20 {
		t.Errorf("only %d people", len(mails))
	}
}
