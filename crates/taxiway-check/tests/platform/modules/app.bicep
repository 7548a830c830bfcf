param location string
param tags object
param siteName string
param planSku string
param instances int
param runtime string
param identityId string
param appSubnet string
param settings object

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'asp-shop'
  location: location
  tags: tags
  kind: 'linux'
  sku: {
    name: planSku
    capacity: instances
  }
  properties: {
    reserved: true
    zoneRedundant: true
  }
}

// The same for the site and its slot.
var siteConfig = {
  linuxFxVersion: runtime
  appCommandLine: 'gunicorn --bind 0.0.0.0:8000 shop.wsgi:application'
  healthCheckPath: '/healthz'
  alwaysOn: true
  http20Enabled: true
  minTlsVersion: '1.2'
  scmMinTlsVersion: '1.2'
  ftpsState: 'Disabled'
  remoteDebuggingEnabled: false
  cors: {
    allowedOrigins: [
      'https://shop.example.com'
    ]
  }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
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
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: appSubnet
    siteConfig: siteConfig
  }
}

resource siteSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: settings
}

resource stickyNames 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'slotConfigNames'
  properties: {
    appSettingNames: [
      'SECRET_KEY'
    ]
  }
}

resource siteFiles 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'logs'
  properties: {
    httpLogs: {
      fileSystem: {
        enabled: true
        retentionInDays: 3
        retentionInMb: 35
      }
    }
  }
}

resource sitePolicies 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [for name in ['ftp', 'scm']: {
  parent: site
  name: name
  properties: {
    allow: false
  }
}]

resource slot 'Microsoft.Web/sites/slots@2024-04-01' = {
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
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: appSubnet
    siteConfig: siteConfig
  }
}

resource slotSettings 'Microsoft.Web/sites/slots/config@2024-04-01' = {
  parent: slot
  name: 'appsettings'
  properties: settings
}

resource slotPolicies 'Microsoft.Web/sites/slots/basicPublishingCredentialsPolicies@2024-04-01' = [for name in ['ftp', 'scm']: {
  parent: slot
  name: name
  properties: {
    allow: false
  }
}]

resource scaling 'Microsoft.Insights/autoscalesettings@2022-10-01' = {
  name: 'scale-shop'
  location: location
  tags: tags
  properties: {
    enabled: true
    targetResourceUri: plan.id
    profiles: [
      {
        name: 'default'
        capacity: {
          minimum: '2'
          maximum: '5'
          default: '2'
        }
        rules: [
          {
            scaleAction: {
              direction: 'Increase'
            }
          }
          {
            scaleAction: {
              direction: 'Decrease'
            }
          }
        ]
      }
    ]
  }
}

resource siteLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: site
  properties: {
    workspaceId: resourceId('Microsoft.OperationalInsights/workspaces', 'log-shop')
    logs: [
      {
        category: 'AppServiceHTTPLogs'
        enabled: true
      }
    ]
  }
}

resource slotLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: slot
  properties: {
    workspaceId: resourceId('Microsoft.OperationalInsights/workspaces', 'log-shop')
    logs: [
      {
        category: 'AppServiceHTTPLogs'
        enabled: true
      }
    ]
  }
}

output siteId string = site.id
