// Who the pipelines of this repository are in Azure. Deployed once for each environment by a person who owns its resource group,
// and by no pipeline: none of them can give itself more rights.
//
//   az deployment group create --resource-group RESOURCE-GROUP --parameters pipeline.ENVIRONMENT.bicepparam

@description('The application, as resource names contain it.')
@minLength(1)
@maxLength(27)
param workload string
@description('The environment, as resource names contain it.')
@minLength(1)
@maxLength(12)
param environmentName string
param location string = resourceGroup().location

@description('The jobs that deploy to this environment: each a name, and the subject of the tokens that GitHub gives it.')
param deployerSubjects array
@description('The jobs that compare and change nothing.')
param readerSubjects array
@description('The reader, where another environment has it already. One reads them all.')
param readerPrincipalId string = ''

var tags = {
  application: workload
  environment: environmentName
  'managed-by': 'taxiway'
}

var makesReader = empty(readerPrincipalId)

// Tokens of GitHub alone, meant for Azure alone.
var issuer = 'https://token.actions.githubusercontent.com'
var audiences = [
  'api://AzureADTokenExchange'
]

resource deployer 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-${workload}-${environmentName}-deploy'
  location: location
  tags: tags
}

// One after the other: an identity takes one change of its credentials at a time.
@batchSize(1)
resource deployerCredentials 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = [
  for subject in deployerSubjects: {
    parent: deployer
    name: subject.name
    properties: {
      issuer: issuer
      subject: subject.subject
      audiences: audiences
    }
  }
]

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = if (makesReader) {
  name: 'id-${workload}-plan'
  location: location
  tags: tags
}

@batchSize(1)
resource readerCredentials 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = [
  for subject in readerSubjects: if (makesReader) {
    parent: reader
    name: subject.name
    properties: {
      issuer: issuer
      subject: subject.subject
      audiences: audiences
    }
  }
]

// What main.bicep makes, and a release changes. No role is given with it, and no data is read: values of secrets, rows and files
// need rights of another kind.
resource deployRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'taxiway deployer')
  properties: {
    roleName: 'Taxiway deployer of ${resourceGroup().name}'
    description: 'Deploys the infrastructure and the releases of ${workload} to ${environmentName}.'
    type: 'CustomRole'
    assignableScopes: [
      resourceGroup().id
    ]
    permissions: [
      {
        actions: [
          'Microsoft.Authorization/locks/*'
          'Microsoft.Authorization/policyAssignments/*'
          'Microsoft.Cache/redisEnterprise/*'
          'Microsoft.Consumption/budgets/*'
          'Microsoft.ContainerRegistry/registries/*'
          'Microsoft.DBforPostgreSQL/flexibleServers/*'
          'Microsoft.Insights/*'
          'Microsoft.KeyVault/vaults/*'
          'Microsoft.ManagedIdentity/userAssignedIdentities/read'
          'Microsoft.ManagedIdentity/userAssignedIdentities/write'
          'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action'
          'Microsoft.Network/*'
          'Microsoft.OperationalInsights/workspaces/*'
          'Microsoft.Resources/deployments/*'
          'Microsoft.Resources/subscriptions/resourceGroups/read'
          'Microsoft.Resources/subscriptions/resourceGroups/write'
          'Microsoft.Storage/storageAccounts/*'
          'Microsoft.Web/*'
        ]
        notActions: [
          // The keys of the account open what roles keep closed.
          'Microsoft.Storage/storageAccounts/listKeys/action'
          // No release takes away what serves or keeps data. A person does that.
          'Microsoft.Cache/redisEnterprise/delete'
          'Microsoft.ContainerRegistry/registries/delete'
          'Microsoft.DBforPostgreSQL/flexibleServers/databases/delete'
          'Microsoft.DBforPostgreSQL/flexibleServers/delete'
          'Microsoft.KeyVault/vaults/delete'
          'Microsoft.OperationalInsights/workspaces/delete'
          'Microsoft.Storage/storageAccounts/delete'
          'Microsoft.Web/serverfarms/delete'
          'Microsoft.Web/sites/delete'
        ]
      }
    ]
  }
}

resource deployAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, deployer.id, deployRole.id)
  properties: {
    principalId: deployer.properties.principalId
    principalType: 'ServicePrincipal'
    // Below the subscription, as Azure shows it: else every comparison finds a difference.
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', deployRole.name)
    description: 'The pipeline deploys to this group, and to no other.'
  }
}

// main.bicep gives the app its roles, so the deployer has to. The condition leaves it these, for identities only.
var grantedRoles = [
  // Key Vault Secrets User
  '4633458b-17de-408a-b874-0445c86b69e6'
  // AcrPull
  '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  // Storage Blob Delegator
  'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  // Storage Blob Data Contributor
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
]
var grantedList = join(grantedRoles, ', ')
var roleAdministratorId = 'f58310d9-a9f6-439a-9e8d-f62e7b41a168'
var roleAdministrator = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleAdministratorId)
var mayGrant = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/write\'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${grantedList}} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {\'ServicePrincipal\'}))'
var mayRevoke = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/delete\'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${grantedList}} AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {\'ServicePrincipal\'}))'

resource grantAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, deployer.id, roleAdministrator)
  properties: {
    principalId: deployer.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleAdministrator
    description: 'The pipeline gives the app the roles of main.bicep.'
    condition: '${mayGrant} AND ${mayRevoke}'
    conditionVersion: '2.0'
  }
}

// Reading is not enough to compare: Azure asks for the right to try a deployment, and to hand a secret over to it.
resource compareRole 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'taxiway reader')
  properties: {
    roleName: 'Taxiway reader of ${resourceGroup().name}'
    description: 'Compares ${environmentName} of ${workload} with its Bicep, and changes nothing.'
    type: 'CustomRole'
    assignableScopes: [
      resourceGroup().id
    ]
    permissions: [
      {
        actions: [
          '*/read'
          'Microsoft.KeyVault/vaults/deploy/action'
          'Microsoft.Resources/deployments/validate/action'
          'Microsoft.Resources/deployments/whatIf/action'
        ]
      }
    ]
  }
}

resource compareAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, workload, compareRole.id)
  properties: {
    principalId: makesReader ? reader!.properties.principalId : readerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', compareRole.name)
    description: 'Pull requests show what they would change; a schedule finds what was changed by hand.'
  }
}

@description('AZURE_CLIENT_ID of the environment on GitHub.')
output deployerClientId string = deployer.properties.clientId
@description('AZURE_READER_CLIENT_ID of the repository on GitHub.')
output readerClientId string = makesReader ? reader!.properties.clientId : ''
@description('For the parameters of the other environments.')
output readerPrincipalId string = makesReader ? reader!.properties.principalId : readerPrincipalId
output tenantId string = tenant().tenantId
output subscriptionId string = subscription().subscriptionId
