# Who may take up each role.

output "tasks_trust" {
  description = "The task's roles: ECS, for tasks of this account and Region."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = var.account_id }
        ArnLike      = { "aws:SourceArn" = "arn:${var.partition}:ecs:${var.region}:${var.account_id}:*" }
      }
    }]
  })
}

output "scheduler_trust" {
  description = "The scheduler's role: EventBridge Scheduler, for the schedules of this group."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = {
          "aws:SourceAccount" = var.account_id
          "aws:SourceArn"     = "arn:${var.partition}:scheduler:${var.region}:${var.account_id}:schedule-group/${var.name}"
        }
      }
    }]
  })
}
