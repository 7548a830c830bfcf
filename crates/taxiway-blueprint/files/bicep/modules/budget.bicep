// What the environment may cost in a month. A budget tells people; it stops nothing.

param name string

@description('A month\'s amount in the currency of the subscription.')
@minValue(1)
param amount int

@description('The first day of the month in which the environment is first deployed. Azure takes none of a month that has passed, and none other later.')
param startDate string

@description('Mail addresses. Where there are none, the owners of the subscription are told.')
param recipients array

var notification = {
  enabled: true
  operator: 'GreaterThanOrEqualTo'
  contactEmails: recipients
  contactRoles: empty(recipients) ? ['Owner'] : []
}

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      half: union(notification, {
        threshold: 50
        thresholdType: 'Actual'
      })
      most: union(notification, {
        threshold: 80
        thresholdType: 'Actual'
      })
      all: union(notification, {
        threshold: 100
        thresholdType: 'Actual'
      })
      // Early enough to do something about it.
      forecast: union(notification, {
        threshold: 100
        thresholdType: 'Forecasted'
      })
    }
  }
}
