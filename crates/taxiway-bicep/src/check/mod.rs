//! Whether a file means something sensible: types, and the rules that go beyond them.
//!
//! Every expression gets a type once ([`Checker::infer`]). What is wrong about it is reported there and then, and its type
//! becomes [`Type::Error`], about which nothing more is said. Values are then held against the place they stand in
//! ([`Checker::narrow`]), down to the literal that is to blame. Codes and severities are those of the official compiler.
//!
//! What a file exports is kept as an [`Interface`], so that files that use it need not be checked together with it.

mod access;
mod bodies;
mod call;
mod call_result;
mod collection;
mod conditional;
mod constant;
mod cycle;
mod declared;
mod declared_access;
mod declared_object;
mod decorator;
mod decorator_rules;
mod duplicates;
mod expression;
mod function_place;
mod index;
mod interface;
mod lambdas;
mod length;
mod limited_type;
mod limits;
mod literal;
mod loops;
mod module_type;
mod named_value;
mod narrow;
mod narrow_object;
mod placement;
mod resource_type;
mod results;
mod scopes;
mod signatures;
mod spelling;
mod start;
mod statement;
mod template;
mod type_union;
mod unknown_member;
mod written;

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use taxiway_diagnostics::{Diagnostic, Location, Severity, Span};

pub(crate) use decorator::is_known_decorator;
pub(crate) use function_place::replaced;
pub(crate) use interface::{FunctionType, Interface, ParameterType};
pub(crate) use spelling::similar as similar_name;
pub(crate) use template::interface_of_template;

use crate::ast::{Expr, Ident};
use crate::model::{DeclarationId, DeclarationKind, Model, ResourceId, Workspace};
use crate::types::{Levels, Type};

/// What is known of a file once it is checked.
pub(crate) struct Checked {
    /// What it offers to others.
    pub(crate) interface: Interface,
    pub(crate) texts: Texts,
}

/// The expressions that are strings and look like something else, by where they stand.
pub(crate) type Texts = HashMap<Span, Text>;

/// Whether an expression is a string in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    Always,
    /// It may be null, too.
    OrNull,
}

/// Checks a file whose names are resolved.
pub(crate) fn run(workspace: &Workspace<'_>, model: &Model) -> Checked {
    let mut checker = Checker::new(workspace, model);
    checker.types_of_cycles();
    checker.statements();
    checker.rules();
    let interface = checker.interface();
    for diagnostic in std::mem::take(&mut checker.diagnostics) {
        workspace.report(diagnostic);
    }
    Checked {
        interface,
        texts: checker.texts,
    }
}

pub(crate) struct Checker<'a> {
    workspace: &'a Workspace<'a>,
    model: &'a Model,
    is_parameters_file: bool,
    diagnostics: Vec<Diagnostic>,
    /// The types of expressions, by address.
    expressions: HashMap<usize, Type>,
    texts: Texts,
    declarations: HashMap<DeclarationId, Type>,
    /// Declared types; empty while one is being read.
    aliases: HashMap<DeclarationId, Rc<OnceCell<Type>>>,
    /// How deep declared types are.
    levels: Levels,
    /// By type in lower case, the one that is meant where there is none of that name.
    similar_kinds: HashMap<String, Option<&'static str>>,
    locals: HashMap<u32, Type>,
    resources: HashMap<ResourceId, Type>,
    bodies: HashMap<(String, String, crate::types::BodyUse), Rc<crate::types::Resource>>,
    functions: HashMap<DeclarationId, Rc<FunctionType>>,
    /// Declarations that need themselves, with the way around.
    cycles: HashMap<DeclarationId, Vec<DeclarationId>>,
    type_cycles: HashMap<DeclarationId, Vec<DeclarationId>>,
    /// Parameters of lambdas (and of nothing else).
    lambda_locals: HashSet<u32>,
    /// Variables whose values need the deployment.
    late_variables: HashSet<DeclarationId>,
    /// Variables whose values were looked at where they are used.
    inlined: HashSet<(DeclarationId, loops::Around)>,
    /// Values of such variables that are to be looked at.
    inlined_later: Vec<(&'a Expr, loops::Around)>,
    /// How deep in branches of `?:` the checker is.
    ternary_depth: usize,
    /// What functions may stand here.
    allowed: function_place::Allowed,
    /// Where a discriminator applies to the union that is read next.
    discriminator: Option<Rc<str>>,
}

impl<'a> Checker<'a> {
    fn new(workspace: &'a Workspace<'a>, model: &'a Model) -> Self {
        let cycles = crate::model::cycles(model);
        Self {
            workspace,
            model,
            is_parameters_file: model.path.extension() == Some("bicepparam"),
            diagnostics: Vec::new(),
            expressions: HashMap::new(),
            texts: Texts::new(),
            declarations: HashMap::new(),
            aliases: HashMap::new(),
            levels: Levels::default(),
            similar_kinds: HashMap::new(),
            locals: HashMap::new(),
            resources: HashMap::new(),
            bodies: HashMap::new(),
            functions: HashMap::new(),
            cycles,
            type_cycles: HashMap::new(),
            lambda_locals: HashSet::new(),
            late_variables: HashSet::new(),
            inlined: HashSet::new(),
            inlined_later: Vec::new(),
            ternary_depth: 0,
            allowed: function_place::Allowed::default(),
            discriminator: None,
        }
    }

    /// The rules that look at the file as a whole, once all types are known.
    fn rules(&mut self) {
        self.find_late_variables();
        self.scope_rules();
        self.loop_rules();
        self.start_rules();
        self.duplicate_rules();
        self.body_rules();
        self.lambda_rules();
        self.placement_rules();
    }

    fn location(&self, span: Span) -> Location {
        Location::new(self.model.path.as_path(), span)
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn report(
        &mut self,
        severity: Severity,
        span: Span,
        code: &'static str,
        message: impl Into<String>,
    ) {
        let diagnostic = Diagnostic {
            location: Some(self.location(span)),
            ..Diagnostic::new(severity, code, message)
        };
        self.push(diagnostic);
    }

    /// Reports an error; the type of what has one.
    fn error(&mut self, span: Span, code: &'static str, message: impl Into<String>) -> Type {
        self.report(Severity::Error, span, code, message);
        Type::Error
    }

    fn warning(&mut self, span: Span, code: &'static str, message: impl Into<String>) {
        self.report(Severity::Warning, span, code, message);
    }

    /// Whether the parser had something to say about what is written here.
    fn has_syntax_error(&self, span: Span) -> bool {
        let errors = &self.model.syntax_errors;
        let first = errors.partition_point(|error| error.start < span.start);
        errors
            .get(first)
            .is_some_and(|error| error.start <= span.end)
    }

    fn declaration(&self, name: &Ident) -> Option<(DeclarationId, &'a DeclarationKind)> {
        let model = self.model;
        match model.target(name)? {
            crate::model::Target::Declaration(id) => Some((id, &model.declarations[id].kind)),
            _ => None,
        }
    }

    fn key(expr: &Expr) -> usize {
        std::ptr::from_ref(expr).addr()
    }

    /// What was inferred for an expression.
    fn known(&self, expr: &Expr) -> Type {
        self.expressions
            .get(&Self::key(expr))
            .cloned()
            .unwrap_or(Type::Error)
    }
}
