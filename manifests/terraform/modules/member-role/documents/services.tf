# What the services may do in the name of Foghorn's pipelines.

output "invoke" {
  description = "EventBridge posts to the webhooks of Foghorn's pipelines."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:InvokeApiDestination"
      Resource = "arn:${var.partition}:events:*:${var.account_id}:api-destination/foghorn-*"
    }]
  })
}

output "forward" {
  description = "EventBridge puts this account's events on the bus of Foghorn's hub."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = var.hub_buses
    }]
  })
}

output "notifier" {
  description = "The functions of Foghorn's pipelines read webhooks, keep what they can't deliver, and log."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      length(var.webhook_secrets) == 0 ? [] : [{
        Sid      = "Webhook"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = var.webhook_secrets
      }],
      length(var.webhook_secrets) == 0 || var.webhook_key_arn == null ? [] : [{
        Sid      = "WebhookKey"
        Effect   = "Allow"
        Action   = "kms:Decrypt"
        Resource = var.webhook_key_arn
      }],
      [
        {
          Sid      = "DeadLetters"
          Effect   = "Allow"
          Action   = "sqs:SendMessage"
          Resource = "arn:${var.partition}:sqs:*:${var.account_id}:foghorn-*"
        },
        {
          Sid      = "Log"
          Effect   = "Allow"
          Action   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "arn:${var.partition}:logs:*:${var.account_id}:log-group:/aws/lambda/foghorn-*"
        },
      ],
    )
  })
}
