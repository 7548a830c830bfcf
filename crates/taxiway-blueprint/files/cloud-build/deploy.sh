
release=$(< /workspace/release)
previous=$(of_tag serving revisionName)
if [[ -z "$previous" ]]; then
  previous=$(run describe "$SERVICE" --format 'value(status.latestReadyRevisionName)')
fi
# Nobody is sent to it yet: its tag gives it an address of its own.
run update "$SERVICE" --image "$(< /workspace/image)" --update-labels "release=$release" --no-traffic --tag candidate
candidate=$(of_tag candidate revisionName)

verified=
back() {
  if [[ -z "$verified" ]]; then
    run update-traffic "$SERVICE" --to-revisions "$previous=100"
    echo "$previous serves; release $release was rejected." >&2
  fi
}
# Whatever ends this step early, a cancelled build too.
trap back EXIT
trap 'exit 1' TERM INT

is_served "$(of_tag candidate url)" "$release"
for percent in 10 50; do
  run update-traffic "$SERVICE" --to-revisions "$candidate=$percent,$previous=$((100 - percent))"
  is_served "$(of_tag candidate url)" "$release"
done
run update-traffic "$SERVICE" --to-revisions "$candidate=100"
is_served "$(main_url)" "$release"
# Only what was verified is ever tagged, so that a rollback cannot bring back what was rejected.
run update-traffic "$SERVICE" --set-tags "serving=$candidate,previous=$previous"
verified=yes
echo "Release $release serves at $(main_url)."
