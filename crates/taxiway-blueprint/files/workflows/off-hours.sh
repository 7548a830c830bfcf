# Does what ACTION says with every database server of the resource group that is not in that state already.
case "$ACTION" in
  start) wanted=Ready ;;
  stop) wanted=Stopped ;;
  *) echo "::error::ACTION is neither start nor stop" && exit 1 ;;
esac

servers=$(az postgres flexible-server list --resource-group "$RESOURCE_GROUP" --query '[].[name, state]' --output tsv)
if [ -z "$servers" ]; then
  echo "::error::$RESOURCE_GROUP has no database server" && exit 1
fi

while IFS=$'\t' read -r name state; do
  if [ "$state" = "$wanted" ]; then
    echo "$name is $state already"
    continue
  fi
  echo "$name is $state: $ACTION"
  az postgres flexible-server "$ACTION" --resource-group "$RESOURCE_GROUP" --name "$name" < /dev/null
done <<< "$servers"
