# The member role.

variable "policy_json" {
  description = "What `foghorn policy --mode … -f fleet.yaml` prints: the least that the fleet needs here."
  type        = string

  validation {
    condition     = can(jsondecode(var.policy_json).Statement[0])
    error_message = "The policy is a document of IAM in JSON with at least one statement."
  }

  validation {
    condition     = length(replace(var.policy_json, "/[ \\t\\n\\r]/", "")) <= 10240
    error_message = "IAM takes 10,240 characters in the policies of a role, white space aside."
  }
}

variable "controller_principal_arn" {
  description = "The role that Foghorn runs as, which may assume the member role of this account. It has to be there already."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$", var.controller_principal_arn))
    error_message = "The controller is a role or a user: give its ARN."
  }
}

variable "external_id" {
  description = "spec.access.externalId of the fleet file; null to ask for none."
  type        = string
  default     = null
  sensitive   = true
}

variable "organization_id" {
  description = "The organisation that the caller has to be of; null to ask for none."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "An organisation's id is o- and 10 to 32 small letters and digits."
  }
}

variable "role_name" {
  description = "spec.access.roleName of the fleet file."
  type        = string
  default     = "foghorn"

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,64}$", var.role_name))
    error_message = "A role's name has 1 to 64 letters, digits and characters of +=,.@_-."
  }
}

# The roles of services; those that the fleet's ways to a room don't use can be left out.

variable "chat_role" {
  description = "Whether the account has foghorn-chat, for pipelines by AWS Chatbot."
  type        = bool
  default     = true
}

variable "invoke_role" {
  description = "Whether the account has foghorn-invoke, for pipelines by API destination."
  type        = bool
  default     = true
}

variable "hub_buses" {
  description = "ARNs of the buses that pipelines put this account's events on, as `foghorn bootstrap -f fleet.yaml` prints them as HubBuses; a * stands for any text. With one, the account has foghorn-forward."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.hub_buses : can(regex("^arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/foghorn-.+$", arn))])
    error_message = "A hub's bus is in one Region of one account, and its name begins with foghorn-."
  }
}

variable "notifier_role" {
  description = "Whether the account has foghorn-notifier, for pipelines by a Lambda function."
  type        = bool
  default     = true
}

variable "webhook_secrets" {
  description = "ARNs of the secrets in Secrets Manager that hold webhooks, as `foghorn bootstrap -f fleet.yaml` prints them as WebhookSecrets; a * stands for any text, and -?????? for what such an ARN ends in. The notifier may read these."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.webhook_secrets : can(regex("^arn:aws[a-z-]*:secretsmanager:[^:]+:[^:]+:secret:[^*?].*$", arn))])
    error_message = "Give the ARNs of secrets, arn:aws:secretsmanager:*:*:secret:foghorn/slack-?????? say, and not of all."
  }
}

variable "webhook_key_arn" {
  description = "The KMS key of those secrets; null for the key that AWS manages."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of all these roles; null for none."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of these roles."
  type        = map(string)
  default     = {}
}
