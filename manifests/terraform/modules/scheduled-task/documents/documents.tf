locals {
  statements = {
    controller = local.controller
    execution  = local.execution
    scheduler  = local.scheduler
  }

  # Without what does not apply.
  documents = {
    for name, statements in local.statements : name => [
      for statement in statements : { for key, value in statement : key => value if value != null } if statement != null
    ]
  }
}
