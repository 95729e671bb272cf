package auditview

// AuditSources are the sources of changes.
var AuditSources = []string{"web", "api", "mobile", "slack", "scim", "oauth"}
