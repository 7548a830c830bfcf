// The virtual network of an environment. The site sends through it, and the database is in it: neither has another way
// to the other, whatever the site itself shows to the world.

param location string
param tags object
param name string

@description('The log workspace that the network writes to.')
param workspaceId string

@description('The first three numbers of the network\'s addresses. They must not overlap with a network that this one is to be joined to.')
param addressPrefix string

@description('Whether the vault and the storage answer the subnet of the app over service endpoints. With private endpoints they need none.')
param hasServiceEndpoints bool

@description('Whether the network has the subnets of a VPN gateway.')
param hasVpn bool

@description('Whether the app comes to the database by its connection pooler too.')
param hasPooler bool

@description('The domain in which the database gets its name, known in this network only. Empty where there is no database.')
param databaseZoneName string

var hasDatabase = !empty(databaseZoneName)

// Sizes follow the services: an integration takes two addresses per instance while it scales, a database with a standby four.
var subnetPrefixes = {
  app: '${addressPrefix}.0/26'
  database: '${addressPrefix}.64/27'
  endpoints: '${addressPrefix}.96/27'
  gateway: '${addressPrefix}.128/27'
  resolver: '${addressPrefix}.160/28'
}

// The first address that Azure leaves to the subnet. It is fixed, because the network names it as its DNS server.
var resolverAddress = '${addressPrefix}.164'

// Nothing listens in this subnet: the site answers at its front end, and only sends from here.
resource appRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-${name}-app'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'deny-inbound'
        properties: {
          description: 'The subnet is for what the site sends.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource databaseRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = if (hasDatabase) {
  name: 'nsg-${name}-database'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'allow-postgresql-from-app'
        properties: {
          description: 'The site reaches the database.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: subnetPrefixes.app
          sourcePortRange: '*'
          destinationAddressPrefix: subnetPrefixes.database
          destinationPortRanges: hasPooler ? ['5432', '6432'] : ['5432']
        }
      }
      {
        name: 'allow-inside'
        properties: {
          description: 'The server and its standby talk to each other; so do the parts of one server while it is scaled.'
          priority: 110
          direction: 'Inbound'
          access: 'Allow'
          protocol: '*'
          sourceAddressPrefix: subnetPrefixes.database
          sourcePortRange: '*'
          destinationAddressPrefix: subnetPrefixes.database
          destinationPortRange: '*'
        }
      }
      {
        name: 'deny-inbound'
        properties: {
          description: 'Nobody else reaches the database, from inside the network neither.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'allow-backups'
        properties: {
          description: 'The server writes its log and its backups to storage.'
          priority: 100
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: subnetPrefixes.database
          sourcePortRange: '*'
          destinationAddressPrefix: 'Storage'
          destinationPortRange: '443'
        }
      }
      {
        name: 'allow-sign-in'
        properties: {
          description: 'The server checks tokens of Microsoft Entra.'
          priority: 110
          direction: 'Outbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: subnetPrefixes.database
          sourcePortRange: '*'
          destinationAddressPrefix: 'AzureActiveDirectory'
          destinationPortRange: '443'
        }
      }
    ]
  }
}

resource endpointRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-${name}-endpoints'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'allow-services'
        properties: {
          description: 'HTTPS, and Redis with TLS, for whoever is in the network: the site, and people who came in by VPN.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: subnetPrefixes.endpoints
          destinationPortRanges: [
            '443'
            '10000'
          ]
        }
      }
      {
        name: 'deny-inbound'
        properties: {
          description: 'No other port has a service.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

var serviceEndpoints = [
  {
    service: 'Microsoft.KeyVault'
  }
  {
    service: 'Microsoft.Storage'
  }
]

var appSubnets = [
  {
    name: 'app'
    properties: {
      addressPrefix: subnetPrefixes.app
      networkSecurityGroup: {
        id: appRules.id
      }
      // The service finds its own way out of the subnet; the subnet itself has none.
      defaultOutboundAccess: false
      serviceEndpoints: hasServiceEndpoints ? serviceEndpoints : []
      delegations: [
        {
          name: 'app-service'
          properties: {
            serviceName: 'Microsoft.Web/serverFarms'
          }
        }
      ]
    }
  }
]

var databaseSubnets = [
  {
    name: 'database'
    properties: {
      addressPrefix: subnetPrefixes.database
      networkSecurityGroup: {
        id: databaseRules.id
      }
      defaultOutboundAccess: false
      delegations: [
        {
          name: 'postgresql'
          properties: {
            serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers'
          }
        }
      ]
    }
  }
]

var endpointSubnets = [
  {
    name: 'endpoints'
    properties: {
      addressPrefix: subnetPrefixes.endpoints
      networkSecurityGroup: {
        id: endpointRules.id
      }
      defaultOutboundAccess: false
      // Without this, the rules above would not count for private endpoints.
      privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled'
    }
  }
]

var subnets = concat(appSubnets, hasDatabase ? databaseSubnets : [], endpointSubnets)

resource resolverRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = if (hasVpn) {
  name: 'nsg-${name}-resolver'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'allow-dns'
        properties: {
          description: 'Names are resolved for whoever is in the network.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: subnetPrefixes.resolver
          destinationPortRange: '53'
        }
      }
      {
        name: 'deny-inbound'
        properties: {
          description: 'No other port has a service.'
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'VirtualNetwork'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

var vpnSubnets = [
  {
    // The name is Azure's, and so is the rule that it has no security group.
    name: 'GatewaySubnet'
    properties: {
      addressPrefix: subnetPrefixes.gateway
    }
  }
  {
    name: 'resolver'
    properties: {
      addressPrefix: subnetPrefixes.resolver
      networkSecurityGroup: {
        id: resolverRules.id
      }
      defaultOutboundAccess: false
      delegations: [
        {
          name: 'dns-resolver'
          properties: {
            serviceName: 'Microsoft.Network/dnsResolvers'
          }
        }
      ]
    }
  }
]

// The resolver knows the private names; a client of the VPN takes its DNS server from here.
var dnsServers = hasVpn ? [resolverAddress] : []

// Subnets stand in the network itself: as resources of their own, a deployment of the network would try to remove them.
resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: {
      addressPrefixes: [
        '${addressPrefix}.0/24'
      ]
    }
    dhcpOptions: {
      dnsServers: dnsServers
    }
    subnets: concat(subnets, hasVpn ? vpnSubnets : [])
  }
}

resource databaseZone 'Microsoft.Network/privateDnsZones@2024-06-01' = if (hasDatabase) {
  // A resource that is not made has a name all the same.
  name: hasDatabase ? databaseZoneName : 'none.private.postgres.database.azure.com'
  location: 'global'
  tags: tags
}

resource databaseZoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = if (hasDatabase) {
  parent: databaseZone
  name: 'network'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: network.id
    }
  }
}

resource networkMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = network.id
