//! Platform metrics with the aggregations they offer. An alert with another one never fires.
//! Source: Supported metrics of Microsoft.Web/sites (May 2024), Microsoft.Web/serverfarms and
//! Microsoft.DBforPostgreSQL/flexibleServers (July 2024), Azure Monitor.

/// A metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// The type that has it.
    pub resource_type: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it can be asked for.
    pub aggregations: &'static [&'static str],
}

/// Every aggregation that a metric alert knows.
pub const AGGREGATIONS: &[&str] = &["Average", "Minimum", "Maximum", "Total", "Count"];

const SITE: &str = "Microsoft.Web/sites";
const PLAN: &str = "Microsoft.Web/serverfarms";
const POSTGRESQL: &str = "Microsoft.DBforPostgreSQL/flexibleServers";
const TOTAL: &[&str] = &["Total"];
const AVERAGE: &[&str] = &["Average"];
const LEVEL: &[&str] = &["Average", "Maximum", "Minimum"];
const MAXIMUM: &[&str] = &["Maximum"];

const fn of(
    resource_type: &'static str,
    name: &'static str,
    aggregations: &'static [&'static str],
) -> Metric {
    Metric {
        resource_type,
        name,
        aggregations,
    }
}

const METRICS: &[Metric] = &[
    of(SITE, "Http5xx", TOTAL),
    of(SITE, "Http4xx", TOTAL),
    of(SITE, "Http401", TOTAL),
    of(SITE, "Http403", TOTAL),
    of(SITE, "Requests", TOTAL),
    of(SITE, "HttpResponseTime", AVERAGE),
    of(SITE, "MemoryWorkingSet", AVERAGE),
    of(SITE, "HealthCheckStatus", AVERAGE),
    of(PLAN, "CpuPercentage", AVERAGE),
    of(PLAN, "MemoryPercentage", AVERAGE),
    of(PLAN, "HttpQueueLength", AVERAGE),
    of(PLAN, "DiskQueueLength", AVERAGE),
    of(POSTGRESQL, "cpu_percent", LEVEL),
    of(POSTGRESQL, "memory_percent", LEVEL),
    of(POSTGRESQL, "storage_percent", LEVEL),
    of(POSTGRESQL, "storage_free", LEVEL),
    of(POSTGRESQL, "active_connections", LEVEL),
    of(POSTGRESQL, "disk_iops_consumed_percentage", LEVEL),
    of(POSTGRESQL, "cpu_credits_remaining", LEVEL),
    of(POSTGRESQL, "is_db_alive", LEVEL),
    of(POSTGRESQL, "connections_failed", TOTAL),
    of(POSTGRESQL, "connections_succeeded", TOTAL),
    of(POSTGRESQL, "deadlocks", TOTAL),
    of(POSTGRESQL, "longest_query_time_sec", MAXIMUM),
    of(POSTGRESQL, "longest_transaction_time_sec", MAXIMUM),
    of(POSTGRESQL, "oldest_backend_xmin_age", MAXIMUM),
    of(POSTGRESQL, "max_connections", MAXIMUM),
];

/// The metric of a type; none where it is not known here.
pub fn metric(resource_type: &str, name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| {
        metric.resource_type.eq_ignore_ascii_case(resource_type)
            && metric.name.eq_ignore_ascii_case(name)
    })
}

/// The shortest time over which a metric is measured, where that is not a minute.
pub fn metric_grain(resource_type: &str, name: &str) -> Option<&'static str> {
    const GRAINS: &[(&str, &str, &str)] = &[
        (SITE, "HealthCheckStatus", "PT5M"),
        (SITE, "FileSystemUsage", "PT6H"),
        (POSTGRESQL, "max_connections", "PT30M"),
    ];
    let is_meant = |known: &&(&str, &str, &str)| {
        known.0.eq_ignore_ascii_case(resource_type) && known.1.eq_ignore_ascii_case(name)
    };
    GRAINS.iter().find(is_meant).map(|(_, _, grain)| *grain)
}
