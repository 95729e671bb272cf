package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/terraformer-rootly/terraformer-rootly/providers/hint"
)

// A User is somebody who makes changes. Unknown fields are empty.
type User struct{ ID, Name, Email string }

// String distinguishes a user from others with the same name.
func (u User) String() string {
	said := u.Name
	if u.Email != "" {
		said += " <" + u.Email + ">"
	}
	if u.ID != "" {
		said += " (" + u.ID + ")"
	}
	return strings.TrimSpace(said)
}

// Key is the text by which a [Filter] finds the user.
func (u User) Key() string { return cmp.Or(u.ID, u.Email, u.Name) }

// PickUser finds the user that a person means: by id or email, by the whole name, or by a part of it, in any case.
func PickUser(users []User, said string) (User, error) {
	for _, fits := range []func(User) bool{
		func(u User) bool { return u.ID == said || strings.EqualFold(u.Email, said) },
		func(u User) bool { return strings.EqualFold(u.Name, said) },
		func(u User) bool { return strings.Contains(strings.ToLower(u.Name), strings.ToLower(said)) },
	} {
		found := distinct(users, fits)
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 {
			return User{}, hint.With(fmt.Errorf("%d users are called %q", len(found), said), "give the email or the id: "+listOf(found))
		}
	}
	return User{}, hint.With(fmt.Errorf("no user is called %q", said), "give the email, or the id of a user who has left")
}

// distinct returns each matching user once, sorted by name.
func distinct(users []User, fits func(User) bool) []User {
	var found []User
	for _, u := range users {
		same := func(other User) bool { return u.Key() == other.Key() }
		if fits(u) && !slices.ContainsFunc(found, same) {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b User) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key(), b.Key())) })
	return found
}

// listOf names some users.
func listOf(users []User) string {
	const most = 5
	var names []string
	for _, u := range users[:min(most, len(users))] {
		names = append(names, u.String())
	}
	list := strings.Join(names, ", ")
	if more := len(users) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// by reports whether a user, by id, email or whole name, made the change.
func (e Event) by(user string) bool {
	return user == e.UserID || strings.EqualFold(user, e.UserEmail) || e.UserName != "" && strings.EqualFold(user, e.UserName)
}
