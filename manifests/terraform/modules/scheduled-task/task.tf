# What runs.

resource "aws_ecs_cluster" "this" {
  count = var.cluster_arn == null ? 1 : 0

  name = var.name
  tags = var.tags
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/foghorn/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.controller.arn
  tags                     = var.tags

  runtime_platform {
    cpu_architecture        = var.architecture
    operating_system_family = "LINUX"
  }

  container_definitions = jsonencode([{
    name      = "foghorn"
    image     = var.image
    essential = true
    command   = concat(var.mode == "apply" ? ["apply", "--yes"] : ["plan"], ["--metrics", "emf"])
    environment = [
      { name = "AWS_REGION", value = local.region },
      { name = "FOGHORN_TOLERATE", value = join(",", var.tolerate) },
    ]
    secrets                = [{ name = "FOGHORN_FLEET", valueFrom = var.fleet_file_arn }]
    user                   = "65532:65532"
    readonlyRootFilesystem = true
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    # Time to finish what is under way and to let go of the store's lock.
    stopTimeout = 120
    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = local.region
        awslogs-stream-prefix = "run"
      }
    }
  }])
}

resource "aws_security_group" "this" {
  name_prefix = "${var.name}-"
  description = "Foghorn calls AWS and chat services over HTTPS, and nobody calls it"
  vpc_id      = var.vpc_id
  tags        = var.tags

  egress {
    description      = "HTTPS"
    protocol         = "tcp"
    from_port        = 443
    to_port          = 443
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }

  lifecycle {
    create_before_destroy = true
  }
}
