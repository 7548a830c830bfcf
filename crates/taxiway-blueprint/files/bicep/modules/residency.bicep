// Keeps data in the regions that it may be in: Azure refuses every resource of this group anywhere else, whoever asks.

@description('The regions, by their names in Azure.')
@minLength(1)
param allowedLocations array

// Azure's own policy "Allowed locations". Resources without a region, such as DNS zones, are exempt from it.
var policyId = 'e56962a6-4747-49cd-b67b-bf8b01975c4c'
var allowedLocationsPolicy = tenantResourceId('Microsoft.Authorization/policyDefinitions', policyId)

resource assignment 'Microsoft.Authorization/policyAssignments@2025-03-01' = {
  name: 'data-residency'
  properties: {
    displayName: 'Data stays in ${join(allowedLocations, ', ')}'
    policyDefinitionId: allowedLocationsPolicy
    enforcementMode: 'Default'
    parameters: {
      listOfAllowedLocations: {
        value: allowedLocations
      }
    }
    nonComplianceMessages: [
      {
        message: 'The data of this application may be in ${join(allowedLocations, ', ')} only.'
      }
    ]
  }
}
