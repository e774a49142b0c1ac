# The roles that AWS's services act with. Foghorn passes them, and never writes one.

locals {
  # AWS Chatbot exists in the commercial partition only.
  has_chat = var.chat_role && data.aws_partition.here.partition == "aws"

  services = {
    for name, role in {
      invoke = {
        wanted      = var.invoke_role
        description = "EventBridge posts to the webhooks of Foghorn's pipelines with this role"
        trust       = module.documents.events_trust
        policy_name = "invoke"
        policy      = module.documents.invoke
      }
      forward = {
        wanted      = length(var.hub_buses) > 0
        description = "EventBridge puts this account's events on the bus of Foghorn's hub with this role"
        trust       = module.documents.events_trust
        policy_name = "forward"
        policy      = module.documents.forward
      }
      notifier = {
        wanted      = var.notifier_role
        description = "The functions of Foghorn's pipelines run with this role"
        trust       = module.documents.lambda_trust
        policy_name = "notify"
        policy      = module.documents.notifier
      }
    } : name => role if role.wanted
  }
}

resource "aws_iam_role" "service" {
  for_each = local.services

  name                 = "foghorn-${each.key}"
  description          = each.value.description
  assume_role_policy   = each.value.trust
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy" "service" {
  for_each = local.services

  name   = each.value.policy_name
  role   = aws_iam_role.service[each.key].id
  policy = each.value.policy
}

resource "aws_iam_role" "chat" {
  count = local.has_chat ? 1 : 0

  name                 = "foghorn-chat"
  description          = "AWS Chatbot acts with this role for people in the channels that Foghorn configures; read only"
  assume_role_policy   = module.documents.chat_trust
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_role_policy_attachment" "chat" {
  count = local.has_chat ? 1 : 0

  role       = aws_iam_role.chat[0].name
  policy_arn = "arn:${data.aws_partition.here.partition}:iam::aws:policy/CloudWatchReadOnlyAccess"
}
