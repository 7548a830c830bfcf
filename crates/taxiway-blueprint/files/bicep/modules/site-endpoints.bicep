// The private addresses of the site and of its slot: an endpoint leads to one of them only. Both share a zone, which also
// gets the name of the deployment site of each.

param location string
param tags object
param name string

@description('The network in which the names are known.')
param networkId string

@description('The subnet that the addresses are taken from.')
param subnetId string

@description('The site.')
param siteId string

@description('The slot of the site.')
param slotName string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: 'privatelink.azurewebsites.net'
  location: 'global'
  tags: tags
}

resource zoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: 'network'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: networkId
    }
  }
}

var groups = [
  'sites'
  'sites-${slotName}'
]

// One after the other: both write to one zone.
@batchSize(1)
resource endpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [
  for group in groups: {
    name: '${name}-${group}'
    location: location
    tags: tags
    properties: {
      subnet: {
        id: subnetId
      }
      privateLinkServiceConnections: [
        {
          name: group
          properties: {
            privateLinkServiceId: siteId
            groupIds: [
              group
            ]
          }
        }
      ]
    }
  }
]

@batchSize(1)
resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [
  for (group, index) in groups: {
    parent: endpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: 'sites'
          properties: {
            privateDnsZoneId: zone.id
          }
        }
      ]
    }
    dependsOn: [
      zoneLink
    ]
  }
]
