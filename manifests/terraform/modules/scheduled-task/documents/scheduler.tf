locals {
  scheduler = [
    {
      Sid       = "Run"
      Effect    = "Allow"
      Action    = "ecs:RunTask"
      Resource  = "arn:${var.partition}:ecs:${var.region}:${var.account_id}:task-definition/${var.name}:*"
      Condition = { ArnEquals = { "ecs:cluster" = var.cluster_arn } }
    },
    {
      Sid       = "PassTheTasksRoles"
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = [var.controller_role_arn, var.execution_role_arn]
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    },
    {
      Sid      = "DeadLetters"
      Effect   = "Allow"
      Action   = "sqs:SendMessage"
      Resource = var.dead_letters_arn
    },
  ]
}

output "scheduler" {
  description = "What EventBridge Scheduler may do to run the task."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.documents.scheduler })
}
