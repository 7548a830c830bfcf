using 'main.bicep'

// Size dev in swedencentral.
param environmentName = 'development'
param extraTags = {
  'cost-centre': '4711'
}

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
param databaseName = 'a_very_long_name_for_a_djan'

param logRetentionDays = 30
param logDailyQuotaGb = 1
param vaultSoftDeleteDays = 7
param vaultPurgeProtection = false

param networkProfile = 'public'
param allowedAddresses = [
  '203.0.113.7'
  '198.51.100.0/24'
]

param storageSku = 'Standard_LRS'
param storageSoftDeleteDays = 7

// Read where the deployment runs, on the first one only: `taxiway` gives them, and later ones take them from the vault.
param djangoSecretKey = readEnvironmentVariable('DJANGO_SECRET_KEY', '')
