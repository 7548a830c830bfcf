#!/usr/bin/env bash
set -euo pipefail
gcloud run jobs update "$SERVICE-migrate" --image "$(< /workspace/image)" --region "$REGION" --quiet
# A migration that fails ends the build here; the release before still serves.
gcloud run jobs execute "$SERVICE-migrate" --region "$REGION" --wait --quiet
