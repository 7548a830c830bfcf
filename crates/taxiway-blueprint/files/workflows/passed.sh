# Skipped counts as failed: a job that did not run proves nothing.
echo "$NEEDS" | jq --raw-output 'to_entries[] | "\(.key): \(.value.result)"'
echo "$NEEDS" | jq --exit-status 'all(.result == "success")' > /dev/null
