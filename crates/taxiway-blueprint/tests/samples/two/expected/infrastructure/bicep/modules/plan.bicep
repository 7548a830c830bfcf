// The plan: the instances that all sites share.

param location string
param tags object
param planName string

@description('The log workspace that the plan writes to.')
param workspaceId string

@description('Standard or higher: Basic has no slots.')
param planSku string
param instances int

@description('Whether the instances are spread over availability zones. It takes two of them.')
param zoneRedundant bool

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
