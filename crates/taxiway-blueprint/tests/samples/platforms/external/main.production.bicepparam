using 'main.bicep'

// Size small in swedencentral.
param environmentName = 'production'

param planSku = 'P0v3'
param instances = 2
param mostInstances = 5
param zoneRedundant = true
param pythonVersion = '3.12'
param extraSettings = {
  // Connections to the database: 2 workers * 5 connections * 5 instances * 2 (site and slot) = 100, and 3 * 5 instances of processes beside it: 115 of a database whose limit is not known here.
  WEB_CONCURRENCY: '2'
  GUNICORN_THREADS: '4'
}

// Whoever runs it also makes its backups.
param databaseIsExternal = true
param databaseVersion = '16'
param databaseSku = 'Standard_D2ds_v5'
param databaseTier = 'GeneralPurpose'
param databaseStorageGb = 32
param databaseBackupDays = 14
param databaseName = 'shop'
param databaseSignIn = 'password'

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
param djangoSecretKey = readEnvironmentVariable('DJANGO_SECRET_KEY', '')
param databaseUrl = readEnvironmentVariable('DATABASE_URL', '')
