using 'pipeline.bicep'

// For the resource group rg-shop-production.
param workload = 'shop'
param environmentName = 'production'
// What GitHub says of a job in its token. Azure compares it letter by letter.
param deployerSubjects = [
  {
    name: 'environment-production'
    subject: 'repo:shop-team@4711/shop@815:environment:production'
  }
]
param readerSubjects = [
  {
    name: 'pull-request'
    subject: 'repo:shop-team@4711/shop@815:pull_request'
  }
  {
    name: 'branch-main'
    subject: 'repo:shop-team@4711/shop@815:ref:refs/heads/main'
  }
]
// The output of that name of the first environment: one identity reads them all.
param readerPrincipalId = readEnvironmentVariable('READER_PRINCIPAL_ID')
