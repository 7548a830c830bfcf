server=$(jq --raw-output '.databaseServerId.value // empty' "$RUNNER_TEMP/outputs.json")
if [[ -n "$server" ]]; then
  earliest=$(az resource show --ids "$server" --query properties.backup.earliestRestoreDate --output tsv)
  if [[ -z "$earliest" ]]; then
    echo "::error::The database has no backup yet; a migration could not be taken back."
    exit 1
  fi
  echo "Restore point: $(date --utc +%Y-%m-%dT%H:%M:%SZ) (backups begin at $earliest)."
fi
kudu=$(az webapp show --resource-group "$RESOURCE_GROUP" --name "$SITE" --slot "$SLOT" \
  --query "hostNameSslStates[?hostType=='Repository'].name | [0]" --output tsv)
audience=$(az cloud show --query endpoints.activeDirectoryResourceId --output tsv)
job="https://$kudu/api/triggeredwebjobs/migrate"
ask() { az rest --method "$1" --url "$2" --resource "$audience" --output json; }
before=$(ask get "$job" | jq --raw-output '.latest_run.id // empty')
ask post "$job/run" > /dev/null
for _ in {1..300}; do
  ask get "$job" > "$RUNNER_TEMP/migrate.json"
  id=$(jq --raw-output '.latest_run.id // empty' "$RUNNER_TEMP/migrate.json")
  status=$(jq --raw-output '.latest_run.status // empty' "$RUNNER_TEMP/migrate.json")
  if [[ "$id" != "$before" ]]; then
    case "$status" in
      Success) exit 0 ;;
      Failed | Aborted)
        echo "::error::The migrations ended with $status; the schema is as they left it, and the release before still serves."
        exit 1
        ;;
    esac
  fi
  sleep 3
done
echo "::error::The migrations have not ended after 15 minutes."
exit 1
