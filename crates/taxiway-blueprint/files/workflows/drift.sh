title="Drift: $ENVIRONMENT is not as the repository says"
issue=$(gh issue list --repo "$GITHUB_REPOSITORY" --state open --search "in:title \"$title\"" --json number --jq '.[0].number // empty')
if grep --quiet '^No changes\.$' "$RUNNER_TEMP/what-if.md"; then
  if [[ -n "$issue" ]]; then
    gh issue close "$issue" --repo "$GITHUB_REPOSITORY" --comment "It is again."
  fi
  exit 0
fi
{
  cat "$RUNNER_TEMP/what-if.md"
  echo
  echo "Either somebody changed it by hand, or the newest commit is not deployed yet."
  echo "\`taxiway up $ENVIRONMENT\` brings back what the repository says."
} > "$RUNNER_TEMP/issue.md"
if [[ -n "$issue" ]]; then
  gh issue comment "$issue" --repo "$GITHUB_REPOSITORY" --body-file "$RUNNER_TEMP/issue.md"
else
  gh issue create --repo "$GITHUB_REPOSITORY" --title "$title" --body-file "$RUNNER_TEMP/issue.md"
fi
# A run that found something is red.
exit 1
