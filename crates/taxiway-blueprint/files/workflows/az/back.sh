# The slot has the release before only if the swap was made: what was just rejected is never put into production.
waiting=$(curl --silent --max-time 30 "$SLOT_URL/healthz/ready" | jq --raw-output '.release // empty') || waiting=
if [[ -z "$waiting" || "$waiting" == "$RELEASE" ]]; then
  echo "::error::The slot holds ${waiting:-nothing that answers}, so there is nothing to swap back to."
  exit 1
fi
az webapp deployment slot swap --resource-group "$RESOURCE_GROUP" --name "$SITE" --slot "$SLOT" --target-slot production --output none
echo "Release $waiting serves again."
