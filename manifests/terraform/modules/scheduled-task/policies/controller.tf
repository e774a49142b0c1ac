# What `foghorn policy --for controller` prints for the fleet.
locals {
  controller = [
    {
      Sid      = "AssumeMemberRoles"
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = "arn:${var.partition}:iam::*:role/${var.member_role_name}"
      Condition = var.organization_id == null ? null : {
        StringEquals = { "aws:ResourceOrgID" = var.organization_id }
      }
    },
    # These take no resource that could be known beforehand.
    var.read_organization ? {
      Sid    = "Organization"
      Effect = "Allow"
      Action = [
        "organizations:DescribeAccount",
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListTagsForResource",
      ]
      Resource  = "*"
      Condition = null
    } : null,
    {
      Sid       = "StoreObjects"
      Effect    = "Allow"
      Action    = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
      Resource  = "arn:${var.partition}:s3:::${var.store_bucket_name}/foghorn/*"
      Condition = null
    },
    {
      Sid       = "StoreBucket"
      Effect    = "Allow"
      Action    = "s3:ListBucket"
      Resource  = "arn:${var.partition}:s3:::${var.store_bucket_name}"
      Condition = null
    },
    length(var.report_secret_arns) > 0 ? {
      Sid       = "ReportSecrets"
      Effect    = "Allow"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = var.report_secret_arns
      Condition = null
    } : null,
    var.report_secrets_key_arn != null ? {
      Sid       = "ReportSecretsKey"
      Effect    = "Allow"
      Action    = "kms:Decrypt"
      Resource  = var.report_secrets_key_arn
      Condition = null
    } : null,
    length(var.report_topic_arns) > 0 ? {
      Sid       = "ReportTopics"
      Effect    = "Allow"
      Action    = "sns:Publish"
      Resource  = var.report_topic_arns
      Condition = null
    } : null,
  ]
}

output "controller" {
  description = "What Foghorn may do with its own credentials."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.documents.controller })
}
