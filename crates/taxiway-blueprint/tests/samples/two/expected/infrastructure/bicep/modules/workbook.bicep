// What one looks at first when an alert came: traffic, errors, latency, and what the app logged.

param location string
param tags object

@description('The title that people see.')
param title string

@description('The workspace that is asked.')
param workspaceId string

@description('The sites whose requests are shown.')
param siteIds array

var requests = 'AppServiceHTTPLogs | where _ResourceId in~ ("${join(siteIds, '", "')}") and CsUriStem !startswith "/healthz/"'

var charts = [
  {
    name: 'Requests and errors'
    visualization: 'timechart'
    query: '${requests} | summarize Requests = count(), Errors = countif(ScStatus >= 500) by bin(TimeGenerated, 5m)'
  }
  {
    name: 'Latency in milliseconds'
    visualization: 'timechart'
    query: '${requests} | summarize Median = percentile(TimeTaken, 50), P95 = percentile(TimeTaken, 95) by bin(TimeGenerated, 5m)'
  }
  {
    name: 'Paths that fail most'
    visualization: 'table'
    query: '${requests} | where ScStatus >= 500 | summarize Errors = count() by CsUriStem, ScStatus | top 20 by Errors'
  }
  {
    name: 'Last lines of the app'
    visualization: 'table'
    query: 'AppServiceConsoleLogs | where _ResourceId in~ ("${join(siteIds, '", "')}") | top 100 by TimeGenerated | project TimeGenerated, Level, ResultDescription'
  }
]

var items = [
  for chart in charts: {
    type: 3
    name: chart.name
    content: {
      version: 'KqlItem/1.0'
      title: chart.name
      query: chart.query
      queryType: 0
      resourceType: 'microsoft.operationalinsights/workspaces'
      visualization: chart.visualization
      timeContext: {
        durationMs: 86400000
      }
    }
  }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  // A name of this type is a GUID; the title is what people see.
  name: guid(resourceGroup().id, 'workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: title
    category: 'workbook'
    sourceId: toLower(workspaceId)
    version: 'Notebook/1.0'
    serializedData: string({
      version: 'Notebook/1.0'
      items: items
      fallbackResourceIds: [
        workspaceId
      ]
    })
  }
}
