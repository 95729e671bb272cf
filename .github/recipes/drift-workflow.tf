# When drift opens an incident, this workflow pages the on-call, opens a Slack channel and posts the report
# there. It only runs for incidents with the label source=terraform-drift, which drift sets with
# --label source=terraform-drift.

terraform {
  required_providers {
    rootly = {
      source = "rootlyhq/rootly"
    }
  }
}

variable "service_id" {
  description = "The service whose on-call is paged."
  type        = string
}

variable "alert_urgency_id" {
  description = "How urgently."
  type        = string
}

variable "slack_workspace_id" {
  description = "Where the channel is opened."
  type        = string
}

resource "rootly_workflow_incident" "drift" {
  name        = "Configuration drift"
  description = "Somebody changed Rootly outside of code."

  trigger_params {
    triggers                 = ["incident_created"]
    incident_condition       = "ALL"
    incident_condition_label = "CONTAINS"
    incident_labels          = ["source:terraform-drift"]
  }
}

resource "rootly_workflow_task_create_slack_channel" "drift" {
  workflow_id = rootly_workflow_incident.drift.id
  name        = "Open a channel"
  position    = 1

  task_params {
    title     = "drift-{{ incident.sequential_id }}"
    workspace = { id = var.slack_workspace_id, name = "Slack" }
  }
}

resource "rootly_workflow_task_page_rootly_on_call_responders" "drift" {
  workflow_id     = rootly_workflow_incident.drift.id
  name            = "Page the on-call"
  position        = 2
  skip_on_failure = true

  task_params {
    summary          = "{{ incident.title }}"
    alert_urgency_id = var.alert_urgency_id
    service_target   = { id = var.service_id, name = "Configuration" }
  }
}

resource "rootly_workflow_task_send_slack_message" "drift" {
  workflow_id     = rootly_workflow_incident.drift.id
  name            = "Post the report"
  position        = 3
  skip_on_failure = true

  task_params {
    text = "*{{ incident.title }}*\n{{ incident.summary }}"

    channels {
      id   = "{{ incident.slack_channel_id }}"
      name = "{{ incident.slack_channel_id }}"
    }
  }
}
