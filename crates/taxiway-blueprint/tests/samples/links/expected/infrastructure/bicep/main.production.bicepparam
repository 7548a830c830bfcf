using 'main.bicep'

// Size small in swedencentral.
param environmentName = 'production'

param planSku = 'P0v3'
param instances = 2
param mostInstances = 5
param zoneRedundant = true
param pythonVersion = '3.14'
param extraSettings = {
  // Connections to the database: 2 workers * 5 connections * 5 instances * 2 (site and slot) = 100, and 3 * 5 instances of processes beside it: 115 of 844.
  WEB_CONCURRENCY: '2'
  GUNICORN_THREADS: '4'
}

param databaseVersion = '16'
param databaseSku = 'Standard_D2ds_v5'
param databaseTier = 'GeneralPurpose'
param databaseStorageGb = 32
param databaseBackupDays = 14
param databaseGeoRedundantBackup = true
param databaseName = 'links'

param logRetentionDays = 90
// No limit: at one, alerts would go blind.
param logDailyQuotaGb = -1
param vaultSoftDeleteDays = 90
param vaultPurgeProtection = true
param isLocked = true

param networkProfile = 'public'

param hasAlerts = true
param hasAvailabilityTest = true
// Four fifths of what the size of the database takes.
param databaseConnectionAlert = 675

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
param signingKey = readEnvironmentVariable('SECRET_KEY', '')
