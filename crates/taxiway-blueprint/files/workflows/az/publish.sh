# The site installs the requirements and collects static files: a failure there fails this step.
az webapp deploy --resource-group "$RESOURCE_GROUP" --name "$SITE" --slot "$SLOT" \
  --src-path "$RUNNER_TEMP/packages/app.zip" --type zip --clean true --track-status false --output none
