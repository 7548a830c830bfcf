// When people are told of one site. Each alert says what is wrong for its visitors.

param location string
param tags object
param environmentName string

@description('The name of the action group.')
param groupName string

@description('The workspace that holds the access log of the site.')
param workspaceId string

@description('The Application Insights component, for the test from outside and for what it notices by itself.')
param componentId string

param siteId string

@description('The path that answers while the site serves.')
param healthPath string

@description('The address that is called from outside; empty where nobody outside can.')
param testHost string

resource people 'Microsoft.Insights/actionGroups@2023-01-01' existing = {
  name: groupName
}

// Rates are counted in the access log of the front end: it has a line for each request, also while the app itself is
// down and logs nothing. The slot and the platform's own probes are left out.
var requests = 'AppServiceHTTPLogs | where _ResourceId =~ "${siteId}" and CsUriStem !startswith "/healthz/"'

var rates = [
  {
    name: 'errors'
    description: 'More than 5 % of the requests of a quarter of an hour failed, of at least 20.'
    severity: 1
    query: '${requests} | summarize Total = count(), Failed = countif(ScStatus >= 500) | where Total >= 20 | project Value = 100.0 * Failed / Total'
    threshold: 5
  }
  {
    name: 'latency'
    description: 'One request in twenty took longer than three seconds, of at least 20.'
    severity: 2
    query: '${requests} | summarize Total = count(), Value = percentile(TimeTaken, 95) | where Total >= 20 | project Value'
    threshold: 3000
  }
]

resource rateAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rate in rates: {
    name: 'alert-${environmentName}-${rate.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: '${environmentName}: ${rate.name}'
      description: rate.description
      severity: rate.severity
      enabled: true
      scopes: [
        workspaceId
      ]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        allOf: [
          {
            query: rate.query
            timeAggregation: 'Maximum'
            metricMeasureColumn: 'Value'
            operator: 'GreaterThan'
            threshold: rate.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      autoMitigate: true
      actions: {
        actionGroups: [
          people.id
        ]
      }
    }
  }
]

var metrics = [
  {
    name: 'unhealthy'
    description: 'Instances do not answer the health check, and are taken out of rotation.'
    severity: 1
    scope: siteId
    metric: 'HealthCheckStatus'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 100
    window: 'PT15M'
  }
]

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for item in metrics: {
    name: 'alert-${environmentName}-${item.name}'
    location: 'global'
    tags: tags
    properties: {
      description: item.description
      severity: item.severity
      enabled: true
      scopes: [
        item.scope
      ]
      evaluationFrequency: 'PT5M'
      windowSize: item.window
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: 'limit'
            criterionType: 'StaticThresholdCriterion'
            metricName: item.metric
            timeAggregation: item.aggregation
            operator: item.operator
            threshold: item.threshold
          }
        ]
      }
      autoMitigate: true
      actions: [
        {
          actionGroupId: people.id
        }
      ]
    }
  }
]

// The site as visitors find it, from four places in Europe and one in America. It also looks at the certificate.
resource test 'Microsoft.Insights/webtests@2022-06-15' = if (!empty(testHost)) {
  name: 'test-${environmentName}'
  location: location
  tags: union(tags, {
    // Azure finds the test of a component by this tag.
    'hidden-link:${componentId}': 'Resource'
  })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'test-${environmentName}'
    Name: 'test-${environmentName}'
    Description: 'The site serves, and its certificate is valid for two weeks more.'
    Enabled: true
    Kind: 'standard'
    Frequency: 300
    Timeout: 30
    // One lost packet wakes nobody.
    RetryEnabled: true
    Locations: [
      {
        Id: 'emea-nl-ams-azr'
      }
      {
        Id: 'emea-gb-db3-azr'
      }
      {
        Id: 'emea-se-sto-edge'
      }
      {
        Id: 'emea-ru-msa-edge'
      }
      {
        Id: 'us-va-ash-azr'
      }
    ]
    Request: {
      RequestUrl: 'https://${testHost}${healthPath}'
      HttpVerb: 'GET'
      FollowRedirects: false
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 14
    }
  }
}

resource unreachable 'Microsoft.Insights/metricAlerts@2018-03-01' = if (!empty(testHost)) {
  name: 'alert-${environmentName}-unreachable'
  location: 'global'
  tags: tags
  properties: {
    description: 'The site can\'t be reached from two places at least, or its certificate is about to expire.'
    severity: 0
    enabled: true
    scopes: [
      test.id
      componentId
    ]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: test.id
      componentId: componentId
      failedLocationCount: 2
    }
    autoMitigate: true
    actions: [
      {
        actionGroupId: people.id
      }
    ]
  }
}
