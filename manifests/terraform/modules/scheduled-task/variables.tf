# What runs.

variable "name" {
  description = "What all that is made here is named by."
  type        = string
  default     = "foghorn-controller"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,39}$", var.name))
    error_message = "The name has 1 to 40 letters, digits and hyphens, and begins with a letter."
  }
}

variable "fleet_name" {
  description = "metadata.name of the fleet file. Alarms look at the figures of this fleet."
  type        = string

  validation {
    condition     = length(var.fleet_name) > 0
    error_message = "The fleet has a name: metadata.name of the fleet file."
  }
}

variable "fleet_file_arn" {
  description = "What holds the text of the fleet file: a parameter of SSM Parameter Store (8 KiB at most) or a secret of Secrets Manager (64 KiB). Each run takes it as it is then."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:(ssm:[a-z0-9-]+:[0-9]{12}:parameter/.+|secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:.+)$", var.fleet_file_arn))
    error_message = "The fleet file is in a parameter of SSM Parameter Store or in a secret of Secrets Manager: give its ARN."
  }
}

variable "fleet_file_key_arn" {
  description = "The KMS key of that parameter or secret; null for the key that AWS manages, and for no key."
  type        = string
  default     = null
}

variable "mode" {
  description = "What each run does. plan looks and writes nothing; apply also changes what the fleet file asks for."
  type        = string
  default     = "plan"

  validation {
    condition     = contains(["plan", "apply"], var.mode)
    error_message = "The mode is plan or apply."
  }
}

variable "image" {
  description = "The image of Foghorn, by a tag or, better, by a digest. Nothing is published: build the Dockerfile and push it to a registry of yours."
  type        = string

  validation {
    condition     = length(var.image) > 0
    error_message = "The image is a name in a registry of yours, registry.example.com/foghorn:0.1.0 say."
  }
}

variable "image_repository_arn" {
  description = "The repository of that image, if it is in Amazon ECR; null for a registry that asks for no login."
  type        = string
  default     = null
}

variable "architecture" {
  description = "The processor that the task runs on."
  type        = string
  default     = "ARM64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.architecture)
    error_message = "The architecture is X86_64 or ARM64."
  }
}

variable "cpu" {
  description = "CPU units of the task; 1024 are one vCPU. Not every amount of memory goes with each."
  type        = number
  default     = 512

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096], var.cpu)
    error_message = "Fargate has 256, 512, 1024, 2048 or 4096 CPU units here."
  }
}

variable "memory" {
  description = "MiB of the task."
  type        = number
  default     = 1024

  validation {
    condition     = contains([512, 1024, 2048, 4096, 8192, 16384], var.memory)
    error_message = "The memory is 512, 1024, 2048, 4096, 8192 or 16384 MiB."
  }
}

variable "tolerate" {
  description = "What counts as a good run although it is not all well: the report says it, and the task ends with exit code 0."
  type        = list(string)
  default     = ["drift", "incomplete"]

  validation {
    condition     = length(setsubtract(var.tolerate, ["drift", "incomplete"])) == 0
    error_message = "Drift and incomplete can be tolerated, and nothing else."
  }
}

# When.

variable "schedule_expression" {
  description = "cron(…), rate(…) or at(…) of EventBridge Scheduler. More than one shard needs cron(…)."
  type        = string
  default     = "cron(0 * * * ? *)"

  validation {
    condition     = can(regex("^(cron|rate|at)\\(.+\\)$", var.schedule_expression))
    error_message = "The schedule is cron(…), rate(…) or at(…)."
  }
}

variable "schedule_timezone" {
  description = "The time zone of cron(…)."
  type        = string
  default     = "UTC"
}

variable "schedule_state" {
  description = "DISABLED starts no more runs and leaves the rest as it is. The alarm of silence then sounds."
  type        = string
  default     = "ENABLED"

  validation {
    condition     = contains(["ENABLED", "DISABLED"], var.schedule_state)
    error_message = "The state is ENABLED or DISABLED."
  }
}

variable "window_minutes" {
  description = "Within how many minutes of its time a run may start; 0 for at once. Shards start at once."
  type        = number
  default     = 5

  validation {
    condition     = var.window_minutes >= 0 && var.window_minutes <= 1440
    error_message = "The window has 0 to 1440 minutes."
  }
}

variable "shard_count" {
  description = "How many tasks share each run, a part of the accounts each. One is enough for thousands of accounts."
  type        = number
  default     = 1

  validation {
    condition     = var.shard_count >= 1 && var.shard_count <= 16 && floor(var.shard_count) == var.shard_count
    error_message = "There are 1 to 16 shards."
  }
}

variable "shard_wait" {
  description = "Of several shards, how long one that is done waits for the others."
  type        = string
  default     = "30m"
}

variable "canary_schedule" {
  description = "When a canary is sent down every pipeline (foghorn sound), cron(30 9 ? * MON *) say: each room gets a message. The member roles must be of Mode all. Empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^((cron|rate|at)\\(.+\\))?$", var.canary_schedule))
    error_message = "The canary's schedule is cron(…), rate(…) or at(…), or empty for none."
  }
}

variable "canary_arguments" {
  description = "Further arguments of the canary, [\"--account\", \"prod-*\"] or [\"--pipeline\", \"deploys\"] say, so that none is due where guard.deny of the fleet file forbids it."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for argument in var.canary_arguments : can(regex("^[^\"\\\\\\x00-\\x1f]+$", argument))])
    error_message = "An argument of the canary is not empty, and has no quotes, backslashes and control characters."
  }
}

# Where.

variable "cluster_arn" {
  description = "The ECS cluster to run in; null and the module makes one."
  type        = string
  default     = null
}

variable "vpc_id" {
  description = "The network of the task."
  type        = string
}

variable "subnet_ids" {
  description = "Subnets of that network, from which AWS and the chat services are reached over HTTPS."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "The task needs a subnet."
  }
}

variable "assign_public_ip" {
  description = "Whether the task has a public address, for subnets without NAT. Nothing comes in either way."
  type        = bool
  default     = false
}

variable "store_bucket_name" {
  description = "The bucket that the module makes for spec.store of the fleet file, s3://<bucket>."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.store_bucket_name))
    error_message = "The bucket's name has 3 to 63 small letters, digits, dots and hyphens."
  }
}

# What it may.

variable "controller_role_name" {
  description = "The name of the role that Foghorn runs as. The member roles trust it."
  type        = string
  default     = "foghorn-controller"
}

variable "member_role_name" {
  description = "spec.access.roleName of the fleet file."
  type        = string
  default     = "foghorn"
}

variable "organization_id" {
  description = "Only member roles in this organisation may be assumed; null where there is none."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "An organisation's id is o- and 10 to 32 small letters and digits."
  }
}

variable "discover_accounts" {
  description = "Which accounts spec.organization of the fleet file includes: everything, what is below units (or roots), or none where it is absent."
  type        = string
  default     = "everything"

  validation {
    condition     = contains(["none", "everything", "units"], var.discover_accounts)
    error_message = "Accounts are discovered in everything, in units, or in none."
  }
}

variable "look_up_accounts" {
  description = "Whether spec.organization includes single accounts."
  type        = bool
  default     = false
}

variable "read_account_tags" {
  description = "Whether spec.organization has labelsFromTags."
  type        = bool
  default     = false
}

variable "report_secret_arns" {
  description = "The secrets of spec.report (webhooks, bot tokens)."
  type        = list(string)
  default     = []
}

variable "report_secrets_key_arn" {
  description = "The KMS key of those secrets; null for the key that AWS manages."
  type        = string
  default     = null
}

variable "report_topic_arns" {
  description = "The SNS topics of spec.report."
  type        = list(string)
  default     = []
}

# Who watches it.

variable "alarm_email" {
  description = "Who is told when Foghorn itself fails; AWS asks that address to confirm. Null to subscribe others."
  type        = string
  default     = null
}

variable "silence_hours" {
  description = "After how many hours without a run that came to its end the alarm of silence sounds."
  type        = number
  default     = 3

  validation {
    condition     = var.silence_hours >= 2 && var.silence_hours <= 168
    error_message = "CloudWatch looks back 168 hours at most; fewer than 2 would count one late figure as silence."
  }
}

variable "trouble_hours" {
  description = "After how many hours in which no run could read the whole fleet, or each run failed to make a change, an alarm sounds."
  type        = number
  default     = 24

  validation {
    condition     = var.trouble_hours >= 2 && var.trouble_hours <= 168
    error_message = "CloudWatch looks back 168 hours at most; fewer than 2 would not be lasting."
  }
}

variable "log_retention_days" {
  description = "How long the log is kept."
  type        = number
  default     = 30
}

variable "tags" {
  description = "Tags of all that is made here."
  type        = map(string)
  default     = {}
}
