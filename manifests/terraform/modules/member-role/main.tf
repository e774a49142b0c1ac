data "aws_partition" "here" {}

data "aws_caller_identity" "here" {}

module "documents" {
  source = "./documents"

  partition                = data.aws_partition.here.partition
  account_id               = data.aws_caller_identity.here.account_id
  controller_principal_arn = var.controller_principal_arn
  external_id              = var.external_id
  organization_id          = var.organization_id
  hub_buses                = var.hub_buses
  webhook_secrets          = var.webhook_secrets
  webhook_key_arn          = var.webhook_key_arn
}

resource "aws_iam_role" "member" {
  name                 = var.role_name
  description          = "Foghorn looks after ECS failure notification with this role"
  max_session_duration = 3600
  assume_role_policy   = module.documents.member_trust
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "member" {
  name   = "foghorn"
  role   = aws_iam_role.member.id
  policy = var.policy_json
}
