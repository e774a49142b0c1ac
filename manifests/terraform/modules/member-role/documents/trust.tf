locals {
  # What the caller of the member role has to bring.
  asked = merge(
    var.external_id == null ? {} : { "sts:ExternalId" = var.external_id },
    var.organization_id == null ? {} : { "aws:PrincipalOrgID" = var.organization_id },
  )
}

output "member_trust" {
  description = "Who may take up the member role."
  sensitive   = true
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      {
        Effect    = "Allow"
        Principal = { AWS = var.controller_principal_arn }
        Action    = "sts:AssumeRole"
      },
      length(local.asked) == 0 ? {} : { Condition = { StringEquals = local.asked } },
    )]
  })
}

output "chat_trust" {
  description = "Who may take up foghorn-chat: AWS Chatbot, for this account."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "chatbot.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

output "events_trust" {
  description = "Who may take up foghorn-invoke and foghorn-forward: EventBridge, for rules of this account (EventBridge user guide, confused deputy prevention)."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

output "lambda_trust" {
  description = "Who may take up foghorn-notifier: Lambda."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}
