// The vault of one application in one environment. Its secrets come in `secret.bicep`, once their values are known, and who
// reads which of them is in `secret-access.bicep`.

param location string
param tags object
param name string

@description('The log workspace that the audit trail goes to.')
param workspaceId string

@description('How long a deleted vault can be recovered, in days. Fixed when the vault is made.')
@minValue(7)
@maxValue(90)
param softDeleteDays int

@description('Whether nobody may purge a deleted vault before that time. Once on, it stays on.')
param purgeProtection bool

@description('Who reaches the vault: everybody with a token and a role (open), the subnet of the app and named addresses (subnet), or private endpoints only (private).')
@allowed([
  'open'
  'subnet'
  'private'
])
param access string

@description('The subnet of the app, where that is who reaches the vault.')
param subnetId string = ''

@description('Public addresses from which people reach the vault with a role of their own.')
param allowedAddresses array = []

@description('Whether the vault can\'t be deleted before its lock is.')
param isLocked bool

var subnetRules = [
  {
    id: subnetId
  }
]

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    softDeleteRetentionInDays: softDeleteDays
    // Azure refuses `false` here; off means absent.
    enablePurgeProtection: purgeProtection ? true : null
    // Later deployments take the secrets from here instead of being given them again.
    enabledForTemplateDeployment: true
    publicNetworkAccess: access == 'private' ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: access == 'open' ? 'Allow' : 'Deny'
      // Deployments read and write secrets as a service of Azure; the site is none, and comes through its subnet.
      bypass: 'AzureServices'
      virtualNetworkRules: access == 'subnet' ? subnetRules : []
      ipRules: [
        for address in allowedAddresses: {
          value: address
        }
      ]
    }
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'audit'
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
  scope: vault
  properties: {
    level: 'CanNotDelete'
    notes: 'The secrets are nowhere else. Delete this lock first, on purpose.'
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
