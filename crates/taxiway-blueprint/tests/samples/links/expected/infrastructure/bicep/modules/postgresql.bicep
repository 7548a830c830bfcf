// PostgreSQL Flexible Server with the one database of the app.

param location string
param tags object
param name string
param databaseName string

@description('The log workspace that the server writes to.')
param workspaceId string

@description('The major version of PostgreSQL. An upgrade is one way.')
param version string

param skuName string

@description('Goes with the size: B is Burstable, D is GeneralPurpose, E is MemoryOptimized.')
@allowed([
  'Burstable'
  'GeneralPurpose'
  'MemoryOptimized'
])
param skuTier string

@description('The disk in GiB. It grows by itself before it is full, and never shrinks.')
param storageSizeGb int

@description('How far back the server can be restored, in days.')
@minValue(7)
@maxValue(35)
param backupRetentionDays int

@description('Whether services in Azure reach the server. The site is one, but so is every other customer\'s: the password and TLS protect it until the network is private.')
param allowAzureServices bool

@description('Fixed when the server is made.')
param administratorLogin string

@secure()
param administratorPassword string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: skuName
    tier: skuTier
  }
  properties: {
    version: version
    administratorLogin: administratorLogin
    administratorLoginPassword: administratorPassword
    storage: {
      storageSizeGB: storageSizeGb
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: backupRetentionDays
    }
    network: {
      // Closed but for the rule below.
      publicNetworkAccess: 'Enabled'
    }
  }
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: databaseName
}

var configurations = [
  {
    // What the operations of django.contrib.postgres create in migrations; the server refuses all others.
    name: 'azure.extensions'
    value: 'BTREE_GIN,BTREE_GIST,CITEXT,HSTORE,PG_TRGM,PGCRYPTO,UNACCENT,UUID-OSSP'
  }
  {
    // A worker that dies in a transaction keeps its locks no longer than this, in milliseconds.
    name: 'idle_in_transaction_session_timeout'
    value: '300000'
  }
  {
    // Who waits for whom, when a migration and requests want the same table.
    name: 'log_lock_waits'
    value: 'on'
  }
]

// One after the other: the server takes one change at a time.
@batchSize(1)
resource serverConfigurations 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01' = [for configuration in configurations: {
  parent: server
  name: configuration.name
  properties: {
    value: configuration.value
    source: 'user-override'
  }
  dependsOn: [
    database
  ]
}]

resource azureServices 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = if (allowAzureServices) {
  parent: server
  name: 'azure-services'
  properties: {
    // This range is not an address: Azure takes it for its own services.
    startIpAddress: '0.0.0.0'
    endIpAddress: '0.0.0.0'
  }
  dependsOn: [
    serverConfigurations
  ]
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: server
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'PostgreSQLLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = server.id
output name string = server.name
output host string = server.properties.fullyQualifiedDomainName
output databaseName string = database.name
