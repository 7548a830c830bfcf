//! The catalogue of Azure's resource types: names as Azure writes them, versions, and kinds of properties.
//!
//! It lies in the binary as it is used: nothing is unpacked or indexed when a compilation starts.
//!
//! Format: `TXAZ3\n`, then three sections of names, nodes and types. A section is a count, an offset per entry and one for
//! the end (32 bits, little endian), and the entries. Numbers in entries have seven bits a byte, lowest first. A member is
//! a name and a node, the latter times eight plus flags (1 required, 2 read-only, 4 write-only). A node is a letter and:
//! `o` count, member*, 0 or 1 + node of further members · `d` name of the property that decides, count, member*, count,
//! (value, node)* · `a` node · `u` count, node* · `e` 1 if other values are fine, count, value* · `t` 0 or 1 + least
//! length, 0 or 1 + greatest length, 0 or 1 + pattern, 1 if secret · `n` (a number) 0 or 1 + least, 0 or 1 + greatest · `S` (a string among values that are not kept) `s` `i` `b` `*` nothing.
//! A type is its name in lower case, then (version, name, node, scopes to read, scopes to deploy to)*, scopes as bits: 1
//! tenant, 2 management group, 4 subscription, 8 resource group, 16 extension; types are sorted. Source: Azure/bicep-types-az, MIT licence, Copyright (c) Microsoft Corporation.

/// Made by `examples/azure-catalogue.rs`.
static DATA: &[u8] = include_bytes!("../data/azure-types.bin");
const MAGIC: usize = 6;

/// The members that every resource may have, whatever else is known of its type.
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

/// The type as Azure writes it, where it is known in this version.
pub(crate) fn canonical_name(kind: &str, version: &str) -> Option<&'static str> {
    find(kind, version).map(|found| found.name)
}

/// The kind of the part of the type `resource` (`T@v`) at `path`, a JSON pointer such as `/properties/tags`.
pub(crate) fn kind_at(resource: &str, path: &str) -> Option<&'static str> {
    let (kind, version) = resource.split_once('@')?;
    let Some(found) = find(kind, version) else {
        return common_kind(path);
    };
    let mut node = found.body;
    let mut segments = path.split('/').skip(1);
    let mut is_root = true;
    while let Some(step) = segments.next() {
        let next = match step {
            "properties" => {
                let name = segments.next()?.replace("~1", "/").replace("~0", "~");
                member(node, &name)
            }
            "items" => item(node),
            "additionalProperties" => additional(node),
            _ => None,
        };
        match next {
            Some(next) => node = next,
            None if is_root => return common_kind(path),
            None => return None,
        }
        is_root = false;
    }
    kind_of(node)
}

fn common_kind(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("object");
    }
    let name = path.strip_prefix("/properties/")?;
    COMMON
        .iter()
        .find(|(member, _)| member.eq_ignore_ascii_case(name))
        .map(|(_, kind)| *kind)
}

/// A type in one version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    /// As Azure writes it.
    pub(crate) name: &'static str,
    /// The node of a whole resource.
    pub(crate) body: usize,
    /// Where it can be read, as bits.
    pub(crate) read_scopes: usize,
    /// Where it can be deployed, as bits.
    pub(crate) write_scopes: usize,
}

/// One level of a type.
#[derive(Debug)]
pub(crate) enum Shape {
    Object {
        members: Vec<Member>,
        additional: Option<usize>,
    },
    Discriminated {
        key: &'static str,
        members: Vec<Member>,
        variants: Vec<(&'static str, usize)>,
    },
    Array(usize),
    Union(Vec<usize>),
    Enum {
        is_open: bool,
        values: Vec<&'static str>,
    },
    Text {
        least: Option<usize>,
        greatest: Option<usize>,
        pattern: Option<&'static str>,
        is_secret: bool,
    },
    /// One of some values that are not known here.
    SomeText,
    Int {
        least: Option<i64>,
        greatest: Option<i64>,
    },
    Bool,
    Any,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) node: usize,
    pub(crate) is_required: bool,
    pub(crate) is_read_only: bool,
    pub(crate) is_write_only: bool,
}

/// What a node is.
pub(crate) fn shape(number: usize) -> Shape {
    let (kind, mut entry) = node(number);
    match kind {
        b'o' => {
            let members = members(&mut entry);
            let additional = entry.number().checked_sub(1);
            Shape::Object {
                members,
                additional,
            }
        }
        b'd' => {
            let key = name_text(entry.number());
            let members = members(&mut entry);
            let count = entry.number();
            let variants = (0..count)
                .map(|_| (name_text(entry.number()), entry.number()))
                .collect();
            Shape::Discriminated {
                key,
                members,
                variants,
            }
        }
        b'a' => Shape::Array(entry.number()),
        b'u' => {
            let count = entry.number();
            Shape::Union((0..count).map(|_| entry.number()).collect())
        }
        b'e' => {
            let is_open = entry.number() == 1;
            let count = entry.number();
            let values = (0..count).map(|_| name_text(entry.number())).collect();
            Shape::Enum { is_open, values }
        }
        b't' => Shape::Text {
            least: entry.number().checked_sub(1),
            greatest: entry.number().checked_sub(1),
            pattern: entry.number().checked_sub(1).map(name_text),
            is_secret: entry.number() == 1,
        },
        b's' => Shape::Text {
            least: None,
            greatest: None,
            pattern: None,
            is_secret: false,
        },
        b'S' => Shape::SomeText,
        b'n' => Shape::Int {
            least: entry.limit(),
            greatest: entry.limit(),
        },
        b'i' => Shape::Int {
            least: None,
            greatest: None,
        },
        b'b' => Shape::Bool,
        _ => Shape::Any,
    }
}

fn members(entry: &mut Entry) -> Vec<Member> {
    let count = entry.number();
    (0..count)
        .map(|_| {
            let name = name_text(entry.number());
            let value = entry.number();
            Member {
                name,
                node: value >> 3,
                is_required: value & 1 != 0,
                is_read_only: value & 2 != 0,
                is_write_only: value & 4 != 0,
            }
        })
        .collect()
}

/// Whether a type is known in any version.
pub(crate) fn is_known_type(kind: &str) -> bool {
    entry_of(kind).is_some()
}

/// The versions in which a type is known, oldest first.
pub(crate) fn versions(kind: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    if let Some(mut entry) = entry_of(kind) {
        while entry.position < entry.end {
            found.push(entry.text());
            for _ in 0..4 {
                entry.number();
            }
        }
    }
    found
}

/// Every type there is, in lower case and sorted.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    let types = section(2);
    (0..types.count).map(move |index| types.entry(index).text())
}

/// A type in one version.
pub(crate) fn find(kind: &str, version: &str) -> Option<Found> {
    entry_of(kind)?.version(version)
}

/// The versions of a type, as the catalogue holds them.
fn entry_of(kind: &str) -> Option<Entry> {
    let lower = kind.to_lowercase();
    let types = section(2);
    let (mut low, mut high) = (0, types.count);
    while low < high {
        let middle = usize::midpoint(low, high);
        let mut entry = types.entry(middle);
        let name = entry.text();
        match name.cmp(lower.as_str()) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => return Some(entry),
        }
    }
    None
}

/// One of the three tables.
struct Section {
    count: usize,
    offsets: usize,
}

fn word(position: usize) -> usize {
    let bytes: [u8; 4] = DATA
        .get(position..position + 4)
        .and_then(|bytes| bytes.try_into().ok())
        .unwrap_or_default();
    usize::try_from(u32::from_le_bytes(bytes)).unwrap_or(0)
}

fn section(number: usize) -> Section {
    let mut position = MAGIC;
    for _ in 0..number {
        let count = word(position);
        let length = word(position + 4 + 4 * count);
        position += 4 + 4 * (count + 1) + length;
    }
    Section {
        count: word(position),
        offsets: position + 4,
    }
}

impl Section {
    fn entry(&self, index: usize) -> Entry {
        let start = self.offsets + 4 * (self.count + 1);
        Entry {
            position: start + word(self.offsets + 4 * index),
            end: start + word(self.offsets + 4 * (index + 1)),
        }
    }
}

/// The rest of an entry.
struct Entry {
    position: usize,
    end: usize,
}

impl Entry {
    fn byte(&mut self) -> u8 {
        let byte = DATA.get(self.position).copied().unwrap_or(0);
        self.position += 1;
        byte
    }

    fn number(&mut self) -> usize {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let byte = self.byte();
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return value;
            }
            shift += 7;
        }
    }

    /// A number that may be missing; none of them is below zero.
    fn limit(&mut self) -> Option<i64> {
        let number = self.number().checked_sub(1)?;
        i64::try_from(number).ok()
    }

    fn text(&mut self) -> &'static str {
        let length = self.number();
        let start = self.position;
        self.position += length;
        as_text(start, self.position)
    }

    fn version(&mut self, wanted: &str) -> Option<Found> {
        while self.position < self.end {
            let version = self.text();
            let (name, body) = (self.number(), self.number());
            let (read_scopes, write_scopes) = (self.number(), self.number());
            if version.eq_ignore_ascii_case(wanted) {
                return Some(Found {
                    name: name_text(name),
                    body,
                    read_scopes,
                    write_scopes,
                });
            }
        }
        None
    }
}

fn as_text(start: usize, end: usize) -> &'static str {
    DATA.get(start..end)
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .unwrap_or("")
}

fn name_text(name: usize) -> &'static str {
    let entry = section(0).entry(name);
    as_text(entry.position, entry.end)
}

fn node(number: usize) -> (u8, Entry) {
    let mut entry = section(1).entry(number);
    (entry.byte(), entry)
}

fn member(number: usize, name: &str) -> Option<usize> {
    let named = |members: &[Member]| {
        let found = members
            .iter()
            .find(|member| member.name.eq_ignore_ascii_case(name));
        found.map(|member| member.node)
    };
    match shape(number) {
        Shape::Object { members, .. } => named(&members),
        Shape::Discriminated {
            members, variants, ..
        } => named(&members).or_else(|| {
            variants
                .iter()
                .find_map(|(_, variant)| member(*variant, name))
        }),
        _ => None,
    }
}

fn item(number: usize) -> Option<usize> {
    match shape(number) {
        Shape::Array(item) => Some(item),
        _ => None,
    }
}

fn additional(number: usize) -> Option<usize> {
    match shape(number) {
        Shape::Object { additional, .. } => additional,
        _ => None,
    }
}

fn kind_of(number: usize) -> Option<&'static str> {
    match shape(number) {
        Shape::Text { .. } | Shape::SomeText | Shape::Enum { .. } => Some("string"),
        Shape::Int { .. } => Some("int"),
        Shape::Bool => Some("bool"),
        Shape::Object { .. } | Shape::Discriminated { .. } => Some("object"),
        Shape::Array(_) => Some("array"),
        Shape::Union(members) => {
            let mut kinds = members.into_iter().map(kind_of);
            let first = kinds.next()??;
            kinds.all(|kind| kind == Some(first)).then_some(first)
        }
        Shape::Any => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_azure_writes() {
        assert_eq!(
            canonical_name("microsoft.web/serverFarms", "2023-12-01"),
            Some("Microsoft.Web/serverfarms")
        );
        assert_eq!(canonical_name("Microsoft.Web/sites", "1999-01-01"), None);
    }

    #[test]
    fn parts_have_the_kind_of_the_property() {
        let vault = "Microsoft.KeyVault/vaults@2022-07-01";
        for (path, kind) in [
            ("", Some("object")),
            ("/properties/name", Some("string")),
            (
                "/properties/properties/properties/enableRbacAuthorization",
                Some("bool"),
            ),
            (
                "/properties/properties/properties/accessPolicies",
                Some("array"),
            ),
            (
                "/properties/properties/properties/accessPolicies/items",
                Some("object"),
            ),
            ("/properties/properties/properties/nothing", None),
        ] {
            assert_eq!(kind_at(vault, path), kind, "{path}");
        }
        assert_eq!(
            kind_at("My.Own/things@1", "/properties/tags"),
            Some("object")
        );
    }
}
