// Media and static files of the app. Nothing in it is public: the app signs what it hands out.

param location string
param tags object
param name string

@description('The log workspace that reads and writes are logged to.')
param workspaceId string

@description('The identity of the app.')
param writerPrincipalId string

@description('Standard_ZRS keeps copies in three zones. A later change is a request to Azure, not a deployment.')
param skuName string

@description('How long deleted files, and earlier versions of changed ones, can be recovered, in days.')
@minValue(1)
@maxValue(365)
param softDeleteDays int

@description('The subnet of the app, from which the files are reached; empty where a private endpoint is the way.')
param subnetId string

@description('Public addresses from which people reach the files with a role of their own.')
param allowedAddresses array

@description('Whether the account can\'t be deleted before its lock is.')
param isLocked bool

var subnetRules = [
  {
    id: subnetId
    action: 'Allow'
  }
]

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: skuName
  }
  properties: {
    accessTier: 'Hot'
    supportsHttpsTrafficOnly: true
    minimumTlsVersion: 'TLS1_2'
    allowBlobPublicAccess: false
    // Identities only: a key would open everything to whoever has it.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    allowCrossTenantReplication: false
    isLocalUserEnabled: false
    publicNetworkAccess: empty(subnetId) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      bypass: 'AzureServices'
      virtualNetworkRules: empty(subnetId) ? [] : subnetRules
      ipRules: [
        for address in allowedAddresses: {
          value: address
          action: 'Allow'
        }
      ]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
  }
}

var containers = [
  'media'
  'static'
]

resource blobContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [
  for container in containers: {
    parent: blobs
    name: container
    properties: {
      publicAccess: 'None'
    }
  }
]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'old-versions'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
            }
            actions: {
              // What a soft delete could still bring back is enough; each version is paid for.
              version: {
                delete: {
                  daysAfterCreationGreaterThan: 90
                }
              }
            }
          }
        }
        {
          name: 'old-media'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: [
                'blockBlob'
              ]
              prefixMatch: [
                'media/'
              ]
            }
            actions: {
              baseBlob: {
                tierToCool: {
                  daysAfterModificationGreaterThan: 90
                }
              }
            }
          }
        }
      ]
    }
  }
  dependsOn: [
    blobContainers
  ]
}

var blobDataContributorId = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var blobDataContributor = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDataContributorId)

// On the containers, not on the account: the app needs no others, and can make none.
resource writerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (container, index) in containers: {
    name: guid(account.id, container, writerPrincipalId, blobDataContributor)
    scope: blobContainers[index]
    properties: {
      principalId: writerPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: blobDataContributor
      description: 'The app reads and writes its own files.'
    }
  }
]

var blobDelegatorId = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
var blobDelegator = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', blobDelegatorId)

// Such keys are of the account. They open nothing that their owner may not open.
resource delegatorAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, writerPrincipalId, blobDelegator)
  scope: account
  properties: {
    principalId: writerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: blobDelegator
    description: 'The app signs the addresses under which visitors see its files.'
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    // Reads are not logged: each file that a visitor sees would be a line.
    logs: [
      {
        category: 'StorageWrite'
        enabled: true
      }
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (isLocked) {
  name: 'keep'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'Media can\'t be made again. Delete this lock first, on purpose.'
  }
}

output id string = account.id
output name string = account.name
