using 'main.bicep'

// Size large in swedencentral.
param environmentName = 'production'
param extraTags = {
  'cost-centre': '4711'
}

param planSku = 'P2v3'
param instances = 3
param mostInstances = 12
param zoneRedundant = true
param pythonVersion = '3.12'
param domains = [
  'shop.example.org'
]
param bindsDomains = true
param extraSettings = {
  // Connections to the database: 9 workers * 5 connections * 12 instances * 2 (site and slot) = 1080, and 3 * 12 instances of processes beside it: 1116 of 3422.
  WEB_CONCURRENCY: '9'
  GUNICORN_THREADS: '4'
}

param databaseVersion = '16'
param databaseSku = 'Standard_D8ds_v5'
param databaseTier = 'GeneralPurpose'
param databaseStorageGb = 256
param databaseBackupDays = 14
param databaseGeoRedundantBackup = true
param databaseStandby = 'ZoneRedundant'
param databaseName = 'a_very_long_name_for_a_djan'

param logRetentionDays = 90
// No limit: at one, alerts would go blind.
param logDailyQuotaGb = -1
param vaultSoftDeleteDays = 90
param vaultPurgeProtection = true
param isLocked = true

param networkProfile = 'public'

param cacheSku = 'Balanced_B3'
param cacheHighAvailability = true
param storageSku = 'Standard_ZRS'
param storageSoftDeleteDays = 14

param hasAlerts = true
param alertRecipients = [
  'on-call@example.com'
]
param hasAvailabilityTest = true
// Four fifths of what the size of the database takes.
param databaseConnectionAlert = 2737

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
param djangoSecretKey = readEnvironmentVariable('DJANGO_SECRET_KEY', '')
