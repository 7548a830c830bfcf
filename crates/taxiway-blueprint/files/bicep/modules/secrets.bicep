// What the vault keeps. A module of its own, because a value may be known late: the database's address is.

param vaultName string
param tags object

@description('The values by the names of their secrets.')
@secure()
param values object

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource secrets 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = [for secret in items(values): {
  parent: vault
  name: secret.key
  tags: tags
  properties: {
    value: secret.value
    contentType: 'text/plain'
  }
}]
