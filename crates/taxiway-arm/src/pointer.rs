//! Where in a template we are, without building text until it is needed.

use std::fmt;

/// A place in a JSON document, as a chain up to its root.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    segment: Segment<'p>,
}

#[derive(Clone, Copy, Debug)]
enum Segment<'p> {
    /// A pointer that is already text, without or with several segments.
    Root(&'p str),
    Member(&'p str),
    Element(usize),
}

impl<'p> Place<'p> {
    /// The place that this JSON pointer names.
    pub(crate) const fn root(pointer: &'p str) -> Self {
        Self {
            parent: None,
            segment: Segment::Root(pointer),
        }
    }

    pub(crate) const fn member(&'p self, name: &'p str) -> Place<'p> {
        Place {
            parent: Some(self),
            segment: Segment::Member(name),
        }
    }

    pub(crate) const fn element(&'p self, index: usize) -> Place<'p> {
        Place {
            parent: Some(self),
            segment: Segment::Element(index),
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(formatter)?;
        }
        match self.segment {
            Segment::Root(pointer) => formatter.write_str(pointer),
            Segment::Member(name) => write!(formatter, "/{}", escape(name)),
            Segment::Element(index) => write!(formatter, "/{index}"),
        }
    }
}

/// A member name as a segment of a JSON pointer. Source: RFC 6901.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
