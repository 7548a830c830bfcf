issue=$(gh issue list --repo "$GITHUB_REPOSITORY" --state open --search "in:title \"$TITLE\"" --json number --jq '.[0].number // empty')
run="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"
if jq --exit-status 'all(.result == "success")' <<< "$NEEDS" > /dev/null; then
  if [[ -n "$issue" ]]; then
    gh issue close "$issue" --repo "$GITHUB_REPOSITORY" --comment "$run went well."
  fi
  exit 0
fi
{
  echo "Commit $GITHUB_SHA, by $GITHUB_ACTOR: $run"
  echo
  jq --raw-output 'to_entries[] | "- \(.key): \(.value.result)"' <<< "$NEEDS"
  echo
  echo "What serves is in the run's summary. This issue is closed by the next deployment that goes well."
} > "$RUNNER_TEMP/issue.md"
if [[ -n "$issue" ]]; then
  gh issue comment "$issue" --repo "$GITHUB_REPOSITORY" --body-file "$RUNNER_TEMP/issue.md"
else
  gh issue create --repo "$GITHUB_REPOSITORY" --title "$TITLE" --body-file "$RUNNER_TEMP/issue.md"
fi
