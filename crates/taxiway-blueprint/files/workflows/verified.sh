# The newest run for this very commit that ended well, and what its last attempt kept.
runs="repos/$GITHUB_REPOSITORY/actions/workflows/$WORKFLOW/runs"
run=$(gh api --method GET "$runs" -f head_sha="$GITHUB_SHA" -f status=success -f per_page=1 --jq '.workflow_runs[0].id // empty')
if [[ -z "$run" ]]; then
  echo "::error::Commit $GITHUB_SHA has not been deployed to $ENVIRONMENT and verified there."
  exit 1
fi
kept=$(gh api --method GET "repos/$GITHUB_REPOSITORY/actions/runs/$run/artifacts" -f name="release-$ENVIRONMENT" \
  --jq '[.artifacts[] | select(.expired | not)] | max_by(.id) // empty | "\(.id) \(.digest)"')
if [[ -z "$kept" ]]; then
  echo "::error::Run $run verified this commit, and its package is no longer kept: start $WORKFLOW once more, and then this."
  exit 1
fi
read -r PACKAGE DIGEST <<< "$kept"
