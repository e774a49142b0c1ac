# Pure: what the roles may do and who may take them up, as text, without a provider and without a call.

variable "partition" {
  description = "The partition of the account: aws, aws-cn, aws-us-gov."
  type        = string
}

variable "account_id" {
  description = "The account."
  type        = string
}

variable "controller_principal_arn" {
  description = "The role that Foghorn runs as."
  type        = string
}

variable "external_id" {
  description = "spec.access.externalId of the fleet file; null to ask for none."
  type        = string
  sensitive   = true
}

variable "organization_id" {
  description = "The organisation that the caller has to be of; null to ask for none."
  type        = string
}

variable "hub_buses" {
  description = "ARNs of the buses that pipelines put this account's events on."
  type        = list(string)
}

variable "webhook_secrets" {
  description = "ARNs of the secrets that hold webhooks."
  type        = list(string)
}

variable "webhook_key_arn" {
  description = "The KMS key of those secrets; null for the key that AWS manages."
  type        = string
}
