output "role_arn" {
  description = "The role that Foghorn assumes in this account."
  value       = aws_iam_role.member.arn
}

output "service_role_arns" {
  description = "The roles that AWS's services act with, by their names."
  value = merge(
    { for name, role in aws_iam_role.service : role.name => role.arn },
    { for role in aws_iam_role.chat : role.name => role.arn },
  )
}
