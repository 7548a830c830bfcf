param location string
param tags object
param hash string
param principalId string
param endpointSubnet string
param databaseSku string
param databaseTier string
param databaseVersion string
param backupDays int
@secure()
param databasePassword string

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-shop-${hash}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 90
    publicNetworkAccess: 'Disabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
    }
  }
}

resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'secret-key'
  properties: {
    value: databasePassword
    contentType: 'text/plain'
  }
}

resource reader 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, principalId, 'reader')
  scope: vault
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
  }
}

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: 'psql-shop-${hash}'
  location: location
  tags: tags
  sku: {
    name: databaseSku
    tier: databaseTier
  }
  properties: {
    version: databaseVersion
    administratorLogin: 'shop_owner'
    administratorLoginPassword: databasePassword
    availabilityZone: '1'
    authConfig: {
      passwordAuth: 'Enabled'
      activeDirectoryAuth: 'Enabled'
    }
    storage: {
      storageSizeGB: 128
      tier: 'P10'
      autoGrow: 'Enabled'
    }
    backup: {
      backupRetentionDays: backupDays
      geoRedundantBackup: 'Enabled'
    }
    highAvailability: {
      mode: 'ZoneRedundant'
      standbyAvailabilityZone: '2'
    }
    maintenanceWindow: {
      customWindow: 'Enabled'
      dayOfWeek: 0
      startHour: 3
      startMinute: 0
    }
    network: {
      publicNetworkAccess: 'Disabled'
    }
  }
}

var configurations = [
  {
    name: 'require_secure_transport'
    value: 'on'
  }
  {
    name: 'log_connections'
    value: 'on'
  }
  {
    name: 'pgbouncer.enabled'
    value: 'true'
  }
]

@batchSize(1)
resource serverConfigurations 'Microsoft.DBforPostgreSQL/flexibleServers/configurations@2024-08-01' = [for item in configurations: {
  parent: server
  name: item.name
  properties: {
    value: item.value
    source: 'user-override'
  }
}]

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stshop${hash}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_GRS'
  }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Disabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
      ipRules: [
        {
          value: '192.0.2.7'
        }
      ]
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      isVersioningEnabled: true
      changeFeed: {
        enabled: true
      }
      deleteRetentionPolicy: {
        enabled: true
        days: 14
      }
      restorePolicy: {
        enabled: true
        days: 7
      }
    }

    resource media 'containers' = {
      name: 'media'
      properties: {
        publicAccess: 'None'
      }
    }
  }

  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: [
          {
            name: 'old'
            type: 'Lifecycle'
            definition: {
              actions: {
                baseBlob: {
                  tierToArchive: {
                    daysAfterModificationGreaterThan: 180
                  }
                }
              }
            }
          }
        ]
      }
    }
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2023-07-01' = {
  name: 'crshop${hash}'
  location: location
  tags: tags
  sku: {
    name: 'Premium'
  }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    publicNetworkAccess: 'Disabled'
    policies: {
      retentionPolicy: {
        status: 'enabled'
        days: 30
      }
    }
  }
}

resource cache 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: 'amr-shop'
  location: location
  tags: tags
  sku: {
    name: 'Balanced_B0'
  }
  properties: {
    minimumTlsVersion: '1.2'
    highAvailability: 'Enabled'
    publicNetworkAccess: 'Disabled'
  }

  resource database 'databases' = {
    name: 'default'
    properties: {
      clientProtocol: 'Encrypted'
    }
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = {
  name: 'keep'
  scope: server
  properties: {
    level: 'CanNotDelete'
  }
}

resource vaultLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: vault
  properties: {
    workspaceId: resourceId('Microsoft.OperationalInsights/workspaces', 'log-shop')
    logs: [
      {
        category: 'AuditEvent'
        enabled: true
      }
    ]
  }
}

resource serverLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: server
  properties: {
    workspaceId: resourceId('Microsoft.OperationalInsights/workspaces', 'log-shop')
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

output vaultId string = vault.id
output vaultUri string = vault.properties.vaultUri
output serverId string = server.id
output databaseHost string = server.properties.fullyQualifiedDomainName
output accountId string = account.id
output registryId string = registry.id
output cacheId string = cache.id
output subnet string = endpointSubnet
