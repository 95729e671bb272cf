package organisation

// recipes says how the objects of each type are made. Tasks follow the schema instead.
func recipes() map[string]recipe {
	m := map[string]recipe{
		"rootly_cause":                                     cause,
		"rootly_custom_field":                              customField,
		"rootly_custom_field_option":                       customFieldOption,
		"rootly_custom_form":                               customForm,
		"rootly_environment":                               environment,
		"rootly_form_field":                                formField,
		"rootly_form_field_option":                         formFieldOption,
		"rootly_form_field_placement":                      formFieldPlacement,
		"rootly_form_field_placement_condition":            formFieldPlacementCondition,
		"rootly_form_field_position":                       formFieldPosition,
		"rootly_form_set":                                  formSet,
		"rootly_form_set_condition":                        formSetCondition,
		"rootly_functionality":                             functionality,
		"rootly_incident_role":                             incidentRole,
		"rootly_incident_role_task":                        incidentRoleTask,
		"rootly_incident_type":                             incidentType,
		"rootly_service":                                   service,
		"rootly_severity":                                  severity,
		"rootly_sub_status":                                subStatus,
		"rootly_team":                                      team,
		"rootly_workflow_custom_field_selection":           customFieldSelection,
		"rootly_workflow_form_field_condition":             formFieldCondition("incident_condition"),
		"rootly_workflow_group":                            workflowGroup,
		"rootly_workflow_action_item_form_field_condition": formFieldCondition("action_item_condition"),
	}
	for _, k := range workflowKinds() {
		m[k] = workflow
	}
	return m
}
