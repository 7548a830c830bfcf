// The app's own host names: each is bound to the site, and gets a certificate that App Service issues and renews.
//
// A certificate is issued for names that are bound, and a binding takes the certificate once there is one. So each name is bound
// twice: here, and in domain-tls.bicep with its certificate.

param location string
param tags object

@description('The site.')
param siteName string

@description('The plan that the certificates belong to, by its resource id.')
param planId string

@description('The host names. Their records have to lead to the site before: Azure refuses to bind any other.')
param hosts array

resource site 'Microsoft.Web/sites@2025-03-01' existing = {
  name: siteName
}

// One after the other: a site takes one change of its names at a time. How TLS is used is not said here, so that a later
// deployment does not take the certificate off a name that has one.
@batchSize(1)
resource bindings 'Microsoft.Web/sites/hostNameBindings@2025-03-01' = [
  for host in hosts: {
    parent: site
    name: host
    properties: {
      siteName: siteName
      hostNameType: 'Verified'
    }
  }
]

resource certificates 'Microsoft.Web/certificates@2025-03-01' = [
  for host in hosts: {
    name: '${host}-${siteName}'
    location: location
    tags: tags
    properties: {
      serverFarmId: planId
      // This makes it a managed one.
      canonicalName: host
    }
    dependsOn: [
      bindings
    ]
  }
]

@batchSize(1)
module tls 'domain-tls.bicep' = [
  for (host, index) in hosts: {
    name: 'domain-tls-${uniqueString(siteName)}-${index}'
    params: {
      siteName: siteName
      host: host
      thumbprint: certificates[index].properties.thumbprint
    }
  }
]
