// One secret of the vault. A module of its own, because a value may be known late: the database's address is.

param vaultName string
param tags object
param name string

@secure()
param value string

resource vault 'Microsoft.KeyVault/vaults@2026-02-01' existing = {
  name: vaultName
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  parent: vault
  name: name
  tags: tags
  properties: {
    value: value
    contentType: 'text/plain'
  }
}
