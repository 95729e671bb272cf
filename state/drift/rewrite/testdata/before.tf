# People wrote this file, and it shows.

variable "prefix" { default = "x" }

resource "rootly_service" "plain" {
  name        = "Plain" // as on the door
  description = "old" # why not

  /* a colour
     of our own */
  color       =    "#111111"
  show_uptime = true
  notify_emails = ["a@example.com",   "b@example.com"]

      github_repository_name = "kept/as-it-is"
}

resource "rootly_service" "expressions" {
  name        = "${var.prefix}-service"
  description = format("%s", "x")
  color       = var.prefix == "x" ? "#000000" : "#ffffff"
  slack_channels {
    id   = "C1" # first
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
    First line
      indented
    Last line
  EOT
  # after the text
}

resource "rootly_team" "plain_heredoc" {
  description = <<TEXT
old
TEXT
  color = "#222222"
}

resource "rootly_cause" "many" {
  for_each = toset(["a", "b"])
  name     = each.key
}

resource "rootly_cause" "chomped" {
  description = chomp(<<-EOT
    First
    Second
  EOT
  )
  name = "c" # after
}
