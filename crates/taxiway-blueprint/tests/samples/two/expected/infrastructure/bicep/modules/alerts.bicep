// When people are told, and who: what the sites share. What is wrong with one of them is in site-alerts.bicep.

param tags object
param environmentName string

@description('The name of the action group.')
param groupName string

@description('Mail addresses. Where there are none, the owners of the subscription are told.')
param recipients array

@description('The Application Insights component, for the test from outside and for what it notices by itself.')
param componentId string

param planId string
param vaultId string

@description('The database server; empty where it is somebody else\'s.')
param databaseServerId string

@description('How many connections to the database are too many: four fifths of what its size takes.')
param databaseConnections int

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

var platformMetrics = [
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
