title=$TITLE
run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
well=''
if jq --exit-status 'all(.result == "success")' <<< "$NEEDS" > /dev/null; then
  well="$run went well."
fi
{
  echo "Commit $GITHUB_SHA, by $GITHUB_ACTOR: $run"
  echo
  jq --raw-output 'to_entries[] | "- \(.key): \(.value.result)"' <<< "$NEEDS"
  echo
  echo "What serves is in the run's summary. This issue is closed by the next deployment that goes well."
} > "$RUNNER_TEMP/issue.md"
