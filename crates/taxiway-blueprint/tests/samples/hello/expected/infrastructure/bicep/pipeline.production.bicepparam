using 'pipeline.bicep'

// For the resource group rg-hello-production.
param workload = 'hello'
param environmentName = 'production'
// What GitHub says of a job in its token. Azure compares it letter by letter.
param deployerSubjects = [
  {
    name: 'environment-production'
    subject: 'repo:octo/hello:environment:production'
  }
]
param readerSubjects = [
  {
    name: 'pull-request'
    subject: 'repo:octo/hello:pull_request'
  }
  {
    name: 'branch-main'
    subject: 'repo:octo/hello:ref:refs/heads/main'
  }
]
// The output of that name of the first environment: one identity reads them all.
param readerPrincipalId = readEnvironmentVariable('READER_PRINCIPAL_ID')
