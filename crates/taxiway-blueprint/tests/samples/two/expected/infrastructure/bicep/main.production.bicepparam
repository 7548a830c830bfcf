using 'main.bicep'

// Size small in westeurope.
param environmentName = 'production'

param planSku = 'P0v3'
param instances = 2
param mostInstances = 5
param zoneRedundant = true
param pythonVersion = '3.12'
param domains = [
  'shop.example.com'
]
param extraSettings = {
  EMAIL_HOST: 'smtp.example.com'
  // Connections to the database: 2 workers * 5 connections * 5 instances * 2 (site and slot) = 100, and 3 * 5 instances of processes beside it: 115 of 422, the share of one of 2 services in 844.
  WEB_CONCURRENCY: '2'
  GUNICORN_THREADS: '4'
}

// The service `notes`.
param notesDomains = [
  'notes.example.com'
]
param notesBindsDomains = true
param notesDatabaseName = 'shop_notes'
param notesExtraSettings = {
  EMAIL_HOST: 'smtp.example.com'
  NOTES_PAGE_SIZE: '20'
  NOTES_TITLE: 'Notes of the shop'
  // Connections to the database: 2 workers * 16 connections * 5 instances * 2 (site and slot) = 320 of 422, the share of one of 2 services in 844.
  WEB_CONCURRENCY: '2'
}

param databaseVersion = '16'
param databaseSku = 'Standard_D2ds_v5'
param databaseTier = 'GeneralPurpose'
param databaseStorageGb = 32
param databaseBackupDays = 14
param databaseGeoRedundantBackup = true
param databaseName = 'shop'
param databaseSignIn = 'identity'

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
param djangoSecretKey = readEnvironmentVariable('DJANGO_SECRET_KEY', '')
param secretStripeSecretKey = readEnvironmentVariable('STRIPE_SECRET_KEY', '')
