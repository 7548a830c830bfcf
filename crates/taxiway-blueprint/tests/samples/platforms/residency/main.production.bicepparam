using 'main.bicep'

// Size medium in swedencentral.
param environmentName = 'production'
param extraTags = {
  owner: 'clinic@example.com'
  'cost-centre': '4711'
  'data-classification': 'personal'
}

param planSku = 'P1v3'
param instances = 2
param mostInstances = 6
param zoneRedundant = true
param pythonVersion = '3.12'
param extraSettings = {
  // Connections to the database: 5 workers * 5 connections * 6 instances * 2 (site and slot) = 300, and 3 * 6 instances of processes beside it: 318 of 1703.
  WEB_CONCURRENCY: '5'
  GUNICORN_THREADS: '4'
}

param databaseVersion = '16'
param databaseSku = 'Standard_D4ds_v5'
param databaseTier = 'GeneralPurpose'
param databaseStorageGb = 128
param databaseBackupDays = 14
param databaseGeoRedundantBackup = true
param databaseStandby = 'ZoneRedundant'
param databaseName = 'clinic'

param logRetentionDays = 90
// No limit: at one, alerts would go blind.
param logDailyQuotaGb = -1
param vaultSoftDeleteDays = 90
param vaultPurgeProtection = true
param isLocked = true

param networkProfile = 'private'

param hasAlerts = true
param alertRecipients = [
  'clinic@example.com'
  'on-call@example.com'
]
param hasAvailabilityTest = true
// Four fifths of what the size of the database takes.
param databaseConnectionAlert = 1362
param budgetAmount = 900
param budgetStart = '2026-12-01'
param allowedLocations = [
  'swedencentral'
  'swedensouth'
]

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
param djangoSecretKey = readEnvironmentVariable('DJANGO_SECRET_KEY', '')
