// Who reaches the database server: the site, by the addresses that it can call from. "All Azure services" would be
// simpler, and would let in every customer of Azure. A module of its own, because the addresses are known once the site
// is there. They change with the tier of the plan; the next deployment follows.

param serverName string
param addresses array

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2025-08-01' existing = {
  name: serverName
}

@batchSize(1)
resource rules 'Microsoft.DBforPostgreSQL/flexibleServers/firewallRules@2025-08-01' = [for (address, index) in addresses: {
  parent: server
  name: 'site-${index}'
  properties: {
    startIpAddress: address
    endIpAddress: address
  }
}]
