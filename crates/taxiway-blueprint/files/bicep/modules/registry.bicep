// The registry of the environment's images. There is no password: the site pulls with its identity, and whoever pushes
// needs a role of their own.

param location string
param tags object
param name string

@description('The log workspace that pulls, pushes and sign-ins are logged to.')
param workspaceId string

@description('The identity of the app.')
param pullerPrincipalId string

@description('Private endpoints and a retention policy need Premium.')
@allowed([
  'Basic'
  'Standard'
  'Premium'
])
param skuName string

@description('Whether the registry is reached over a private endpoint only.')
param isPrivate bool

var isPremium = skuName == 'Premium'

var premiumPolicies = {
  // What no tag names any more.
  retentionPolicy: {
    status: 'enabled'
    days: 30
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: skuName
  }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    // An image is built in the registry itself (`az acr build`), so that a pipeline needs no way into the network.
    networkRuleBypassOptions: 'AzureServices'
    networkRuleBypassAllowedForTasks: isPrivate ? true : null
    policies: isPremium ? premiumPolicies : null
  }
}

var acrPull = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '7f951dda-4ed3-4680-a7ca-43fe172d538d')

resource pullerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, pullerPrincipalId, acrPull)
  scope: registry
  properties: {
    principalId: pullerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: acrPull
    description: 'The site pulls its image.'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: registry
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
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

output id string = registry.id
output loginServer string = registry.properties.loginServer
