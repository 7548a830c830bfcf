//! Diagnostics as people read them: the source line, marked, with what to do about it.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::io::IsTerminal as _;
use taxiway_diagnostics::{Diagnostic, Location, Severity, Sources};

/// All of them, each with its place in the text that `sources` has.
pub(crate) fn render(diagnostics: &[Diagnostic], sources: &dyn Sources) -> String {
    let renderer = if std::io::stderr().is_terminal() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&renderer.render(&[group(diagnostic, sources)]));
        text.push_str("\n\n");
    }
    text
}

fn group<'a>(diagnostic: &'a Diagnostic, sources: &dyn Sources) -> Group<'a> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::NOTE,
    };
    let mut group = Group::with_title(
        level
            .primary_title(diagnostic.message.as_str())
            .id(diagnostic.code.as_ref()),
    );
    if let Some(location) = &diagnostic.location {
        group = group.element(snippet(location, sources, AnnotationKind::Primary, None));
    }
    for label in &diagnostic.labels {
        group = group.element(snippet(
            &label.location,
            sources,
            AnnotationKind::Context,
            Some(label.text.as_str()),
        ));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    group
}

fn snippet<'a>(
    location: &'a Location,
    sources: &dyn Sources,
    kind: AnnotationKind,
    label: Option<&'a str>,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let text = sources.read_text(location.path()).unwrap_or_default();
    let end = (location.span.end as usize).min(text.len());
    let start = (location.span.start as usize).min(end);
    let range = if text.is_char_boundary(start) && text.is_char_boundary(end) {
        start..end
    } else {
        0..0
    };
    Snippet::source(text)
        .path(location.path().as_str())
        .annotation(kind.span(range).label(label))
}
