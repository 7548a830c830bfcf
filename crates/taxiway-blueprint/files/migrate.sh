#!/bin/sh
# Applies the migrations of the release that is published here. The rollout runs this WebJob in the staging slot, before
# the release is swapped in; nothing runs it at a start.
set -eu

# The build's result runs from where the start-up script unpacked it; else from where it was published.
for root in "${APP_PATH:-}" "$(dirname "$0")/../../../.." /home/site/wwwroot; do
  if [ -n "$root" ] && [ -f "$root/@APP_DIR@/taxiway_runtime/migrate.py" ]; then
    break
  fi
done

if [ -f "$root/antenv/bin/activate" ]; then
  # It reads variables that may not be set.
  set +u
  # shellcheck source=/dev/null
  . "$root/antenv/bin/activate"
  set -u
fi
cd "$root/@APP_DIR@"
exec python -m taxiway_runtime.migrate
