// The plan, the site, and the slot `staging`, into which a release goes before it is swapped in.

param location string
param tags object
param planName string
param siteName string

@description('The log workspace that the site writes to.')
param workspaceId string

@description('The identity under which the app runs, by its resource id.')
param identityId string

@description('Standard or higher: Basic has no slots.')
param planSku string
param instances int

@description('Whether the instances are spread over availability zones. It takes two of them.')
param zoneRedundant bool

@description('The subnet through which the app sends; empty where there is no network.')
param subnetId string = ''

@description('Whether the site, its slot and their deployment sites answer private endpoints only.')
param isInternal bool

@description('The client id of the identity that pulls the image; empty where no image is pulled.')
param imagePullClientId string = ''

@description('What runs the app, such as PYTHON|3.12.')
param linuxFxVersion string
param startupCommand string

@description('The path that says whether an instance can serve.')
param healthCheckPath string

@description('Whether browsers must use HTTPS.')
param httpsOnly bool

@description('Host names of the app besides those that the platform gives.')
param domains array

@description('The app settings, the same for the site and the slot.')
param appSettings object

@description('The setting in which the app finds the hosts that it answers to; empty where it does not ask for them.')
param hostsSetting string = ''

@description('App settings of the site alone, besides those that the slot has too.')
param siteOnlySettings object = {}

@description('App settings of the slot alone, besides those that the site has too.')
param slotOnlySettings object = {}

@description('The names of settings that stay where they are in a swap.')
param stickySettings array

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'linux'
  sku: {
    name: planSku
    capacity: instances
  }
  properties: {
    // Without this, Azure makes a Windows plan.
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

// Nothing of the site carries over to the slot by itself: what protects the one is said for both.
var siteConfig = {
  linuxFxVersion: linuxFxVersion
  appCommandLine: startupCommand
  healthCheckPath: healthCheckPath
  alwaysOn: true
  http20Enabled: true
  minTlsVersion: '1.2'
  scmMinTlsVersion: '1.2'
  ftpsState: 'Disabled'
  remoteDebuggingEnabled: false
  // The access log of the front end, beside the one in the workspace; bounded, because it lies on the disk of the site.
  httpLoggingEnabled: true
  detailedErrorLoggingEnabled: true
  requestTracingEnabled: true
  logsDirectorySizeLimit: 35
  // A deployment needs a token, wherever it comes from: the addresses of pipelines are not known.
  ipSecurityRestrictionsDefaultAction: 'Allow'
  scmIpSecurityRestrictionsDefaultAction: 'Allow'
  acrUseManagedIdentityCreds: !empty(imagePullClientId)
  acrUserManagedIdentityID: empty(imagePullClientId) ? null : imagePullClientId
}

// Everything that the app sends goes through the network: names of the vault and the database mean something there only.
var outboundRouting = {
  applicationTraffic: true
  imagePullTraffic: !empty(imagePullClientId)
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: siteName
  location: location
  tags: tags
  kind: 'app,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: httpsOnly
    publicNetworkAccess: isInternal ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    outboundVnetRouting: empty(subnetId) ? null : outboundRouting
    // Any instance can answer any request, so no cookie ties a client to one.
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    siteConfig: siteConfig
  }
}

resource slot 'Microsoft.Web/sites/slots@2025-03-01' = {
  parent: site
  name: 'staging'
  location: location
  tags: tags
  kind: 'app,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: httpsOnly
    publicNetworkAccess: isInternal ? 'Disabled' : 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    outboundVnetRouting: empty(subnetId) ? null : outboundRouting
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    siteConfig: siteConfig
  }
}

// After a swap a process still has the other one's host name in its environment, so both are told to both.
var hosts = concat([site.properties.defaultHostName, slot.properties.defaultHostName], domains)
var hostSettings = empty(hostsSetting) ? {} : { '${hostsSetting}': join(hosts, ',') }

resource stickyNames 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'slotConfigNames'
  properties: {
    appSettingNames: stickySettings
  }
}

resource siteSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: site
  name: 'appsettings'
  properties: union(appSettings, hostSettings, siteOnlySettings)
  dependsOn: [
    stickyNames
  ]
}

resource slotSettings 'Microsoft.Web/sites/slots/config@2025-03-01' = {
  parent: slot
  name: 'appsettings'
  properties: union(appSettings, hostSettings, slotOnlySettings)
  dependsOn: [
    stickyNames
  ]
}

// Publishing needs a token: no password opens FTP or the deployment site, on the slot either.

resource siteFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource siteScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: site
  name: 'scm'
  properties: {
    allow: false
  }
}

resource slotFtpPassword 'Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: slot
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource slotScmPassword 'Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: slot
  name: 'scm'
  properties: {
    allow: false
  }
}

var logCategories = [
  'AppServiceHTTPLogs'
  'AppServiceConsoleLogs'
  'AppServicePlatformLogs'
  'AppServiceAuditLogs'
  'AppServiceIPSecAuditLogs'
]

resource siteLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: site
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in logCategories: {
        category: category
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

resource slotLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: slot
  properties: {
    workspaceId: workspaceId
    logs: [
      for category in logCategories: {
        category: category
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

resource planMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: plan
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

output planId string = plan.id
output siteId string = site.id
output siteName string = site.name
output siteHostName string = site.properties.defaultHostName
// What a TXT record has to say before a host name can be bound to the site.
output domainVerificationId string = site.properties.customDomainVerificationId
output slotName string = 'staging'
output slotHostName string = slot.properties.defaultHostName
