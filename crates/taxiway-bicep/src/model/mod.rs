//! What the names of a file mean: declarations, scopes, and the links to other files.

mod binder;
mod cycles;
mod declarations;
mod growth;
mod imports;
mod inlining;
mod loading;
mod mode;
mod path;
mod reach;
mod registry;
mod workspace;

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use camino::Utf8PathBuf;
use serde_json::Value;
use taxiway_diagnostics::Span;

use crate::ast::{
    Extension, Function, Ident, Module, Output, Parameter, Resource, Statement, TypeDeclaration,
    Variable,
};
use crate::check::{Interface, Texts, interface_of_template};

pub(crate) use cycles::{cycles, find_cycles, references};
pub(crate) use declarations::extension_name;
pub(crate) use imports::{is_remote, registry_module, using};
pub(crate) use inlining::identifier_needs_runtime;
pub(crate) use loading::{LoadFunction, LoadedValue, matches_pattern};
pub(crate) use mode::is_secure_output;
pub(crate) use path::join;
use path::relative;
pub(crate) use reach::order_of;
pub use registry::{ModuleVersion, RegistryReference};
pub(crate) use workspace::Workspace;

pub(crate) type DeclarationId = usize;
pub(crate) type ResourceId = usize;
pub(crate) type ModuleId = usize;

/// Where a file is deployed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TargetScope {
    ResourceGroup,
    Subscription,
    ManagementGroup,
    Tenant,
}

/// What an identifier in an expression or type refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Declaration(DeclarationId),
    /// A loop or lambda variable or function parameter, named by the offset of its definition.
    Local(u32),
    /// `sys` or `az`.
    Namespace,
}

/// A file that symbols are imported from.
#[derive(Clone, Debug)]
pub(crate) enum ImportSource {
    Bicep(Rc<Model>),
    Json(Rc<JsonFile>),
}

impl ImportSource {
    pub(crate) fn file(&self) -> u32 {
        match self {
            Self::Bicep(model) => model.file,
            Self::Json(json) => json.file,
        }
    }

    pub(crate) fn interface(&self) -> &Interface {
        match self {
            Self::Bicep(model) => &model.interface,
            Self::Json(json) => json.interface(),
        }
    }

    pub(crate) fn path(&self) -> &Utf8PathBuf {
        match self {
            Self::Bicep(model) => &model.path,
            Self::Json(json) => &json.path,
        }
    }

    /// How the file at `from` calls it: by relative path, or by full reference.
    pub(crate) fn name_from(&self, from: &camino::Utf8Path) -> String {
        match self {
            Self::Json(json) => json
                .reference
                .clone()
                .unwrap_or_else(|| relative(from, &json.path)),
            Self::Bicep(model) => relative(from, &model.path),
        }
    }
}

/// An ARM template in JSON that is used as a module or imported from.
#[derive(Debug)]
pub(crate) struct JsonFile {
    pub(crate) file: u32,
    pub(crate) path: Utf8PathBuf,
    /// The full reference, where it comes from a registry.
    pub(crate) reference: Option<String>,
    pub(crate) template: Value,
    /// What it offers, once somebody asks.
    pub(crate) interface: OnceCell<Interface>,
}

impl JsonFile {
    pub(crate) fn interface(&self) -> &Interface {
        self.interface
            .get_or_init(|| interface_of_template(&self.template))
    }
}

#[derive(Clone, Debug)]
pub(crate) enum DeclarationKind {
    Parameter(Rc<Parameter>),
    Variable(Rc<Variable>),
    Function(Rc<Function>),
    Type(Rc<TypeDeclaration>),
    Resource(ResourceId),
    Module(ModuleId),
    Imported {
        source: ImportSource,
        name: Rc<str>,
    },
    Wildcard(ImportSource),
    Extension,
    /// Of no use to others.
    Test,
    /// Could not be resolved, and has been reported.
    Unknown,
}

#[derive(Clone, Debug)]
pub(crate) struct Declaration {
    pub(crate) name: Ident,
    pub(crate) kind: DeclarationKind,
}

/// How a resource is a child of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// It stands in the parent's body.
    Nested(ResourceId),
    /// It has a `parent` property.
    Property(ResourceId),
}

impl Parent {
    pub(crate) const fn resource(self) -> ResourceId {
        match self {
            Self::Nested(resource) | Self::Property(resource) => resource,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct ResourceInfo {
    pub(crate) syntax: Rc<Resource>,
    pub(crate) parent: Option<Parent>,
    /// Resources in its body.
    pub(crate) nested: Vec<ResourceId>,
    /// The first of them of each name.
    pub(crate) nested_by_name: HashMap<Rc<str>, ResourceId>,
    /// `outer::inner` for nested ones.
    pub(crate) symbolic_name: String,
    /// The full type, without version.
    pub(crate) kind: String,
    pub(crate) api_version: String,
    /// `kubernetes` and the like, for resources of an extension.
    pub(crate) extension: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum ModuleTarget {
    Bicep(Rc<Model>),
    Json(Rc<JsonFile>),
    /// `ts:` references are linked, not embedded.
    TemplateSpec(String),
    /// Has been reported.
    Unknown,
}

#[derive(Clone, Debug)]
pub(crate) struct ModuleInfo {
    pub(crate) syntax: Rc<Module>,
    pub(crate) target: ModuleTarget,
}

/// A file whose names are resolved.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) file: u32,
    pub(crate) path: Utf8PathBuf,
    pub(crate) statements: Vec<Statement>,
    pub(crate) target_scope: TargetScope,
    pub(crate) declarations: Vec<Declaration>,
    pub(crate) globals: HashMap<Rc<str>, DeclarationId>,
    pub(crate) bindings: HashMap<u32, Target>,
    pub(crate) resources: Vec<ResourceInfo>,
    /// The resources that stand at the top of the file, in order.
    pub(crate) top_resources: Vec<ResourceId>,
    pub(crate) modules: Vec<ModuleInfo>,
    pub(crate) outputs: Vec<Rc<Output>>,
    pub(crate) extensions: Vec<Extension>,
    /// Where the parser had something to say, in order.
    pub(crate) syntax_errors: Vec<Span>,
    /// What other files see of it.
    pub(crate) interface: Interface,
    pub(crate) texts: Texts,
    /// Imports of kinds that need their own entry in the template.
    pub(crate) loads: HashMap<u32, LoadedValue>,
    pub(crate) inlined: HashSet<DeclarationId>,
    /// Variables that lead to resources, modules or functions that only the deployment can answer.
    pub(crate) reaching: HashSet<DeclarationId>,
    /// About how long its template is, with the modules in it.
    pub(crate) size: u64,
    /// Whether the template uses symbolic names.
    pub(crate) symbolic: bool,
    /// Experimental features that change the language version.
    pub(crate) experimental: Vec<String>,
    /// Whether the file or anything it needs has an error.
    pub(crate) has_errors: bool,
}

impl Model {
    /// What the identifier at this offset refers to.
    pub(crate) fn target(&self, name: &Ident) -> Option<Target> {
        self.bindings.get(&name.span.start).copied()
    }

    /// The whole of what declares something.
    pub(crate) fn span_of(&self, id: DeclarationId) -> Option<Span> {
        Some(match &self.declarations.get(id)?.kind {
            DeclarationKind::Parameter(parameter) => parameter.span,
            DeclarationKind::Variable(variable) => variable.span,
            DeclarationKind::Function(function) => function.span,
            DeclarationKind::Type(declared) => declared.span,
            DeclarationKind::Resource(resource) => self.resources[*resource].syntax.span,
            DeclarationKind::Module(module) => self.modules[*module].syntax.span,
            _ => return None,
        })
    }

    pub(crate) fn declaration(&self, name: &Ident) -> Option<&Declaration> {
        match self.target(name)? {
            Target::Declaration(id) => self.declarations.get(id),
            Target::Local(_) | Target::Namespace => None,
        }
    }
}
