"""Identity from the token, the permission check, errors to answers, the OpenAPI document."""
