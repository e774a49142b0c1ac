# What Scheduler tells the canary's task, and what is told of it.

output "canary_input" {
  description = "What the canary's task is told."
  # Whatever `tolerate` says, a canary that was not heard is no good run. An argument says so, for
  # it wins over the task's FOGHORN_TOLERATE; ECS may drop a variable whose value is empty.
  value = jsonencode({
    containerOverrides = [{ name = "foghorn", command = concat(["sound", "--tolerate="], var.canary_arguments) }]
  })
}

output "unheard_canary" {
  description = "The event pattern of a canary that was not heard."
  # The answers that are no failure of a run are what a canary is sent for: 2, it was not heard
  # or not sent; 3, part of the fleet could not be read, so that nothing is known of it. What
  # else may go wrong (1, a kill, a task that never starts) is a failed task's.
  value = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      lastStatus = ["STOPPED"]
      taskDefinitionArn = [
        { prefix = "arn:${var.partition}:ecs:${var.region}:${var.account_id}:task-definition/${var.name}:" },
      ]
      overrides  = { containerOverrides = { command = ["sound"] } }
      containers = { exitCode = [2, 3] }
    }
  })
}
