//! Names, ids and references of resources and modules.

use std::rc::Rc;

use super::environment::Context;
use super::{DEPLOYMENTS_TYPE, DEPLOYMENTS_VERSION, Emitter};
use crate::arm::Arm;
use crate::ast::{Body, Expr, decorator};
use crate::model::{
    DeclarationKind, Model, ModuleId, ModuleTarget, Parent, ResourceId, ResourceInfo,
};

/// A resource or module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Resource(ResourceId),
    Module(ModuleId),
}

impl Symbol {
    pub(super) const fn of(kind: &DeclarationKind) -> Option<Self> {
        match kind {
            DeclarationKind::Resource(resource) => Some(Self::Resource(*resource)),
            DeclarationKind::Module(module) => Some(Self::Module(*module)),
            _ => None,
        }
    }

    pub(super) fn body(self, model: &Model) -> &Body {
        match self {
            Self::Resource(resource) => &model.resources[resource].syntax.body,
            Self::Module(module) => &model.modules[module].syntax.body,
        }
    }

    pub(super) fn is_collection(self, model: &Model) -> bool {
        self.body(model).for_loop.is_some()
    }

    /// The symbolic name.
    pub(super) fn name(self, model: &Model) -> &str {
        match self {
            Self::Resource(resource) => &model.resources[resource].symbolic_name,
            Self::Module(module) => &model.modules[module].syntax.name.text,
        }
    }

    pub(super) fn property<'m>(self, model: &'m Model, name: &str) -> Option<&'m Expr> {
        let object = self.body(model).object.as_ref()?;
        object.get(name).map(|property| &property.value)
    }
}

/// A resource or module; of a collection, one of it.
#[derive(Clone, Debug)]
pub(super) struct Element {
    pub(super) symbol: Symbol,
    pub(super) index: Option<Arm>,
    /// The declaration's locals for this index.
    pub(super) context: Context,
}

impl Element {
    pub(super) fn model(&self) -> &Rc<Model> {
        &self.context.model
    }

    fn resource(&self) -> Option<&ResourceInfo> {
        match self.symbol {
            Symbol::Resource(resource) => Some(&self.model().resources[resource]),
            Symbol::Module(_) => None,
        }
    }
}

impl Emitter<'_> {
    /// The element of `symbol` at `index`; without one, as its own declaration sees itself.
    pub(super) fn indexed(&self, model: &Rc<Model>, symbol: Symbol, index: Option<Arm>) -> Element {
        let mut context = Context::top(model);
        if let Some(head) = &symbol.body(model).for_loop {
            let at = index.clone().unwrap_or_else(|| Arm::call("copyIndex", []));
            context = self.loop_context(
                &context,
                &head.item,
                head.index.as_ref(),
                &head.collection,
                &at,
            );
        }
        Element {
            symbol,
            index,
            context,
        }
    }

    /// `context` inside a loop, at `index`.
    pub(super) fn loop_context(
        &self,
        context: &Context,
        item: &crate::ast::Ident,
        index_name: Option<&crate::ast::Ident>,
        collection: &Expr,
        index: &Arm,
    ) -> Context {
        let element = self.arm(context, collection).access(index.clone());
        let inner = context.with(item.span.start, element);
        match index_name {
            Some(name) => inner.with(name.span.start, index.clone()),
            None => inner,
        }
    }

    /// The parent of a resource, seen from it.
    pub(super) fn parent(&self, element: &Element) -> Option<Element> {
        match element.resource()?.parent? {
            Parent::Nested(parent) => {
                Some(self.indexed(element.model(), Symbol::Resource(parent), None))
            }
            Parent::Property(parent) => {
                let expr = element.symbol.property(element.model(), "parent")?;
                let found = self.element(&element.context, expr);
                Some(found.unwrap_or_else(|| {
                    self.indexed(element.model(), Symbol::Resource(parent), None)
                }))
            }
        }
    }

    /// The name as the declaration gives it: of a child, its own segment.
    pub(super) fn own_name(&self, element: &Element) -> Arm {
        match element.symbol.property(element.model(), "name") {
            Some(name) => self.arm(&element.context, name),
            None => match element.symbol {
                Symbol::Module(module) => generated_module_name(element, module),
                Symbol::Resource(_) => Arm::string(""),
            },
        }
    }

    /// One expression per segment of the type.
    pub(super) fn name_segments(&self, element: &Element) -> Vec<Arm> {
        let own = self.own_name(element);
        if let Some(parent) = self.parent(element) {
            let mut segments = self.name_segments(&parent);
            segments.push(own);
            return segments;
        }
        let count = self.kind(element).matches('/').count().max(1);
        if count == 1 || matches!(element.symbol, Symbol::Module(_)) {
            return vec![own];
        }
        let split = Arm::call("split", [own, Arm::string("/")]);
        (0i64..)
            .take(count)
            .map(|segment| split.clone().access(Arm::Int(segment)))
            .collect()
    }

    /// The name in the emitted resource.
    pub(super) fn full_name(&self, element: &Element) -> Arm {
        if self.parent(element).is_none() {
            return self.own_name(element);
        }
        let segments = self.name_segments(element);
        let holes: Vec<_> = (0..segments.len())
            .map(|hole| format!("{{{hole}}}"))
            .collect();
        let mut arguments = vec![Arm::String(holes.join("/"))];
        arguments.extend(segments);
        Arm::call("format", arguments)
    }

    pub(super) fn kind<'e>(&self, element: &'e Element) -> &'e str {
        element
            .resource()
            .map_or(DEPLOYMENTS_TYPE, |resource| &resource.kind)
    }

    pub(super) fn api_version<'e>(&self, element: &'e Element) -> &'e str {
        element
            .resource()
            .map_or(DEPLOYMENTS_VERSION, |resource| &resource.api_version)
    }

    /// Whether the element is in the template under its symbolic name.
    pub(super) fn is_symbolic_reference(&self, element: &Element) -> bool {
        element.model().symbolic
            && match element.symbol {
                Symbol::Resource(resource) => self.is_emitted(element.model(), resource),
                Symbol::Module(_) => true,
            }
    }

    /// What `reference()` takes to find the element.
    pub(super) fn reference_key(&self, element: &Element) -> Arm {
        if !self.is_symbolic_reference(element) {
            return self.element_id(element);
        }
        let name = element.symbol.name(element.model());
        match &element.index {
            Some(index) => Arm::call(
                "format",
                [Arm::String(format!("{name}[{{0}}]")), index.clone()],
            ),
            None => Arm::string(name),
        }
    }

    /// The conditions of a resource and of those it is nested in, or of a module.
    pub(super) fn condition_of(&self, element: &Element) -> Option<Arm> {
        let own = element
            .symbol
            .body(element.model())
            .condition
            .as_ref()
            .map(|condition| self.arm(&element.context, condition));
        let outer = match element.resource().and_then(|resource| resource.parent) {
            Some(Parent::Nested(parent)) => {
                let parent = self.indexed(element.model(), Symbol::Resource(parent), None);
                self.condition_of(&parent)
            }
            _ => None,
        };
        match (outer, own) {
            (Some(outer), Some(own)) => Some(Arm::call("and", [outer, own])),
            (outer, own) => outer.or(own),
        }
    }

    pub(super) fn is_secure_output(&self, element: &Element, output: &str) -> bool {
        let Symbol::Module(module) = element.symbol else {
            return false;
        };
        match &element.model().modules[module].target {
            ModuleTarget::Bicep(module) => module.outputs.iter().any(|declared| {
                *declared.name.text == *output
                    && decorator(&declared.decorators, "secure").is_some()
            }),
            ModuleTarget::Json(json) => json
                .template
                .get("outputs")
                .and_then(|outputs| outputs.get(output))
                .is_some_and(crate::model::is_secure_output),
            ModuleTarget::TemplateSpec(_) | ModuleTarget::Unknown => false,
        }
    }

    /// The resource id.
    pub(super) fn element_id(&self, element: &Element) -> Arm {
        let mut arguments = vec![Arm::string(self.kind(element))];
        arguments.extend(self.name_segments(element));
        let (scope, context) = self.scope_of(element);
        self.scoped_id(&scope, &context, arguments)
    }
}

/// The name of a module that gives itself none.
fn generated_module_name(element: &Element, module: ModuleId) -> Arm {
    let info = &element.model().modules[module];
    let symbol = &*info.syntax.name.text;
    let unique = Arm::call(
        "uniqueString",
        [
            Arm::string(symbol),
            Arm::call("deployment", []).property("name"),
        ],
    );
    let shortened = |length: usize| symbol.chars().take(length).collect::<String>();
    if info.syntax.body.for_loop.is_some() {
        let index = element
            .index
            .clone()
            .unwrap_or_else(|| Arm::call("copyIndex", []));
        return Arm::call(
            "format",
            [
                Arm::String(format!("{}-{{0}}-{{1}}", shortened(46))),
                index,
                unique,
            ],
        );
    }
    Arm::call(
        "format",
        [Arm::String(format!("{}-{{0}}", shortened(50))), unique],
    )
}
