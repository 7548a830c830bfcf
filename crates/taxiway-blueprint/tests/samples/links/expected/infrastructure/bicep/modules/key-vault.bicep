// The vault of one application in one environment. Its secrets come in `secrets.bicep`, once their values are known.

param location string
param tags object
param name string

@description('The log workspace that the audit trail goes to.')
param workspaceId string

@description('The identity that may read secrets: that of the app.')
param readerPrincipalId string

@description('How long a deleted vault can be recovered, in days. Fixed when the vault is made.')
@minValue(7)
@maxValue(90)
param softDeleteDays int

@description('Whether nobody may purge a deleted vault before that time. Once on, it stays on.')
param purgeProtection bool

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
    // The site reads its references over the public endpoint; every call needs a token and a role.
    publicNetworkAccess: 'Enabled'
  }
}

var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')

resource readerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, readerPrincipalId, secretsUser)
  scope: vault
  properties: {
    principalId: readerPrincipalId
    // Said outright, because a new identity may not be found in the directory yet.
    principalType: 'ServicePrincipal'
    roleDefinitionId: secretsUser
    description: 'The app reads its own secrets.'
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

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
