//! Evaluates ARM templates: expressions, dependency order, what-if, resource ids.
//!
//! Pure: no clock, network, environment or randomness; what a deployment knows of the world is in [`Context`] and
//! [`DeployedState`]. [`Deployment`] is for a real deployment, resource by resource; [`evaluate`] looks at a whole
//! template before anything is deployed; [`what_if()`] compares that with what exists.

pub mod catalogue;

mod arguments;
mod assertions;
mod bindings;
mod body;
mod context;
mod deployment;
mod deployment_order;
mod diagnostic;
mod evaluation;
mod expansion;
mod expression;
mod nested;
mod pointer;
mod resource_id;
mod roles;
mod runtime;
mod schema;
mod secrecy;
mod state;
mod template;
mod what_if;

pub use arguments::{Argument, Arguments, KeyVaultReference};
pub use context::{Context, Deployer, ResourceGroup, Scope, Subscription, azure_public_cloud};
pub use deployment::{
    CopyLoop, Deployment, EvaluatedResource, NestedDeployment, Output, Parameter, Resource, Step,
};
pub use diagnostic::TemplateDiagnostic;
pub use evaluation::{Evaluation, STAND_IN, evaluate};
pub use expression::composed_text;
pub use resource_id::{
    DEPLOYMENT_TYPE, MANAGEMENT_GROUP_TYPE, ParseResourceIdError, RESOURCE_GROUP_TYPE, ResourceId,
    SUBSCRIPTION_TYPE, TENANT_TYPE,
};
pub use state::{DeployedState, StateError};
pub use what_if::{Change, ChangeType, Mode, PropertyChange, PropertyChangeType, what_if};
