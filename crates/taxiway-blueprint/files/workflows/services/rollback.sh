# What serves, and what there is to go back to. An unhealthy release is the very reason to go on.
taxiway status "$ENVIRONMENT" || echo "$ENVIRONMENT is not healthy."
# Refused, with nothing changed, where the release before is gone or the schema has left it behind.
taxiway rollback "$ENVIRONMENT" --service "$SERVICE" --format json > "$RUNNER_TEMP/rollback.json"
{
  echo "### ${ENVIRONMENT}, ${SERVICE}: release \`$(jq --raw-output .release "$RUNNER_TEMP/rollback.json")\` serves again"
  echo
  echo "At $(jq --raw-output .url "$RUNNER_TEMP/rollback.json"), asked for by ${GITHUB_ACTOR}."
} >> "$GITHUB_STEP_SUMMARY"
