//! What holds for every text, however wrong it is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use taxiway_bicep::syntax::{TokenKind, parse};
use taxiway_bicep::{Options, compile_parameters_with, compile_with, format};
use taxiway_diagnostics::{Diagnostic, MemorySources};

/// How long one text may take, in a build without optimisation.
const LIMIT: Duration = Duration::from_secs(10);

/// The rule that `text` breaks, if any.
pub(crate) fn broken(text: &str) -> Option<String> {
    let start = Instant::now();
    for (name, rule) in RULES {
        match catch_unwind(AssertUnwindSafe(|| rule(text))) {
            Ok(Ok(())) => {}
            Ok(Err(why)) => return Some(format!("{name}: {why}")),
            Err(_) => return Some(format!("{name}: panicked")),
        }
    }
    (start.elapsed() > LIMIT).then(|| format!("took {:?}", start.elapsed()))
}

const LINTED: Options = Options {
    module_cache: None,
    lint: true,
};

type Rule = fn(&str) -> Result<(), String>;

const RULES: [(&str, Rule); 4] = [
    ("parse", parses_without_loss),
    ("compile", compiles_or_reports),
    ("parameters", parameters_compile_or_report),
    ("format", formats_to_the_same),
];

fn parses_without_loss(text: &str) -> Result<(), String> {
    let (tree, errors) = parse(text);
    if tree.reassemble() != text {
        return Err("the tree is not the text".to_owned());
    }
    let is_inside = |error: &taxiway_bicep::syntax::SyntaxError| {
        text.get(error.span.start as usize..error.span.end as usize)
            .is_some()
    };
    match errors.iter().find(|error| !is_inside(error)) {
        Some(error) => Err(format!("an error points outside of the text: {error:?}")),
        None => Ok(()),
    }
}

fn agree(is_there: bool, diagnostics: &[Diagnostic]) -> Result<(), String> {
    let has_error = diagnostics.iter().any(Diagnostic::is_error);
    if is_there == has_error {
        return Err(format!(
            "a result although there are errors, or none without an error: {is_there}, {diagnostics:?}"
        ));
    }
    Ok(())
}

fn compiles_or_reports(text: &str) -> Result<(), String> {
    let sources: MemorySources = [("main.bicep", text)].into_iter().collect();
    let compilation = compile_with(&sources, "main.bicep".into(), &LINTED);
    agree(compilation.template.is_some(), &compilation.diagnostics)
}

fn parameters_compile_or_report(text: &str) -> Result<(), String> {
    let sources: MemorySources = [("main.bicepparam", text)].into_iter().collect();
    let file = "main.bicepparam".into();
    let compilation = compile_parameters_with(&sources, file, &|_| None, &LINTED);
    agree(compilation.parameters.is_some(), &compilation.diagnostics)
}

fn formats_to_the_same(text: &str) -> Result<(), String> {
    let once = format(text);
    if format(&once) != once {
        return Err("formatting again changes it again".to_owned());
    }
    let (before, after) = (words(text), words(&once));
    if before != after {
        return Err(format!("its tokens change: {before:?} → {after:?}"));
    }
    Ok(())
}

/// The tokens and comments that a formatter must keep, in order; commas may become line breaks, and the first `|` of a
/// union stands only where it has a line of its own.
fn words(text: &str) -> Vec<String> {
    let (tree, _) = parse(text);
    tree.tokens()
        .iter()
        .filter(|token| {
            !matches!(
                token.kind,
                TokenKind::Whitespace
                    | TokenKind::NewLine
                    | TokenKind::Comma
                    | TokenKind::Pipe
                    | TokenKind::EndOfFile
            )
        })
        .map(|token| {
            let text = tree.slice(token.span);
            if token.kind == TokenKind::Directive {
                return directive(text);
            }
            text.trim_end().to_owned()
        })
        .filter(|word| word != "\u{feff}")
        .collect()
}

/// The words of a directive; a comment behind them may get a space before it.
fn directive(text: &str) -> String {
    let (words, comment) = text.split_at(text.find('/').unwrap_or(text.len()));
    let mut words: Vec<&str> = words.split_ascii_whitespace().collect();
    words.push(comment.trim_end());
    words.join(" ")
}
