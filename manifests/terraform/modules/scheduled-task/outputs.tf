output "controller_role_arn" {
  description = "The role that Foghorn runs as: the member roles trust it."
  value       = aws_iam_role.controller.arn
}

output "store_url" {
  description = "spec.store of the fleet file."
  value       = "s3://${aws_s3_bucket.store.id}"
}

output "alarms_topic_arn" {
  description = "The topic that says when Foghorn itself fails."
  value       = aws_sns_topic.alarms.arn
}

output "dead_letters_url" {
  description = "The queue of runs that could not be started."
  value       = aws_sqs_queue.dead_letters.url
}

output "log_group_name" {
  description = "The log of all runs."
  value       = aws_cloudwatch_log_group.this.name
}

output "run_now" {
  description = "Starts a run at once, by hand."
  value       = "aws ecs run-task --launch-type FARGATE --cluster ${local.cluster_arn} --task-definition ${aws_ecs_task_definition.this.arn} --network-configuration 'awsvpcConfiguration={subnets=[${join(",", var.subnet_ids)}],securityGroups=[${aws_security_group.this.id}],assignPublicIp=${var.assign_public_ip ? "ENABLED" : "DISABLED"}}'"
}
