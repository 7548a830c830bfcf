// A further database on the server of another service, and its address in the vault.

param tags object
param serverName string
param databaseName string

@description('The vault that keeps the address of the database.')
param vaultName string

@description('What the names of its secrets begin with.')
param secretPrefix string

@description('How the app uses TLS towards the server: the sslmode of libpq.')
param sslMode string

@description('How the app signs in: by tokens of its identity, or by the login\'s password.')
@allowed([
  'identity'
  'password'
])
param signIn string

@description('The identity of the service. Its name is its role in the database.')
param identityName string
param identityPrincipalId string

@description('Whether the app comes by the PgBouncer of the server.')
param hasPooler bool = false

@description('The login of the server. Only where the app signs in by password.')
param administratorLogin string = ''

@secure()
param administratorPassword string = ''

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' existing = {
  name: serverName
}

resource database 'Microsoft.DBforPostgreSQL/flexibleServers/databases@2025-08-01' = {
  parent: server
  name: databaseName
}

// The service takes this database for itself before its first migration (taxiway_runtime/migrate.py): from then on it owns it, and
// says who connects to it. An administrator is what can be made from here; it is no superuser, and owns nothing of another service.
resource administrator 'Microsoft.DBforPostgreSQL/flexibleServers/administrators@2025-08-01' = if (signIn == 'identity') {
  parent: server
  name: identityPrincipalId
  properties: {
    principalType: 'ServicePrincipal'
    principalName: identityName
    tenantId: tenant().tenantId
  }
  // One after the other: the server takes one change at a time.
  dependsOn: [
    database
  ]
}

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

// As the module of the server writes the address of the first database: one secret, whatever is in it, and no port but the pooler's.
var poolerPort = hasPooler ? ':6432' : ''
var passwordUser = '${uriComponent(administratorLogin)}:${uriComponent(administratorPassword)}'
var user = signIn == 'identity' ? uriComponent(identityName) : passwordUser

resource url 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: '${secretPrefix}database-url'
  tags: tags
  properties: {
    value: 'postgresql://${user}@${server.properties.fullyQualifiedDomainName}${poolerPort}/${database.name}?sslmode=${sslMode}'
    contentType: 'text/plain'
  }
}

resource directUrl 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = if (hasPooler) {
  parent: vault
  name: '${secretPrefix}database-direct-url'
  tags: tags
  properties: {
    value: 'postgresql://${user}@${server.properties.fullyQualifiedDomainName}/${database.name}?sslmode=${sslMode}'
    contentType: 'text/plain'
  }
}

output databaseName string = database.name
