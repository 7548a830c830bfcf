// What shop runs on in one environment: 2 sites with a staging slot each, PostgreSQL, a vault, logs.
// Written by `taxiway generate`; edits are kept. The values of an environment are in main.<environment>.bicepparam.

@description('The application, as resource names contain it. Another value means other resources.')
@minLength(1)
@maxLength(27)
param workload string = 'shop'
@description('The environment, as resource names contain it.')
@minLength(1)
@maxLength(12)
param environmentName string
param location string = resourceGroup().location
@description('Tags besides those that every resource gets.')
param extraTags object = {}
@description('The name of the site, unique in all of Azure: it becomes its host name.')
@minLength(2)
@maxLength(51)
param siteName string = 'app-${workload}-${environmentName}-${take(uniqueString(resourceGroup().id), 6)}'

param planSku string
param instances int
@description('How many instances there may be under load; the plan does not scale by itself where they are as many.')
param mostInstances int = instances
@description('Whether instances are spread over availability zones.')
param zoneRedundant bool = false
param pythonVersion string
@description('Whether browsers must use HTTPS.')
param httpsOnly bool = true
@description('Host names of the app besides those that the platform gives.')
param domains array = []
@description('Whether the processes beside the web process run: the WebJobs of the release, on the site and never on its slot.')
param runsBackground bool = true
@description('Plain variables of the app, from taxiway.toml.')
param extraSettings object = {}

// The service `notes`.
@description('The name of its site, unique in all of Azure.')
@minLength(2)
@maxLength(51)
param notesSiteName string = 'app-${take(workload, 21)}-notes-${environmentName}-${take(uniqueString(resourceGroup().id), 6)}'
@description('Host names of its own.')
param notesDomains array = []
@description('Whether the records of these names lead to its site by now.')
param notesBindsDomains bool = false
param notesDatabaseName string
@description('Its plain variables, from taxiway.toml.')
param notesExtraSettings object = {}

param databaseVersion string
param databaseSku string
param databaseTier string
param databaseStorageGb int
param databaseBackupDays int
@description('Whether backups are copied to the region\'s pair. Fixed when the server is made.')
param databaseGeoRedundantBackup bool = false
@description('How a standby takes over when the server fails.')
@allowed([
  'Disabled'
  'SameZone'
  'ZoneRedundant'
])
param databaseStandby string = 'Disabled'
@description('How the app signs in to the database. identity: by tokens of its own identity. password: by one that is kept in the vault.')
@allowed([
  'identity'
  'password'
])
param databaseSignIn string
param databaseName string
@description('The login of whoever signs in by password. Fixed once there is one.')
param databaseLogin string = ''
@description('How the app uses TLS towards the database: the sslmode of libpq.')
param databaseSslMode string = 'require'

param logRetentionDays int
param logDailyQuotaGb int
param vaultSoftDeleteDays int
param vaultPurgeProtection bool
@description('Whether what holds data can\'t be deleted before its lock is.')
param isLocked bool = false

@description('How far the doors are open. none: there is no network. public: the site is open, all else answers its subnet. private: all else answers private endpoints. internal: the site too.')
@allowed([
  'none'
  'public'
  'private'
  'internal'
])
param networkProfile string
@description('The first three numbers of the network\'s addresses. They must not overlap with a network that it is to be joined to.')
param addressPrefix string = '10.20.0'
@description('Public addresses from which people reach the vault and the storage.')
param allowedAddresses array = []

@description('Whether people are told when something is wrong.')
param hasAlerts bool = false
@description('Whether the site is called from outside every five minutes.')
param hasAvailabilityTest bool = false
@description('How many connections to the database are too many.')
param databaseConnectionAlert int = 1000
@description('Mail addresses; where there are none, the owners of the subscription are told.')
param alertRecipients array = []

// Secrets. On the first deployment of an environment they are given; later ones take them from its vault.
@secure()
param databasePassword string = ''
@secure()
param djangoSecretKey string
@secure()
@description('The value of STRIPE_SECRET_KEY.')
param secretStripeSecretKey string

// Names that become host names carry a hash of the resource group: they are unique in all of Azure.
var hash = take(uniqueString(resourceGroup().id), 6)
var databaseServerName = 'psql-${workload}-${environmentName}-${hash}'
// At most 24 characters: the application's name gives way, never the environment's.
var vaultName = 'kv-${take(replace(workload, '-', ''), 13 - length(environmentName))}-${environmentName}-${hash}'

var ownTags = {
  application: workload
  environment: environmentName
  'managed-by': 'taxiway'
}
var tags = union(ownTags, extraTags)
var notesTags = union(tags, {
  service: 'notes'
})

var hasNetwork = networkProfile != 'none'
var isPrivate = networkProfile == 'private' || networkProfile == 'internal'
var closedVault = isPrivate ? 'private' : 'subnet'
var vaultAccess = hasNetwork ? closedVault : 'open'
var networkName = 'vnet-${workload}-${environmentName}'
var databaseZoneName = '${workload}-${environmentName}.private.postgres.database.azure.com'
var subnetType = 'Microsoft.Network/virtualNetworks/subnets'
var appSubnetId = hasNetwork ? resourceId(subnetType, networkName, 'app') : ''
var databaseSubnetId = hasNetwork ? resourceId(subnetType, networkName, 'database') : ''
var databaseZoneId = hasNetwork ? resourceId('Microsoft.Network/privateDnsZones', databaseZoneName) : ''

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: {
    location: location
    tags: tags
    name: 'id-${workload}-${environmentName}'
  }
}

module notesIdentity 'modules/identity.bicep' = {
  name: 'notes-identity'
  params: {
    location: location
    tags: notesTags
    name: 'id-${workload}-notes-${environmentName}'
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    tags: tags
    workspaceName: 'log-${workload}-${environmentName}'
    componentName: 'appi-${workload}-${environmentName}'
    retentionInDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module network 'modules/network.bicep' = if (hasNetwork) {
  name: 'network'
  params: {
    location: location
    tags: tags
    name: networkName
    workspaceId: monitoring.outputs.workspaceId
    addressPrefix: addressPrefix
    hasServiceEndpoints: !isPrivate
    hasVpn: false
    hasPooler: false
    databaseZoneName: databaseZoneName
  }
}

module keyVault 'modules/key-vault.bicep' = {
  name: 'key-vault'
  params: {
    location: location
    tags: tags
    name: vaultName
    workspaceId: monitoring.outputs.workspaceId
    softDeleteDays: vaultSoftDeleteDays
    purgeProtection: vaultPurgeProtection
    access: vaultAccess
    subnetId: appSubnetId
    allowedAddresses: allowedAddresses
    isLocked: isLocked
  }
  dependsOn: [
    network
  ]
}

module database 'modules/postgresql.bicep' = {
  name: 'postgresql'
  params: {
    location: location
    tags: tags
    name: databaseServerName
    databaseName: databaseName
    workspaceId: monitoring.outputs.workspaceId
    vaultName: keyVault.outputs.name
    version: databaseVersion
    skuName: databaseSku
    skuTier: databaseTier
    storageSizeGb: databaseStorageGb
    backupRetentionDays: databaseBackupDays
    geoRedundantBackup: databaseGeoRedundantBackup
    highAvailability: databaseStandby
    subnetId: databaseSubnetId
    zoneId: databaseZoneId
    signIn: databaseSignIn
    identityName: identity.outputs.name
    identityPrincipalId: identity.outputs.principalId
    administratorLogin: databaseLogin
    administratorPassword: databasePassword
    sslMode: databaseSslMode
    isLocked: isLocked
  }
  dependsOn: [
    network
  ]
}

module notesDatabase 'modules/postgresql-database.bicep' = {
  name: 'notes-database'
  params: {
    tags: notesTags
    serverName: databaseServerName
    databaseName: notesDatabaseName
    vaultName: keyVault.outputs.name
    secretPrefix: 'notes-'
    sslMode: databaseSslMode
    signIn: databaseSignIn
    identityName: notesIdentity.outputs.name
    identityPrincipalId: notesIdentity.outputs.principalId
    administratorLogin: databaseLogin
    administratorPassword: databasePassword
  }
  dependsOn: [
    database
  ]
}

module databasePasswordSecret 'modules/secret.bicep' = if (!empty(databasePassword)) {
  name: 'secret-database-password'
  params: {
    vaultName: keyVault.outputs.name
    tags: tags
    name: 'database-password'
    value: databasePassword
  }
}

module djangoSecretKeySecret 'modules/secret.bicep' = {
  name: 'secret-django-secret-key'
  params: {
    vaultName: keyVault.outputs.name
    tags: tags
    name: 'django-secret-key'
    value: djangoSecretKey
  }
}

module stripeSecretKeySecret 'modules/secret.bicep' = {
  name: 'secret-stripe-secret-key'
  params: {
    vaultName: keyVault.outputs.name
    tags: tags
    name: 'stripe-secret-key'
    value: secretStripeSecretKey
  }
}

module secretAccess 'modules/secret-access.bicep' = {
  name: 'secret-access'
  params: {
    vaultName: keyVault.outputs.name
    secretNames: [
      'database-url'
      'django-secret-key'
      'stripe-secret-key'
    ]
    readerPrincipalId: identity.outputs.principalId
  }
  dependsOn: [
    database
    djangoSecretKeySecret
    stripeSecretKeySecret
  ]
}

module notesSecretAccess 'modules/secret-access.bicep' = {
  name: 'notes-secret-access'
  params: {
    vaultName: keyVault.outputs.name
    secretNames: [
      'notes-database-url'
    ]
    readerPrincipalId: notesIdentity.outputs.principalId
  }
  dependsOn: [
    notesDatabase
  ]
}

module plan 'modules/plan.bicep' = {
  name: 'plan'
  params: {
    location: location
    tags: tags
    planName: 'asp-${workload}-${environmentName}'
    workspaceId: monitoring.outputs.workspaceId
    planSku: planSku
    instances: instances
    zoneRedundant: zoneRedundant
  }
}

var startupCommand = 'gunicorn --config gunicorn.conf.py shop.wsgi:application'

// The same for the site and its slot, so that a release meets after the swap what it met before.
var ownSettings = {
  DJANGO_SETTINGS_MODULE: 'taxiway_runtime.settings'
  DJANGO_HTTPS: httpsOnly ? 'on' : 'off'
  DATABASE_URL: '@Microsoft.KeyVault(SecretUri=${keyVault.outputs.uri}secrets/database-url)'
  DATABASE_SIGN_IN: databaseSignIn
  // The identity whose tokens are asked for.
  AZURE_CLIENT_ID: identity.outputs.clientId
  // Errors and logs say where they come from.
  TAXIWAY_ENVIRONMENT: environmentName
  SECRET_KEY: '@Microsoft.KeyVault(SecretUri=${keyVault.outputs.uri}secrets/django-secret-key)'
  STRIPE_SECRET_KEY: '@Microsoft.KeyVault(SecretUri=${keyVault.outputs.uri}secrets/stripe-secret-key)'
  DEBUG: '0'
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString

  // The build on the site: packages by pip, then the static files. A build that lacks one of them fails.
  SCM_DO_BUILD_DURING_DEPLOYMENT: 'true'
  CUSTOM_REQUIREMENTSTXT_PATH: 'requirements.taxiway.txt'
  // Its own collectstatic only warns when it fails.
  DISABLE_COLLECTSTATIC: 'true'
  POST_BUILD_COMMAND: 'TAXIWAY_BUILD=1 python manage.py collectstatic --noinput --settings=taxiway_runtime.settings'

  // A start, or a swap, waits for this answer; without the statuses any would do, even a 500.
  WEBSITE_WARMUP_PATH: '/healthz/ready'
  WEBSITE_WARMUP_STATUSES: '200'
  WEBSITE_SWAP_WARMUP_PING_PATH: '/healthz/ready'
  WEBSITE_SWAP_WARMUP_PING_STATUSES: '200'
  // Seconds for running requests when the site stops; gunicorn.conf.py stays below it.
  WEBSITES_CONTAINER_STOP_TIME_LIMIT: '30'
}
var appSettings = union(ownSettings, extraSettings)

// What belongs to the environment stays with it in a swap; all else goes with the release.
var stickySettings = [
  'DATABASE_URL'
  'DATABASE_SIGN_IN'
  'AZURE_CLIENT_ID'
  'SECRET_KEY'
  'STRIPE_SECRET_KEY'
  'TAXIWAY_BACKGROUND'
  'APPLICATIONINSIGHTS_CONNECTION_STRING'
]

module appService 'modules/site.bicep' = {
  name: 'app-service'
  params: {
    location: location
    tags: tags
    planName: 'asp-${workload}-${environmentName}'
    siteName: siteName
    workspaceId: monitoring.outputs.workspaceId
    identityId: identity.outputs.id
    subnetId: appSubnetId
    isInternal: false
    linuxFxVersion: 'PYTHON|${pythonVersion}'
    startupCommand: startupCommand
    healthCheckPath: '/healthz/ready'
    httpsOnly: httpsOnly
    domains: domains
    appSettings: appSettings
    hostsSetting: 'DJANGO_ALLOWED_HOSTS'
    // The slot has a release that nobody is served by yet, or no longer: it takes no work from the queue.
    siteOnlySettings: {
      TAXIWAY_BACKGROUND: runsBackground ? 'on' : 'off'
    }
    slotOnlySettings: {
      TAXIWAY_BACKGROUND: 'off'
    }
    stickySettings: stickySettings
  }
  // References to secrets that are not there yet would reach the app as they stand.
  dependsOn: [
    plan
    database
    databasePasswordSecret
    djangoSecretKeySecret
    stripeSecretKeySecret
    secretAccess
    network
  ]
}

var notesStartupCommand = 'gunicorn --config gunicorn.conf.py taxiway_runtime.application:application'

// The same for the site and its slot, so that a release meets after the swap what it met before.
var notesOwnSettings = {
  DATABASE_URL: '@Microsoft.KeyVault(SecretUri=${keyVault.outputs.uri}secrets/notes-database-url)'
  DATABASE_SIGN_IN: databaseSignIn
  // The identity whose tokens are asked for.
  AZURE_CLIENT_ID: notesIdentity.outputs.clientId
  // Errors and logs say where they come from.
  TAXIWAY_ENVIRONMENT: environmentName
  APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString

  // The build on the site: packages by pip.
  SCM_DO_BUILD_DURING_DEPLOYMENT: 'true'
  CUSTOM_REQUIREMENTSTXT_PATH: 'requirements.taxiway.txt'

  // A start, or a swap, waits for this answer; without the statuses any would do, even a 500.
  WEBSITE_WARMUP_PATH: '/healthz/ready'
  WEBSITE_WARMUP_STATUSES: '200'
  WEBSITE_SWAP_WARMUP_PING_PATH: '/healthz/ready'
  WEBSITE_SWAP_WARMUP_PING_STATUSES: '200'
  // Seconds for running requests when the site stops; gunicorn.conf.py stays below it.
  WEBSITES_CONTAINER_STOP_TIME_LIMIT: '30'
}
var notesAppSettings = union(notesOwnSettings, notesExtraSettings)

// What belongs to the environment stays with it in a swap; all else goes with the release.
var notesStickySettings = [
  'DATABASE_URL'
  'DATABASE_SIGN_IN'
  'AZURE_CLIENT_ID'
  'APPLICATIONINSIGHTS_CONNECTION_STRING'
]

module notesAppService 'modules/site.bicep' = {
  name: 'notes-app-service'
  params: {
    location: location
    tags: notesTags
    planName: 'asp-${workload}-${environmentName}'
    siteName: notesSiteName
    workspaceId: monitoring.outputs.workspaceId
    identityId: notesIdentity.outputs.id
    subnetId: appSubnetId
    isInternal: false
    linuxFxVersion: 'PYTHON|${pythonVersion}'
    startupCommand: notesStartupCommand
    healthCheckPath: '/healthz/ready'
    httpsOnly: httpsOnly
    domains: notesDomains
    appSettings: notesAppSettings
    stickySettings: notesStickySettings
  }
  // References to secrets that are not there yet would reach the app as they stand.
  dependsOn: [
    plan
    notesDatabase
    databasePasswordSecret
    notesSecretAccess
    network
  ]
}

module notesSiteDomains 'modules/domains.bicep' = if (notesBindsDomains) {
  name: 'notes-domains'
  params: {
    location: location
    tags: notesTags
    siteName: notesAppService.outputs.siteName
    planId: plan.outputs.planId
    hosts: notesDomains
  }
}

module autoscale 'modules/autoscale.bicep' = if (mostInstances > instances) {
  name: 'autoscale'
  params: {
    location: location
    tags: tags
    name: 'as-${workload}-${environmentName}'
    planId: plan.outputs.planId
    workspaceId: monitoring.outputs.workspaceId
    leastInstances: instances
    mostInstances: mostInstances
  }
}

module alerts 'modules/alerts.bicep' = if (hasAlerts) {
  name: 'alerts'
  params: {
    tags: tags
    environmentName: environmentName
    groupName: 'ag-${workload}-${environmentName}'
    recipients: alertRecipients
    componentId: monitoring.outputs.componentId
    planId: plan.outputs.planId
    vaultId: keyVault.outputs.id
    databaseServerId: database.outputs.id
    databaseConnections: databaseConnectionAlert
  }
}

module siteAlerts 'modules/site-alerts.bicep' = if (hasAlerts) {
  name: 'site-alerts'
  params: {
    location: location
    tags: tags
    environmentName: environmentName
    groupName: 'ag-${workload}-${environmentName}'
    workspaceId: monitoring.outputs.workspaceId
    componentId: monitoring.outputs.componentId
    siteId: appService.outputs.siteId
    healthPath: '/healthz/ready'
    testHost: hasAvailabilityTest ? appService.outputs.siteHostName : ''
  }
  dependsOn: [
    alerts
  ]
}

module notesSiteAlerts 'modules/site-alerts.bicep' = if (hasAlerts) {
  name: 'notes-site-alerts'
  params: {
    location: location
    tags: notesTags
    environmentName: '${environmentName}-notes'
    groupName: 'ag-${workload}-${environmentName}'
    workspaceId: monitoring.outputs.workspaceId
    componentId: monitoring.outputs.componentId
    siteId: notesAppService.outputs.siteId
    healthPath: '/healthz/ready'
    testHost: hasAvailabilityTest ? notesAppService.outputs.siteHostName : ''
  }
  dependsOn: [
    alerts
  ]
}

module workbook 'modules/workbook.bicep' = if (hasAlerts) {
  name: 'workbook'
  params: {
    location: location
    tags: tags
    title: 'workbook-${workload}-${environmentName}'
    workspaceId: monitoring.outputs.workspaceId
    siteIds: [
      appService.outputs.siteId
      notesAppService.outputs.siteId
    ]
  }
}

output siteId string = appService.outputs.siteId
output siteName string = appService.outputs.siteName
output siteHostName string = appService.outputs.siteHostName
output domainVerificationId string = appService.outputs.domainVerificationId
output slotName string = appService.outputs.slotName
output slotHostName string = appService.outputs.slotHostName
output vaultId string = keyVault.outputs.id
output vaultName string = keyVault.outputs.name
output vaultUri string = keyVault.outputs.uri
output identityId string = identity.outputs.id
output workspaceId string = monitoring.outputs.workspaceId
output databaseServerId string = database.outputs.id
output databaseServerName string = database.outputs.name
output databaseHost string = database.outputs.host
output databaseName string = database.outputs.databaseName
output notesSiteId string = notesAppService.outputs.siteId
output notesSiteName string = notesAppService.outputs.siteName
output notesSiteHostName string = notesAppService.outputs.siteHostName
output notesDomainVerificationId string = notesAppService.outputs.domainVerificationId
output notesSlotName string = notesAppService.outputs.slotName
output notesSlotHostName string = notesAppService.outputs.slotHostName
