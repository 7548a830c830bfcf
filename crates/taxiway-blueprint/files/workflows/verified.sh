# The newest run for this very commit that ended well.
runs="repos/$GITHUB_REPOSITORY/actions/workflows/$WORKFLOW/runs"
run=$(gh api --method GET "$runs" -f head_sha="$GITHUB_SHA" -f status=success -f per_page=1 --jq '.workflow_runs[0].id // empty')
if [[ -z "$run" ]]; then
  echo "::error::Commit $GITHUB_SHA has not been deployed to $ENVIRONMENT and verified there."
  exit 1
fi
gh run download "$run" --repo "$GITHUB_REPOSITORY" --name "release-$ENVIRONMENT" --dir "$RUNNER_TEMP/release"
echo "release=$(jq --raw-output .release "$RUNNER_TEMP/release/up.json")" >> "$GITHUB_OUTPUT"
