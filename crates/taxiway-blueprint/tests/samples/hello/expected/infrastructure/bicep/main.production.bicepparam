using 'main.bicep'

// Size small in westeurope.
param environmentName = 'production'

param planSku = 'P0v3'
param instances = 2
param mostInstances = 5
param zoneRedundant = true
param pythonVersion = '3.14'
param extraSettings = {
  WEB_CONCURRENCY: '2'
}

param logRetentionDays = 90
// No limit: at one, alerts would go blind.
param logDailyQuotaGb = -1
param vaultSoftDeleteDays = 90
param vaultPurgeProtection = true
param isLocked = true

param networkProfile = 'public'

param hasAlerts = true
param hasAvailabilityTest = true

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
