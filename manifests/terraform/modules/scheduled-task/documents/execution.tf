locals {
  fleet_file_service = split(":", var.fleet_file_arn)[2]

  execution = [
    {
      Sid      = "Log"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "arn:${var.partition}:logs:${var.region}:${var.account_id}:log-group:/foghorn/${var.name}:log-stream:*"
    },
    {
      Sid      = "FleetFile"
      Effect   = "Allow"
      Action   = { ssm = "ssm:GetParameters", secretsmanager = "secretsmanager:GetSecretValue" }[local.fleet_file_service]
      Resource = var.fleet_file_arn
    },
    var.fleet_file_key_arn != null ? {
      Sid      = "FleetFileKey"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = var.fleet_file_key_arn
    } : null,
    var.image_repository_arn != null ? {
      Sid    = "Image"
      Effect = "Allow"
      Action = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
      ]
      Resource = var.image_repository_arn
    } : null,
    # It takes no resource.
    var.image_repository_arn != null ? {
      Sid      = "Registry"
      Effect   = "Allow"
      Action   = "ecr:GetAuthorizationToken"
      Resource = "*"
    } : null,
  ]
}

output "execution" {
  description = "What ECS may do to start the task."
  value       = jsonencode({ Version = "2012-10-17", Statement = local.documents.execution })
}
