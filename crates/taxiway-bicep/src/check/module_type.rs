//! The types of modules, and their bodies.

use std::rc::Rc;

use super::narrow::Against;
use super::narrow_object::Given;
use super::resource_type::Ready;
use super::{Checker, Interface};
use crate::model::{ModuleId, ModuleTarget, TargetScope};
use crate::types::{
    Flags, Member, Members, ModuleType, Object, SCOPE_MANAGEMENT_GROUP, SCOPE_RESOURCE_GROUP,
    SCOPE_SUBSCRIPTION, SCOPE_TENANT, Text, Type, nullable, union,
};

/// A scope as one of the bits that types of resources have.
pub(super) const fn scope_bit(scope: TargetScope) -> u8 {
    match scope {
        TargetScope::Tenant => SCOPE_TENANT,
        TargetScope::ManagementGroup => SCOPE_MANAGEMENT_GROUP,
        TargetScope::Subscription => SCOPE_SUBSCRIPTION,
        TargetScope::ResourceGroup => SCOPE_RESOURCE_GROUP,
    }
}

impl<'a> Checker<'a> {
    /// What the name of a module stands for.
    pub(super) fn module_symbol(&mut self, module: ModuleId) -> Type {
        let kind = self.module_kind(module);
        let has_loop = self.model.modules[module].syntax.body.for_loop.is_some();
        if has_loop && !kind.is_error() && !kind.is_any() {
            Type::array_of(kind)
        } else {
            kind
        }
    }

    fn module_kind(&mut self, module: ModuleId) -> Type {
        let model = self.model;
        match &model.modules[module].target {
            ModuleTarget::Bicep(target) => {
                self.module_type(&target.interface, scope_bit(target.target_scope))
            }
            ModuleTarget::Json(target) => {
                let interface = target.interface();
                let scope = scope_bit(interface.scope.unwrap_or(model.target_scope));
                self.module_type(interface, scope)
            }
            ModuleTarget::TemplateSpec(_) => Type::Any,
            ModuleTarget::Unknown => Type::Error,
        }
    }

    fn module_type(&self, interface: &Interface, scope: u8) -> Type {
        let parameters: Members = interface
            .parameters
            .iter()
            .map(|(name, parameter)| {
                let flags = Flags::WRITE_ONLY;
                let (kind, flags) = if parameter.is_required {
                    (parameter.kind.clone(), flags.with(Flags::REQUIRED))
                } else {
                    (nullable(parameter.kind.clone()), flags)
                };
                (Rc::clone(name), Member { kind, flags })
            })
            .collect();
        let needs_parameters = parameters
            .values()
            .any(|member| member.flags.has(Flags::REQUIRED));
        let outputs = interface.outputs.iter().map(|(name, kind)| {
            let member = Member {
                kind: kind.clone(),
                flags: Flags::READ_ONLY,
            };
            (Rc::clone(name), member)
        });
        let object = |name: &str, members: Members| {
            Type::Object(Rc::new(Object {
                name: Rc::from(name),
                members,
                ..Object::default()
            }))
        };
        let mut scope_flags = Flags::WRITE_ONLY
            .with(Flags::AT_START)
            .with(Flags::READABLE_AT_START)
            .with(Flags::NO_ANY)
            .with(Flags::VARIES);
        if scope != scope_bit(self.model.target_scope) {
            scope_flags = scope_flags.with(Flags::REQUIRED);
        }
        let mut parameter_flags = Flags::WRITE_ONLY;
        if needs_parameters {
            parameter_flags = parameter_flags.with(Flags::REQUIRED);
        }
        let name = Type::String(Text {
            least: Some(1),
            greatest: Some(64),
            ..Text::default()
        });
        let name_flags = Flags::AT_START
            .with(Flags::READABLE_AT_START)
            .with(Flags::VARIES);
        let depends_on = Type::array_of(Type::Dependency);
        let members = [
            ("name", name, name_flags),
            ("scope", Type::ScopeOf(scope), scope_flags),
            ("params", object("params", parameters), parameter_flags),
            (
                "outputs",
                object("outputs", outputs.collect()),
                Flags::READ_ONLY,
            ),
            (
                "dependsOn",
                depends_on,
                Flags::WRITE_ONLY.with(Flags::NO_ANY),
            ),
            ("identity", identity(), Flags::AT_START),
        ];
        let members = members
            .into_iter()
            .map(|(name, kind, flags)| (Rc::from(name), Member { kind, flags }))
            .collect();
        Type::Module(Rc::new(ModuleType {
            body: Rc::new(Object {
                name: Rc::from("module"),
                members,
                ..Object::default()
            }),
            scope,
        }))
    }

    /// Checks a declared module.
    pub(super) fn module(&mut self, module: ModuleId) {
        let model = self.model;
        let syntax: &'a crate::ast::Module = &model.modules[module].syntax;
        let kind = self.module_kind(module);
        let declared = self.module_symbol(module);
        self.check_decorators(
            &syntax.decorators,
            super::decorator::On::Module,
            &declared,
            None,
        );
        if kind.is_error() {
            return;
        }
        let ready = self.body(&syntax.body);
        let (Ready::Yes, Type::Module(target), Some(object)) = (ready, &kind, &syntax.body.object)
        else {
            return;
        };
        if let Type::Object(actual) = self.object_again(object) {
            let given = Given {
                syntax: Some(object),
                span: object.span,
                actual: &actual,
                missing_at: syntax.name.span,
                is_existing: false,
            };
            self.narrow_members(given, &target.body, &Against::default());
        }
    }
}

fn identity() -> Type {
    let kinds = union([Type::literal("None"), Type::literal("UserAssigned")]);
    let members = [
        ("type", kinds, Flags::REQUIRED),
        ("userAssignedIdentities", Type::object(), Flags::NONE),
    ];
    Type::Object(Rc::new(Object {
        name: Rc::from("identity"),
        members: members
            .into_iter()
            .map(|(name, kind, flags)| (Rc::from(name), Member { kind, flags }))
            .collect(),
        ..Object::default()
    }))
}
