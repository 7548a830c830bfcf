//! Collects what a file declares.

use std::collections::HashMap;
use std::rc::Rc;

use taxiway_diagnostics::Span;

use super::{
    Declaration, DeclarationId, DeclarationKind, ModuleInfo, ModuleTarget, Parent, ResourceId,
    ResourceInfo, TargetScope,
};
use crate::ast::{Expr, Extension, Ident, ObjectItem, Output, Resource, Statement};
use crate::azure_types;

/// The declarations of a file, before names are resolved.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) declarations: Vec<Declaration>,
    pub(super) globals: HashMap<Rc<str>, DeclarationId>,
    pub(super) resources: Vec<ResourceInfo>,
    /// By where their statements begin.
    pub(super) resources_by_place: HashMap<u32, ResourceId>,
    /// The declaration of each resource, by its number.
    pub(super) resource_declarations: Vec<DeclarationId>,
    pub(super) top_resources: Vec<ResourceId>,
    pub(super) modules: Vec<ModuleInfo>,
    pub(super) outputs: Vec<Rc<Output>>,
    /// The first output of each name.
    output_names: HashMap<Rc<str>, usize>,
    pub(super) extensions: Vec<Extension>,
    metadata: Vec<Ident>,
    /// Names that are declared more than once, each time they are.
    pub(super) duplicates: Vec<Duplicate>,
}

/// A name that is declared more than once.
pub(super) struct Duplicate {
    pub(super) name: Ident,
    pub(super) first: Span,
    /// What has its names to itself: nothing else can refer to it.
    pub(super) apart: Option<&'static str>,
}

impl Collected {
    pub(super) fn from_statements(statements: &[Statement]) -> Self {
        let mut collected = Self::default();
        for statement in statements {
            collected.statement(statement);
        }
        collected
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Parameter(parameter) => {
                let kind = DeclarationKind::Parameter(Rc::clone(parameter));
                self.declare(&parameter.name, kind);
            }
            Statement::Variable(variable) => {
                let kind = DeclarationKind::Variable(Rc::clone(variable));
                self.declare(&variable.name, kind);
            }
            Statement::Function(function) => {
                let kind = DeclarationKind::Function(Rc::clone(function));
                self.declare(&function.name, kind);
            }
            Statement::Type(declaration) => {
                let kind = DeclarationKind::Type(Rc::clone(declaration));
                self.declare(&declaration.name, kind);
            }
            Statement::Resource(resource) => {
                let id = self.resource(resource, None);
                self.top_resources.push(id);
            }
            Statement::Module(module) => {
                let id = self.modules.len();
                self.modules.push(ModuleInfo {
                    syntax: Rc::clone(module),
                    target: ModuleTarget::Unknown,
                });
                self.declare(&module.name, DeclarationKind::Module(id));
            }
            Statement::Output(output) => {
                let name = &output.name;
                if name.text.is_empty() {
                    return;
                }
                match self.output_names.get(&name.text) {
                    Some(first) => {
                        let first = self.outputs[*first].name.clone();
                        self.duplicate(&first, name, Some("output"));
                    }
                    None => {
                        let number = self.outputs.len();
                        self.output_names.insert(Rc::clone(&name.text), number);
                    }
                }
                self.outputs.push(Rc::clone(output));
            }
            Statement::Extension(extension) => self.extension(extension),
            Statement::Test(test) => {
                self.declare(&test.name, DeclarationKind::Test);
            }
            Statement::Metadata { name, .. } => {
                let same = |known: &&Ident| known.text == name.text && !name.text.is_empty();
                if let Some(first) = self.metadata.iter().find(same).cloned() {
                    self.duplicate(&first, name, Some("metadata"));
                }
                self.metadata.push(name.clone());
            }
            Statement::TargetScope { .. }
            | Statement::Assert { .. }
            | Statement::Import(_)
            | Statement::Using { .. }
            | Statement::Extends { .. }
            | Statement::Dangling(_)
            | Statement::Ignored => {}
        }
    }

    pub(super) fn duplicate(&mut self, first: &Ident, second: &Ident, apart: Option<&'static str>) {
        for name in [first, second] {
            self.duplicates.push(Duplicate {
                name: name.clone(),
                first: first.span,
                apart,
            });
        }
    }

    fn extension(&mut self, extension: &Extension) {
        let name = extension.alias.clone().unwrap_or_else(|| Ident {
            text: Rc::from(extension_name(extension)),
            span: extension.span,
        });
        self.extensions.push(extension.clone());
        self.declare(&name, DeclarationKind::Extension);
    }

    pub(super) fn declare(&mut self, name: &Ident, kind: DeclarationKind) -> DeclarationId {
        let id = self.declarations.len();
        self.declarations.push(Declaration {
            name: name.clone(),
            kind,
        });
        if name.text.is_empty() {
            return id;
        }
        if let Some(first) = self.globals.get(&name.text) {
            let first = self.declarations[*first].name.clone();
            self.duplicate(&first, name, None);
        } else {
            self.globals.insert(Rc::clone(&name.text), id);
        }
        id
    }

    /// A resource and those in its body; the outer ones before the inner ones.
    fn resource(&mut self, resource: &Rc<Resource>, parent: Option<ResourceId>) -> ResourceId {
        let id = self.resources.len();
        let outer = parent.map(|parent| &self.resources[parent]);
        let written = resource.kind.plain().unwrap_or("");
        let (kind, version) = written.split_once('@').unwrap_or((written, ""));
        let full_kind = match outer {
            Some(outer) => format!("{}/{kind}", outer.kind),
            None => kind.to_owned(),
        };
        let api_version = match outer {
            Some(outer) if version.is_empty() => outer.api_version.clone(),
            _ => version.to_owned(),
        };
        let info = ResourceInfo {
            syntax: Rc::clone(resource),
            parent: parent.map(Parent::Nested),
            nested: Vec::new(),
            nested_by_name: HashMap::new(),
            symbolic_name: match outer {
                Some(outer) => format!("{}::{}", outer.symbolic_name, resource.name.text),
                None => resource.name.text.to_string(),
            },
            kind: azure_types::canonical_name(&full_kind, &api_version)
                .map_or(full_kind, str::to_owned),
            api_version,
            extension: None,
        };
        self.resources.push(info);
        self.resources_by_place.insert(resource.span.start, id);
        let kind = DeclarationKind::Resource(id);
        let declaration = if parent.is_none() {
            self.declare(&resource.name, kind)
        } else {
            self.declarations.push(Declaration {
                name: resource.name.clone(),
                kind,
            });
            self.declarations.len() - 1
        };
        self.resource_declarations.push(declaration);
        let inner = resource.body.object.iter().flat_map(|object| &object.items);
        for item in inner {
            if let ObjectItem::Resource(nested) = item {
                let name = Rc::clone(&nested.name.text);
                let nested = self.resource(nested, Some(id));
                let outer = &mut self.resources[id];
                outer.nested.push(nested);
                outer.nested_by_name.entry(name).or_insert(nested);
            }
        }
        id
    }
}

/// `kubernetes` of `kubernetes@1.0.0`.
pub(crate) fn extension_name(extension: &Extension) -> String {
    let specification = &extension.specification;
    let name = specification.split('@').next().unwrap_or(specification);
    name.to_owned()
}

/// The scope that `targetScope = …` names.
pub(super) fn target_scope(value: &Expr) -> Option<TargetScope> {
    Some(match value.plain_string()? {
        "resourceGroup" => TargetScope::ResourceGroup,
        "subscription" => TargetScope::Subscription,
        "managementGroup" => TargetScope::ManagementGroup,
        "tenant" => TargetScope::Tenant,
        _ => return None,
    })
}
