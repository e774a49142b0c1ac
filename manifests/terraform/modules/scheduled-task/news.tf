# Who hears that Foghorn itself failed.

resource "aws_sns_topic" "alarms" {
  name         = "${var.name}-alarms"
  display_name = "Foghorn itself"
  tags         = var.tags
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = module.documents.alarms_topic
}

resource "aws_sns_topic_subscription" "email" {
  count = var.alarm_email == null ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

# Runs that could not be started, and news of failed tasks and unheard canaries that could not
# be delivered.
resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.url
  policy    = module.documents.dead_letters
}

resource "aws_cloudwatch_event_rule" "task_failed" {
  name          = "${var.name}-task-failed"
  description   = "A run of Foghorn failed"
  event_pattern = module.documents.failed_task
  tags          = var.tags
}

resource "aws_cloudwatch_event_target" "people" {
  rule      = aws_cloudwatch_event_rule.task_failed.name
  target_id = "people"
  arn       = aws_sns_topic.alarms.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }

  input_transformer {
    # The whole event as it is: a part that is not always there would break the text.
    input_template = "{\"what\": \"A run of Foghorn failed. Its log is in the group /foghorn/${var.name} of ${local.region}.\", \"event\": <aws.events.event.json>}"
  }
}
