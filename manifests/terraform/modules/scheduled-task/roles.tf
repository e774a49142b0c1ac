# What it may.

resource "aws_iam_role" "controller" {
  name               = var.controller_role_name
  description        = "Foghorn runs as this role, and assumes the member role of each account"
  assume_role_policy = module.documents.tasks_trust
  tags               = var.tags
}

resource "aws_iam_role_policy" "controller" {
  name   = "controller"
  role   = aws_iam_role.controller.id
  policy = module.documents.controller
}

resource "aws_iam_role" "execution" {
  name_prefix        = substr("${var.name}-execution-", 0, 38)
  description        = "ECS starts Foghorn's task with this role"
  assume_role_policy = module.documents.tasks_trust
  tags               = var.tags
}

resource "aws_iam_role_policy" "execution" {
  name   = "start"
  role   = aws_iam_role.execution.id
  policy = module.documents.execution
}

resource "aws_iam_role" "scheduler" {
  name_prefix        = substr("${var.name}-scheduler-", 0, 38)
  description        = "EventBridge Scheduler runs Foghorn's task with this role"
  assume_role_policy = module.documents.scheduler_trust
  tags               = var.tags
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "run"
  role   = aws_iam_role.scheduler.id
  policy = module.documents.scheduler
}
