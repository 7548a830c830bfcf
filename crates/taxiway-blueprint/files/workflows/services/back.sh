failed=0
for service in $(jq --raw-output '.services | reverse[] | select(.outcome == "served") | .service' "$RUNNER_TEMP/up.json"); do
  # One that stays where it is does not keep the others from going back.
  taxiway rollback "$ENVIRONMENT" --service "$service" || failed=1
done
exit "$failed"
