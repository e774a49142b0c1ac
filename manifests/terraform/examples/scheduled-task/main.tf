# Foghorn as a scheduled task, in an account of yours that may assume the member roles.

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
  region = var.region
}

variable "region" {
  description = "The Region that Foghorn runs in."
  type        = string
}

variable "image" {
  description = "Foghorn's image in a registry of yours, by a tag or, better, by a digest."
  type        = string
}

variable "vpc_id" {
  description = "The network that it runs in."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of that network with a way to AWS and to the chat services."
  type        = list(string)
}

variable "store_bucket_name" {
  description = "A name for the bucket of its reports, the same as in fleet.yaml."
  type        = string
}

locals {
  fleet = file("${path.module}/fleet.yaml")
}

# Up to 4 KiB are free of charge; Secrets Manager takes 64 KiB.
resource "aws_ssm_parameter" "fleet" {
  name  = "/foghorn/fleet"
  type  = "String"
  tier  = "Intelligent-Tiering"
  value = local.fleet
}

module "foghorn" {
  source = "../../modules/scheduled-task"

  fleet_name        = yamldecode(local.fleet).metadata.name
  fleet_file_arn    = aws_ssm_parameter.fleet.arn
  image             = var.image
  vpc_id            = var.vpc_id
  subnet_ids        = var.subnet_ids
  store_bucket_name = var.store_bucket_name
  discover_accounts = "units"
  alarm_email       = "sre@example.com"
}

output "controller_role_arn" {
  description = "For the member roles: who may assume them."
  value       = module.foghorn.controller_role_arn
}

output "run_now" {
  description = "Starts a run at once, by hand."
  value       = module.foghorn.run_now
}
