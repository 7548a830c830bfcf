find infrastructure/bicep -name '*.bicep' -print0 | xargs -0 taxiway bicep format --check
taxiway bicep build --stdout infrastructure/bicep/main.bicep > /dev/null
for parameters in infrastructure/bicep/main.*.bicepparam; do
  taxiway bicep build-params --stdout "$parameters" > /dev/null
done
