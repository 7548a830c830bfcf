case "$ENVIRONMENT" in
@CASES@
  *)
    echo "::error::There is no environment $ENVIRONMENT."
    exit 1
    ;;
esac
echo "group=$group" >> "$GITHUB_OUTPUT"
if ! az deployment group show --resource-group "$group" --name "$DEPLOYMENT" \
  --query properties.outputs --output json > "$RUNNER_TEMP/outputs.json"; then
  echo "::error::$ENVIRONMENT has not been made yet: the head of this file says how its first deployment is made."
  exit 1
fi
value() { jq --raw-output ".$1.value // empty" "$RUNNER_TEMP/outputs.json"; }
site=$(value siteName)
slot=$(value slotName)
# Plain HTTP where the site takes it: an environment without a certificate.
scheme=https
if [[ "$(az webapp show --resource-group "$group" --name "$site" --query httpsOnly --output tsv)" == false ]]; then
  scheme=http
fi
{
  echo "site=$site"
  echo "slot=$slot"
  echo "url=$scheme://$(value siteHostName)"
  echo "slot-url=$scheme://$(value slotHostName)"
} >> "$GITHUB_OUTPUT"
