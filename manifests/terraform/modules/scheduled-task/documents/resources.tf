# Policies of the bucket, the topic and the queue.

locals {
  canary_rules = [for rule in [var.canary_rule_arn] : rule if rule != null]
}

output "store_bucket" {
  description = "The bucket takes no request without TLS."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource = [
        "arn:${var.partition}:s3:::${var.store_bucket_name}",
        "arn:${var.partition}:s3:::${var.store_bucket_name}/*",
      ]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

output "alarms_topic" {
  description = "The topic takes messages of these alarms and of these rules."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = var.alarms_topic_arn
        Condition = {
          ArnLike = {
            "aws:SourceArn" = "arn:${var.partition}:cloudwatch:${var.region}:${var.account_id}:alarm:${var.name}-*"
          }
        }
      },
      {
        Sid       = "FailedTasks"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = var.alarms_topic_arn
        Condition = { ArnEquals = { "aws:SourceArn" = var.rule_arn } }
      },
      ], [
      for rule in local.canary_rules : {
        Sid       = "UnheardCanaries"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = var.alarms_topic_arn
        Condition = { ArnEquals = { "aws:SourceArn" = rule } }
      }
    ])
  })
}

output "dead_letters" {
  description = "The queue takes what these rules could not deliver."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat([{
      Sid       = "FailedTasks"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = var.dead_letters_arn
      Condition = { ArnEquals = { "aws:SourceArn" = var.rule_arn } }
      }], [
      for rule in local.canary_rules : {
        Sid       = "UnheardCanaries"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = var.dead_letters_arn
        Condition = { ArnEquals = { "aws:SourceArn" = rule } }
      }
    ])
  })
}

output "failed_task" {
  description = "The event pattern of a run that failed."
  # Exit codes are numbers: a pattern with "1" in quotes would match nothing. 2 and 3 are
  # answers (drift, incomplete); 1, a kill (137) and all others are failures. A task whose
  # image or fleet file could not be had never starts, and has no exit code at all.
  value = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      lastStatus = ["STOPPED"]
      taskDefinitionArn = [
        { prefix = "arn:${var.partition}:ecs:${var.region}:${var.account_id}:task-definition/${var.name}:" },
      ]
      "$or" = [
        { containers = { exitCode = [{ anything-but = [0, 2, 3] }] } },
        { stopCode = ["TaskFailedToStart"] },
      ]
    }
  })
}
