package organisation

import "maps"

// recipes says how the objects of each type are made. Tasks follow the schema instead, and
// users, who carry rootly_user_on_call_role, are made by themselves.
func recipes() map[string]recipe {
	m := incidentRecipes()
	maps.Copy(m, onCallRecipes())
	for _, k := range workflowKinds() {
		m[k] = workflow
	}
	return m
}

// incidentRecipes are the types that describe services and what happens to them.
func incidentRecipes() map[string]recipe {
	return map[string]recipe{
		"rootly_catalog":                                   catalog,
		"rootly_catalog_checklist_template":                checklistTemplate,
		"rootly_catalog_entity":                            catalogEntity,
		"rootly_catalog_property":                          catalogProperty,
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
		"rootly_incident_sub_status":                       incidentSubStatus,
		"rootly_incident_type":                             incidentType,
		"rootly_playbook":                                  playbook,
		"rootly_playbook_task":                             playbookTask,
		"rootly_post_mortem_template":                      postMortemTemplate,
		"rootly_retrospective_configuration":               retrospectiveConfiguration,
		"rootly_retrospective_process":                     retrospectiveProcess,
		"rootly_retrospective_process_group":               retrospectiveGroup,
		"rootly_retrospective_process_group_step":          retrospectiveGroupStep,
		"rootly_retrospective_step":                        retrospectiveStep,
		"rootly_service":                                   service,
		"rootly_severity":                                  severity,
		"rootly_sla":                                       sla,
		"rootly_sub_status":                                subStatus,
		"rootly_team":                                      team,
		"rootly_workflow_action_item_form_field_condition": formFieldCondition("action_item_condition"),
		"rootly_workflow_custom_field_selection":           customFieldSelection,
		"rootly_workflow_form_field_condition":             formFieldCondition("incident_condition"),
		"rootly_workflow_group":                            workflowGroup,
	}
}

// onCallRecipes are the types about notifications and permissions.
func onCallRecipes() map[string]recipe {
	return map[string]recipe{
		"rootly_alert_field":                      alertField,
		"rootly_alert_group":                      alertGroup,
		"rootly_alert_route":                      alertRoute,
		"rootly_alert_routing_rule":               alertRoutingRule,
		"rootly_alert_urgency":                    alertUrgency,
		"rootly_alerts_source":                    alertsSource,
		"rootly_api_key":                          apiKey,
		"rootly_authorization":                    authorization,
		"rootly_communications_group":             communicationsGroup,
		"rootly_communications_stage":             communicationsStage,
		"rootly_communications_template":          communicationsTemplate,
		"rootly_communications_type":              communicationsType,
		"rootly_dashboard":                        dashboard,
		"rootly_dashboard_panel":                  dashboardPanel,
		"rootly_edge_connector":                   edgeConnector,
		"rootly_edge_connector_action":            edgeConnectorAction,
		"rootly_escalation_level":                 escalationLevel,
		"rootly_escalation_path":                  escalationPath,
		"rootly_escalation_policy":                escalationPolicy,
		"rootly_heartbeat":                        heartbeat,
		"rootly_incident_permission_set":          permissionSet,
		"rootly_incident_permission_set_boolean":  permissionBoolean,
		"rootly_incident_permission_set_resource": permissionResource,
		"rootly_live_call_router":                 liveCallRouter,
		"rootly_on_call_role":                     onCallRole,
		"rootly_on_call_shadow":                   onCallShadow,
		"rootly_override_shift":                   overrideShift,
		"rootly_role":                             role,
		"rootly_schedule":                         schedule,
		"rootly_schedule_rotation":                scheduleRotation,
		"rootly_schedule_rotation_active_day":     rotationActiveDay,
		"rootly_schedule_rotation_user":           rotationUser,
		"rootly_secret":                           secret,
		"rootly_status_page":                      statusPage,
		"rootly_status_page_component":            statusPageComponent,
		"rootly_status_page_component_group":      statusPageGroup,
		"rootly_status_page_template":             statusPageTemplate,
		"rootly_webhooks_endpoint":                webhooksEndpoint,
	}
}
