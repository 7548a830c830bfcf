marker="<!-- plan of $ENVIRONMENT -->"
{
  echo "$marker"
  echo "### What this would change in the infrastructure of $ENVIRONMENT"
  echo
  cat "$RUNNER_TEMP/what-if.md"
} > "$RUNNER_TEMP/comment.md"
# One comment for each environment, kept up to date; somebody else's that begins alike is not ours to change.
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
own=".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$marker\"))) | .id"
comment=$(gh api --paginate "$comments" --jq "$own" | sed --quiet 1p)
if [[ -n "$comment" ]]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$comment" --field "body=@$RUNNER_TEMP/comment.md" --silent
else
  gh pr comment "$PULL_REQUEST" --repo "$GITHUB_REPOSITORY" --body-file "$RUNNER_TEMP/comment.md"
fi
