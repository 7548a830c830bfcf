// How many instances the plan has, by its load. One setting governs a plan.

param location string
param tags object
param name string

@description('The plan.')
param planId string

@description('The log workspace that decisions are logged to.')
param workspaceId string

@description('How many instances there are at least.')
@minValue(1)
param leastInstances int

@description('How many there may be.')
@maxValue(30)
param mostInstances int

resource autoscale 'Microsoft.Insights/autoscalesettings@2022-10-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    enabled: true
    name: name
    targetResourceUri: planId
    profiles: [
      {
        name: 'load'
        capacity: {
          minimum: string(leastInstances)
          maximum: string(mostInstances)
          // What it takes while no metric arrives.
          default: string(leastInstances)
        }
        // Out at 70, in at 35: the load of one instance fewer must stay clear of the limit for one more, or it would swing.
        rules: [
          {
            metricTrigger: {
              metricName: 'CpuPercentage'
              metricResourceUri: planId
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT10M'
              timeAggregation: 'Average'
              operator: 'GreaterThan'
              threshold: 70
            }
            scaleAction: {
              direction: 'Increase'
              type: 'ChangeCount'
              value: '1'
              cooldown: 'PT10M'
            }
          }
          {
            metricTrigger: {
              metricName: 'CpuPercentage'
              metricResourceUri: planId
              timeGrain: 'PT1M'
              statistic: 'Average'
              timeWindow: 'PT15M'
              timeAggregation: 'Average'
              operator: 'LessThan'
              threshold: 35
            }
            scaleAction: {
              direction: 'Decrease'
              type: 'ChangeCount'
              value: '1'
              cooldown: 'PT15M'
            }
          }
        ]
      }
    ]
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: autoscale
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}
