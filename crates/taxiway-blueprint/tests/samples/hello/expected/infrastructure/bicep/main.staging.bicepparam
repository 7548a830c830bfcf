using 'main.bicep'

// Size dev in westeurope.
param environmentName = 'staging'

param planSku = 'P0v3'
param instances = 1
param pythonVersion = '3.14'
param extraSettings = {
  WEB_CONCURRENCY: '2'
}

param logRetentionDays = 30
param logDailyQuotaGb = 1
param vaultSoftDeleteDays = 7
param vaultPurgeProtection = false

param networkProfile = 'public'

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
