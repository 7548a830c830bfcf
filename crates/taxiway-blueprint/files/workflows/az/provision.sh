az bicep build-params --file "infrastructure/bicep/main.$ENVIRONMENT.bicepparam" --outfile "$RUNNER_TEMP/plain.json"
jq --arg vault "$vault" --argjson secrets "$SECRETS" '
  reduce ($secrets | to_entries[]) as $secret (.;
    .parameters[$secret.key] = {reference: {keyVault: {id: $vault}, secretName: $secret.value}})' \
  "$RUNNER_TEMP/plain.json" > "$RUNNER_TEMP/parameters.json"
az bicep build --file infrastructure/bicep/main.bicep --outfile "$RUNNER_TEMP/main.json"
az deployment group create --resource-group "$RESOURCE_GROUP" --name "$DEPLOYMENT" \
  --template-file "$RUNNER_TEMP/main.json" --parameters "@$RUNNER_TEMP/parameters.json" --output none
