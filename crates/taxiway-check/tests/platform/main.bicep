// A whole private platform for the tests: each kind of resource that has rules, without a finding.

param environmentName string
param location string = 'swedencentral'
param planSku string
param instances int
param databaseSku string
param databaseTier string
param databaseVersion string
param backupDays int
param python string
param budgetStart string
@secure()
param databasePassword string

var hash = take(uniqueString(resourceGroup().id), 6)
var tags = {
  application: 'shop'
  environment: environmentName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-shop'
  location: location
  tags: tags
}

resource federation 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2023-01-31' = {
  parent: identity
  name: 'pipeline'
  properties: {
    issuer: 'https://token.actions.githubusercontent.com'
    subject: 'repo:example/shop:environment:production'
    audiences: [
      'api://AzureADTokenExchange'
    ]
  }
}

module network 'modules/network.bicep' = {
  name: 'network'
  params: {
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    tags: tags
    siteId: app.outputs.siteId
    budgetStart: budgetStart
  }
}

module data 'modules/data.bicep' = {
  name: 'data'
  params: {
    location: location
    tags: tags
    hash: hash
    principalId: identity.properties.principalId
    endpointSubnet: network.outputs.endpointSubnet
    databaseSku: databaseSku
    databaseTier: databaseTier
    databaseVersion: databaseVersion
    backupDays: backupDays
    databasePassword: databasePassword
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    location: location
    tags: tags
    siteName: 'app-shop-${hash}'
    planSku: planSku
    instances: instances
    runtime: 'PYTHON|${python}'
    identityId: identity.id
    appSubnet: network.outputs.appSubnet
    settings: {
      SECRET_KEY: '@Microsoft.KeyVault(SecretUri=${data.outputs.vaultUri}secrets/secret-key)'
      DATABASE_HOST: data.outputs.databaseHost
      WEB_CONCURRENCY: '4'
      DEBUG: '0'
      SCM_DO_BUILD_DURING_DEPLOYMENT: 'true'
      WEBSITE_SWAP_WARMUP_PING_PATH: '/healthz'
      WEBSITE_SWAP_WARMUP_PING_STATUSES: '200'
      WEBSITES_CONTAINER_START_TIME_LIMIT: '600'
    }
  }
}

module endpoints 'modules/endpoint.bicep' = [for (item, index) in [
  {
    name: 'vault'
    zone: 'privatelink.vaultcore.azure.net'
  }
  {
    name: 'postgresqlServer'
    zone: 'privatelink.postgres.database.azure.com'
  }
  {
    name: 'blob'
    zone: 'privatelink.blob.core.windows.net'
  }
  {
    name: 'registry'
    zone: 'privatelink.azurecr.io'
  }
  {
    name: 'redisEnterprise'
    zone: 'privatelink.redis.azure.net'
  }
]: {
  name: 'endpoint-${item.name}'
  params: {
    location: location
    tags: tags
    group: item.name
    zoneName: item.zone
    targetId: [
      data.outputs.vaultId
      data.outputs.serverId
      data.outputs.accountId
      data.outputs.registryId
      data.outputs.cacheId
    ][index]
    subnetId: network.outputs.endpointSubnet
    networkId: network.outputs.networkId
  }
}]
