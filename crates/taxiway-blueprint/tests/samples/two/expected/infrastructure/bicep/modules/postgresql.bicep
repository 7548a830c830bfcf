// PostgreSQL Flexible Server with the database of the first service. Those of further ones, if they have any, are in postgresql-database.bicep.

param location string
param tags object
param name string
param databaseName string

@description('The log workspace that the server writes to.')
param workspaceId string

@description('The vault that keeps the address of the database.')
param vaultName string

@description('How the app uses TLS towards the server: the sslmode of libpq.')
param sslMode string

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

@description('Whether backups are copied to the region\'s pair. Fixed when the server is made.')
param geoRedundantBackup bool

@description('How a standby takes over. It costs as much as the server itself; burstable sizes have none.')
@allowed([
  'Disabled'
  'SameZone'
  'ZoneRedundant'
])
param highAvailability string

@description('The subnet that the server is in, and the only one that reaches it. Fixed when the server is made. Empty: a public server without any rule, which the local cloud keeps on the loopback interface.')
param subnetId string = ''

@description('The private zone in which the server gets its name.')
param zoneId string = ''

@description('Whether the server can\'t be deleted before its lock is.')
param isLocked bool

@description('How the app signs in: by tokens of its identity, or by the login\'s password.')
@allowed([
  'identity'
  'password'
])
param signIn string

@description('The app\'s identity. Its name is its role in the database.')
param identityName string
param identityPrincipalId string

@description('Whether the app comes by the PgBouncer of the server. Burstable sizes have none.')
param hasPooler bool = false

@description('Fixed once there is one. Only where the app signs in by password.')
param administratorLogin string = ''

@secure()
param administratorPassword string = ''

var usesIdentity = signIn == 'identity'

var privateNetwork = {
  delegatedSubnetResourceId: subnetId
  privateDnsZoneArmResourceId: zoneId
}

// No firewall rule follows: closed all the same.
var publicNetwork = {
  publicNetworkAccess: 'Enabled'
}

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
    // A server that takes tokens alone has no login and no password at all.
    administratorLogin: usesIdentity ? null : administratorLogin
    administratorLoginPassword: usesIdentity ? null : administratorPassword
    authConfig: {
      activeDirectoryAuth: usesIdentity ? 'Enabled' : 'Disabled'
      passwordAuth: usesIdentity ? 'Disabled' : 'Enabled'
      tenantId: usesIdentity ? tenant().tenantId : null
    }
    storage: {
      storageSizeGB: storageSizeGb
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: backupRetentionDays
      geoRedundantBackup: geoRedundantBackup ? 'Enabled' : 'Disabled'
    }
    highAvailability: {
      mode: highAvailability
    }
    network: empty(subnetId) ? publicNetwork : privateNetwork
    // Patches come on Sunday at three, by UTC, instead of at any hour.
    maintenanceWindow: {
      customWindow: 'Enabled'
      dayOfWeek: 0
      startHour: 3
      startMinute: 0
    }
  }
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: databaseName
}

// One connection of the pooler keeps the prepared statements of many clients apart.
var poolerConfigurations = [
  {
    name: 'pgbouncer.enabled'
    value: 'true'
  }
  {
    name: 'pgbouncer.max_prepared_statements'
    value: '100'
  }
]

var configurations = [
  {
    // What the operations of django.contrib.postgres create in migrations; the server refuses all others.
    name: 'azure.extensions'
    value: 'BLOOM,BTREE_GIN,BTREE_GIST,CITEXT,HSTORE,PG_TRGM,PGCRYPTO,UNACCENT,UUID-OSSP'
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
  {
    // Who came and went, and how the server wrote its log: what one asks for after an incident.
    name: 'log_connections'
    value: 'on'
  }
  {
    name: 'log_disconnections'
    value: 'on'
  }
  {
    name: 'log_checkpoints'
    value: 'on'
  }
]

// One after the other: the server takes one change at a time.
@batchSize(1)
resource serverConfigurations 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2025-08-01' = [
  for configuration in concat(configurations, hasPooler ? poolerConfigurations : []): {
    parent: server
    name: configuration.name
    properties: {
      value: configuration.value
      source: 'user-override'
    }
    dependsOn: [
      database
    ]
  }
]

// The service's identity administers this server, which has the databases of the services and no other. Each service takes
// its own for itself before its first migration (taxiway_runtime/migrate.py): from then on no other one connects to it. Where
// the services sign in by password, the server's one login opens all of them. Whoever makes a smaller role has
// to sign in to the server first, and nobody but the app reaches it. It is no superuser, and as much as a login with a password
// would be. Its limit: who makes the app run SQL of their own may change tables and roles, not only rows.
resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01' = if (usesIdentity) {
  parent: server
  name: identityPrincipalId
  properties: {
    principalType: 'ServicePrincipal'
    principalName: identityName
    tenantId: tenant().tenantId
  }
  dependsOn: [
    serverConfigurations
  ]
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// The app is given the whole address as one secret, whatever is in it, so that every kind of database comes the same way. It has
// no port: 5432 is implied. With tokens it has no password either.
var poolerPort = hasPooler ? ':6432' : ''
var passwordUser = '${uriComponent(administratorLogin)}:${uriComponent(administratorPassword)}'
var user = usesIdentity ? uriComponent(identityName) : passwordUser

resource url 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: 'database-url'
  tags: tags
  properties: {
    value: 'postgresql://${user}@${server.properties.fullyQualifiedDomainName}${poolerPort}/${database.name}?sslmode=${sslMode}'
    contentType: 'text/plain'
  }
}

resource directUrl 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (hasPooler) {
  parent: vault
  name: 'database-direct-url'
  tags: tags
  properties: {
    value: 'postgresql://${user}@${server.properties.fullyQualifiedDomainName}/${database.name}?sslmode=${sslMode}'
    contentType: 'text/plain'
  }
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

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  name: 'keep'
  scope: server
  properties: {
    level: 'CanNotDelete'
    notes: 'The server takes its backups with it. Delete this lock first, on purpose.'
  }
  dependsOn: [
    serverConfigurations
  ]
}

output id string = server.id
output name string = server.name
output host string = server.properties.fullyQualifiedDomainName
output databaseName string = database.name
