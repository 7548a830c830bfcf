//! Generated files against a person's edits.
