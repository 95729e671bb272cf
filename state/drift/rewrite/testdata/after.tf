# People wrote this file, and it shows.

variable "prefix" { default = "x" }

resource "rootly_service" "plain" {
  name        = "Plain" // as on the door
  description = "new \"$${quoted}\"" # why not

  /* a colour
     of our own */
  color       =    "#333333"
  notify_emails = ["c@example.com"]

      github_repository_name = "kept/as-it-is"
  public_description = "added"
}

resource "rootly_service" "expressions" {
  name        = "${var.prefix}-service"
  description = format("%s", "x")
  color       = var.prefix == "x" ? "#000000" : "#ffffff"
  slack_channels {
    id   = "C9" # first
    name = "one"
  }
  slack_channels {
    id   = "C2"
    name = var.prefix
  }
  service_ids = [rootly_service.plain.id]
  notify_emails = [
    "a@example.com", # Ada
  ]
}

resource "rootly_team" "flush" {
  name = "Flush"
  description = <<-EOT
    Another line
      indented $${not}

    The end
  EOT
  # after the text
}

resource "rootly_team" "plain_heredoc" {
  description = "no newline"
  color = "#222222"
}

resource "rootly_cause" "many" {
  for_each = toset(["a", "b"])
  name     = each.key
}

resource "rootly_cause" "chomped" {
  description = chomp(<<-EOT
    Other
    $${x}
  EOT
  )
  name = "c" # after
}
