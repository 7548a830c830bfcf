// The way in for people: a point-to-site gateway with sign-in by Microsoft Entra, and a resolver that tells their machines
// the private names. Both cost while they exist, used or not; making the gateway takes up to 45 minutes.

param location string
param tags object
param gatewayName string
param addressName string
param resolverName string

@description('The network that the gateway leads into.')
param networkId string

@description('The first three numbers of the network\'s addresses.')
param addressPrefix string

@description('The addresses that clients get. They must not overlap with the network.')
param clientAddresses string

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: addressName
  location: location
  tags: tags
  sku: {
    name: 'Standard'
  }
  // A gateway over zones is refused without them.
  zones: [
    '1'
    '2'
    '3'
  ]
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

// Entra's own application for Azure VPN: no registration of one's own is needed.
var vpnApplication = 'c632b3df-fb67-4d84-bdcf-b95ad541b5c8'

resource gateway 'Microsoft.Network/virtualNetworkGateways@2025-05-01' = {
  name: gatewayName
  location: location
  tags: tags
  properties: {
    gatewayType: 'Vpn'
    vpnType: 'RouteBased'
    // The smallest that can still be made: those without zones are retired.
    sku: {
      name: 'VpnGw1AZ'
      tier: 'VpnGw1AZ'
    }
    ipConfigurations: [
      {
        name: 'default'
        properties: {
          privateIPAllocationMethod: 'Dynamic'
          publicIPAddress: {
            id: address.id
          }
          subnet: {
            id: '${networkId}/subnets/GatewaySubnet'
          }
        }
      }
    ]
    vpnClientConfiguration: {
      vpnClientAddressPool: {
        addressPrefixes: [
          clientAddresses
        ]
      }
      vpnClientProtocols: [
        'OpenVPN'
      ]
      vpnAuthenticationTypes: [
        'AAD'
      ]
      aadTenant: '${environment().authentication.loginEndpoint}${tenant().tenantId}/'
      aadIssuer: 'https://sts.windows.net/${tenant().tenantId}/'
      aadAudience: vpnApplication
    }
  }
}

resource resolver 'Microsoft.Network/dnsResolvers@2025-05-01' = {
  name: resolverName
  location: location
  tags: tags
  properties: {
    virtualNetwork: {
      id: networkId
    }
  }
}

resource inbound 'Microsoft.Network/dnsResolvers/inboundEndpoints@2025-05-01' = {
  parent: resolver
  name: 'inbound'
  location: location
  tags: tags
  properties: {
    ipConfigurations: [
      {
        privateIpAllocationMethod: 'Static'
        // Where the network expects its DNS server.
        privateIpAddress: '${addressPrefix}.164'
        subnet: {
          id: '${networkId}/subnets/resolver'
        }
      }
    ]
  }
}
