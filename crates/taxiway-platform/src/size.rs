//! Sizes, and what each means in Azure.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much an environment gets.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// One instance and a burstable database: for trying things out.
    Dev,
    /// Two instances, so that one may be updated while the other serves.
    Small,
    /// Twice the memory and processors of `small`.
    Medium,
    /// Three instances with four times the processors of `small`.
    Large,
}

/// What a size means in Azure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SizeFacts {
    pub(crate) plan_sku: &'static str,
    pub(crate) plan_cores: u32,
    pub(crate) plan_memory_gb: u32,
    pub(crate) instances: u32,
    pub(crate) most_instances: u32,
    pub(crate) cache_sku: &'static str,
    pub(crate) database_sku: &'static str,
    pub(crate) storage_gb: u32,
}

impl Size {
    /// All of them, the smallest first.
    pub const ALL: [Self; 4] = [Self::Dev, Self::Small, Self::Medium, Self::Large];

    /// Its name in `taxiway.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }

    /// The plan starts at Premium v3 because deployment slots, which blue-green needs, start at Standard, and P0v3 has
    /// more memory than S1. Source: Azure App Service limits, Premium v3; Azure Database for PostgreSQL, compute options.
    pub(crate) const fn facts(self) -> SizeFacts {
        match self {
            Self::Dev => SizeFacts {
                plan_sku: "P0v3",
                plan_cores: 1,
                plan_memory_gb: 4,
                instances: 1,
                most_instances: 1,
                cache_sku: "Balanced_B0",
                database_sku: "Standard_B1ms",
                storage_gb: 32,
            },
            Self::Small => SizeFacts {
                plan_sku: "P0v3",
                plan_cores: 1,
                plan_memory_gb: 4,
                instances: 2,
                most_instances: 5,
                cache_sku: "Balanced_B0",
                database_sku: "Standard_D2ds_v5",
                storage_gb: 32,
            },
            Self::Medium => SizeFacts {
                plan_sku: "P1v3",
                plan_cores: 2,
                plan_memory_gb: 8,
                instances: 2,
                most_instances: 6,
                cache_sku: "Balanced_B1",
                database_sku: "Standard_D4ds_v5",
                storage_gb: 128,
            },
            Self::Large => SizeFacts {
                plan_sku: "P2v3",
                plan_cores: 4,
                plan_memory_gb: 16,
                instances: 3,
                most_instances: 10,
                cache_sku: "Balanced_B3",
                database_sku: "Standard_D8ds_v5",
                storage_gb: 256,
            },
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
