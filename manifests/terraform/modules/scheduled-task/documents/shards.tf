# What Scheduler tells each shard. It fills in the time, which is the same for all shards of a
# run. jsonencode would write its angle brackets as \u003c and \u003e.

output "inputs" {
  description = "What each task is told, in the order of shards; null where one task does it all."
  value = [
    for shard in range(var.shard_count) : var.shard_count == 1 ? null : replace(replace(jsonencode({
      containerOverrides = [{
        name = "foghorn"
        environment = [
          { name = "FOGHORN_SHARD", value = "${shard}/${var.shard_count}" },
          { name = "FOGHORN_SHARD_SET", value = "<aws.scheduler.scheduled-time>" },
          { name = "FOGHORN_SHARD_WAIT", value = var.shard_wait },
        ]
      }]
    }), "\\u003c", "<"), "\\u003e", ">")
  ]

  precondition {
    condition     = var.shard_count == 1 || startswith(var.schedule_expression, "cron(")
    error_message = "More than one shard needs cron(…): only then all shards of a run are told the same time."
  }
}
