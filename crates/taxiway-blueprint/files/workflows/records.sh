# Only what this repository's default branch recorded counts: anybody's pull request could upload a file of that name.
artifacts="repos/$GITHUB_REPOSITORY/actions/artifacts"
own='[.artifacts[] | select(.expired | not) | .workflow_run
  | select(.head_branch == env.BRANCH and .head_repository_id == .repository_id)][0].id // empty'
run=$(gh api --method GET "$artifacts" -f name="records-$ENVIRONMENT" -f per_page=50 --jq "$own")
if [[ -z "$run" ]]; then
  echo "Nothing has been recorded for $ENVIRONMENT yet."
  exit 0
fi
gh run download "$run" --repo "$GITHUB_REPOSITORY" --name "records-$ENVIRONMENT" --dir ".taxiway/state/$ENVIRONMENT"
