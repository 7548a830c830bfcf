# The first deployment of an environment is made by hand, because it makes the secrets, which stay in its vault.
vault=
if [[ "$(az group exists --name "$RESOURCE_GROUP")" == true ]]; then
  vault=$(az deployment group list --resource-group "$RESOURCE_GROUP" \
    --query "[?name=='$DEPLOYMENT'].properties.outputs.vaultId.value | [0]" --output tsv)
fi
if [[ -z "$vault" ]]; then
  echo "::notice::$ENVIRONMENT has not been made yet: there is nothing to change."
  exit 0
fi
# The vault's secrets are referred to, and never read.
az bicep build-params --file "infrastructure/bicep/main.$ENVIRONMENT.bicepparam" --outfile "$RUNNER_TEMP/plain.json"
jq --arg vault "$vault" --argjson secrets "$SECRETS" '
  reduce ($secrets | to_entries[]) as $secret (.;
    .parameters[$secret.key] = {reference: {keyVault: {id: $vault}, secretName: $secret.value}})' \
  "$RUNNER_TEMP/plain.json" > "$RUNNER_TEMP/parameters.json"
az bicep build --file infrastructure/bicep/main.bicep --outfile "$RUNNER_TEMP/main.json"
az deployment group create --resource-group "$RESOURCE_GROUP" --name "$DEPLOYMENT" \
  --template-file "$RUNNER_TEMP/main.json" --parameters "@$RUNNER_TEMP/parameters.json" --output none
echo "### The infrastructure of $ENVIRONMENT is as commit \`$GITHUB_SHA\` says" >> "$GITHUB_STEP_SUMMARY"
