
if ! is_there gcloud run jobs describe "$service-migrate" --region "$region"; then
  gcloud run jobs create "$service-migrate" --region "$region" --image "$hello" --service-account "$runtime" \
    --command python --args=-m,taxiway_runtime.migrate --max-retries 0 --task-timeout 30m \
    --set-secrets "$secrets" --set-env-vars "$variables@AND@PYTHONPATH=@FOLDER@"
fi

