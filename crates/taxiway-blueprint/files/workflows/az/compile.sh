az bicep build --file infrastructure/bicep/main.bicep --stdout > /dev/null
for parameters in infrastructure/bicep/main.*.bicepparam; do
  az bicep build-params --file "$parameters" --stdout > /dev/null
done
