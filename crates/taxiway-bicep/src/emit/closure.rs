//! What a file's imports bring into its template, and under which names.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::Emitter;
use crate::arm::is_identifier;
use crate::ast::walk::descendants;
use crate::ast::{Decorator, Expr, ExprKind, TypeExpr, TypeKind, type_children};
use crate::culture;
use crate::model::{Declaration, DeclarationKind, ImportSource, LoadFunction, Model};

/// A declaration of another file.
#[derive(Clone, Debug)]
pub(super) struct Foreign {
    pub(super) source: ImportSource,
    pub(super) name: Rc<str>,
    pub(super) kind: ForeignKind,
    /// Its name in the template.
    pub(super) emitted: String,
    /// Whether the file imports it by name.
    pub(super) is_named: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ForeignKind {
    Type,
    Variable,
    Function,
}

type Key = (u32, Rc<str>);

/// All declarations of other files that a template holds, sorted by emitted name.
#[derive(Debug, Default)]
pub(super) struct Closure {
    pub(super) symbols: Vec<Foreign>,
    names: HashMap<Key, String>,
}

impl Closure {
    pub(super) fn of(root: &Rc<Model>) -> Self {
        let mut builder = Builder::default();
        for declaration in &root.declarations {
            match &declaration.kind {
                DeclarationKind::Imported { source, name } => {
                    builder.add(source, name, Some(&declaration.name.text));
                }
                DeclarationKind::Wildcard(source) => {
                    for export in source.exports() {
                        builder.add(source, &export, None);
                    }
                }
                _ => {}
            }
        }
        builder.finish(root)
    }
}

#[derive(Default)]
struct Builder {
    order: Vec<Key>,
    found: HashMap<Key, (ImportSource, ForeignKind, Option<Rc<str>>)>,
}

impl Builder {
    fn add(&mut self, source: &ImportSource, name: &Rc<str>, alias: Option<&Rc<str>>) {
        let mut pending = vec![(source.clone(), Rc::clone(name), alias.map(Rc::clone))];
        while let Some((source, name, alias)) = pending.pop() {
            let key = (source.file(), Rc::clone(&name));
            if let Some(known) = self.found.get_mut(&key) {
                if known.2.is_none() {
                    known.2 = alias;
                }
                continue;
            }
            let Some(kind) = kind_of(&source, &name) else {
                continue;
            };
            self.order.push(key.clone());
            self.found.insert(key, (source.clone(), kind, alias));
            let needs = match &source {
                ImportSource::Bicep(model) => needs(model, &name),
                ImportSource::Json(json) => super::closure_json::needs(json, &name, kind)
                    .into_iter()
                    .map(|name| (source.clone(), name))
                    .collect(),
            };
            pending.extend(needs.into_iter().map(|(source, name)| (source, name, None)));
        }
    }

    fn finish(self, root: &Model) -> Closure {
        let Self { order, mut found } = self;
        let mut unnamed: Vec<(String, Key)> = order
            .iter()
            .filter(|key| found[*key].2.is_none())
            .map(|key| {
                let path = found[key].0.name_from(&root.path);
                (format!("{path}_{}", key.1), key.clone())
            })
            .collect();
        unnamed.sort_by(|left, right| culture::compare(&left.0, &right.0));
        let mut numbers: BTreeMap<u32, usize> = BTreeMap::new();
        for (_, (file, _)) in &unnamed {
            let next = numbers.len() + 1;
            numbers.entry(*file).or_insert(next);
        }
        let mut next = numbers.len() + 1;
        let mut names = HashMap::new();
        for (_, key) in &unnamed {
            let emitted = if is_identifier(&key.1) {
                format!("_{}.{}", numbers[&key.0], key.1)
            } else {
                next += 1;
                format!("_{}", next - 1)
            };
            names.insert(key.clone(), emitted);
        }
        let mut symbols = Vec::new();
        for key in order {
            let Some((source, kind, alias)) = found.remove(&key) else {
                continue;
            };
            let is_named = alias.is_some();
            let emitted = match alias {
                Some(alias) => alias.to_string(),
                None => names.get(&key).cloned().unwrap_or_default(),
            };
            names.insert(key.clone(), emitted.clone());
            symbols.push(Foreign {
                source,
                name: key.1,
                kind,
                emitted,
                is_named,
            });
        }
        symbols.sort_by(|left, right| culture::compare(&left.emitted, &right.emitted));
        Closure { symbols, names }
    }
}

fn kind_of(source: &ImportSource, name: &str) -> Option<ForeignKind> {
    match source {
        ImportSource::Bicep(model) => {
            if name.starts_with("$fxv#") {
                return Some(ForeignKind::Variable);
            }
            let id = model.globals.get(name)?;
            match &model.declarations[*id].kind {
                DeclarationKind::Type(_) => Some(ForeignKind::Type),
                DeclarationKind::Variable(_) => Some(ForeignKind::Variable),
                DeclarationKind::Function(_) => Some(ForeignKind::Function),
                _ => None,
            }
        }
        ImportSource::Json(json) => super::closure_json::kind_of(json, name),
    }
}

/// What a declaration of `model` needs, as declarations of whichever file.
fn needs(model: &Rc<Model>, name: &str) -> Vec<(ImportSource, Rc<str>)> {
    let mut needs = Needs {
        model,
        found: Vec::new(),
    };
    let Some(id) = model.globals.get(name) else {
        return Vec::new();
    };
    match &model.declarations[*id].kind {
        DeclarationKind::Type(declared) => {
            needs.decorators(&declared.decorators);
            needs.kind(&declared.value);
        }
        DeclarationKind::Variable(variable) => {
            needs.expression(&variable.value);
        }
        DeclarationKind::Function(function) => {
            for (_, kind) in &function.parameters {
                needs.kind(kind);
            }
            needs.kind(&function.output);
            needs.expression(&function.body);
        }
        _ => {}
    }
    needs.found
}

struct Needs<'a> {
    model: &'a Rc<Model>,
    found: Vec<(ImportSource, Rc<str>)>,
}

impl Needs<'_> {
    fn declaration(&mut self, declaration: &Declaration) {
        match &declaration.kind {
            DeclarationKind::Imported { source, name } => {
                self.found.push((source.clone(), Rc::clone(name)));
            }
            DeclarationKind::Type(_)
            | DeclarationKind::Variable(_)
            | DeclarationKind::Function(_) => {
                let source = ImportSource::Bicep(Rc::clone(self.model));
                self.found.push((source, Rc::clone(&declaration.name.text)));
            }
            _ => {}
        }
    }

    fn expression(&mut self, expr: &Expr) {
        let model = Rc::clone(self.model);
        descendants(expr, &mut |inner| {
            if LoadFunction::of(&model, inner).is_some() {
                self.load(inner);
            }
            match &inner.kind {
                ExprKind::Name(name) | ExprKind::Call { name, .. } => {
                    if let Some(declaration) = model.declaration(name) {
                        self.declaration(declaration);
                    }
                }
                ExprKind::Property { base, name, .. } | ExprKind::Method { base, name, .. } => {
                    if let ExprKind::Name(namespace) = &base.kind
                        && let Some(DeclarationKind::Wildcard(source)) = model
                            .declaration(namespace)
                            .map(|declaration| &declaration.kind)
                    {
                        self.found.push((source.clone(), Rc::clone(&name.text)));
                    }
                }
                _ => {}
            }
        });
    }

    fn load(&mut self, expr: &Expr) {
        let loaded = self.model.loads.get(&expr.span.start);
        if let Some(number) = loaded.and_then(|loaded| loaded.variable) {
            let source = ImportSource::Bicep(Rc::clone(self.model));
            self.found
                .push((source, Rc::from(format!("$fxv#{number}"))));
        }
    }

    fn decorators(&mut self, decorators: &[Decorator]) {
        for decorator in decorators {
            for argument in decorator.call().map_or(&[][..], |(_, arguments)| arguments) {
                self.expression(argument);
            }
        }
    }

    fn kind(&mut self, kind: &TypeExpr) {
        let model = Rc::clone(self.model);
        match &kind.kind {
            TypeKind::Name(name, _) => {
                if let Some(declaration) = model.declaration(name) {
                    self.declaration(declaration);
                }
            }
            TypeKind::Property(base, name, _) => {
                if let TypeKind::Name(namespace, _) = &base.kind
                    && let Some(DeclarationKind::Wildcard(source)) = model
                        .declaration(namespace)
                        .map(|declaration| &declaration.kind)
                {
                    self.found.push((source.clone(), Rc::clone(&name.text)));
                    return;
                }
            }
            _ => {}
        }
        type_children(kind, &mut |decorators, inner| {
            self.decorators(decorators);
            self.kind(inner);
        });
    }
}

impl Emitter<'_> {
    /// The name in the template of a type or variable of any file.
    pub(super) fn emitted_name(&self, file: u32, name: &str) -> String {
        if file == self.root.file {
            return name.to_owned();
        }
        let key = (file, Rc::from(name));
        self.closure
            .names
            .get(&key)
            .cloned()
            .unwrap_or_else(|| name.to_owned())
    }

    /// How a function of any file is called.
    pub(super) fn emitted_function(&self, file: u32, name: &str) -> String {
        let emitted = self.emitted_name(file, name);
        if emitted.contains('.') {
            emitted
        } else {
            format!("__bicep.{emitted}")
        }
    }

    /// The template that a foreign declaration says it comes from.
    pub(super) fn source_template(&self, source: &ImportSource) -> String {
        source.name_from(&self.root.path)
    }
}

impl Foreign {
    /// The name it had, where the template does not show it.
    pub(super) fn original_identifier(&self) -> Option<&str> {
        let shown = if self.is_named {
            self.emitted == *self.name
        } else {
            self.emitted.ends_with(&format!(".{}", self.name))
        };
        (!shown).then_some(&*self.name)
    }
}
