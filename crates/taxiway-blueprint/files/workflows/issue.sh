issue=$(gh issue list --repo "$GITHUB_REPOSITORY" --state open --search "in:title \"$title\"" --json number --jq '.[0].number // empty')
if [[ -n "$well" ]]; then
  if [[ -n "$issue" ]]; then
    gh issue close "$issue" --repo "$GITHUB_REPOSITORY" --comment "$well"
  fi
  exit 0
fi
if [[ -n "$issue" ]]; then
  gh issue comment "$issue" --repo "$GITHUB_REPOSITORY" --body-file "$RUNNER_TEMP/issue.md"
else
  gh issue create --repo "$GITHUB_REPOSITORY" --title "$title" --body-file "$RUNNER_TEMP/issue.md"
fi
