//! `azure-catalogue < kinds.json > data/azure-types.bin`: makes the catalogue of Azure's resource types.
//!
//! The input is the extract of the type definitions of Azure: `{"files": [[type, …], …]}`, where a type refers to others
//! of its file by index. Equal types of all files are written once. The format is described in `src/azure_types.rs`.
#![expect(clippy::print_stderr, reason = "this is a command")]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{Read, Write};

use serde_json::Value;

/// A type with the numbers of the types it refers to.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Node {
    Object(Vec<(usize, usize)>, Option<usize>),
    Discriminated(Vec<(usize, usize)>, Vec<usize>),
    Array(usize),
    Union(Vec<usize>),
    Primitive(u8),
}

#[derive(Default)]
struct Catalogue {
    names: Vec<String>,
    name_numbers: HashMap<String, usize>,
    nodes: Vec<Node>,
    node_numbers: HashMap<Node, usize>,
    /// By lower-case type: version, name as written, body.
    types: BTreeMap<String, Vec<(String, usize, usize)>>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let value: Value = serde_json::from_str(&text)?;
    let mut catalogue = Catalogue::default();
    for file in value["files"].as_array().ok_or("no files")? {
        let types = file.as_array().ok_or("a file is no array")?;
        let mut reader = FileReader {
            types,
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

struct FileReader<'v> {
    types: &'v [Value],
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
        let body = self.node(catalogue, number(&self.types[index][2]));
        let name_number = catalogue.name(name);
        let version = version.to_owned();
        let versions = catalogue.types.entry(name.to_lowercase()).or_default();
        versions.push((version, name_number, body));
    }

    fn node(&mut self, catalogue: &mut Catalogue, index: usize) -> usize {
        if let Some(done) = self.done.get(&index) {
            return *done;
        }
        if !self.open.insert(index) {
            // A type that holds itself: how deep it goes makes no difference to kinds.
            return catalogue.add(Node::Object(Vec::new(), None));
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
                let properties = self.properties(catalogue, &value[2]);
                let variants = value[3].as_array().expect("variants are an array");
                let variants = variants
                    .iter()
                    .map(|variant| self.node(catalogue, number(&variant[1])))
                    .collect();
                Node::Discriminated(properties, variants)
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
            "s" | "S" => Node::Primitive(b's'),
            "i" => Node::Primitive(b'i'),
            "b" => Node::Primitive(b'b'),
            _ => Node::Primitive(b'*'),
        };
        self.open.remove(&index);
        let number = catalogue.add(node);
        self.done.insert(index, number);
        number
    }

    fn properties(&mut self, catalogue: &mut Catalogue, value: &Value) -> Vec<(usize, usize)> {
        let properties = value.as_array().expect("properties are an array");
        properties
            .iter()
            .map(|property| {
                let name = catalogue.name(property[0].as_str().expect("a property has a name"));
                (name, self.node(catalogue, number(&property[1])))
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
            for (version, name, body) in versions {
                put(&mut bytes, version.len());
                bytes.extend(version.as_bytes());
                put(&mut bytes, *name);
                put(&mut bytes, *body);
            }
            bytes
        });
        let mut out = b"TXAZ1\n".to_vec();
        section(&mut out, names.collect());
        section(&mut out, nodes.collect());
        section(&mut out, types.collect());
        out
    }
}

fn write_node(node: &Node) -> Vec<u8> {
    let mut bytes = Vec::new();
    let properties = |bytes: &mut Vec<u8>, properties: &[(usize, usize)]| {
        put(bytes, properties.len());
        for (name, node) in properties {
            put(bytes, *name);
            put(bytes, *node);
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
        Node::Discriminated(members, variants) => {
            bytes.push(b'd');
            properties(&mut bytes, members);
            put(&mut bytes, variants.len());
            variants
                .iter()
                .for_each(|variant| put(&mut bytes, *variant));
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
