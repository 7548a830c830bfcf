//! The table of one environment.

use taxiway_diagnostics::{Place, Span};
use toml::de::DeTable;

use super::parse::is_host_name;
use super::reader::{Reader, in_order, to_span, value_span};
use super::{
    BudgetSettings, CacheChoice, DatabaseSettings, EnvironmentSettings, OffHoursSettings, Setting,
};
use crate::suggestion::nearest;
use crate::{DatabaseKind, NetworkProfile, SignIn, Size, platform, python, regions};

impl Reader {
    pub(super) fn environment(
        &mut self,
        name: &str,
        table: &DeTable<'_>,
        place: Place,
    ) -> EnvironmentSettings {
        self.keys(
            table,
            &format!("[environments.{name}]"),
            &[
                "region",
                "size",
                "python",
                "domains",
                "bind-domains",
                "network",
                "vpn",
                "allowed-addresses",
                "zone-redundant",
                "most-instances",
                "cache",
                "storage",
                "alerts",
                "budget",
                "off-hours",
                "lock",
                "background",
                "database",
                "variables",
                "services",
            ],
        );
        EnvironmentSettings {
            place: Some(place),
            region: self.region(table),
            size: self.choice(table, "size", Size::ALL.map(|size| (size.name(), size))),
            python: self.choice(
                table,
                "python",
                python::OFFERED.map(|version| (version, version.to_owned())),
            ),
            domains: self.domains(table),
            bind_domains: self.switch(table, "bind-domains"),
            network: self.choice(
                table,
                "network",
                NetworkProfile::ALL.map(|profile| (profile.name(), profile)),
            ),
            vpn: self.switch(table, "vpn"),
            allowed_addresses: self.texts(table, "allowed-addresses", address_problem),
            zone_redundant: self.switch(table, "zone-redundant"),
            most_instances: self.number(table, "most-instances", |most| {
                (!(1..=30).contains(&most))
                    .then(|| format!("{most} instances are not from 1 to 30"))
            }),
            cache: self.choice(
                table,
                "cache",
                [("none", CacheChoice::None), ("redis", CacheChoice::Redis)],
            ),
            storage: self.switch(table, "storage"),
            alerts: self.texts(table, "alerts", |address| {
                (!is_mail_address(address)).then(|| format!("`{address}` is no mail address"))
            }),
            budget: self
                .table(table, "budget")
                .and_then(|budget| self.budget(name, budget)),
            off_hours: self
                .table(table, "off-hours")
                .and_then(|hours| self.off_hours(name, hours)),
            lock: self.switch(table, "lock"),
            background: self.switch(table, "background"),
            database: self
                .table(table, "database")
                .map(|database| self.database(name, database))
                .unwrap_or_default(),
            variables: self.variables(table),
            services: self.services_in(name, table),
        }
    }

    pub(super) fn domains(&mut self, table: &DeTable<'_>) -> Vec<Setting<String>> {
        self.texts(table, "domains", |domain| {
            (!is_host_name(domain)).then(|| {
                format!("`{domain}` is no host name: write it without scheme, port and path")
            })
        })
    }

    fn database(&mut self, environment: &str, table: &DeTable<'_>) -> DatabaseSettings {
        self.keys(
            table,
            &format!("[environments.{environment}.database]"),
            &[
                "kind",
                "sign-in",
                "pooler",
                "sku",
                "version",
                "storage",
                "backup-days",
                "standby",
                "geo-redundant-backup",
            ],
        );
        let sku = self.text(table, "sku");
        if let Some(sku) = &sku
            && platform::database_tier(&sku.value).is_none()
        {
            let span = value_span(table, "sku");
            let message = format!("`{}` is no compute size of PostgreSQL", sku.value);
            self.error("database-sku", span, message);
        }
        DatabaseSettings {
            kind: self.choice(
                table,
                "kind",
                [
                    ("new", DatabaseKind::New),
                    ("external", DatabaseKind::External),
                ],
            ),
            sign_in: self.choice(
                table,
                "sign-in",
                [SignIn::Identity, SignIn::Password].map(|way| (way.name(), way)),
            ),
            pooler: self.switch(table, "pooler"),
            standby: self.switch(table, "standby"),
            geo_redundant_backup: self.switch(table, "geo-redundant-backup"),
            sku,
            version: self.choice(
                table,
                "version",
                platform::DATABASE_VERSIONS.map(|version| (version, version.to_owned())),
            ),
            storage: self.number(table, "storage", |size| {
                (!platform::STORAGE_SIZES.contains(&size)).then(|| {
                    let sizes = platform::STORAGE_SIZES.map(|size| size.to_string());
                    format!("{size} GiB is no disk size; there are {}", sizes.join(", "))
                })
            }),
            backup_days: self.number(table, "backup-days", |days| {
                (!(7..=35).contains(&days)).then(|| format!("{days} days are not from 7 to 35"))
            }),
        }
    }

    fn off_hours(&mut self, environment: &str, table: &DeTable<'_>) -> Option<OffHoursSettings> {
        let context = format!("[environments.{environment}.off-hours]");
        self.keys(table, &context, &["from", "until"]);
        let found = self.diagnostics.len();
        let [from, until] = ["from", "until"].map(|key| {
            let time = self.text(table, key)?;
            if is_time(&time.value) {
                return Some(time);
            }
            let message = format!(
                "`{}` is no time of day: write it as 19:30, in UTC",
                time.value
            );
            self.error("config-value", value_span(table, key), message);
            None
        });
        for (key, time) in [("from", &from), ("until", &until)] {
            if time.is_none() && self.diagnostics.len() == found {
                self.error(
                    "missing-key",
                    in_order(table)
                        .first()
                        .map_or(Span::at(0), |(key, _)| to_span(key.span())),
                    format!("{context} lacks `{key}`"),
                );
            }
        }
        Some(OffHoursSettings {
            from: from?,
            until: until?,
        })
    }

    fn budget(&mut self, environment: &str, table: &DeTable<'_>) -> Option<BudgetSettings> {
        let context = format!("[environments.{environment}.budget]");
        self.keys(table, &context, &["amount", "since"]);
        let found = self.diagnostics.len();
        let amount = self.number(table, "amount", |amount| {
            (amount == 0).then(|| "a budget of 0 tells nobody anything".to_owned())
        });
        let since = self.text(table, "since");
        if let Some(since) = since.as_ref().filter(|since| !is_month(&since.value)) {
            let message = format!("`{}` is no month: write it as 2026-11", since.value);
            self.error("config-value", value_span(table, "since"), message);
        }
        for key in ["amount", "since"] {
            // What is there and wrong comes first.
            if table.get(key).is_none() && self.diagnostics.len() == found {
                self.error(
                    "missing-key",
                    in_order(table)
                        .first()
                        .map_or(Span::at(0), |(key, _)| to_span(key.span())),
                    format!("{context} lacks `{key}`"),
                );
            }
        }
        Some(BudgetSettings {
            amount: amount?,
            since: since?,
        })
    }

    fn region(&mut self, table: &DeTable<'_>) -> Option<Setting<String>> {
        let region = self.text(table, "region")?;
        self.check_region(&region.value, value_span(table, "region"));
        Some(region)
    }

    pub(super) fn regions(&mut self, table: &DeTable<'_>, key: &str) -> Vec<Setting<String>> {
        let regions = self.texts(table, key, |_| None);
        let items = table.get(key).and_then(|value| value.get_ref().as_array());
        for (region, item) in regions.iter().zip(items.into_iter().flatten()) {
            self.check_region(&region.value, to_span(item.span()));
        }
        regions
    }

    fn check_region(&mut self, region: &str, span: Span) {
        let spelled: String = region.to_lowercase().replace(' ', "");
        let is_spelled_right =
            spelled == region && region.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_spelled_right || regions::REGIONS.binary_search(&region).is_err() {
            let near = nearest(&spelled, regions::REGIONS.iter().copied());
            // A region newer than the list is taken as it is, such as `eastus9`; one close to a known one is a mistake.
            let letters = |name: &str| {
                name.trim_end_matches(|end: char| end.is_ascii_digit())
                    .to_owned()
            };
            let is_mistake = near.is_some_and(|near| letters(near) != letters(&spelled));
            if is_mistake || !is_spelled_right {
                let message = format!("there is no region `{region}`");
                self.error_with_suggestion("unknown-region", span, message, near);
            }
        }
    }
}

/// An address or a range, as the firewalls of vaults and storage take them: public IPv4. Source: Azure Storage, IP network
/// rules.
fn address_problem(address: &str) -> Option<String> {
    let (host, prefix) = match address.split_once('/') {
        Some((host, prefix)) => (host, prefix.parse::<u8>().ok()),
        None => (address, Some(0)),
    };
    let is_host = host
        .parse::<std::net::Ipv4Addr>()
        .is_ok_and(|host| !host.is_private() && !host.is_loopback() && !host.is_unspecified());
    let is_range = address.contains('/');
    let is_prefix = prefix.is_some_and(|prefix| !is_range || (8..=30).contains(&prefix));
    (!is_host || !is_prefix).then(|| {
        format!("`{address}` is no public IPv4 address, nor a range of them from /8 to /30")
    })
}

fn is_mail_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !text.contains(char::is_whitespace) && is_host_name(host)
    })
}

fn is_time(text: &str) -> bool {
    let number = |part: &str, below: u8| {
        part.len() == 2
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part.parse::<u8>().is_ok_and(|number| number < below)
    };
    text.split_once(':')
        .is_some_and(|(hours, minutes)| number(hours, 24) && number(minutes, 60))
}

fn is_month(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(year, month)| {
        year.len() == 4
            && month.len() == 2
            && digits(year)
            && digits(month)
            && ("01"..="12").contains(&month)
            && year >= "2017"
    })
}
