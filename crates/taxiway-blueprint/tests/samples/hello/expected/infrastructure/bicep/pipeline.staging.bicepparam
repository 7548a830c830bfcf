using 'pipeline.bicep'

// For the resource group rg-hello-staging.
param workload = 'hello'
param environmentName = 'staging'
// What GitHub says of a job in its token. Azure compares it letter by letter.
param deployerSubjects = [
  {
    name: 'environment-staging'
    subject: 'repo:octo/hello:environment:staging'
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
