//! YAML as a tree whose nodes know where they are written.
//!
//! Pure. [`parse`] reads one document strictly, as those do who run workflows; [`documents`] reads what people left in a
//! repository. Invariants: every byte and line lies inside of the text that was read; scalars are what is written (`3.10` stays
//! `3.10`); aliases are replaced and merge keys merged; nothing larger or deeper than what people write is built, whatever its
//! aliases stand for. Parsing itself is `saphyr-parser`'s.

mod indented;
mod node;
mod reader;

pub use node::{Malformed, Node};
pub use reader::{documents, parse};
