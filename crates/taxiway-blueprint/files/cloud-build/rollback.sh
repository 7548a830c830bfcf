
previous=$(of_tag previous revisionName)
serving=$(of_tag serving revisionName)
if [[ -z "$previous" || "$previous" == "$serving" ]]; then
  echo "$SERVICE has no release before this one that was verified; nothing was changed." >&2
  exit 1
fi
release=$(gcloud run revisions describe "$previous" --region "$REGION" --format 'value(metadata.labels.release)')
# Checks first: it may have been healthy once, and no longer be.
if ! is_served "$(of_tag previous url)" "$release"; then
  echo "$previous is not healthy; nothing was changed." >&2
  exit 1
fi
run update-traffic "$SERVICE" --to-revisions "$previous=100"
if ! is_served "$(main_url)" "$release"; then
  run update-traffic "$SERVICE" --to-revisions "$serving=100"
  exit 1
fi
run update-traffic "$SERVICE" --set-tags "serving=$previous"
echo "Release $release serves again at $(main_url). The schema of the database stays as it is."
