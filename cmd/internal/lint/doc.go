// Package lint finds what is wrong with an organisation.
//
//	Organisation: live objects, users, shifts ──► Rules ──► findings ──► ignores, baseline ──► Report
//
// Rules are rows of a table: each has the reason why it matters and what to do about it, and looks at the organisation as it
// was read. Read makes the organisation, by GET requests only.
//
// Not here: flags, and what Terraform plans. A rule never looks anything up and never prints.
package lint
