#!/usr/bin/env bash
set -euo pipefail
# As in production: SQLite forgives what PostgreSQL does not. Later steps reach it by its name.
docker run --detach --network cloudbuild --name postgres \
  --env POSTGRES_PASSWORD=postgres --env POSTGRES_DB=test \
  @POSTGRES@
until docker exec postgres pg_isready --quiet --host 127.0.0.1; do
  sleep 1
done
