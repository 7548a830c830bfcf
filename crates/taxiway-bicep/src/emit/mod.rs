//! From a resolved file to its template.

mod access;
mod closure;
mod closure_json;
mod declaration;
mod dependencies;
mod derived;
mod environment;
mod expression;
mod identity;
mod module;
mod resource;
mod scope;
mod template;
mod type_location;
mod type_union;
mod types;
mod value;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

pub(crate) use expression::nameof;
pub(crate) use value::literal_arm;

use crate::json::Json;
use crate::model::{Model, Workspace};

const DEPLOYMENTS_TYPE: &str = "Microsoft.Resources/deployments";
const DEPLOYMENTS_VERSION: &str = "2025-04-01";

/// The templates of one compilation; a module that is used often is emitted once.
pub(crate) struct Templates<'w> {
    workspace: &'w Workspace<'w>,
    done: RefCell<HashMap<u32, Rc<Json>>>,
}

impl<'w> Templates<'w> {
    pub(crate) fn new(workspace: &'w Workspace<'w>) -> Self {
        Self {
            workspace,
            done: RefCell::default(),
        }
    }

    /// The template of a file without errors.
    pub(crate) fn template(&self, model: &Rc<Model>) -> Rc<Json> {
        if let Some(template) = self.done.borrow().get(&model.file) {
            return Rc::clone(template);
        }
        let emitter = Emitter {
            workspace: self.workspace,
            templates: self,
            root: Rc::clone(model),
            closure: closure::Closure::of(model),
        };
        let template = Rc::new(emitter.template());
        self.done
            .borrow_mut()
            .insert(model.file, Rc::clone(&template));
        template
    }
}

/// Emits one file.
pub(crate) struct Emitter<'w> {
    workspace: &'w Workspace<'w>,
    templates: &'w Templates<'w>,
    root: Rc<Model>,
    closure: closure::Closure,
}
