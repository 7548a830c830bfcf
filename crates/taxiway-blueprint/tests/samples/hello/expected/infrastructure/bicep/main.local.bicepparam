using 'main.bicep'

// This machine. Sizes are those with deployment slots and backups on demand; they cost nothing here.
param environmentName = 'local'
// Names need not be unique in the world here.
param siteName = 'hello'

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
  WEB_CONCURRENCY: '2'
  // Seconds. Whoever waits for a start here is a person.
  WEBSITES_CONTAINER_START_TIME_LIMIT: '60'
}

param logRetentionDays = 30
param logDailyQuotaGb = 1
param vaultSoftDeleteDays = 7
param vaultPurgeProtection = false

// Everything here listens on the loopback interface.
param networkProfile = 'none'

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
