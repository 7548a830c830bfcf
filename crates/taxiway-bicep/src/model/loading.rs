//! Functions whose value is read from a file when the template is made.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use camino::Utf8Path;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use saphyr::{LoadableYamlNode, Yaml};
use serde_json::{Value, json};
use taxiway_diagnostics::{Diagnostic, Location, ReadError, Severity};

use super::{Model, Target, Workspace, path as paths};
use crate::ast::walk::{children, roots};
use crate::ast::{Expr, ExprKind, Statement};
use crate::configuration::parse_lenient_json;
use crate::{functions, json_path};

const MAX_TEXT: usize = 131_072;
const MAX_BINARY: usize = 98_304;
const MAX_DOCUMENT: usize = 1_048_576;
/// Values within each other in YAML.
const MAX_YAML_DEPTH: usize = 128;

/// What a call of a load function stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LoadedValue {
    /// The number of the variable that holds it; `None` where it stands in place.
    pub(crate) variable: Option<usize>,
    pub(crate) value: Value,
}

/// A call of a load function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoadFunction<'a> {
    pub(crate) name: &'a str,
    pub(crate) arguments: &'a [Expr],
}

impl<'a> LoadFunction<'a> {
    /// Whether `expr` is such a call.
    pub(crate) fn of(model: &Model, expr: &'a Expr) -> Option<Self> {
        let (name, arguments) = match &expr.kind {
            ExprKind::Call { name, arguments } if model.target(name).is_none() => (name, arguments),
            ExprKind::Method {
                base,
                name,
                arguments,
                ..
            } => {
                let ExprKind::Name(namespace) = &base.kind else {
                    return None;
                };
                if model.target(namespace) != Some(Target::Namespace) {
                    return None;
                }
                (name, arguments)
            }
            _ => return None,
        };
        functions::is_load(&name.text).then_some(Self {
            name: &name.text,
            arguments,
        })
    }
}

/// Reads what the load functions of `model` name, in source order.
pub(super) fn load_all(workspace: &Workspace<'_>, model: &mut Model) {
    let mut calls: Vec<(&Expr, bool)> = Vec::new();
    for statement in &model.statements {
        let in_place = |expr: &Expr| match statement {
            Statement::Function(_) => true,
            Statement::Variable(variable) => {
                std::ptr::eq(expr, &raw const variable.value)
                    && LoadFunction::of(model, expr).is_some_and(|load| {
                        matches!(load.name, "loadTextContent" | "loadFileAsBase64")
                    })
            }
            _ => false,
        };
        roots(statement, &mut |root| {
            collect(model, root, &mut |expr| calls.push((expr, in_place(expr))));
        });
    }
    let mut next = 0;
    let mut loads = std::collections::HashMap::new();
    for (expr, in_place) in calls {
        let Some(call) = LoadFunction::of(model, expr) else {
            continue;
        };
        let value = match load(workspace, &model.path, call) {
            Ok(value) => value,
            Err(problem) => {
                workspace.error(&model.path, expr.span, problem.code, problem.message);
                continue;
            }
        };
        let variable = (!in_place).then(|| {
            next += 1;
            next - 1
        });
        loads.insert(expr.span.start, LoadedValue { variable, value });
    }
    model.has_errors |= workspace.has_errors_in(&model.path);
    model.loads = loads;
}

fn collect<'a>(model: &Model, expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    if LoadFunction::of(model, expr).is_some() {
        return visit(expr);
    }
    children(expr, &mut |child| collect(model, child, visit));
}

/// Why nothing can be loaded.
pub(crate) struct Problem {
    code: &'static str,
    pub(crate) message: String,
}

fn problem(code: &'static str, message: impl Into<String>) -> Problem {
    Problem {
        code,
        message: message.into(),
    }
}

/// The value of one call, written in the file `from`.
pub(crate) fn load(
    workspace: &Workspace<'_>,
    from: &Utf8Path,
    call: LoadFunction<'_>,
) -> Result<Value, Problem> {
    let text_argument = |index: usize| call.arguments.get(index).and_then(Expr::plain_string);
    let Some(reference) = text_argument(0) else {
        return Err(problem(
            "BCP032",
            format!("the path given to `{}` must be a literal string", call.name),
        ));
    };
    if let Some((code, message)) = paths::wrong(reference) {
        return Err(problem(code, message));
    }
    let path = paths::join(from, reference);
    let is_document = matches!(call.name, "loadJsonContent" | "loadYamlContent");
    let place = if is_document { 2 } else { 1 };
    let encoding = text_argument(place).unwrap_or("utf-8");
    let decoded = |bytes: &[u8]| {
        if let (Some(marked), Some(argument)) = (marked(bytes), call.arguments.get(place))
            && !marked.eq_ignore_ascii_case(encoding)
        {
            let message = format!("the file says that it is `{marked}`, and is read as that");
            workspace.report(Diagnostic {
                location: Some(Location::new(from, argument.span)),
                ..Diagnostic::new(Severity::Info, "BCP185", message)
            });
        }
        decode(bytes, encoding)
    };
    match call.name {
        "loadDirectoryFileInfo" => Ok(directory(workspace, from, &path, text_argument(1))),
        "loadFileAsBase64" => {
            let bytes = read(workspace, &path, reference, MAX_BINARY)?;
            limit(bytes.len(), MAX_BINARY, reference)?;
            Ok(Value::String(STANDARD.encode(bytes)))
        }
        "loadTextContent" => {
            let text = decoded(&read(workspace, &path, reference, MAX_TEXT)?)?;
            limit(text.encode_utf16().count(), MAX_TEXT, reference)?;
            Ok(Value::String(text))
        }
        _ => {
            let text = decoded(&read(workspace, &path, reference, MAX_DOCUMENT)?)?;
            limit(text.encode_utf16().count(), MAX_DOCUMENT, reference)?;
            let value = if call.name == "loadYamlContent" {
                yaml(&text)
            } else {
                parse_lenient_json(&text).map_err(|error| error.to_string())
            };
            let value = value.map_err(|cause| {
                problem("BCP186", format!("`{reference}` cannot be parsed: {cause}"))
            })?;
            match text_argument(1) {
                Some(query) => json_path::select(&value, query).ok_or_else(|| {
                    problem(
                        "BCP235",
                        format!("nothing in `{reference}` is at `{query}`"),
                    )
                }),
                None => Ok(value),
            }
        }
    }
}

/// The bytes of a file that has at most `most` characters; what is larger in any case is not read to its end.
fn read(
    workspace: &Workspace<'_>,
    path: &Utf8Path,
    reference: &str,
    most: usize,
) -> Result<Vec<u8>, Problem> {
    // A character has at most four bytes, and a mark may stand in front.
    match workspace.sources.read_up_to(path, 4 * most + 4) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => limit(usize::MAX, most, reference).map(|()| Vec::new()),
        Err(ReadError::NotFound) => {
            Err(problem("BCP091", format!("there is no file `{reference}`")))
        }
        Err(ReadError::Failed(cause)) => Err(problem(
            "BCP091",
            format!("`{reference}` cannot be read: {cause}"),
        )),
    }
}

fn limit(length: usize, most: usize, reference: &str) -> Result<(), Problem> {
    if length > most {
        return Err(problem(
            "BCP184",
            format!("`{reference}` is longer than the {most} that may be loaded"),
        ));
    }
    Ok(())
}

/// The encoding that the mark at the start of a file says, as the language calls it.
fn marked(bytes: &[u8]) -> Option<&'static str> {
    let (encoding, _) = Encoding::for_bom(bytes)?;
    Some(if encoding == UTF_8 {
        "utf-8"
    } else if encoding == UTF_16BE {
        "utf-16BE"
    } else {
        "utf-16"
    })
}

fn decode(bytes: &[u8], name: &str) -> Result<String, Problem> {
    let encoding: &'static Encoding = match name.to_lowercase().as_str() {
        "utf-8" | "us-ascii" => UTF_8,
        "utf-16" => UTF_16LE,
        "utf-16be" => UTF_16BE,
        "iso-8859-1" => WINDOWS_1252,
        _ => {
            return Err(problem(
                "BCP070",
                format!(
                    "there is no encoding `{name}`; use `utf-8`, `utf-16`, `utf-16BE`, `us-ascii` or `iso-8859-1`"
                ),
            ));
        }
    };
    Ok(encoding.decode(bytes).0.into_owned())
}

fn directory(
    workspace: &Workspace<'_>,
    from: &Utf8Path,
    folder: &Utf8Path,
    pattern: Option<&str>,
) -> Value {
    let mut files: Vec<_> = workspace
        .sources
        .files()
        .into_iter()
        .filter(|file| file.parent() == Some(folder))
        .filter(|file| {
            let name = file.file_name().unwrap_or("");
            pattern.is_none_or(|pattern| matches_pattern(pattern, name))
        })
        .collect();
    files.sort_by_key(|file| file.as_str().to_lowercase());
    files
        .iter()
        .map(|file| {
            let name = file.file_name().unwrap_or("");
            let extension = name.rfind('.').map_or("", |dot| &name[dot..]);
            json!({
                "relativePath": paths::relative(from, file),
                "baseName": name,
                "extension": extension,
            })
        })
        .collect()
}

/// Whether `name` fits a pattern with `*` and `?`.
pub(crate) fn matches_pattern(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut at_pattern, mut at_name) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at_name < name.len() {
        match pattern.get(at_pattern) {
            Some('*') => {
                star = Some((at_pattern, at_name));
                at_pattern += 1;
            }
            Some(expected) if *expected == '?' || *expected == name[at_name] => {
                at_pattern += 1;
                at_name += 1;
            }
            _ => match star {
                Some((pattern_start, name_start)) => {
                    at_pattern = pattern_start + 1;
                    at_name = name_start + 1;
                    star = Some((pattern_start, name_start + 1));
                }
                None => return false,
            },
        }
    }
    pattern[at_pattern..].iter().all(|rest| *rest == '*')
}

fn yaml(text: &str) -> Result<Value, String> {
    if is_too_deep(text) {
        return Err(format!(
            "more than {MAX_YAML_DEPTH} values are within each other"
        ));
    }
    let documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
    Ok(documents.first().map_or(Value::Null, yaml_value))
}

/// Whether the blocks of a document are too deep within each other to be read one inside the other: by how far the lines
/// are indented, and how many items begin on one line. The reader limits brackets itself.
fn is_too_deep(text: &str) -> bool {
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut depth = 0;
    for line in text.lines() {
        let mut rest = line.trim_start_matches(' ');
        if rest.is_empty() {
            continue;
        }
        let column = line.len() - rest.len();
        while let Some((_, levels)) = open.pop_if(|(at, _)| *at >= column) {
            depth -= levels;
        }
        let mut levels = 1;
        while let Some(inner) = rest.strip_prefix("- ").or_else(|| rest.strip_prefix("? ")) {
            levels += 1;
            rest = inner.trim_start_matches(' ');
        }
        open.push((column, levels));
        depth += levels;
        if depth > MAX_YAML_DEPTH {
            return true;
        }
    }
    false
}

fn yaml_value(node: &Yaml<'_>) -> Value {
    if let Some(value) = node.as_bool() {
        return Value::Bool(value);
    }
    if let Some(value) = node.as_integer() {
        return Value::from(value);
    }
    if let Some(value) = node.as_floating_point() {
        return Value::from(value);
    }
    if let Some(value) = node.as_str() {
        return Value::String(value.to_owned());
    }
    if let Some(items) = node.as_sequence() {
        return items.iter().map(yaml_value).collect();
    }
    if let Some(mapping) = node.as_mapping() {
        return mapping
            .iter()
            .map(|(key, value)| (yaml_key(key), yaml_value(value)))
            .collect::<serde_json::Map<_, _>>()
            .into();
    }
    Value::Null
}

fn yaml_key(key: &Yaml<'_>) -> String {
    match yaml_value(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
