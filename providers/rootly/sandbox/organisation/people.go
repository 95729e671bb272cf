package organisation

import (
	"strings"
)

// people makes the users. They are no resources, but everything that is owned, paged or on
// call points at them.
func (b *builder) people() {
	for i, s := range b.pools[person] {
		b.user(s, i%11 != 3)
	}
}

// user makes one of them. Some are never on call.
func (b *builder) user(s slot, onCall bool) {
	duty := encoded(`{"data":null}`)
	if onCall {
		duty = b.relation("rootly_on_call_role")
	}
	first := b.oneOf("Ada", "Grace", "Linus", "Barbara", "Edsger", "Margaret", "Ken", "Radia", "Tim", "Hedy", "Zoë", "José", "Dana", "Wei")
	last := b.oneOf("Okafor", "Lindqvist", "Müller", "Tanaka", "O'Brien", "García", "Novak", "Haddad", "Smith", "van Dijk")
	mail := strings.ToLower(b.slugOf(first+" "+last)) + "@example.com"
	created := b.past()
	b.store("users", s, fields{
		{"name", text(first + " " + last)},
		{"email", text(mail)},
		{"phone", null},
		{"phone_2", null},
		{"first_name", text(first)},
		{"last_name", text(last)},
		{"preferred_name", null},
		{"full_name", text(first + " " + last)},
		{"full_name_with_team", text("[Acme] " + first + " " + last)},
		{"slack_id", text(b.external("U"))},
		{"time_zone", text(b.oneOf("Europe/London", "America/New_York", "Asia/Tokyo", "Etc/UTC"))},
		{"created_at", stamp(created)},
		{"updated_at", stamp(created.Add(b.span()))},
	}, field{"relationships", object(field{"role", b.relation("rootly_role")}, field{"on_call_role", duty})})
}

// relation names one object as JSON:API does, or none.
func (b *builder) relation(kind string) encoded {
	id := b.pick(kind)
	if id == "" {
		return `{"data":null}`
	}
	return object(field{"data", object(field{"id", text(id)}, field{"type", text(b.rows[kind].API)})})
}

// userNumber points at a person by number.
func (b *builder) userNumber() encoded {
	if id := b.pick(person); id != "" {
		return encoded(id)
	}
	return null
}

// userNumbers points at up to n people by number.
func (b *builder) userNumbers(n int) encoded { return numbers(b.picks(person, b.atLeast(n))) }

// numbers encodes numeric ids as a list of numbers.
func numbers(ids []string) encoded {
	list := make([]encoded, len(ids))
	for i, id := range ids {
		list[i] = encoded(id)
	}
	return array(list...)
}
