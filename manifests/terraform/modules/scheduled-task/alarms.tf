# What sounds an alarm.

locals {
  # One attempt that fails is tried again; several are worth a look before the run is given up.
  carriers = {
    InvocationDroppedCount                     = { namespace = "AWS/Scheduler", metric = "InvocationDroppedCount", statistic = "Sum", period = 300, threshold = 1, what = "EventBridge Scheduler could not start a run of Foghorn" }
    InvocationsSentToDeadLetterCount           = { namespace = "AWS/Scheduler", metric = "InvocationsSentToDeadLetterCount", statistic = "Sum", period = 300, threshold = 1, what = "EventBridge Scheduler could not start a run of Foghorn" }
    InvocationsFailedToBeSentToDeadLetterCount = { namespace = "AWS/Scheduler", metric = "InvocationsFailedToBeSentToDeadLetterCount", statistic = "Sum", period = 300, threshold = 1, what = "EventBridge Scheduler could not start a run of Foghorn" }
    TargetErrorCount                           = { namespace = "AWS/Scheduler", metric = "TargetErrorCount", statistic = "Sum", period = 900, threshold = 3, what = "ECS refuses again and again to start a run of Foghorn" }
    DeadLetters                                = { namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", statistic = "Maximum", period = 300, threshold = 1, what = "The dead-letter queue of Foghorn's schedule holds a message that says why" }
    FailedInvocations                          = { namespace = "AWS/Events", metric = "FailedInvocations", statistic = "Sum", period = 300, threshold = 1, what = "A run of Foghorn failed, and EventBridge could not deliver the news of it" }
  }

  dimensions = {
    "AWS/Scheduler" = { ScheduleGroup = aws_scheduler_schedule_group.this.name }
    "AWS/SQS"       = { QueueName = aws_sqs_queue.dead_letters.name }
    "AWS/Events"    = { RuleName = aws_cloudwatch_event_rule.task_failed.name }
  }
}

resource "aws_cloudwatch_metric_alarm" "carriers" {
  for_each = local.carriers

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.what
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = local.dimensions[each.value.namespace]
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
  tags                = var.tags
}

# The dead man's alarm: whatever keeps runs from ending, their figures stay away. An hour
# without a run counts as 0, so each of these hours is judged, and none is passed over.
resource "aws_cloudwatch_metric_alarm" "silence" {
  alarm_name          = "${var.name}-Silence"
  alarm_description   = "No run of Foghorn came to its end for ${var.silence_hours} hours"
  evaluation_periods  = var.silence_hours
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
  tags                = var.tags

  metric_query {
    id = "runs"

    metric {
      namespace   = "Foghorn"
      metric_name = "Accounts"
      dimensions  = { Fleet = var.fleet_name }
      stat        = "SampleCount"
      period      = 3600
    }
  }

  metric_query {
    id          = "ended"
    label       = "runs that came to their end"
    expression  = "FILL(runs, 0)"
    return_data = true
  }
}

# What the task's exit code does not tell where it is tolerated. An hour without a run
# counts as the one before it.
resource "aws_cloudwatch_metric_alarm" "trouble" {
  for_each = toset(["Incomplete", "ChangesFailed"])

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.key} in every run of Foghorn for ${var.trouble_hours} hours; its report says what"
  evaluation_periods  = var.trouble_hours
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "missing"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
  tags                = var.tags

  metric_query {
    id = "trouble"

    metric {
      namespace   = "Foghorn"
      metric_name = each.key
      dimensions  = { Fleet = var.fleet_name }
      stat        = "Minimum"
      period      = 3600
    }
  }

  metric_query {
    id          = "lasting"
    label       = each.key
    expression  = "FILL(trouble, REPEAT)"
    return_data = true
  }
}
