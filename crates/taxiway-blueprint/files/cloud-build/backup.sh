#!/usr/bin/env bash
set -euo pipefail
# What a migration destroys is in here; the release before is brought back without it.
gcloud sql backups create --instance "$SQL_INSTANCE" --description "before release $(< /workspace/release)" --quiet
