# A plan is this commit, the release that was verified, and what Resource Manager would change; its name changes with any of them.
plan=$(
  {
    echo "$GITHUB_SHA ${RELEASE:-none}"
    jq --sort-keys '[.changes[] | select(.resourceId | test("/vaults/[^/]+/secrets/") | not)] | sort_by(.resourceId)' "$RUNNER_TEMP/what-if.json"
  } | sha256sum | cut --characters 1-40
)
tag="approve-$ENVIRONMENT-$plan"
rules=$(gh api "repos/$GITHUB_REPOSITORY/environments/$ENVIRONMENT" --jq '[.protection_rules[]? | .type]')
if jq --exit-status 'any(. == "required_reviewers")' <<< "$rules" > /dev/null; then
  echo "The environment has reviewers: the deployment waits for them." >> "$GITHUB_STEP_SUMMARY"
  exit 0
fi
# GitHub has checked the signature, and that its key belongs to the owner of the address. The name counts that was signed: anybody
# could put an old tag under a new one.
object=$(gh api "repos/$GITHUB_REPOSITORY/git/ref/tags/$tag" --jq 'select(.object.type == "tag") | .object.sha') || object=
signer=
if [[ -n "$object" ]]; then
  signer=$(gh api "repos/$GITHUB_REPOSITORY/git/tags/$object" | jq --raw-output --arg tag "$tag" \
    'select(.verification.verified and .tag == $tag and .object.sha == env.GITHUB_SHA) | .tagger.email')
fi
for approver in $APPROVERS; do
  if [[ "$signer" == "$approver" ]]; then
    echo "Approved by $signer, who signed \`$tag\`." >> "$GITHUB_STEP_SUMMARY"
    exit 0
  fi
done
{
  echo "Not approved yet. One of $APPROVERS approves this plan, and no other, by signing its name; then this run is started again:"
  echo
  echo "    git fetch origin && git tag --sign $tag $GITHUB_SHA --message 'Approved' && git push origin $tag"
} >> "$GITHUB_STEP_SUMMARY"
echo "::error::Nobody has approved this plan of $ENVIRONMENT yet: the summary says how."
exit 1
