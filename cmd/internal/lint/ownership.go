package lint

// ownership are the rules about who is responsible.
var ownership = []Rule{
	{
		ID: "without-owner", Family: "Ownership", Severity: Warning,
		Title: "A service or functionality belongs to no team",
		Means: "The object has neither teams nor people as owners.",
		Why:   "When it breaks, nobody knows whom to ask.",
		Fix:   "Set its owners.",
		check: func(o *Organisation, f *finder) {
			for _, short := range []string{"service", "functionality"} {
				for _, obj := range o.of(short) {
					if len(ids(obj, "owner_group_ids"))+len(ids(obj, "owner_user_ids")) == 0 {
						f.at(obj, "owner_group_ids", "belongs to no team")
					}
				}
			}
		},
	},
	{
		ID: "policy-without-team", Family: "Ownership", Severity: Info,
		Title: "An escalation policy belongs to no team",
		Means: "The policy names neither a team nor a service.",
		Why:   "Nobody keeps it up to date.",
		Fix:   "Add the team that looks after it.",
		check: func(o *Organisation, f *finder) {
			for _, p := range o.of("escalation_policy") {
				if len(ids(p, "group_ids"))+len(ids(p, "service_ids")) == 0 {
					f.at(p, "group_ids", "belongs to no team and to no service")
				}
			}
		},
	},
	{
		ID: "team-without-members", Family: "Ownership", Severity: Warning,
		Title: "A team has no members",
		Means: "Nobody is in the team.",
		Why:   "What the team owns belongs to nobody.",
		Fix:   "Add members, or give what it owns to another team and delete it.",
		check: func(o *Organisation, f *finder) {
			for _, t := range o.of("team") {
				if says(t, "user_ids") && len(ids(t, "user_ids")) == 0 {
					f.at(t, "user_ids", "has no members")
				}
			}
		},
	},
	{
		ID: "team-without-admins", Family: "Ownership", Severity: Info,
		Title: "A team has no admins",
		Means: "Nobody is an admin of the team.",
		Why:   "Nobody in the team can change its schedules and members.",
		Fix:   "Make one of the members an admin.",
		check: func(o *Organisation, f *finder) {
			for _, t := range o.of("team") {
				if len(ids(t, "user_ids")) > 0 && says(t, "admin_ids") && len(ids(t, "admin_ids")) == 0 {
					f.at(t, "admin_ids", "has no admins")
				}
			}
		},
	},
}
