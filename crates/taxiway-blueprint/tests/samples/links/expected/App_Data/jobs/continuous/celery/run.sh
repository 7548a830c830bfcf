#!/bin/sh
# A process beside the web process, as a continuous WebJob: App Service starts it with the site, and again when it ends.
# Every instance runs it.
set -eu

# The build's result runs from where the start-up script unpacked it; else from where it was published.
for root in "${APP_PATH:-}" "$(dirname "$0")/../../../.." /home/site/wwwroot; do
  if [ -n "$root" ] && [ -f "$root/./taxiway_runtime/__init__.py" ]; then
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
cd "$root/."

# The setting stays with its slot, so a release works from its swap on, and the one before no longer does. While Azure swaps, both
# do for moments: a release gets the settings of the site just before its traffic. What is off waits, because a process that
# ends is started again.
if [ "${TAXIWAY_BACKGROUND:-off}" = "on" ]; then
  python -m taxiway_runtime.run celery -A links.tasks worker --loglevel INFO --concurrency 2 &
  works=yes
else
  echo "TAXIWAY_BACKGROUND is not on here: no work is taken up"
  sleep 2147483647 &
  works=no
fi
process=$!

# The end is told by a signal, or by this file; both reach the process as the signal that workers know as "finish, then end".
trap 'kill -TERM "$process" 2>/dev/null || true' TERM INT
while kill -0 "$process" 2>/dev/null; do
  if [ -e "${WEBJOBS_SHUTDOWN_FILE:-/nonexistent}" ]; then
    kill -TERM "$process" 2>/dev/null || true
    break
  fi
  sleep 1 &
  wait $! || true
done
status=0
wait "$process" || status=$?
# A signal interrupts the wait, too.
while kill -0 "$process" 2>/dev/null; do
  status=0
  wait "$process" || status=$?
done
if [ "$works" = "no" ]; then
  exit 0
fi
exit "$status"
