using 'main.bicep'

param environmentName = 'production'
param planSku = 'P1v3'
param instances = 3
param databaseSku = 'Standard_D2ds_v5'
param databaseTier = 'GeneralPurpose'
param databaseVersion = '16'
param backupDays = 14
param python = '3.12'
param budgetStart = '2026-11-01'
param databasePassword = readEnvironmentVariable('DATABASE_PASSWORD', '')
