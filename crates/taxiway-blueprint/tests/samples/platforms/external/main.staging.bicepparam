using 'main.bicep'

// Size dev in swedencentral.
param environmentName = 'staging'

param planSku = 'P0v3'
param instances = 1
param pythonVersion = '3.12'
param extraSettings = {
  // Connections to the database: 2 workers * 5 connections * 1 instance * 2 (site and slot) = 20, and 3 * 1 instance of processes beside it: 23 of 35.
  WEB_CONCURRENCY: '2'
  GUNICORN_THREADS: '4'
}

param databaseVersion = '16'
param databaseSku = 'Standard_B1ms'
param databaseTier = 'Burstable'
param databaseStorageGb = 32
param databaseBackupDays = 7
param databaseName = 'shop'
param databaseSignIn = 'identity'

param logRetentionDays = 30
param logDailyQuotaGb = 1
param vaultSoftDeleteDays = 7
param vaultPurgeProtection = false

param networkProfile = 'public'

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
param djangoSecretKey = readEnvironmentVariable('DJANGO_SECRET_KEY', '')
