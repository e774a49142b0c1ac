# The roles of one account. Repeat it for each account, with a provider of its own; for a whole
# organisation a StackSet reaches accounts that Terraform does not know of yet.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.60, < 7.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "controller_role_arn" {
  description = "The role that Foghorn runs as."
  type        = string
}

variable "external_id" {
  description = "spec.access.externalId of the fleet file."
  type        = string
  sensitive   = true
}

module "member_role" {
  source = "../../modules/member-role"

  # foghorn policy --mode apply -f fleet.yaml > policy.json (here of manifests/fleets/slack-chatbot.yaml)
  policy_json              = file("${path.module}/policy.json")
  controller_principal_arn = var.controller_role_arn
  external_id              = var.external_id

  # This fleet's pipelines go by AWS Chatbot alone.
  invoke_role   = false
  notifier_role = false
}

output "role_arn" {
  description = "The role that Foghorn assumes here."
  value       = module.member_role.role_arn
}
