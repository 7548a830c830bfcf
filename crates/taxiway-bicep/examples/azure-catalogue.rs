//! `azure-catalogue FOLDER < kinds.json > data/azure-types.bin`: makes the catalogue of Azure's resource types.
//!
//! The input is the extract of the type definitions of Azure: `{"files": [[type, …], …]}`, where a type refers to others
//! of its file by index. `FOLDER` holds a file for each type that is known with its values and limits, in one version.
//! Equal types of all files are written once. The format is described in `src/azure_types.rs`.
#![expect(clippy::print_stderr, reason = "this is a command")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Write};

use serde_json::Value;

/// A type with the numbers of the types it refers to.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Node {
    Object(Vec<Member>, Option<usize>),
    /// The property that decides, what all variants have, and each variant by its value.
    Discriminated(usize, Vec<Member>, Vec<(usize, usize)>),
    Array(usize),
    Union(Vec<usize>),
    /// Whether other values are fine, and the known ones.
    Enum(bool, Vec<usize>),
    /// Least and greatest length, the pattern, and whether it is secret.
    Text(Option<usize>, Option<usize>, Option<usize>, bool),
    /// Least and greatest value.
    Int(Option<usize>, Option<usize>),
    Primitive(u8),
}

/// Name, type and flags: 1 required, 2 read-only, 4 write-only.
type Member = (usize, usize, usize);

#[derive(Default)]
struct Catalogue {
    names: Vec<String>,
    name_numbers: HashMap<String, usize>,
    nodes: Vec<Node>,
    node_numbers: HashMap<Node, usize>,
    types: BTreeMap<String, Vec<Version>>,
}

/// One version of a type, which is kept under its name in lower case.
struct Version {
    version: String,
    /// The name of the type as Azure writes it.
    name: usize,
    body: usize,
    /// Where it can be read and deployed: 1 tenant, 2 management group, 4 subscription, 8 resource group, 16 extension.
    read_scopes: usize,
    write_scopes: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let value: Value = serde_json::from_str(&text)?;
    let mut catalogue = Catalogue::default();
    let detailed = detailed_types()?;
    for file in value["files"].as_array().ok_or("no files")? {
        let types = file.as_array().ok_or("a file is no array")?;
        let mut reader = FileReader {
            types,
            detailed: &detailed,
            done: HashMap::new(),
            open: HashSet::new(),
        };
        for (index, kind) in types.iter().enumerate() {
            if kind[0] == "r" {
                reader.resource(&mut catalogue, index);
            }
        }
    }
    let bytes = catalogue.write();
    eprintln!(
        "{} types, {} nodes, {} names, {} bytes",
        catalogue.types.len(),
        catalogue.nodes.len(),
        catalogue.names.len(),
        bytes.len()
    );
    std::io::stdout().write_all(&bytes)?;
    Ok(())
}

/// The types of the folder, by name and version in lower case.
fn detailed_types() -> Result<HashMap<String, Value>, Box<dyn std::error::Error>> {
    let mut types = HashMap::new();
    let folder = std::env::args().nth(1).ok_or("which folder?")?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let value: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
        if let (Some(kind), Some(version)) = (value["type"].as_str(), value["apiVersion"].as_str())
        {
            types.insert(format!("{kind}@{version}").to_lowercase(), value);
        }
    }
    Ok(types)
}

struct FileReader<'v> {
    types: &'v [Value],
    detailed: &'v HashMap<String, Value>,
    done: HashMap<usize, usize>,
    open: HashSet<usize>,
}

fn number(value: &Value) -> usize {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
        .expect("types are referred to by index")
}

impl FileReader<'_> {
    fn resource(&mut self, catalogue: &mut Catalogue, index: usize) {
        let kind = self.types[index][1]
            .as_str()
            .expect("a resource has a name");
        let (name, version) = kind.split_once('@').expect("a resource has a version");
        let body = match self.detailed.get(&kind.to_lowercase()) {
            Some(detailed) => {
                let mut reader = DetailedReader {
                    definitions: &detailed["defs"],
                    open: HashSet::new(),
                };
                reader.node(catalogue, &detailed["body"])
            }
            None => self.node(catalogue, number(&self.types[index][2])),
        };
        let version = Version {
            version: version.to_owned(),
            name: catalogue.name(name),
            body,
            read_scopes: number(&self.types[index][3]),
            write_scopes: number(&self.types[index][4]),
        };
        let versions = catalogue.types.entry(name.to_lowercase()).or_default();
        versions.push(version);
    }

    fn node(&mut self, catalogue: &mut Catalogue, index: usize) -> usize {
        if let Some(done) = self.done.get(&index) {
            return *done;
        }
        if !self.open.insert(index) {
            // A type that holds itself: within it, anything goes.
            return catalogue.add(Node::Primitive(b'*'));
        }
        let value = &self.types[index];
        let node = match value[0].as_str().unwrap_or("") {
            "o" => {
                let properties = self.properties(catalogue, &value[1]);
                let additional = value.get(2).filter(|additional| additional.is_u64());
                let additional =
                    additional.map(|additional| self.node(catalogue, number(additional)));
                Node::Object(properties, additional)
            }
            "d" => {
                let key = catalogue.name(value[1].as_str().expect("a property decides"));
                let properties = self.properties(catalogue, &value[2]);
                let variants = value[3].as_array().expect("variants are an array");
                let variants = variants
                    .iter()
                    .map(|variant| {
                        let name = variant[0].as_str().expect("a variant has a value");
                        let node = self.node(catalogue, number(&variant[1]));
                        (catalogue.name(name), node)
                    })
                    .collect();
                Node::Discriminated(key, properties, variants)
            }
            "a" => Node::Array(self.node(catalogue, number(&value[1]))),
            "u" => {
                let members = value[1].as_array().expect("members are an array");
                let members = members
                    .iter()
                    .map(|member| self.node(catalogue, number(member)))
                    .collect();
                Node::Union(members)
            }
            "s" => Node::Primitive(b's'),
            "S" => Node::Primitive(b'S'),
            "i" => Node::Primitive(b'i'),
            "b" => Node::Primitive(b'b'),
            _ => Node::Primitive(b'*'),
        };
        self.open.remove(&index);
        let number = catalogue.add(node);
        self.done.insert(index, number);
        number
    }

    fn properties(&mut self, catalogue: &mut Catalogue, value: &Value) -> Vec<Member> {
        let properties = value.as_array().expect("properties are an array");
        properties
            .iter()
            .map(|property| {
                let name = catalogue.name(property[0].as_str().expect("a property has a name"));
                let node = self.node(catalogue, number(&property[1]));
                (name, node, number(&property[2]) & 7)
            })
            .collect()
    }
}

/// Reads a type that is known with its values and limits.
struct DetailedReader<'v> {
    definitions: &'v Value,
    open: HashSet<String>,
}

impl DetailedReader<'_> {
    fn node(&mut self, catalogue: &mut Catalogue, value: &Value) -> usize {
        if let Some(name) = value["$ref"].as_str() {
            if !self.open.insert(name.to_owned()) {
                return catalogue.add(Node::Primitive(b'*'));
            }
            let number = self.node(catalogue, &self.definitions[name]);
            self.open.remove(name);
            return number;
        }
        let node = match value["type"].as_str().unwrap_or("") {
            "object" => return self.object(catalogue, value),
            "string" => Self::text(catalogue, value),
            "int" => Self::integer(value),
            "bool" => Node::Primitive(b'b'),
            "array" => Node::Array(self.node(catalogue, &value["items"])),
            "union" => {
                let members = value["of"].as_array().expect("members are an array");
                let members = members.iter().map(|member| self.node(catalogue, member));
                Node::Union(members.collect())
            }
            _ => Node::Primitive(b'*'),
        };
        catalogue.add(node)
    }

    fn text(catalogue: &mut Catalogue, value: &Value) -> Node {
        if let Some(values) = value["enum"].as_array() {
            let values = values.iter().filter_map(Value::as_str);
            let values = values.map(|value| catalogue.name(value)).collect();
            return Node::Enum(value["openEnum"] == true, values);
        }
        let limit = |key: &str| value[key].as_u64().map(|_| number(&value[key]));
        let (least, greatest) = (limit("minLength"), limit("maxLength"));
        let pattern = value["pattern"].as_str();
        let pattern = pattern.map(|pattern| catalogue.name(pattern));
        let secret = value["secret"] == true;
        if least.is_none() && greatest.is_none() && pattern.is_none() && !secret {
            return Node::Primitive(b's');
        }
        Node::Text(least, greatest, pattern, secret)
    }

    fn integer(value: &Value) -> Node {
        let limit = |key: &str| value[key].as_i64().map(|_| number(&value[key]));
        match (limit("min"), limit("max")) {
            (None, None) => Node::Primitive(b'i'),
            (least, greatest) => Node::Int(least, greatest),
        }
    }

    fn object(&mut self, catalogue: &mut Catalogue, value: &Value) -> usize {
        let properties = self.properties(catalogue, &value["properties"]);
        let node = match value["discriminator"].as_str() {
            Some(key) => {
                let variants = value["variants"].as_object().expect("there are variants");
                let variants = variants
                    .iter()
                    .map(|(name, variant)| (catalogue.name(name), self.node(catalogue, variant)))
                    .collect();
                Node::Discriminated(catalogue.name(key), properties, variants)
            }
            None => {
                let additional = value
                    .get("additionalProperties")
                    .map(|additional| self.node(catalogue, additional));
                Node::Object(properties, additional)
            }
        };
        catalogue.add(node)
    }

    fn properties(&mut self, catalogue: &mut Catalogue, value: &Value) -> Vec<Member> {
        let properties = value.as_object().into_iter().flatten();
        properties
            .map(|(name, property)| {
                let flag = |key: &str, bit: usize| if property[key] == true { bit } else { 0 };
                let flags = flag("required", 1) | flag("readOnly", 2) | flag("writeOnly", 4);
                (catalogue.name(name), self.node(catalogue, property), flags)
            })
            .collect()
    }
}

impl Catalogue {
    fn name(&mut self, name: &str) -> usize {
        if let Some(number) = self.name_numbers.get(name) {
            return *number;
        }
        self.names.push(name.to_owned());
        self.name_numbers
            .insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }

    fn add(&mut self, node: Node) -> usize {
        if let Some(number) = self.node_numbers.get(&node) {
            return *number;
        }
        self.nodes.push(node.clone());
        self.node_numbers.insert(node, self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    fn write(&self) -> Vec<u8> {
        let names = self.names.iter().map(|name| name.as_bytes().to_vec());
        let nodes = self.nodes.iter().map(write_node);
        let types = self.types.iter().map(|(lower, versions)| {
            let mut bytes = Vec::new();
            put(&mut bytes, lower.len());
            bytes.extend(lower.as_bytes());
            for version in versions {
                put(&mut bytes, version.version.len());
                bytes.extend(version.version.as_bytes());
                put(&mut bytes, version.name);
                put(&mut bytes, version.body);
                put(&mut bytes, version.read_scopes);
                put(&mut bytes, version.write_scopes);
            }
            bytes
        });
        let mut out = b"TXAZ3\n".to_vec();
        section(&mut out, names.collect());
        section(&mut out, nodes.collect());
        section(&mut out, types.collect());
        out
    }
}

fn write_node(node: &Node) -> Vec<u8> {
    let mut bytes = Vec::new();
    let properties = |bytes: &mut Vec<u8>, properties: &[Member]| {
        put(bytes, properties.len());
        for (name, node, flags) in properties {
            put(bytes, *name);
            put(bytes, node << 3 | flags);
        }
    };
    match node {
        Node::Object(members, additional) => {
            bytes.push(b'o');
            properties(&mut bytes, members);
            put(
                &mut bytes,
                additional.map_or(0, |additional| additional + 1),
            );
        }
        Node::Discriminated(key, members, variants) => {
            bytes.push(b'd');
            put(&mut bytes, *key);
            properties(&mut bytes, members);
            put(&mut bytes, variants.len());
            for (value, variant) in variants {
                put(&mut bytes, *value);
                put(&mut bytes, *variant);
            }
        }
        Node::Enum(is_open, values) => {
            bytes.push(b'e');
            put(&mut bytes, usize::from(*is_open));
            put(&mut bytes, values.len());
            values.iter().for_each(|value| put(&mut bytes, *value));
        }
        Node::Text(least, greatest, pattern, is_secret) => {
            bytes.push(b't');
            put(&mut bytes, least.map_or(0, |least| least + 1));
            put(&mut bytes, greatest.map_or(0, |greatest| greatest + 1));
            put(&mut bytes, pattern.map_or(0, |pattern| pattern + 1));
            put(&mut bytes, usize::from(*is_secret));
        }
        Node::Int(least, greatest) => {
            bytes.push(b'n');
            put(&mut bytes, least.map_or(0, |least| least + 1));
            put(&mut bytes, greatest.map_or(0, |greatest| greatest + 1));
        }
        Node::Array(item) => {
            bytes.push(b'a');
            put(&mut bytes, *item);
        }
        Node::Union(members) => {
            bytes.push(b'u');
            put(&mut bytes, members.len());
            members.iter().for_each(|member| put(&mut bytes, *member));
        }
        Node::Primitive(kind) => bytes.push(*kind),
    }
    bytes
}

/// A count, an offset per entry and one for the end, then the entries.
fn section(out: &mut Vec<u8>, entries: Vec<Vec<u8>>) {
    let little = |value: usize| {
        u32::try_from(value)
            .expect("sections are small")
            .to_le_bytes()
    };
    out.extend(little(entries.len()));
    let mut offset = 0;
    for entry in &entries {
        out.extend(little(offset));
        offset += entry.len();
    }
    out.extend(little(offset));
    out.extend(entries.into_iter().flatten());
}

/// Seven bits a byte, lowest first.
fn put(out: &mut Vec<u8>, value: usize) {
    let mut rest = value;
    while rest >= 0x80 {
        out.push(u8::try_from(rest & 0x7f).expect("seven bits") | 0x80);
        rest >>= 7;
    }
    out.push(u8::try_from(rest).expect("seven bits"));
}
