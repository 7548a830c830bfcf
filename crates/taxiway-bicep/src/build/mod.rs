//! Bicep that a program writes: typed values, declarations, and the one printer that quotes, escapes and indents.
//!
//! Invariant: text from outside enters as a [`Value`] or a name, never as Bicep source; only [`Document::print`] quotes.
//!
//! ```
//! use taxiway_bicep::build::{Document, Object, Parameter, Resource, Type, name, text};
//!
//! let mut document = Document::new();
//! document.comment("What the site is called everywhere.");
//! document.parameter(Parameter::new("siteName", Type::String).description("Name of the site.").length(2, 40));
//! document.parameter(Parameter::new("location", Type::String).default(name("resourceGroup").call([]).property("location")));
//! document.blank();
//! document.resource(
//!     Resource::new("plan", "Microsoft.Web/serverfarms@2023-12-01").body(
//!         Object::new()
//!             .with("name", text().literal("plan-").value(name("siteName")))
//!             .with("location", name("location"))
//!             .with("sku", Object::new().with("name", "B1")),
//!     ),
//! );
//! document.output("planId", Type::String, name("plan").property("id"));
//!
//! assert_eq!(
//!     document.print(),
//!     "\
//! // What the site is called everywhere.
//! @description('Name of the site.')
//! @minLength(2)
//! @maxLength(40)
//! param siteName string
//! param location string = resourceGroup().location
//!
//! resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
//!   name: 'plan-${siteName}'
//!   location: location
//!   sku: {
//!     name: 'B1'
//!   }
//! }
//!
//! output planId string = plan.id
//! "
//! );
//! ```

mod document;
mod print;
mod value;

pub use document::{
    Decorator, Document, Module, Output, Parameter, Resource, Type, UserType, Variable,
};
pub use value::{
    BinaryOperator, For, Object, ObjectEntry, Text, TextPart, Value, conditional, name, not, text,
};
