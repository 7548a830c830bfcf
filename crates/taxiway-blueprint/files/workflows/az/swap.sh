echo "began=true" >> "$GITHUB_OUTPUT"
az webapp deployment slot swap --resource-group "$RESOURCE_GROUP" --name "$SITE" --slot "$SLOT" --target-slot production --output none
