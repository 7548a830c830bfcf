//! Which parts the infrastructure of a platform has at all: what no environment needs is not written.

use taxiway_platform::{DatabaseKind, Environment, Hosting, NetworkProfile, Platform, SignIn};

/// The parts that some environment has. An environment without one switches it off by a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// A virtual network: every environment in Azure has one.
    pub(super) network: bool,
    /// Private endpoints for what the network profile closes.
    pub(super) private: bool,
    /// A site without a public address.
    pub(super) internal: bool,
    pub(super) vpn: bool,
    /// A database at all.
    pub(super) database: bool,
    /// A database that is somebody else's.
    pub(super) external_database: bool,
    /// A connection pooler before the database.
    pub(super) pooler: bool,
    /// A server whose login has a password.
    pub(super) password: bool,
    /// How the app signs in, where that is the same everywhere.
    pub(super) sign_in: Option<SignIn>,
    pub(super) cache: bool,
    pub(super) storage: bool,
    pub(super) container: bool,
    /// Processes beside the web process.
    pub(super) background: bool,
    /// Host names with certificates.
    pub(super) domains: bool,
    pub(super) autoscale: bool,
    pub(super) alerts: bool,
    pub(super) budget: bool,
    pub(super) residency: bool,
}

impl Shape {
    pub(super) fn of(platform: &Platform) -> Self {
        let any = |has: &dyn Fn(&Environment) -> bool| platform.environments.iter().any(has);
        let profile =
            |environment: &Environment| environment.network.as_ref().map(|network| network.profile);
        Self {
            network: any(&|it| it.network.is_some()),
            private: any(&|it| {
                profile(it).is_some_and(|profile| profile != NetworkProfile::Public)
            }),
            internal: any(&|it| profile(it) == Some(NetworkProfile::Internal)),
            vpn: any(&|it| it.network.as_ref().is_some_and(|network| network.vpn)),
            database: platform.service.has_database,
            external_database: any(&|it| it.database.kind == DatabaseKind::External),
            pooler: any(&|it| it.database.pooler),
            password: any(&|it| {
                it.database.kind == DatabaseKind::New && it.database.sign_in == SignIn::Password
            }),
            sign_in: the_same(platform.environments.iter().map(|it| it.database.sign_in)),
            cache: any(&|it| it.cache.is_some()),
            storage: any(&|it| it.storage.is_some()),
            container: platform.hosting == Hosting::Container && any(&|it| it.network.is_some()),
            background: !platform.background.is_empty(),
            domains: any(&|it| it.binds_domains),
            autoscale: any(&|it| it.plan.most_instances > it.plan.instances),
            alerts: any(&|it| it.alerts.is_some()),
            budget: any(&|it| it.budget.is_some()),
            residency: !platform.data_residency.is_empty() && any(&|it| it.network.is_some()),
        }
    }

    /// The parts that some site or environment has, where there are several sites.
    pub(super) fn of_all(platform: &Platform) -> Self {
        let further = platform.further.iter().map(Self::of);
        further.fold(Self::of(platform), |all, one| Self {
            background: all.background || one.background,
            domains: all.domains || one.domains,
            cache: all.cache || one.cache,
            storage: all.storage || one.storage,
            ..all
        })
    }

    /// The modules, by their files.
    pub(super) fn has_module(self, file: &str) -> bool {
        match file {
            "alerts.bicep" | "workbook.bicep" => self.alerts,
            "autoscale.bicep" => self.autoscale,
            "budget.bicep" => self.budget,
            "domain-tls.bicep" | "domains.bicep" => self.domains,
            "network.bicep" => self.network,
            "postgresql.bicep" => self.database,
            "private-endpoint.bicep" => self.private || self.cache,
            "redis.bicep" => self.cache,
            "registry.bicep" => self.container,
            "residency.bicep" => self.residency,
            "site-endpoints.bicep" => self.internal,
            "storage.bicep" => self.storage,
            "vpn.bicep" => self.vpn,
            _ => true,
        }
    }
}

fn the_same<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Option<T> {
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}
