//! What kinds of values the properties of Azure resources have.

/// The members that every resource has, whatever else is known of its type.
const COMMON: &[(&str, &str)] = &[
    ("id", "string"),
    ("name", "string"),
    ("type", "string"),
    ("apiVersion", "string"),
    ("location", "string"),
    ("kind", "string"),
    ("managedBy", "string"),
    ("tags", "object"),
    ("sku", "object"),
    ("plan", "object"),
    ("identity", "object"),
    ("extendedLocation", "object"),
    ("properties", "object"),
    ("zones", "array"),
    ("managedByExtended", "array"),
];

/// The kind of the part of the type `resource` at `path`, a JSON pointer such as `/properties/tags`.
pub(crate) fn kind(_resource: &str, path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("object");
    }
    let name = path.strip_prefix("/properties/")?;
    COMMON
        .iter()
        .find(|(member, _)| member.eq_ignore_ascii_case(name))
        .map(|(_, kind)| *kind)
}
