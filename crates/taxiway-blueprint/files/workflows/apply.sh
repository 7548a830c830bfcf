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
@PROVISION@
echo "### The infrastructure of $ENVIRONMENT is as commit \`$GITHUB_SHA\` says" >> "$GITHUB_STEP_SUMMARY"
