# Pure: what the roles may do, as text, without a provider and without a call.

variable "name" {
  description = "What the task definition, the log group and the schedule group are named by."
  type        = string
}

variable "partition" {
  description = "The partition of the account: aws, aws-cn, aws-us-gov."
  type        = string
}

variable "region" {
  description = "The Region of the task."
  type        = string
}

variable "account_id" {
  description = "The account of the task."
  type        = string
}

variable "cluster_arn" {
  description = "The cluster that the task runs in."
  type        = string
}

variable "member_role_name" {
  description = "spec.access.roleName of the fleet file."
  type        = string
}

variable "organization_id" {
  description = "Only member roles in this organisation may be assumed; null where there is none."
  type        = string
}

variable "discover_accounts" {
  description = "Which accounts spec.organization includes: everything, units or none."
  type        = string
}

variable "look_up_accounts" {
  description = "Whether spec.organization includes single accounts."
  type        = bool
}

variable "read_account_tags" {
  description = "Whether spec.organization has labelsFromTags."
  type        = bool
}

variable "fleet_name" {
  description = "metadata.name of the fleet file, the folder of its reports."
  type        = string
}

variable "store_bucket_name" {
  description = "The bucket of spec.store."
  type        = string
}

variable "report_secret_arns" {
  description = "The secrets of spec.report."
  type        = list(string)
}

variable "report_secrets_key_arn" {
  description = "The KMS key of those secrets; null for the key that AWS manages."
  type        = string
}

variable "report_topic_arns" {
  description = "The SNS topics of spec.report."
  type        = list(string)
}

variable "fleet_file_arn" {
  description = "The parameter or secret that holds the fleet file."
  type        = string
}

variable "fleet_file_key_arn" {
  description = "The KMS key of it; null for the key that AWS manages, and for no key."
  type        = string
}

variable "image_repository_arn" {
  description = "The repository of the image in Amazon ECR; null for another registry."
  type        = string
}

variable "controller_role_arn" {
  description = "The role that Foghorn runs as."
  type        = string
}

variable "execution_role_arn" {
  description = "The role that ECS starts the task with."
  type        = string
}

variable "dead_letters_arn" {
  description = "The queue of runs that could not be started."
  type        = string
}

variable "alarms_topic_arn" {
  description = "The topic of alarms."
  type        = string
}

variable "rule_arn" {
  description = "The rule that tells of failed tasks."
  type        = string
}

variable "canary_rule_arn" {
  description = "The rule that tells of unheard canaries; null where none are sent."
  type        = string
}

variable "canary_arguments" {
  description = "Further arguments of the canary."
  type        = list(string)
}

variable "shard_count" {
  description = "How many tasks share each run."
  type        = number
}

variable "shard_wait" {
  description = "How long a shard that is done waits for the others."
  type        = string
}

variable "schedule_expression" {
  description = "When runs start."
  type        = string
}
