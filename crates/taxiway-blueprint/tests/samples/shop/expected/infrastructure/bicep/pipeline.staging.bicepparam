using 'pipeline.bicep'

// For the resource group rg-shop-staging.
param workload = 'shop'
param environmentName = 'staging'
// What GitHub says of a job in its token. Azure compares it letter by letter.
param deployerSubjects = [
  {
    name: 'environment-staging'
    subject: 'repo:shop-team@4711/shop@815:environment:staging'
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
