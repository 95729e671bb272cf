package acceptance

// remade are the differences between an organisation and the one that its code makes again, by type
// and path or by the name of an attribute alone, each with the reason. What the report of the import
// tells is not repeated here.
var remade = map[string]string{
	// Made by Rootly, whatever the code says.
	"created_at":               "is when the object was made",
	"updated_at":               "is when the object was made",
	"last_used_at":             "is what happened to the object",
	"last_pinged_at":           "is what happened to the object",
	"last_poll_at":             "is what happened to the object",
	"slug":                     "Rootly makes it of the name, and numbers names that are taken in the order of their making",
	"id":                       "Rootly gives the parts of an object ids too",
	"secret":                   "Rootly makes a new one, and never tells the old one in full",
	"email":                    "an address that Rootly makes of the id",
	"email_address":            "an address that Rootly makes of the id",
	"ping_url":                 "an address that Rootly makes of the id",
	"webhook_endpoint":         "an address that Rootly makes of the id",
	"managed_by":               "is who made the object",
	"team_id":                  "is the organisation",
	"rootly_dashboard.user_id": "is who made the object",
	"rootly_escalation_policy.created_by_user_id":            "is who made the object",
	"rootly_escalation_policy.last_updated_by_user_id":       "is who changed the object",
	"rootly_alerts_source.status":                            "is whether alerts have come in",
	"rootly_heartbeat.status":                                "is whether pings have come in",
	"rootly_status_page_component.status":                    "follows the incidents",
	"rootly_status_page_component.name":                      "Rootly copies it from the source",
	"rootly_status_page_component.description":               "Rootly copies it from the source",
	"rootly_edge_connector.deliveries_count":                 "counts what happened",
	"rootly_edge_connector.deliveries_completed_count":       "counts what happened",
	"rootly_edge_connector.deliveries_failed_count":          "counts what happened",
	"rootly_edge_connector.deliveries_queued_count":          "counts what happened",
	"rootly_service.alerts_email_address":                    "an address that Rootly makes of the id",
	"rootly_post_mortem_template.content_html":               "Rootly renders it of the content",
	"rootly_status_page.cname_records":                       "Rootly makes them of the domain",
	"rootly_status_page.authentication_password":             "Rootly never tells it: it is redacted",
	"rootly_status_page.saml_idp_cert":                       "Rootly never tells it: it is redacted",
	"rootly_status_page.saml_idp_cert_fingerprint":           "Rootly makes it of the certificate",
	"rootly_form_field.resource_type":                        "the provider only reads it",
	"rootly_communications_template.communication_type.name": "the sandbox has the type's present name, the organisation one of former times",
	"rootly_communications_template.communication_template_stages.data.attributes.communication_stage.name": "as for its type",
	"rootly_communications_group.communication_group_conditions.properties.name":                            "Rootly knows the names of the objects; the provider sends ids only",

	// What Rootly made for every organisation cannot be made again: the provider says custom.
	"rootly_on_call_role.system_role":         "the provider makes custom roles only",
	"rootly_role.is_deletable":                "the provider makes custom roles only",
	"rootly_role.is_editable":                 "the provider makes custom roles only",
	"rootly_form_set.is_default":              "there is one in every organisation already",
	"rootly_retrospective_process.is_default": "there is one in every organisation already",

	// What the provider does not send.
	"rootly_edge_connector_action.description":       "the provider sends it beside metadata, where the API takes it within",
	"rootly_escalation_policy.service_ids":           "the services name their policy; both would be a cycle, and Rootly fills in this side",
	"rootly_alerts_source.alert_template_attributes": "the provider refuses it beside alert_source_fields_attributes, which say the same",
	"rootly_alert_group.group_by_alert_title":        "deprecated: left out of the code",
	"rootly_alert_group.group_by_alert_urgency":      "deprecated: left out of the code",
	"rootly_status_page.time_zone":                   "the provider sends no empty text, and Rootly fills in its default",
	"rootly_service.name":                            "Terraform composes the letters and accents of every text",

	"rootly_schedule_rotation.active_all_week":                                 "the official provider never sends false, and Rootly's own choice is true",
	"rootly_workflow_alert.trigger_params.alert_payload_conditions.conditions": "the provider sends a list, also where Rootly had it as a text",

	// A block of nothing but defaults is left out, since the provider shows it whatever is live.
	"rootly_dashboard_panel.params.datalabels.enabled":              "equals the default of a block that is left out",
	"rootly_dashboard_panel.params.legend.groups":                   "equals the default of a block that is left out",
	"rootly_workflow_alert.trigger_params.alert_payload_conditions": "equals the default of a block that is left out",

	// Sets have no order.
	"rootly_escalation_policy.business_hours.days order": "the provider's sets have no order",
	"rootly_schedule_rotation.active_days order":         "the provider's sets have no order",
}

// unmade are the resources that an empty Rootly refuses, by type and name, each with the reason.
var unmade = map[string]string{
	"rootly_api_key.feeds_key": "Rootly makes no key without an end, and this one has none",
}

// doubted are the resources that are made, and that the engine takes for half made, each with the reason.
var doubted = map[string]string{
	"rootly_schedule_rotation.warehouse_secondary_weekends_rotation": "the official provider never sends false, so that active_all_week comes out otherwise than planned",
}
