// The second binding of a host name, with its certificate. In a deployment of its own, because a deployment says each resource
// once.

param siteName string
param host string

@description('The certificate, by its thumbprint.')
param thumbprint string

resource site 'Microsoft.Web/sites@2025-03-01' existing = {
  name: siteName
}

resource binding 'Microsoft.Web/sites/hostNameBindings@2025-03-01' = {
  parent: site
  name: host
  properties: {
    siteName: siteName
    hostNameType: 'Verified'
    sslState: 'SniEnabled'
    thumbprint: thumbprint
  }
}
