{
  echo "### What this would change in the infrastructure of $ENVIRONMENT"
  echo
  cat "$RUNNER_TEMP/what-if.md"
} > "$RUNNER_TEMP/comment.md"
gh pr comment "$PULL_REQUEST" --repo "$GITHUB_REPOSITORY" --body-file "$RUNNER_TEMP/comment.md"
