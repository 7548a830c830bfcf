using 'main.bicep'

// Size dev in westeurope.
param environmentName = 'staging'

param planSku = 'P0v3'
param instances = 1
param pythonVersion = '3.12'
param extraSettings = {
  EMAIL_HOST: 'smtp.example.com'
  // Connections to the database: 1 worker * 5 connections * 1 instance * 2 (site and slot) = 10, and 3 * 1 instance of processes beside it: 13 of 17, the share of one of 2 services in 35.
  WEB_CONCURRENCY: '1'
  GUNICORN_THREADS: '4'
}

// The service `notes`.
param notesDatabaseName = 'shop_notes'
param notesExtraSettings = {
  EMAIL_HOST: 'smtp.example.com'
  NOTES_PAGE_SIZE: '20'
  // Connections to the database: 1 worker * 16 connections * 1 instance * 2 (site and slot) = 32 of 17, the share of one of 2 services in 35.
  WEB_CONCURRENCY: '1'
}

param databaseVersion = '16'
param databaseSku = 'Standard_B1ms'
param databaseTier = 'Burstable'
param databaseStorageGb = 32
param databaseBackupDays = 7
param databaseName = 'shop'
param databaseSignIn = 'password'
param databaseLogin = 'shop_owner'

param logRetentionDays = 30
param logDailyQuotaGb = 1
param vaultSoftDeleteDays = 7
param vaultPurgeProtection = false

param networkProfile = 'public'

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
param databasePassword = readEnvironmentVariable('DATABASE_PASSWORD', '')
param djangoSecretKey = readEnvironmentVariable('DJANGO_SECRET_KEY', '')
param secretStripeSecretKey = readEnvironmentVariable('STRIPE_SECRET_KEY', '')
