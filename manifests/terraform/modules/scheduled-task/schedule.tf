# When.

locals {
  # Shards of a run start together.
  has_window = var.shard_count == 1 && var.window_minutes > 0
}

resource "aws_scheduler_schedule_group" "this" {
  name = var.name
  tags = var.tags
}

resource "aws_scheduler_schedule" "this" {
  count = var.shard_count

  name                         = "${var.name}-${count.index}"
  group_name                   = aws_scheduler_schedule_group.this.name
  description                  = "Runs Foghorn"
  state                        = var.schedule_state
  schedule_expression          = var.schedule_expression
  schedule_expression_timezone = var.schedule_timezone

  flexible_time_window {
    mode                      = local.has_window ? "FLEXIBLE" : "OFF"
    maximum_window_in_minutes = local.has_window ? var.window_minutes : null
  }

  target {
    arn      = local.cluster_arn
    role_arn = aws_iam_role.scheduler.arn

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.this.arn
      task_count          = 1
      launch_type         = "FARGATE"
      platform_version    = "LATEST"

      network_configuration {
        subnets          = var.subnet_ids
        security_groups  = [aws_security_group.this.id]
        assign_public_ip = var.assign_public_ip
      }
    }

    input = module.documents.inputs[count.index]

    # A run that could not be started for half an hour is late enough to be known of.
    retry_policy {
      maximum_event_age_in_seconds = 1800
      maximum_retry_attempts       = 20
    }

    dead_letter_config {
      arn = aws_sqs_queue.dead_letters.arn
    }
  }
}
