# Proves that a message arrives, and says where none does.

# One task however many shards there are: a canary is no part of a run.
resource "aws_scheduler_schedule" "canary" {
  count = local.canaries

  name                         = "${var.name}-canary"
  group_name                   = aws_scheduler_schedule_group.this.name
  description                  = "Sends a canary down every pipeline"
  state                        = var.schedule_state
  schedule_expression          = var.canary_schedule
  schedule_expression_timezone = var.schedule_timezone

  # People are told when to expect it.
  flexible_time_window {
    mode = "OFF"
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

    input = module.documents.canary_input

    retry_policy {
      maximum_event_age_in_seconds = 1800
      maximum_retry_attempts       = 20
    }

    dead_letter_config {
      arn = aws_sqs_queue.dead_letters.arn
    }
  }
}

resource "aws_cloudwatch_event_rule" "canary_unheard" {
  count = local.canaries

  name          = "${var.name}-canary-unheard"
  description   = "A canary of Foghorn was not heard"
  event_pattern = module.documents.unheard_canary
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "people_of_canaries" {
  count = local.canaries

  rule      = aws_cloudwatch_event_rule.canary_unheard[0].name
  target_id = "people"
  arn       = aws_sns_topic.alarms.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }

  input_transformer {
    input_template = "{\"what\": \"A canary of Foghorn was not heard or not sent (exit code 2), or part of the fleet could not be read (3). How far each got is in the log group /foghorn/${var.name} of ${local.region}.\", \"event\": <aws.events.event.json>}"
  }
}

resource "aws_cloudwatch_metric_alarm" "canary_undelivered" {
  count = local.canaries

  alarm_name          = "${var.name}-CanaryFailedInvocations"
  alarm_description   = "A canary of Foghorn was not heard, and EventBridge could not deliver the news of it"
  namespace           = "AWS/Events"
  metric_name         = "FailedInvocations"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.canary_unheard[0].name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
  tags                = var.tags
}
