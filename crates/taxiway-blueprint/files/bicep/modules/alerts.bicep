// When people are told, and who. Each alert says what is wrong for visitors, or will be soon; none says that a machine is
// busy and nobody is hurt.

param location string
param tags object
param environmentName string

@description('The name of the action group.')
param groupName string

@description('Mail addresses. Where there are none, the owners of the subscription are told.')
param recipients array

@description('The workspace that holds the access log of the site.')
param workspaceId string

@description('The Application Insights component, for the test from outside and for what it notices by itself.')
param componentId string

param siteId string
param planId string
param vaultId string

@description('The database server; empty where it is somebody else\'s.')
param databaseServerId string

@description('How many connections to the database are too many: four fifths of what its size takes.')
param databaseConnections int

@description('The path that answers while the site serves.')
param healthPath string

@description('The address that is called from outside; empty where nobody outside can.')
param testHost string

var owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
var owners = [
  {
    name: 'owners'
    roleId: owner
    useCommonAlertSchema: true
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: groupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: take(environmentName, 12)
    enabled: true
    emailReceivers: [
      for recipient in recipients: {
        name: recipient
        emailAddress: recipient
        useCommonAlertSchema: true
      }
    ]
    armRoleReceivers: empty(recipients) ? owners : []
  }
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

var platformMetrics = [
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
  {
    name: 'cpu'
    description: 'The processors of the plan are busy for a quarter of an hour: more instances, or a larger size.'
    severity: 2
    scope: planId
    metric: 'CpuPercentage'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 85
    window: 'PT15M'
  }
  {
    name: 'memory'
    description: 'The memory of the plan is nearly full: workers will be killed.'
    severity: 2
    scope: planId
    metric: 'MemoryPercentage'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 90
    window: 'PT15M'
  }
  {
    name: 'vault'
    description: 'The vault does not answer: secrets are not refreshed, and a new instance can\'t start.'
    severity: 1
    scope: vaultId
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 99
    window: 'PT15M'
  }
]

var databaseMetrics = [
  {
    name: 'database-down'
    description: 'The database does not answer.'
    severity: 0
    scope: databaseServerId
    metric: 'is_db_alive'
    aggregation: 'Maximum'
    operator: 'LessThan'
    threshold: 1
    window: 'PT5M'
  }
  {
    name: 'database-cpu'
    description: 'The processors of the database are busy for a quarter of an hour.'
    severity: 2
    scope: databaseServerId
    metric: 'cpu_percent'
    aggregation: 'Average'
    operator: 'GreaterThan'
    threshold: 80
    window: 'PT15M'
  }
  {
    name: 'database-storage'
    description: 'The disk of the database is filling up: at 95 % the server takes no more writes.'
    severity: 1
    scope: databaseServerId
    metric: 'storage_percent'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 80
    window: 'PT15M'
  }
  {
    name: 'database-connections'
    description: 'Four fifths of the connections that the database takes are in use.'
    severity: 1
    scope: databaseServerId
    metric: 'active_connections'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: databaseConnections
    window: 'PT5M'
  }
  {
    name: 'database-refusals'
    description: 'The database turns connections away.'
    severity: 2
    scope: databaseServerId
    metric: 'connections_failed'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 10
    window: 'PT15M'
  }
]

var metrics = concat(platformMetrics, empty(databaseServerId) ? [] : databaseMetrics)

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

resource failedDeployments 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'alert-${environmentName}-failed-deployment'
  location: 'global'
  tags: tags
  properties: {
    description: 'A deployment to this resource group failed.'
    enabled: true
    scopes: [
      resourceGroup().id
    ]
    condition: {
      allOf: [
        {
          field: 'category'
          equals: 'Administrative'
        }
        {
          field: 'operationName'
          equals: 'Microsoft.Resources/deployments/write'
        }
        {
          field: 'status'
          equals: 'Failed'
        }
      ]
    }
    actions: {
      actionGroups: [
        {
          actionGroupId: people.id
        }
      ]
    }
  }
}

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

// Azure makes this rule by itself, and tells nobody; declared here, it tells the same people as all others.
resource anomalies 'Microsoft.AlertsManagement/smartDetectorAlertRules@2021-04-01' = {
  name: 'Failure Anomalies - ${last(split(componentId, '/'))}'
  location: 'global'
  tags: tags
  properties: {
    description: 'An unusual rise in the rate of failed requests or calls.'
    state: 'Enabled'
    severity: 'Sev3'
    frequency: 'PT1M'
    detector: {
      id: 'FailureAnomaliesDetector'
    }
    scope: [
      componentId
    ]
    actionGroups: {
      groupIds: [
        people.id
      ]
    }
  }
}

output groupId string = people.id
