# The vault has the secrets since the first deployment. They are referred to, and never read.
vault=$(jq --raw-output .vaultId.value "$RUNNER_TEMP/outputs.json")
