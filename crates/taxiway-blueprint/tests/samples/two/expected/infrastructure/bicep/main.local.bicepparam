using 'main.bicep'

// This machine. Sizes are those with deployment slots and backups on demand; they cost nothing here.
param environmentName = 'local'
// Names need not be unique in the world here.
param siteName = 'shop'

param planSku = 'P0v3'
param instances = 1
// Which Python this machine has that the project accepts; `taxiway` knows.
param pythonVersion = readEnvironmentVariable('TAXIWAY_PYTHON', '3.12')
// Browsers don't trust this machine's certificate.
param httpsOnly = false
param extraSettings = {
  EMAIL_HOST: 'smtp.example.com'
  // Connections to the database: 2 workers * 5 connections * 1 instance * 2 (site and slot) = 20, and 3 * 1 instance of processes beside it: 23 of 422, the share of one of 2 services in 844.
  WEB_CONCURRENCY: '2'
  GUNICORN_THREADS: '4'
  // Seconds. Whoever waits for a start here is a person.
  WEBSITES_CONTAINER_START_TIME_LIMIT: '60'
}

// The service `notes`.
param notesSiteName = 'shop-notes'
param notesDatabaseName = 'shop_notes'
param notesExtraSettings = {
  EMAIL_HOST: 'smtp.example.com'
  NOTES_PAGE_SIZE: '20'
  // Connections to the database: 2 workers * 16 connections * 1 instance * 2 (site and slot) = 64 of 422, the share of one of 2 services in 844.
  WEB_CONCURRENCY: '2'
  // Seconds. Whoever waits for a start here is a person.
  WEBSITES_CONTAINER_START_TIME_LIMIT: '60'
}

param databaseVersion = '16'
param databaseSku = 'Standard_D2ds_v5'
param databaseTier = 'GeneralPurpose'
param databaseStorageGb = 32
param databaseBackupDays = 7
param databaseName = 'shop'
param databaseSignIn = 'identity'
// The database listens on the loopback interface only, and without TLS.
param databaseSslMode = 'prefer'

param logRetentionDays = 30
param logDailyQuotaGb = 1
param vaultSoftDeleteDays = 7
param vaultPurgeProtection = false

// Everything here listens on the loopback interface.
param networkProfile = 'none'

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
param djangoSecretKey = readEnvironmentVariable('DJANGO_SECRET_KEY', '')
param secretStripeSecretKey = readEnvironmentVariable('STRIPE_SECRET_KEY', '')
