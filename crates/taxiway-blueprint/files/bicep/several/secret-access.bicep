// Which secrets of the vault one identity reads: those of its service. Each grant is for one secret, so that no service reads the
// key of another; with a grant for the vault it would.

param vaultName string

@description('The secrets, which exist by now.')
param secretNames array

@description('The identity of the service.')
param readerPrincipalId string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource secrets 'Microsoft.KeyVault/vaults/secrets@2026-02-01' existing = [
  for secret in secretNames: {
    parent: vault
    name: secret
  }
]

var secretsUserId = '4633458b-17de-408a-b874-0445c86b69e6'
var secretsUser = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUserId)

resource readerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (secret, index) in secretNames: {
    name: guid(vault.id, secret, readerPrincipalId, secretsUser)
    scope: secrets[index]
    properties: {
      principalId: readerPrincipalId
      // Said outright, because a new identity may not be found in the directory yet.
      principalType: 'ServicePrincipal'
      roleDefinitionId: secretsUser
      description: 'The service reads this secret of its own.'
    }
  }
]
