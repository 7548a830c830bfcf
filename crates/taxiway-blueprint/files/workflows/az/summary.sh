{
  echo "### ${ENVIRONMENT}: ${STATUS}"
  echo
  echo "| | |"
  echo "|---|---|"
  echo "| commit | \`${GITHUB_SHA}\` |"
  echo "| release | \`${RELEASE:-none}\` |"
  echo "| address | ${URL:-unknown} |"
  echo
  echo "Back to the release before: run the workflow **Roll back** for \`${ENVIRONMENT}\`."
} >> "$GITHUB_STEP_SUMMARY"
