#!/usr/bin/env bash
# Makes what Cloud Build deploys to, once for each environment, by somebody who owns the project:
#
#   bash infrastructure/cloud-run/set-up.sh staging projects/PROJECT/locations/REGION/connections/CONNECTION/repositories/NAME
#
# The repository is one of a connection (gcloud builds connections create). A second run changes nothing.
set -euo pipefail

environment=${1:?staging or production}
repository=${2:?the repository of a connection of Cloud Build}
case "$environment" in
  staging)
    variables=@STAGING@
    ;;
  production)
    variables=@PRODUCTION@
    ;;
  *)
    echo "There is no environment $environment: staging, production." >&2
    exit 2
    ;;
esac
workload=@WORKLOAD@
region=@REGION@
project=$(gcloud config get-value project)
number=$(gcloud projects describe "$project" --format 'value(projectNumber)')
service=$workload-$environment
runtime=$service@$project.iam.gserviceaccount.com
deployer=$workload-deploy@$project.iam.gserviceaccount.com
checker=$workload-check@$project.iam.gserviceaccount.com

is_there() { "$@" > /dev/null 2>&1; }

gcloud services enable run.googleapis.com cloudbuild.googleapis.com artifactregistry.googleapis.com secretmanager.googleapis.com \
  storage.googleapis.com

if ! is_there gcloud artifacts repositories describe "$workload" --location "$region"; then
  gcloud artifacts repositories create "$workload" --location "$region" --repository-format docker
fi

# Accounts of their own: what runs may not deploy, and what deploys may not read secrets.
for account in "$service" "$workload-deploy" "$workload-check"; do
  if ! is_there gcloud iam service-accounts describe "$account@$project.iam.gserviceaccount.com"; then
    gcloud iam service-accounts create "$account"
  fi
done
for role in @DEPLOYER_ROLES@; do
  gcloud projects add-iam-policy-binding "$project" --member "serviceAccount:$deployer" --role "$role" --condition None > /dev/null
done
gcloud projects add-iam-policy-binding "$project" --member "serviceAccount:$checker" --role roles/logging.logWriter --condition None > /dev/null
gcloud artifacts repositories add-iam-policy-binding "$workload" --location "$region" \
  --member "serviceAccount:$deployer" --role roles/artifactregistry.writer > /dev/null
# Where builds that change the same service wait for one another.
locks=gs://$project-$workload-locks
if ! is_there gcloud storage buckets describe "$locks"; then
  gcloud storage buckets create "$locks" --location "$region" --uniform-bucket-level-access --public-access-prevention
fi
gcloud storage buckets add-iam-policy-binding "$locks" --member "serviceAccount:$deployer" --role roles/storage.objectUser > /dev/null
gcloud iam service-accounts add-iam-policy-binding "$runtime" \
  --member "serviceAccount:$deployer" --role roles/iam.serviceAccountUser > /dev/null

# if secrets
# A value is generated, or typed; it goes from here to Secret Manager and nowhere else.
secret() {
  local name=$service-$1 value
  if ! is_there gcloud secrets versions describe latest --secret "$name"; then
    if [[ "$2" == generated ]]; then
      value=$(openssl rand -base64 48)
    else
      read -rsp "$1: " value
      echo
    fi
    is_there gcloud secrets describe "$name" || gcloud secrets create "$name" --replication-policy automatic
    printf '%s' "$value" | gcloud secrets versions add "$name" --data-file -
  fi
  gcloud secrets add-iam-policy-binding "$name" \
    --member "serviceAccount:$runtime" --role roles/secretmanager.secretAccessor > /dev/null
}
# end
# if database
# The database has to answer Cloud Run under a name or a number: postgresql://USER:PASSWORD@HOST/NAME?sslmode=require
# end
# if secrets
@SECRETS@

# end
# if database
# What every revision and the migrations start with; Cloud Build changes the image alone.
# else
# What every revision starts with; Cloud Build changes the image alone.
# end
# if secrets
secrets=@REFERENCES@
# end
variables=@VARIABLES@$variables
hello=us-docker.pkg.dev/cloudrun/container/hello
@SIZING@
if ! is_there gcloud run services describe "$service" --region "$region"; then
  if [[ "$environment" == production ]]; then
    exposure=(--allow-unauthenticated --min-instances 1)
  else
    exposure=(--no-allow-unauthenticated --min-instances 0)
  fi
  gcloud run deploy "$service" --region "$region" --image "$hello" --port @PORT@ --service-account "$runtime" \
    # if secrets
    --set-secrets "$secrets" --set-env-vars "$variables" --cpu 1 --memory 1Gi --concurrency @CONCURRENCY@ --max-instances @INSTANCES@ "${exposure[@]}"
    # else
    --set-env-vars "$variables" --cpu 1 --memory 1Gi --concurrency @CONCURRENCY@ --max-instances @INSTANCES@ "${exposure[@]}"
    # end
fi
gcloud run services add-iam-policy-binding "$service" --region "$region" \
  --member "serviceAccount:$deployer" --role roles/run.invoker > /dev/null
@JOB@
trigger() {
  local name=$1
  shift
  if ! is_there gcloud builds triggers describe "$name" --region "$region"; then
    gcloud builds triggers create "$@" --name "$name" --region "$region" --repository "$repository"
  fi
}
deploys=(--service-account "projects/$project/serviceAccounts/$deployer")
if [[ "$environment" == staging ]]; then
  # Whoever opens a pull request runs code here: as an account that may write logs and nothing else.
  trigger "$workload-pull-request" github --pull-request-pattern '^@BRANCH_PATTERN@$' --build-config cloudbuild.pull-request.yaml \
    --comment-control COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY \
    --service-account "projects/$project/serviceAccounts/$checker"
  trigger "$service" github --branch-pattern '^@BRANCH_PATTERN@$' --build-config cloudbuild.yaml "${deploys[@]}"
else
  # By hand, and approved by somebody: gcloud builds triggers run @WORKLOAD@-production --sha COMMIT
  trigger "$service" manual --branch @BRANCH@ --build-config cloudbuild.production.yaml --require-approval "${deploys[@]}"
fi
# A rollback needs nobody's approval.
trigger "$service-rollback" manual --branch @BRANCH@ --build-config cloudbuild.rollback.yaml \
  --substitutions "_SERVICE=$service" "${deploys[@]}"
