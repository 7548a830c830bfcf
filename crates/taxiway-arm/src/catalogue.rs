//! What Azure takes: names, tiers, sizes, limits, roles, regions, metrics, private links. Data with its source.
//!
//! Checks and the local cloud ask here, so that both refuse the same. Facts that are doubtful are not in here, or say so.

mod metrics;
mod names;
mod plans;
mod postgresql;
mod private_link;
mod regions;
mod role_ids;

pub use metrics::{AGGREGATIONS, Metric, metric, metric_grain};
pub use names::{NameRule, NameUse, name_rule};
pub use plans::{PLAN_TIERS, PlanTier, plan_tier};
pub use postgresql::{
    POSTGRESQL_VERSIONS, PREMIUM_SSDS, PostgresqlTier, PremiumSsd, is_amd, is_doubtful_login,
    is_reserved_login, postgresql_tier, premium_ssd, user_connections,
};
pub use private_link::{PrivateLink, private_links};
pub use regions::{PostgresqlRegion, postgresql_region};
pub use role_ids::{role_id, role_name};
