//! Scopes of resources and modules.

use super::Emitter;
use super::environment::Context;
use super::identity::Element;
use crate::arm::Arm;
use crate::ast::{Expr, ExprKind};
use crate::json::{Json, Members};
use crate::model::{Model, Target, TargetScope};

/// Where a resource or module is deployed, as far as its declaration says so.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    /// That of the file.
    File,
    ResourceGroup {
        subscription: Option<Arm>,
        group: Option<Arm>,
    },
    Subscription(Option<Arm>),
    ManagementGroup(Option<Arm>),
    Tenant,
    /// Another resource.
    Resource(Box<Element>),
}

impl Emitter<'_> {
    /// The scope of an element, which children have from their oldest ancestor, and the locals it was converted with.
    pub(super) fn scope_of(&self, element: &Element) -> (Scope, Context) {
        if let Some(parent) = self.parent(element) {
            return self.scope_of(&parent);
        }
        let scope = element
            .symbol
            .property(element.model(), "scope")
            .map_or(Scope::File, |scope| self.scope(&element.context, scope));
        (scope, element.context.clone())
    }

    fn scope(&self, context: &Context, expr: &Expr) -> Scope {
        if let Some(element) = self.element(context, expr) {
            return self.resource_scope(element);
        }
        let (name, arguments) = match &expr.bare().kind {
            ExprKind::Call { name, arguments } => (name, arguments),
            ExprKind::Method {
                base,
                name,
                arguments,
                ..
            } if is_namespace(&context.model, base) => (name, arguments),
            _ => return Scope::File,
        };
        let argument = |index: usize| {
            arguments
                .get(index)
                .map(|argument| self.arm(context, argument))
        };
        match &*name.text {
            "resourceGroup" => match arguments.len() {
                0 | 1 => Scope::ResourceGroup {
                    subscription: None,
                    group: argument(0),
                },
                _ => Scope::ResourceGroup {
                    subscription: argument(0),
                    group: argument(1),
                },
            },
            "subscription" => Scope::Subscription(argument(0)),
            "managementGroup" => Scope::ManagementGroup(argument(0)),
            "tenant" => Scope::Tenant,
            _ => Scope::File,
        }
    }

    /// Resource groups and management groups are scopes like the functions of that name.
    fn resource_scope(&self, element: Element) -> Scope {
        let kind = self.kind(&element).to_lowercase();
        match kind.as_str() {
            "microsoft.resources/resourcegroups" => {
                let subscription = match self.scope_of(&element).0 {
                    Scope::Subscription(subscription) => subscription,
                    _ => None,
                };
                Scope::ResourceGroup {
                    subscription,
                    group: Some(self.own_name(&element)),
                }
            }
            "microsoft.management/managementgroups" => {
                Scope::ManagementGroup(Some(self.own_name(&element)))
            }
            "microsoft.subscription/aliases" => {
                Scope::Subscription(Some(self.element_id(&element)))
            }
            _ => Scope::Resource(Box::new(element)),
        }
    }

    /// The id of something of a scope; `arguments` are its type and names.
    pub(super) fn scoped_id(&self, scope: &Scope, context: &Context, arguments: Vec<Arm>) -> Arm {
        let with = |name: &str, first: Option<Arm>| {
            let mut all: Vec<Arm> = first.into_iter().collect();
            all.extend(arguments.iter().cloned());
            Arm::call(name, all)
        };
        match scope {
            Scope::File => match context.model.target_scope {
                TargetScope::ResourceGroup => with("resourceId", None),
                TargetScope::Subscription => with("subscriptionResourceId", None),
                TargetScope::ManagementGroup => with(
                    "extensionResourceId",
                    Some(Arm::call("managementGroup", []).property("id")),
                ),
                TargetScope::Tenant => with("tenantResourceId", None),
            },
            Scope::ResourceGroup {
                subscription: None,
                group: None,
            } => with("resourceId", None),
            Scope::ResourceGroup {
                subscription,
                group,
            } => with(
                "extensionResourceId",
                Some(group_id(subscription.clone(), group.clone())),
            ),
            Scope::Subscription(subscription) => {
                with("subscriptionResourceId", subscription.clone())
            }
            Scope::ManagementGroup(None) => with(
                "extensionResourceId",
                Some(Arm::call("managementGroup", []).property("id")),
            ),
            Scope::ManagementGroup(Some(name)) => with(
                "extensionResourceId",
                Some(management_group_id(name.clone())),
            ),
            Scope::Tenant => with("tenantResourceId", None),
            Scope::Resource(resource) => {
                with("extensionResourceId", Some(self.element_id(resource)))
            }
        }
    }

    /// The members of a resource or module that say where it goes.
    pub(super) fn scope_members(&self, element: &Element, members: &mut Members) {
        let model = element.model();
        let (scope, _) = self.scope_of(element);
        let mut set = |name: &str, value: Json| {
            members.insert(name.to_owned(), value);
        };
        match scope {
            Scope::File
            | Scope::ManagementGroup(None)
            | Scope::ResourceGroup {
                subscription: None,
                group: None,
            } => {}
            Scope::ResourceGroup {
                subscription,
                group,
            } => {
                if let Some(subscription) = subscription {
                    set("subscriptionId", subscription.to_json());
                }
                if let Some(group) = group {
                    set("resourceGroup", group.to_json());
                }
            }
            Scope::Subscription(Some(subscription)) => {
                set("subscriptionId", subscription.to_json());
            }
            Scope::Subscription(None) => {
                if model.target_scope == TargetScope::ResourceGroup {
                    let current = Arm::call("subscription", []).property("subscriptionId");
                    set("subscriptionId", current.to_json());
                }
            }
            Scope::ManagementGroup(Some(name)) => {
                let targets_above = matches!(
                    model.target_scope,
                    TargetScope::Tenant | TargetScope::ManagementGroup
                );
                let value = if targets_above {
                    Arm::call(
                        "format",
                        [
                            Arm::string("Microsoft.Management/managementGroups/{0}"),
                            name,
                        ],
                    )
                } else {
                    management_group_id(name)
                };
                set("scope", value.to_json());
            }
            Scope::Tenant => {
                if model.target_scope != TargetScope::Tenant {
                    set("scope", "/".into());
                }
            }
            Scope::Resource(resource) => set("scope", self.element_id(&resource).to_json()),
        }
    }

    /// Whether a module is deployed into a resource group.
    pub(super) fn is_in_resource_group(&self, element: &Element) -> bool {
        match self.scope_of(element).0 {
            Scope::File => element.model().target_scope == TargetScope::ResourceGroup,
            Scope::ResourceGroup { .. } | Scope::Resource(_) => true,
            Scope::Subscription(_) | Scope::ManagementGroup(_) | Scope::Tenant => false,
        }
    }
}

fn is_namespace(model: &Model, base: &Expr) -> bool {
    matches!(&base.kind, ExprKind::Name(name) if model.target(name) == Some(Target::Namespace))
}

fn group_id(subscription: Option<Arm>, group: Option<Arm>) -> Arm {
    let subscription =
        subscription.unwrap_or_else(|| Arm::call("subscription", []).property("subscriptionId"));
    let group = group.unwrap_or_else(|| Arm::call("resourceGroup", []).property("name"));
    Arm::call(
        "format",
        [
            Arm::string("/subscriptions/{0}/resourceGroups/{1}"),
            subscription,
            group,
        ],
    )
}

fn management_group_id(name: Arm) -> Arm {
    Arm::call(
        "tenantResourceId",
        [Arm::string("Microsoft.Management/managementGroups"), name],
    )
}
