data "aws_partition" "here" {}

data "aws_region" "here" {}

data "aws_caller_identity" "here" {}

locals {
  partition   = data.aws_partition.here.partition
  region      = data.aws_region.here.name
  account_id  = data.aws_caller_identity.here.account_id
  cluster_arn = var.cluster_arn == null ? aws_ecs_cluster.this[0].arn : var.cluster_arn
  canaries    = var.canary_schedule == "" ? 0 : 1
}

module "documents" {
  source = "./documents"

  name                   = var.name
  partition              = local.partition
  region                 = local.region
  account_id             = local.account_id
  cluster_arn            = local.cluster_arn
  member_role_name       = var.member_role_name
  organization_id        = var.organization_id
  discover_accounts      = var.discover_accounts
  look_up_accounts       = var.look_up_accounts
  read_account_tags      = var.read_account_tags
  fleet_name             = var.fleet_name
  store_bucket_name      = var.store_bucket_name
  report_secret_arns     = var.report_secret_arns
  report_secrets_key_arn = var.report_secrets_key_arn
  report_topic_arns      = var.report_topic_arns
  fleet_file_arn         = var.fleet_file_arn
  fleet_file_key_arn     = var.fleet_file_key_arn
  image_repository_arn   = var.image_repository_arn
  controller_role_arn    = aws_iam_role.controller.arn
  execution_role_arn     = aws_iam_role.execution.arn
  dead_letters_arn       = aws_sqs_queue.dead_letters.arn
  alarms_topic_arn       = aws_sns_topic.alarms.arn
  rule_arn               = aws_cloudwatch_event_rule.task_failed.arn
  canary_rule_arn        = one(aws_cloudwatch_event_rule.canary_unheard[*].arn)
  canary_arguments       = var.canary_arguments
  shard_count            = var.shard_count
  shard_wait             = var.shard_wait
  schedule_expression    = var.schedule_expression
}
