//! Parameters, variables, functions, types and outputs of a template.

use std::rc::Rc;

use super::Emitter;
use super::closure::{Foreign, ForeignKind};
use super::closure_json;
use super::environment::Context;
use super::value::literal_json;
use crate::arm::Arm;
use crate::ast::{
    ExprKind, Function, Output, Parameter, TypeDeclaration, TypeExpr, TypeKind, Variable, decorator,
};
use crate::json::{Json, JsonValue, Members};
use crate::model::{DeclarationKind, ImportSource, Model};

impl Emitter<'_> {
    fn top(&self) -> Context {
        Context::top(&self.root)
    }

    pub(super) fn parameters(&self) -> Members {
        self.root
            .declarations
            .iter()
            .filter_map(|declaration| match &declaration.kind {
                DeclarationKind::Parameter(parameter) => {
                    Some((declaration.name.text.to_string(), self.parameter(parameter)))
                }
                _ => None,
            })
            .collect()
    }

    fn parameter(&self, parameter: &Parameter) -> Json {
        let context = self.top();
        let missing = TypeExpr {
            span: taxiway_diagnostics::Span::at(0),
            kind: TypeKind::Missing,
        };
        let kind = parameter.kind.as_ref().unwrap_or(&missing);
        let default = parameter
            .default
            .as_ref()
            .map(|default| self.json(&context, default));
        let schema = self.parameter_schema(&context, kind, &parameter.decorators, default);
        Json::from(schema).at(self.origin(&context, parameter.span))
    }

    pub(super) fn definitions(&self) -> Members {
        let mut definitions = Members::new();
        for declaration in &self.root.declarations {
            if let DeclarationKind::Type(declared) = &declaration.kind {
                let schema = self.definition(&self.top(), declared);
                definitions.insert(declaration.name.text.to_string(), schema);
            }
        }
        for symbol in self.foreign(ForeignKind::Type) {
            let mut schema = match &symbol.source {
                ImportSource::Bicep(model) => match model.globals.get(&symbol.name) {
                    Some(id) => match &model.declarations[*id].kind {
                        DeclarationKind::Type(declared) => {
                            self.definition(&Context::top(model), declared)
                        }
                        _ => continue,
                    },
                    None => continue,
                },
                ImportSource::Json(json) => {
                    match closure_json::value_of(json, &symbol.name, ForeignKind::Type) {
                        Some(value) => self.rewrite_json(json, value),
                        None => continue,
                    }
                }
            };
            self.mark_imported(&mut schema, symbol);
            definitions.insert(symbol.emitted.clone(), schema);
        }
        definitions
    }

    fn definition(&self, context: &Context, declared: &TypeDeclaration) -> Json {
        let schema = self.decorated_schema(context, &declared.value, &declared.decorators);
        Json::from(schema).at(self.origin(context, declared.span))
    }

    fn foreign(&self, kind: ForeignKind) -> impl Iterator<Item = &Foreign> {
        self.closure
            .symbols
            .iter()
            .filter(move |symbol| symbol.kind == kind)
    }

    /// Adds where a declaration comes from to its metadata.
    fn mark_imported(&self, schema: &mut Json, symbol: &Foreign) {
        let JsonValue::Object(members) = &mut schema.value else {
            return;
        };
        let metadata = members
            .entry("metadata".to_owned())
            .or_insert_with(|| Members::new().into());
        let JsonValue::Object(metadata) = &mut metadata.value else {
            return;
        };
        metadata.shift_remove("__bicep_export!");
        let mut from = Members::new();
        from.insert(
            "sourceTemplate".to_owned(),
            self.source_template(&symbol.source).into(),
        );
        if let Some(original) = symbol.original_identifier() {
            from.insert("originalIdentifier".to_owned(), original.into());
        }
        metadata.insert("__bicep_imported_from!".to_owned(), from.into());
    }

    pub(super) fn functions(&self) -> Vec<Json> {
        let mut namespaces: Vec<(String, Members)> = Vec::new();
        let mut add = |namespace: &str, name: &str, function: Json| match namespaces
            .iter_mut()
            .find(|(known, _)| known == namespace)
        {
            Some((_, members)) => {
                members.insert(name.to_owned(), function);
            }
            None => {
                let members = [(name.to_owned(), function)].into_iter().collect();
                namespaces.push((namespace.to_owned(), members));
            }
        };
        for declaration in &self.root.declarations {
            if let DeclarationKind::Function(function) = &declaration.kind {
                add(
                    "__bicep",
                    &function.name.text,
                    self.function(&self.top(), function),
                );
            }
        }
        for symbol in self.foreign(ForeignKind::Function) {
            let function = match &symbol.source {
                ImportSource::Bicep(model) => match model.globals.get(&symbol.name) {
                    Some(id) => match &model.declarations[*id].kind {
                        DeclarationKind::Function(function) => {
                            self.function(&Context::top(model), function)
                        }
                        _ => continue,
                    },
                    None => continue,
                },
                ImportSource::Json(json) => {
                    match closure_json::value_of(json, &symbol.name, ForeignKind::Function) {
                        Some(value) => self.rewrite_json(json, value),
                        None => continue,
                    }
                }
            };
            let mut function = function;
            self.mark_imported(&mut function, symbol);
            let (namespace, name) = symbol
                .emitted
                .split_once('.')
                .unwrap_or(("__bicep", &symbol.emitted));
            add(namespace, name, function);
        }
        namespaces
            .into_iter()
            .map(|(namespace, members)| {
                Json::from([("namespace", namespace.into()), ("members", members.into())])
            })
            .collect()
    }

    fn function(&self, context: &Context, function: &Function) -> Json {
        let mut inner = context.clone();
        let mut parameters = Vec::new();
        for (name, kind) in &function.parameters {
            let value = Arm::call("parameters", [Arm::string(&*name.text)]);
            inner = inner.with(name.span.start, value);
            let mut schema = self.schema(context, kind);
            schema.insert("name".to_owned(), (&*name.text).into());
            parameters.push(Json::from(schema));
        }
        let mut output = self.schema(context, &function.output);
        output.insert("value".to_owned(), self.json(&inner, &function.body));
        let mut members = Members::new();
        members.insert("parameters".to_owned(), parameters.into());
        members.insert("output".to_owned(), output.into());
        let metadata = self.decorated_metadata(context, &function.decorators);
        if !metadata.is_empty() {
            members.insert("metadata".to_owned(), metadata.into());
        }
        Json::from(members).at(self.origin(context, function.span))
    }

    fn decorated_metadata(
        &self,
        context: &Context,
        decorators: &[crate::ast::Decorator],
    ) -> Members {
        let mut metadata = Members::new();
        if decorator(decorators, "export").is_some() && !self.is_imported(context) {
            metadata.insert("__bicep_export!".to_owned(), true.into());
        }
        if let Some([value]) = decorator(decorators, "metadata") {
            let value = self.json(context, value);
            metadata.extend(value.as_object().cloned().unwrap_or_default());
        }
        if let Some(description) = self.description(context, decorators) {
            metadata.insert("description".to_owned(), description);
        }
        metadata
    }

    pub(super) fn variables(&self) -> Members {
        let mut copies = Vec::new();
        let mut plain = Members::new();
        for (name, value) in loaded_variables(&self.root) {
            plain.insert(name, literal_json(value));
        }
        for (id, declaration) in self.root.declarations.iter().enumerate() {
            if let DeclarationKind::Variable(variable) = &declaration.kind
                && !self.root.inlined.contains(&id)
            {
                let name = &variable.name.text;
                self.variable_entry(&self.top(), name, variable, &mut copies, &mut plain);
            }
        }
        for symbol in self.foreign(ForeignKind::Variable) {
            self.foreign_variable(symbol, &mut copies, &mut plain);
        }
        if copies.is_empty() {
            return plain;
        }
        let mut variables = Members::new();
        variables.insert("copy".to_owned(), copies.into());
        variables.extend(plain);
        variables
    }

    fn variable_entry(
        &self,
        context: &Context,
        name: &str,
        variable: &Variable,
        copies: &mut Vec<Json>,
        plain: &mut Members,
    ) {
        let origin = self.origin(context, variable.span);
        if let ExprKind::For(for_loop) = &variable.value.bare().kind {
            let copy = self.copy(context, Some(name), for_loop);
            copies.push(Json::from(copy).at(origin));
        } else {
            plain.insert(name.to_owned(), self.json(context, &variable.value));
        }
    }

    fn foreign_variable(&self, symbol: &Foreign, copies: &mut Vec<Json>, plain: &mut Members) {
        match &symbol.source {
            ImportSource::Bicep(model) => {
                if let Some(number) = symbol.name.strip_prefix("$fxv#") {
                    let number = number.parse().ok();
                    let loaded = model
                        .loads
                        .values()
                        .find(|loaded| loaded.variable == number);
                    if let Some(loaded) = loaded {
                        plain.insert(symbol.emitted.clone(), literal_json(&loaded.value));
                    }
                    return;
                }
                let Some(id) = model.globals.get(&symbol.name) else {
                    return;
                };
                if let DeclarationKind::Variable(variable) = &model.declarations[*id].kind {
                    let context = Context::top(model);
                    self.variable_entry(&context, &symbol.emitted, variable, copies, plain);
                }
            }
            ImportSource::Json(json) => {
                if let Some(copy) = closure_json::copy_variable(json, &symbol.name) {
                    copies.push(self.rewrite_copy(json, copy, &symbol.emitted).into());
                } else if let Some(value) =
                    closure_json::value_of(json, &symbol.name, ForeignKind::Variable)
                {
                    plain.insert(symbol.emitted.clone(), self.rewrite_json(json, value));
                }
            }
        }
    }

    pub(super) fn outputs(&self) -> Members {
        self.root
            .outputs
            .iter()
            .map(|output| (output.name.text.to_string(), self.output(output)))
            .collect()
    }

    fn output(&self, output: &Output) -> Json {
        let context = self.top();
        let mut schema = self.decorated_schema(&context, &output.kind, &output.decorators);
        if let ExprKind::For(for_loop) = &output.value.bare().kind {
            let copy = self.copy(&context, None, for_loop);
            schema.insert("copy".to_owned(), copy.into());
        } else {
            schema.insert("value".to_owned(), self.json(&context, &output.value));
        }
        Json::from(schema).at(self.origin(&context, output.span))
    }

    /// What other files may import from this one by the names of variables.
    pub(super) fn exported_variables(&self) -> Vec<Json> {
        let context = self.top();
        let mut exported: Vec<(Rc<str>, Json)> = self
            .root
            .declarations
            .iter()
            .filter_map(|declaration| match &declaration.kind {
                DeclarationKind::Variable(variable)
                    if decorator(&variable.decorators, "export").is_some() =>
                {
                    let mut entry = Members::new();
                    entry.insert("name".to_owned(), (&*variable.name.text).into());
                    if let Some(description) = self.description(&context, &variable.decorators) {
                        entry.insert("description".to_owned(), description);
                    }
                    if let Some(kind) = &variable.kind {
                        entry.insert("type".to_owned(), self.schema(&context, kind).into());
                    }
                    Some((Rc::clone(&variable.name.text), entry.into()))
                }
                _ => None,
            })
            .collect();
        exported.sort_by(|left, right| left.0.cmp(&right.0));
        exported.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// The variables that hold what load functions read, sorted as text.
fn loaded_variables(model: &Model) -> Vec<(String, &serde_json::Value)> {
    let mut loaded: Vec<_> = model
        .loads
        .values()
        .filter_map(|loaded| {
            let number = loaded.variable?;
            Some((format!("$fxv#{number}"), &loaded.value))
        })
        .collect();
    loaded.sort_by(|left, right| left.0.cmp(&right.0));
    loaded
}
