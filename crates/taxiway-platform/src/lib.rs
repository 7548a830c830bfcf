//! Decides what an [`App`](taxiway_app::App) needs to run, and says why.
//!
//! [`Config`] is what a person wrote into `taxiway.toml`; [`decide`] turns it and what was read from the repository into a
//! [`Platform`]: environments, names, sizes, versions, secrets and variables, each with a [`Choice`] that names its source
//! and reason. Pure: same input, same platform. Azure's names, limits and defaults are stated where they are used.

mod background;
mod choice;
mod config;
mod decide;
mod delivery;
mod infrastructure;
mod naming;
mod platform;
mod python;
mod regions;
mod repository;
mod size;
mod suggestion;
mod workers;

pub use background::BackgroundProcess;
pub use choice::{Choice, Source};
pub use config::{
    AllowedFinding, AppConfig, BackgroundSettings, BudgetSettings, CONFIG_PATH, CacheChoice,
    CheckConfig, CloudRunSettings, Config, DatabaseChoice, DatabaseSettings, DeliverySettings,
    EnvironmentSettings, OffHoursSettings, ProgramSettings, ServiceDatabase, ServiceInEnvironment,
    ServiceSettings, Setting, initial_config,
};
pub use decide::decide;
pub use delivery::{CloudRun, Container, Delivery, Pipeline, Program, Tool};
pub use infrastructure::{
    Alerts, Budget, Cache, DatabaseKind, Hosting, Network, NetworkProfile, OffHours, SignIn,
    Standby, Storage,
};
pub use platform::{
    Database, Environment, EnvironmentKind, MissingVariable, Origin, PLATFORM_SCHEMA, Part, Plan,
    Platform, Python, Secret, SecretUse, Server, StaticServing, Supply, Variable, WebService,
};
pub use repository::{FederatedSubject, Repository};
pub use size::Size;
pub use workers::Workers;
