//! Documents: texts with places where lines may break, and what is tried on one line first.

/// A part of a document.
#[derive(Clone, Debug)]
pub(super) enum Document {
    /// Stands as it is.
    Text(String),
    /// A comment at the end of a line; counts for no width.
    Suffix(String),
    /// One text where lines break, another where they do not.
    Either {
        broken: &'static str,
        flat: &'static str,
    },
    /// A place where a line may break, with what stands there if it does not.
    Line(&'static str),
    /// A line break in the source; only between items, never printed.
    SoftLine,
    /// An empty line in the source, or the end of a statement; always breaks.
    HardLine,
    /// One after the other.
    Glue(Vec<Document>),
    /// On one line if that fits, otherwise with every [`Document::Line`] of its own broken.
    Group(Vec<Document>),
    /// Its lines are indented by one level more.
    Indent(Vec<Document>),
    /// A last argument whose first bracket stays on the line of the call; what is inside breaks by itself.
    Tail(Vec<Document>),
}

impl Document {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) const fn is_line(&self) -> bool {
        matches!(self, Self::Line(_) | Self::SoftLine | Self::HardLine)
    }

    /// Whether it ends in a comment that takes the rest of the line.
    pub(super) fn has_suffix(&self) -> bool {
        match self {
            Self::Suffix(_) => true,
            Self::Glue(parts) | Self::Group(parts) | Self::Indent(parts) | Self::Tail(parts) => {
                parts.last().is_some_and(Self::has_suffix)
            }
            _ => false,
        }
    }
}

/// `parts` as one document.
pub(super) fn glue(mut parts: Vec<Document>) -> Document {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        Document::Glue(parts)
    }
}

/// `parts` with `separator` in between; an empty line needs none behind it.
pub(super) fn separated(parts: Vec<Document>, separator: &Document) -> Vec<Document> {
    let mut out: Vec<Document> = Vec::with_capacity(parts.len() * 2);
    for part in parts {
        if out
            .last()
            .is_some_and(|last| !matches!(last, Document::HardLine))
        {
            out.push(separator.clone());
        }
        out.push(part);
    }
    out
}

/// `parts` with one space in between.
pub(super) fn spread(parts: Vec<Document>) -> Document {
    let mut out = Vec::with_capacity(parts.len() * 2);
    for part in parts {
        if !out.is_empty() {
            out.push(Document::text(" "));
        }
        out.push(part);
    }
    glue(out)
}

/// `parts` without line breaks at either end, and each run of them as at most one empty line.
pub(super) fn collapsed(parts: Vec<Document>) -> (Vec<Document>, bool) {
    let mut out = Vec::with_capacity(parts.len());
    let mut has_empty_line = false;
    let mut breaks = 0;
    for part in parts {
        match part {
            Document::SoftLine => breaks += 1,
            Document::HardLine => breaks += 2,
            part => {
                if breaks > 1 && !out.is_empty() {
                    out.push(Document::HardLine);
                    has_empty_line = true;
                }
                breaks = 0;
                out.push(part);
            }
        }
    }
    (out, has_empty_line)
}
