serving=$(curl --silent --max-time 30 "$URL/healthz/ready" | jq --raw-output '.release // empty') || serving=
waiting=$(curl --fail --silent --max-time 30 "$SLOT_URL/healthz/ready" | jq --raw-output 'select(.status == "ok") | .release // empty') || waiting=
if [[ -z "$waiting" || "$waiting" == "$serving" ]]; then
  echo "::error::The slot holds no other release in good health; nothing was changed."
  exit 1
fi
# A release that was rejected waits in the slot as well. Only one whose deployment ended well may serve.
commit=$(gh api "repos/$GITHUB_REPOSITORY/commits/$waiting" --jq .sha)
runs="repos/$GITHUB_REPOSITORY/actions/workflows/deploy-$ENVIRONMENT.yml/runs"
run=$(gh api --method GET "$runs" -f head_sha="$commit" -f status=success -f per_page=1 --jq '.workflow_runs[0].id // empty')
if [[ -z "$run" ]]; then
  echo "::error::Release $waiting was never verified in $ENVIRONMENT; nothing was changed."
  exit 1
fi
az webapp deployment slot swap --resource-group "$RESOURCE_GROUP" --name "$SITE" --slot "$SLOT" --target-slot production --output none
curl --fail --silent --show-error --max-time 30 --retry 5 "$URL/healthz/ready" |
  jq --exit-status --arg release "$waiting" '.status == "ok" and .release == $release' > /dev/null
{
  echo "### ${ENVIRONMENT}: release \`${waiting}\` serves again"
  echo
  echo "At ${URL}, asked for by ${GITHUB_ACTOR}.@SCHEMA@"
} >> "$GITHUB_STEP_SUMMARY"
