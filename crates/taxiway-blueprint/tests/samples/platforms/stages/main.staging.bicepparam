using 'main.bicep'

// Size small in swedencentral.
param environmentName = 'staging'
param extraTags = {
  'cost-centre': '4711'
}

param planSku = 'P0v3'
param instances = 2
param pythonVersion = '3.12'
param extraSettings = {
  // Connections to the database: 2 workers * 5 connections * 2 instances * 2 (site and slot) = 40, and 3 * 2 instances of processes beside it: 46 of 844.
  WEB_CONCURRENCY: '2'
  GUNICORN_THREADS: '4'
}

param databaseVersion = '16'
param databaseSku = 'Standard_D2ds_v5'
param databaseTier = 'GeneralPurpose'
param databaseStorageGb = 32
param databaseBackupDays = 7
param databaseName = 'a_very_long_name_for_a_djan'

param logRetentionDays = 30
param logDailyQuotaGb = 1
param vaultSoftDeleteDays = 7
param vaultPurgeProtection = false

param networkProfile = 'public'

param cacheSku = 'Balanced_B0'
param cacheHighAvailability = false
param storageSku = 'Standard_LRS'
param storageSoftDeleteDays = 7

param hasAlerts = true
param alertRecipients = [
  'team@example.com'
]
param hasAvailabilityTest = false
// Four fifths of what the size of the database takes.
param databaseConnectionAlert = 675

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
param djangoSecretKey = readEnvironmentVariable('DJANGO_SECRET_KEY', '')
