using 'main.bicep'

// This machine. Sizes are those with deployment slots and backups on demand; they cost nothing here.
param environmentName = 'local'
// Names need not be unique in the world here.
param siteName = 'links'

param planSku = 'P0v3'
param instances = 1
// Which Python this machine has that the project accepts; `taxiway` knows.
param pythonVersion = readEnvironmentVariable('TAXIWAY_PYTHON', '3.14')
// Browsers don't trust this machine's certificate.
param httpsOnly = false
// The local cloud serves its only site under these too, which need no name resolution.
param domains = [
  'localhost'
  '127.0.0.1'
]
param extraSettings = {
  // Connections to the database: 2 workers * 5 connections * 1 instance * 2 (site and slot) = 20, and 3 * 1 instance of processes beside it: 23 of 844.
  WEB_CONCURRENCY: '2'
  GUNICORN_THREADS: '4'
  // Seconds. Whoever waits for a start here is a person.
  WEBSITES_CONTAINER_START_TIME_LIMIT: '60'
}

param databaseVersion = '16'
param databaseSku = 'Standard_D2ds_v5'
param databaseTier = 'GeneralPurpose'
param databaseStorageGb = 32
param databaseBackupDays = 7
param databaseName = 'links'
// The database listens on the loopback interface only, and without TLS.
param databaseSslMode = 'prefer'

param logRetentionDays = 30
param logDailyQuotaGb = 1
param vaultSoftDeleteDays = 7
param vaultPurgeProtection = false

// Everything here listens on the loopback interface.
param networkProfile = 'none'

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
param signingKey = readEnvironmentVariable('SECRET_KEY', '')
