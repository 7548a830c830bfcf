//! The types of resources, from the catalogue of Azure's types.

use std::rc::Rc;

use super::{
    Additional, Array, Flags, Looseness, Member, Members, Object, ResourceType, Strictness, Tagged,
    Text, Type, union,
};
use crate::azure_types::{self, Shape};

pub(crate) const SCOPE_TENANT: u8 = 1;
pub(crate) const SCOPE_MANAGEMENT_GROUP: u8 = 2;
pub(crate) const SCOPE_SUBSCRIPTION: u8 = 4;
pub(crate) const SCOPE_RESOURCE_GROUP: u8 = 8;
/// On another resource.
pub(crate) const SCOPE_EXTENSION: u8 = 16;
const EVERY_SCOPE: u8 = 31;

/// How a resource is declared, as far as it changes its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BodyUse {
    pub(crate) is_existing: bool,
    /// In the body of its parent.
    pub(crate) is_nested: bool,
    /// Nested, or with a `parent`: its name has one segment.
    pub(crate) has_parent: bool,
    /// A type to derive others from: as Azure has it, and nothing added.
    pub(crate) is_derived: bool,
}

/// A resource's type, and whether the catalogue has it.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) kind: Rc<ResourceType>,
    pub(crate) is_known: bool,
    /// Cannot be deployed, only read.
    pub(crate) is_read_only: bool,
}

/// One level of a part of a type.
pub(super) fn open(node: usize) -> Type {
    of_shape(&azure_types::shape(node), Strictness::Lenient, "object")
}

fn of_shape(shape: &Shape, strictness: Strictness, name: &str) -> Type {
    match shape {
        Shape::Object {
            members,
            additional,
        } => Type::Object(Rc::new(Object {
            name: Rc::from(name),
            members: all_members(members),
            additional: additional.map(|node| Additional {
                kind: Type::Azure(node),
                flags: Flags::OPTIONAL_NULL.with(Flags::LENIENT),
            }),
            strictness,
            is_secret: false,
        })),
        Shape::Discriminated {
            key,
            members,
            variants,
        } => tagged(key, members, variants, strictness, name),
        Shape::Array(item) => Type::Array(Rc::new(Array {
            item: Type::Azure(*item),
            least: None,
            greatest: None,
            is_untyped: false,
            is_lenient: true,
        })),
        Shape::Union(members) => union(members.iter().map(|member| open(*member))),
        Shape::Enum { is_open, values } => {
            let literals = values.iter().map(|value| Type::literal(value));
            union(literals.chain(is_open.then(Type::string)))
        }
        Shape::Text {
            least,
            greatest,
            pattern,
            is_secret,
        } => Type::String(Text {
            least: least.and_then(|least| i64::try_from(least).ok()),
            greatest: greatest.and_then(|greatest| i64::try_from(greatest).ok()),
            pattern: *pattern,
            looseness: Looseness::Strict,
            is_secret: *is_secret,
        }),
        Shape::SomeText => Type::loose_string(),
        Shape::Int { least, greatest } => Type::integer(*least, *greatest),
        Shape::Bool => Type::BOOL,
        Shape::Any => Type::Any,
    }
}

fn all_members(members: &[azure_types::Member]) -> Members {
    members
        .iter()
        .map(|member| {
            let mut flags = Flags::LENIENT;
            if member.is_required {
                flags = flags.with(Flags::REQUIRED);
            }
            if member.is_read_only {
                flags = flags.with(Flags::READ_ONLY);
            }
            if member.is_write_only {
                flags = flags.with(Flags::WRITE_ONLY);
            }
            if !member.is_required && !member.is_read_only {
                flags = flags.with(Flags::OPTIONAL_NULL);
            }
            let kind = Type::Azure(member.node);
            (Rc::from(member.name), Member { kind, flags })
        })
        .collect()
}

fn tagged(
    key: &str,
    members: &[azure_types::Member],
    variants: &[(&'static str, usize)],
    strictness: Strictness,
    name: &str,
) -> Type {
    let common = all_members(members);
    let variants = variants
        .iter()
        .map(|(value, node)| {
            let mut own = match azure_types::shape(*node) {
                Shape::Object { members, .. } => all_members(&members),
                _ => Members::new(),
            };
            let additional = match azure_types::shape(*node) {
                Shape::Object { additional, .. } => additional,
                _ => None,
            };
            for (name, member) in &common {
                own.entry(Rc::clone(name)).or_insert_with(|| member.clone());
            }
            own.insert(
                Rc::from(key),
                Member {
                    kind: Type::literal(value),
                    flags: Flags::REQUIRED.with(Flags::LENIENT),
                },
            );
            let object = Object {
                name: Rc::from(*value),
                members: own,
                additional: additional.map(|node| Additional {
                    kind: Type::Azure(node),
                    flags: Flags::OPTIONAL_NULL.with(Flags::LENIENT),
                }),
                strictness,
                is_secret: false,
            };
            (Rc::from(*value), Rc::new(object))
        })
        .collect();
    Type::Tagged(Rc::new(Tagged {
        name: Rc::from(name),
        key: Rc::from(key),
        key_flags: Flags::NONE,
        variants,
        strictness,
    }))
}

/// The type of a resource of type `kind` in `version`.
pub(crate) fn resource(kind: &str, version: &str, usage: BodyUse) -> Resource {
    let found = azure_types::find(kind, version);
    let bits = |scopes: usize| u8::try_from(scopes & usize::from(EVERY_SCOPE)).unwrap_or(0);
    let (read, write) = found.map_or((EVERY_SCOPE, EVERY_SCOPE), |found| {
        (bits(found.read_scopes), bits(found.write_scopes))
    });
    let scopes = if usage.is_existing {
        read | write
    } else {
        write
    };
    let raw = found.map_or_else(
        || generic_body(kind),
        |found| {
            of_shape(
                &azure_types::shape(found.body),
                Strictness::LenientValues,
                kind,
            )
        },
    );
    let body = if usage.is_derived {
        with_common_members(raw)
    } else {
        finish(raw, kind, version, scopes, usage)
    };
    Resource {
        kind: Rc::new(ResourceType {
            kind: Rc::from(kind),
            version: Rc::from(version),
            body,
            scopes,
        }),
        is_known: found.is_some(),
        is_read_only: found.is_some() && write == 0,
    }
}

/// With the members that every resource may have, where the type does not say so.
fn with_common_members(raw: Type) -> Type {
    let Type::Object(object) = &raw else {
        return raw;
    };
    let mut members = object.members.clone();
    add_common_members(&mut members);
    Type::Object(Rc::new(Object {
        name: Rc::clone(&object.name),
        members,
        additional: object.additional.clone(),
        strictness: object.strictness,
        is_secret: object.is_secret,
    }))
}

fn add_common_members(members: &mut Members) {
    for (name, kind) in common_members() {
        members.entry(Rc::from(name)).or_insert(Member {
            kind,
            flags: Flags::FALLBACK,
        });
    }
}

fn generic_body(kind: &str) -> Type {
    Type::Object(Rc::new(Object {
        name: Rc::from(kind),
        members: common_members()
            .into_iter()
            .map(|(name, kind)| {
                let flags = Flags::NONE;
                (Rc::from(name), Member { kind, flags })
            })
            .collect(),
        ..Object::default()
    }))
}

fn finish(raw: Type, kind: &str, version: &str, scopes: u8, usage: BodyUse) -> Type {
    match raw {
        Type::Object(object) => Type::Object(Rc::new(finish_object(
            &object, kind, version, scopes, usage,
        ))),
        Type::Tagged(tagged) => {
            let by_name = &*tagged.key == "name";
            let single = kind.matches('/').count() == 1 || usage.has_parent;
            if (by_name && !single) || (!by_name && usage.is_existing) {
                let mut merged = Members::new();
                for variant in tagged.variants.values() {
                    for (name, member) in &variant.members {
                        merged.entry(Rc::clone(name)).or_insert_with(|| Member {
                            kind: Type::Any,
                            flags: member.flags,
                        });
                    }
                }
                let object = Object {
                    name: Rc::from(kind),
                    members: merged,
                    strictness: Strictness::LenientValues,
                    ..Object::default()
                };
                return Type::Object(Rc::new(finish_object(
                    &object, kind, version, scopes, usage,
                )));
            }
            let variants = tagged.variants.iter().map(|(value, variant)| {
                let object = finish_object(variant, kind, version, scopes, usage);
                (Rc::clone(value), Rc::new(object))
            });
            Type::Tagged(Rc::new(Tagged {
                name: Rc::clone(&tagged.name),
                key: Rc::clone(&tagged.key),
                key_flags: if by_name { Flags::SYSTEM } else { Flags::NONE },
                variants: variants.collect(),
                strictness: tagged.strictness,
            }))
        }
        other => other,
    }
}

/// Members whose values must be known at the start, and may be other values later.
const SET_AT_START: &[&str] = &[
    "location",
    "kind",
    "subscriptionId",
    "resourceGroup",
    "managedBy",
    "extendedLocation",
    "zones",
    "placement",
    "plan",
    "sku",
    "identity",
    "managedByExtended",
    "tags",
    "asserts",
];

fn finish_object(object: &Object, kind: &str, version: &str, scopes: u8, usage: BodyUse) -> Object {
    let mut members = object.members.clone();
    system_members(&mut members, kind, version, usage);
    let reference = Flags::WRITE_ONLY
        .with(Flags::AT_START)
        .with(Flags::READABLE_AT_START)
        .with(Flags::NO_ANY)
        .with(Flags::VARIES)
        .with(Flags::SYSTEM);
    let depends_on = Member {
        kind: Type::array_of(Type::Dependency),
        flags: Flags::WRITE_ONLY.with(Flags::NO_ANY).with(Flags::SYSTEM),
    };
    members.insert(Rc::from("dependsOn"), depends_on);
    let scope = if usage.is_existing {
        scopes
    } else {
        scopes & (SCOPE_EXTENSION | SCOPE_TENANT)
    };
    if scope != 0 {
        let scope = Member {
            kind: Type::ScopeOf(scope),
            flags: reference,
        };
        members.insert(Rc::from("scope"), scope);
    }
    if kind.matches('/').count() > 1 && !usage.is_nested {
        let parent = Member {
            kind: Type::ParentOf(Rc::from(kind)),
            flags: reference,
        };
        members.insert(Rc::from("parent"), parent);
    }
    if !usage.is_existing {
        for name in SET_AT_START {
            if let Some(member) = members.get_mut(*name) {
                member.flags = member.flags.with(Flags::AT_START);
            }
        }
    }
    if kind.eq_ignore_ascii_case("Microsoft.Resources/deployments") {
        for name in ["resourceGroup", "subscriptionId"] {
            let flags = Flags::AT_START.with(Flags::SYSTEM);
            let kind = Type::string();
            members.insert(Rc::from(name), Member { kind, flags });
        }
    }
    add_common_members(&mut members);
    if usage.is_existing {
        for (name, member) in &mut members {
            if !matches!(&**name, "name" | "scope" | "parent" | "dependsOn") {
                member.flags = member.flags.with(Flags::READ_ONLY).without(Flags::REQUIRED);
            }
        }
    }
    Object {
        name: Rc::clone(&object.name),
        members,
        additional: object.additional.clone(),
        strictness: object.strictness,
        is_secret: false,
    }
}

/// `id`, `name`, `type` and `apiVersion`.
fn system_members(members: &mut Members, kind: &str, version: &str, usage: BodyUse) {
    let at_start = Flags::AT_START
        .with(Flags::READABLE_AT_START)
        .with(Flags::SYSTEM);
    let fixed = [
        ("id", Type::string()),
        ("type", Type::literal(kind)),
        ("apiVersion", Type::literal(version)),
    ];
    for (name, kind) in fixed {
        let flags = at_start.with(Flags::READ_ONLY);
        members.insert(Rc::from(name), Member { kind, flags });
    }
    let single = kind.matches('/').count() == 1 || usage.has_parent;
    let known = members.get("name").filter(|_| single);
    let name = known.map_or_else(Type::string, |member| member.kind.clone());
    members.insert(
        Rc::from("name"),
        Member {
            kind: name,
            flags: at_start.with(Flags::REQUIRED).with(Flags::VARIES),
        },
    );
}

/// What any resource may have, whatever else is known of it.
fn common_members() -> Vec<(&'static str, Type)> {
    let strings = || Type::array_of(Type::string());
    let object = |name: &str, members: Vec<(&'static str, Type)>| Type::object_of(name, members);
    let required = |name: &str, members: Vec<(&'static str, Type, bool)>| {
        let members = members.into_iter().map(|(name, kind, is_required)| {
            let flags = if is_required {
                Flags::REQUIRED
            } else {
                Flags::NONE
            };
            (Rc::from(name), Member { kind, flags })
        });
        Type::Object(Rc::new(Object {
            name: Rc::from(name),
            members: members.collect(),
            ..Object::default()
        }))
    };
    let map = |name: &str, kind: Type| {
        Type::Object(Rc::new(Object {
            name: Rc::from(name),
            additional: Some(Additional {
                kind,
                flags: Flags::NONE,
            }),
            ..Object::default()
        }))
    };
    let identity = object(
        "identity",
        vec![
            ("principalId", Type::string()),
            ("clientId", Type::string()),
        ],
    );
    vec![
        ("location", Type::string()),
        ("tags", map("Tags", Type::string())),
        ("asserts", map("asserts", Type::BOOL)),
        ("properties", Type::object()),
        (
            "sku",
            object(
                "sku",
                vec![
                    ("name", Type::string()),
                    ("tier", Type::string()),
                    ("size", Type::string()),
                    ("family", Type::string()),
                    ("model", Type::string()),
                    ("capacity", Type::INT),
                ],
            ),
        ),
        ("kind", Type::string()),
        ("managedBy", Type::string()),
        ("managedByExtended", strings()),
        (
            "extendedLocation",
            required(
                "extendedLocation",
                vec![
                    ("type", Type::string(), true),
                    ("name", Type::string(), false),
                ],
            ),
        ),
        ("zones", strings()),
        (
            "placement",
            required(
                "placement",
                vec![
                    ("zonePlacementPolicy", Type::string(), true),
                    ("includeZones", strings(), false),
                    ("excludeZones", strings(), false),
                ],
            ),
        ),
        ("plan", Type::object()),
        ("eTag", Type::string()),
        (
            "scale",
            required(
                "scale",
                vec![
                    ("capacity", Type::INT, true),
                    ("maximum", Type::INT, false),
                    ("minimum", Type::INT, false),
                ],
            ),
        ),
        (
            "identity",
            required(
                "identity",
                vec![
                    ("principalId", Type::string(), false),
                    ("tenantId", Type::string(), false),
                    ("type", Type::string(), true),
                    ("identityIds", strings(), false),
                    (
                        "userAssignedIdentities",
                        map("userAssignedIdentities", identity),
                        false,
                    ),
                    ("delegatedResources", Type::object(), false),
                ],
            ),
        ),
    ]
}
