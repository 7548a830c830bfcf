{
  echo "### ${ENVIRONMENT}: ${STATUS}"
  echo
  echo "Commit \`${GITHUB_SHA}\`."
  if [[ -s "$RUNNER_TEMP/up.json" ]]; then
    echo
    echo "| service | release | | address |"
    echo "|---|---|---|---|"
    jq --raw-output '.services[] | "| \(.service) | `\(.release)` | \(.outcome) | \(.url) |"' "$RUNNER_TEMP/up.json"
  fi
  echo
  echo "Back to the release before of one service: run the workflow **Roll back** for \`${ENVIRONMENT}\`, or \`taxiway rollback ${ENVIRONMENT} --service NAME\`."
} >> "$GITHUB_STEP_SUMMARY"
