//! From a place in the emitted template back to the source.

use camino::Utf8PathBuf;
use taxiway_diagnostics::Location;

use crate::json::{Json, JsonValue, Origin};

/// Knows for each part of a template which file and stretch it was made from, through modules.
///
/// ```
/// use taxiway_bicep::compile;
/// use taxiway_diagnostics::MemorySources;
///
/// let sources = MemorySources::from_text("--- main.bicep\nvar greeting = 'hello'\noutput text string = greeting\n");
/// let compilation = compile(&sources, "main.bicep".into());
/// let location = compilation.source_map.locate("/variables/greeting").unwrap();
/// assert_eq!((location.path().as_str(), location.span.start), ("main.bicep", 15));
/// ```
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    template: Option<Json>,
    files: Vec<Utf8PathBuf>,
}

impl SourceMap {
    pub(crate) const fn new(template: Json, files: Vec<Utf8PathBuf>) -> Self {
        Self {
            template: Some(template),
            files,
        }
    }

    /// The source of what the JSON pointer `pointer` names, or of the nearest part around it that has one.
    pub fn locate(&self, pointer: &str) -> Option<Location> {
        let mut current = self.template.as_ref()?;
        let mut origin = current.origin;
        for token in pointer.split('/').skip(1) {
            let key = token.replace("~1", "/").replace("~0", "~");
            let Some(next) = step(current, &key) else {
                break;
            };
            current = next;
            origin = next.origin.or(origin);
        }
        origin.and_then(|origin| self.location(origin))
    }

    fn location(&self, origin: Origin) -> Option<Location> {
        let path = self.files.get(origin.file as usize)?;
        Some(Location::new(path.clone(), origin.span))
    }
}

fn step<'json>(json: &'json Json, key: &str) -> Option<&'json Json> {
    match &json.value {
        JsonValue::Object(members) => members.get(key),
        JsonValue::Array(items) => items.get(key.parse::<usize>().ok()?),
        JsonValue::Shared(shared) => step(shared, key),
        JsonValue::Null | JsonValue::Bool(_) | JsonValue::Number(_) | JsonValue::String(_) => None,
    }
}
