# What `foghorn policy --for controller` prints for the fleet.
locals {
  controller = [
    {
      Sid      = "EnterAccounts"
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = "arn:${var.partition}:iam::*:role/${var.member_role_name}"
      Condition = var.organization_id == null ? null : {
        StringEquals = { "aws:ResourceOrgID" = var.organization_id }
      }
    },
    # To list all accounts takes no resource.
    var.discover_accounts == "everything" ? {
      Sid      = "ListTheOrganization"
      Effect   = "Allow"
      Action   = "organizations:ListAccounts"
      Resource = "*"
    } : null,
    var.discover_accounts == "units" ? {
      Sid    = "ListUnits"
      Effect = "Allow"
      Action = ["organizations:ListAccountsForParent", "organizations:ListOrganizationalUnitsForParent"]
      Resource = [
        "arn:${var.partition}:organizations::*:ou/o-*/ou-*",
        "arn:${var.partition}:organizations::*:root/o-*/r-*",
      ]
    } : null,
    var.look_up_accounts ? {
      Sid      = "LookUpAccounts"
      Effect   = "Allow"
      Action   = "organizations:DescribeAccount"
      Resource = "arn:${var.partition}:organizations::*:account/o-*/*"
    } : null,
    var.read_account_tags ? {
      Sid      = "ReadLabels"
      Effect   = "Allow"
      Action   = "organizations:ListTagsForResource"
      Resource = "arn:${var.partition}:organizations::*:account/o-*/*"
    } : null,
    {
      Sid      = "KeepReports"
      Effect   = "Allow"
      Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
      Resource = "arn:${var.partition}:s3:::${var.store_bucket_name}/${var.fleet_name}/*"
    },
    {
      Sid      = "ListReports"
      Effect   = "Allow"
      Action   = "s3:ListBucket"
      Resource = "arn:${var.partition}:s3:::${var.store_bucket_name}"
    },
    length(var.report_secret_arns) > 0 ? {
      Sid      = "ReadRoomsSecrets"
      Effect   = "Allow"
      Action   = "secretsmanager:GetSecretValue"
      Resource = var.report_secret_arns
    } : null,
    var.report_secrets_key_arn != null ? {
      Sid      = "DecryptRoomsSecrets"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = var.report_secrets_key_arn
    } : null,
    length(var.report_topic_arns) > 0 ? {
      Sid      = "TellTopics"
      Effect   = "Allow"
      Action   = "sns:Publish"
      Resource = var.report_topic_arns
    } : null,
  ]
}

output "controller" {
  description = "What Foghorn may do with its own credentials."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.documents.controller })
}
