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
  echo "One service goes back by the workflow **Roll back** for \`${ENVIRONMENT}\`, or \`taxiway rollback ${ENVIRONMENT} --service NAME\`."
} >> "$GITHUB_STEP_SUMMARY"
