// Azure Managed Redis, and its URL as a secret of the vault. It has no public address.

param location string
param tags object
param name string

@description('The log workspace that connections are logged to.')
param workspaceId string

@description('The vault that keeps the URL.')
param vaultName string

param skuName string

@description('Whether there is a second node. Without it, updates of the service empty the cache.')
param highAvailability bool

resource cluster 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: skuName
  }
  properties: {
    minimumTlsVersion: '1.2'
    highAvailability: highAvailability ? 'Enabled' : 'Disabled'
    publicNetworkAccess: 'Disabled'
  }
}

resource database 'Microsoft.Cache/redisEnterprise/databases@2025-07-01' = {
  parent: cluster
  name: 'default'
  properties: {
    clientProtocol: 'Encrypted'
    port: 10000
    // Clients and task queues of Python use commands over several keys, which a cluster refuses.
    clusteringPolicy: 'NoCluster'
    // Entries without a lifetime, such as those of a task queue, are never thrown away.
    evictionPolicy: 'VolatileLRU'
    // The app signs in with a key from the vault: its libraries take a URL, and none of them renews a token.
    accessKeysAuthentication: 'Enabled'
  }
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource url 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'cache-url'
  tags: tags
  properties: {
    value: 'rediss://:${uriComponent(database.listKeys().primaryKey)}@${cluster.properties.hostName}:10000/0'
    contentType: 'text/plain'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: database
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

resource clusterMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: cluster
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = cluster.id
