# Resource Manager compares the text with what exists, and changes nothing. The secrets in the vault can't be read, so they
# would always look changed: they are left out.
az deployment group what-if \
  --resource-group "$RESOURCE_GROUP" \
  --template-file infrastructure/bicep/main.bicep \
  --parameters "infrastructure/bicep/main.$ENVIRONMENT.bicepparam" \
  --exclude-change-types Ignore NoChange Unsupported \
  --no-pretty-print > "$RUNNER_TEMP/what-if.json"
jq --raw-output '
  [.changes[] | select(.resourceId | test("/vaults/[^/]+/secrets/") | not)] as $changes
  | if ($changes | length) == 0 then "No changes."
    else "| change | resource | properties |", "|---|---|---|",
      ($changes[] | "| \(.changeType) | `\(.resourceId | split("/providers/")[-1])` | \([.delta[]?.path] | join(", ")) |")
    end' "$RUNNER_TEMP/what-if.json" > "$RUNNER_TEMP/what-if.md"
{
  echo "### Infrastructure of $ENVIRONMENT"
  echo
  cat "$RUNNER_TEMP/what-if.md"
} >> "$GITHUB_STEP_SUMMARY"
