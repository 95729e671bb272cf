package auditview

// AuditSources are the ways in which changes are made.
var AuditSources = []string{"web", "api", "mobile", "slack", "scim", "oauth"}
