//! What a name in an expression stands for.

use std::collections::HashMap;
use std::rc::Rc;

use taxiway_diagnostics::{Diagnostic, Location};

use super::{Binder, MAX_COMPARED};
use crate::ast::Ident;
use crate::check;
use crate::functions;
use crate::model::{DeclarationKind, Target};
use crate::suggestion;

impl Binder<'_, '_> {
    pub(super) fn name(&mut self, name: &Ident) {
        if let Some(target) = self.find(&name.text) {
            self.bindings.insert(name.span.start, target);
        } else if matches!(&*name.text, "sys" | "az" | "this")
            || (self.is_parameters_file && &*name.text == "base")
        {
            self.bindings.insert(name.span.start, Target::Namespace);
        } else {
            if functions::is_known(&name.text) || check::is_known_decorator(&name.text) {
                let message = format!("`{}` is a function; it has to be called", name.text);
                return self.error(name.span, "BCP063", message);
            }
            self.unknown(name, false);
        }
    }

    /// Whether something that is no function has this name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.find(name).is_some() || matches!(name, "sys" | "az")
    }

    /// The declared name that may be meant by `name`. Past [`MAX_COMPARED`] errors come without one.
    fn similar_name(&mut self, name: &str) -> Option<Rc<str>> {
        let locals = self.scopes.iter().map(HashMap::len).sum::<usize>();
        self.compared += locals + self.collected.globals.len();
        if self.compared > MAX_COMPARED {
            return None;
        }
        let locals = self.scopes.iter().flat_map(HashMap::keys);
        let names = locals.chain(self.collected.globals.keys());
        suggestion::closest(name, names.map(|name| &**name)).map(Rc::from)
    }

    /// Reports a name that means nothing. Where what was meant is a function of the language, the code says so.
    fn unknown(&mut self, name: &Ident, is_call: bool) {
        if name.text.is_empty() {
            return;
        }
        let builtin = is_call
            .then(|| check::similar_name(&name.text, functions::names()))
            .flatten();
        let code = if builtin.is_some() {
            "BCP082"
        } else {
            "BCP057"
        };
        let message = format!("nothing is called `{}` here", name.text);
        let mut diagnostic = Diagnostic::error(code, Location::new(self.path, name.span), message);
        if let Some(similar) = builtin
            .map(Rc::from)
            .or_else(|| self.similar_name(&name.text))
        {
            diagnostic = diagnostic.help(format!("did you mean `{similar}`?"));
        }
        self.has_errors = true;
        self.workspace.report(diagnostic);
    }

    pub(super) fn function(&mut self, name: &Ident) {
        if let Some(Target::Declaration(id)) = self.find(&name.text) {
            let kind = &self.collected.declarations[id].kind;
            let callable = matches!(
                kind,
                DeclarationKind::Function(_)
                    | DeclarationKind::Imported { .. }
                    | DeclarationKind::Unknown
            );
            if callable {
                self.bindings
                    .insert(name.span.start, Target::Declaration(id));
                return;
            }
        }
        if let Some(target) = self.find(&name.text) {
            self.bindings.insert(name.span.start, target);
            let (code, message) = if functions::is_known(&name.text) {
                let message = format!(
                    "`{}` hides the function of this name, and is none itself",
                    name.text
                );
                ("BCP265", message)
            } else {
                ("BCP059", format!("`{}` is no function", name.text))
            };
            return self.error(name.span, code, message);
        }
        if functions::is_known(&name.text) || check::replaced(&name.text).is_some() {
            return;
        }
        self.unknown(name, true);
    }
}
