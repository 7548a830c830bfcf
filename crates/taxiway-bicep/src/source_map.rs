//! From a place in the emitted template back to the source.

mod place;

use camino::Utf8PathBuf;
use taxiway_diagnostics::Location;

use crate::json::{Json, Origin};
use place::Place;

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
    ///
    /// The pointer may be that of an evaluated resource's property: where the template has a variable or a parameter of a
    /// nested template in its place, its value is followed, and where it has a loop, what the loop repeats.
    pub fn locate(&self, pointer: &str) -> Option<Location> {
        let mut place = Place::at_root(self.template.as_ref()?);
        for token in pointer.split('/').skip(1) {
            let key = token.replace("~1", "/").replace("~0", "~");
            if !place.enter(&key) {
                break;
            }
        }
        place.origin.and_then(|origin| self.location(origin))
    }

    /// The files that the template was made from.
    pub fn files(&self) -> &[Utf8PathBuf] {
        &self.files
    }

    fn location(&self, origin: Origin) -> Option<Location> {
        let path = self.files.get(origin.file as usize)?;
        Some(Location::new(path.clone(), origin.span))
    }
}
