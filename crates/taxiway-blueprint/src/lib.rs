//! Writes the files of a [`Platform`](taxiway_platform::Platform), and merges them with a person's edits.
//!
//! [`files`] gives the whole set for one platform: Bicep, the settings overlay, the server's configuration. Parts that are the
//! same for every application are real files under `files/`; what depends on the application is built as a tree and
//! printed. [`plan_changes`] compares the set with the repository: a person's edits are merged or kept, never overwritten.
//! Pure: same input, same bytes.

mod containers;
mod dotenv;
mod file;
mod frontend;
mod generate;
mod handwritten;
mod hygiene;
mod images;
mod infrastructure;
mod merge;
mod overlay;
mod python_literal;
mod relative;
mod requirements;
mod sections;
mod source_folder;
mod tooling;
mod workflows;
mod yaml;

pub use file::{GeneratedFile, Mode};
pub use frontend::{Frontend, PackageManager};
pub use generate::files;
pub use handwritten::Handwritten;
pub use merge::{ChangeKind, FileChange, Step, plan_changes, steps};
