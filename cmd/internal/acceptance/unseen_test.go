package acceptance

// untouched are settings that are not changed here, since the plan of everything would fail, by type
// and path, each with the reason.
var untouched = map[string]string{
	"rootly_workflow_task_publish_incident.task_params.selected_component_keys":     "the provider refuses statuses of components that are not among the keys",
	"rootly_workflow_task_publish_incident.task_params.selected_component_statuses": "as for the keys",
	"rootly_status_page_component.status_page_id":                                   "would replace the component, whose id is then unknown among the keys",
	"rootly_workflow_task_*.workflow_id":                                            "would make the task again, and the provider refuses its position while the old one is there",
	"rootly_team.admin_ids":                                                         "the provider refuses admins who are no members",
	"rootly_custom_form.slug":                                                       "is what placements and fields name the form by: both would change alike",
}

// unseen are settings whose change no plan can show, by type and path, each with the reason. What
// the catalogue and the report of the import say is not repeated here.
var unseen = map[string]string{
	"rootly_dashboard_panel.params.datalabels.enabled":                    "equals the default, and a block of nothing but defaults is left to the provider",
	"rootly_communications_template.communication_type.name":              "is the name of another object",
	"rootly_alerts_source.alert_template_attributes.external_url":         "one source has alert_source_fields_attributes too, and the provider takes only one of both",
	"rootly_alerts_source.alert_template_attributes.title":                "one source has alert_source_fields_attributes too, and the provider takes only one of both",
	"rootly_alerts_source.alert_template_attributes.description":          "one source has alert_source_fields_attributes too, and the provider takes only one of both",
	"rootly_dashboard_panel.params.legend.groups":                         "equals the default, and a block of nothing but defaults is left to the provider",
	"rootly_workflow_alert.trigger_params.alert_payload_conditions.logic": "equals the default, and a block of nothing but defaults is left to the provider",
}

// consequences are differences that the change of another setting of the object brings, by type and
// path, each with the reason.
var consequences = map[string]string{
	"rootly_retrospective_process.copy_from": "is not read back, and the code has an empty text for it: shown as null to nothing with any other change, and replaces nothing",
	"rootly_schedule_rotation.start_time":    "is open with any change of the rotation, since Rootly may set it",
	"rootly_schedule_rotation.end_time":      "is open with any change of the rotation, since Rootly may set it",
}
