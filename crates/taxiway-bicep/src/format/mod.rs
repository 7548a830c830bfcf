//! The formatter: white space anew, everything else as it was.
//!
//! The tree becomes a document, with places where lines may break; the printer breaks those that do not fit. What breaks
//! when follows the official formatter. Invariants: tokens stay in order, but for commas where a line ends anyway
//! and the first `|` of a union; comments and directives stay; what it gives back is left alone when formatted again.

mod document;
mod layout;
mod options;
mod print;
mod trivia;

pub use options::{FormatOptions, LineEnding};

use crate::syntax::{TokenKind, Tree, parse};
use layout::Layout;
use print::Printer;

/// Formats a `.bicep` or `.bicepparam` file. A file that cannot be parsed comes back as it is.
///
/// ```
/// let text = "param   name string='x'\nvar o={\na:1\n   b : [1,2]\n}";
/// assert_eq!(
///     taxiway_bicep::format(text),
///     "param name string = 'x'\nvar o = {\n  a: 1\n  b: [1, 2]\n}\n"
/// );
/// ```
pub fn format(text: &str) -> String {
    format_with(text, &FormatOptions::default())
}

/// How often a text is laid out at most. A last argument that only breaks because the lines before it do is joined to
/// its call on the second pass, as the official formatter does when it is run twice.
const PASSES: usize = 4;

/// As [`format`], with options.
pub fn format_with(text: &str, options: &FormatOptions) -> String {
    let mut formatted = lay_out(text, options);
    for _ in 1..PASSES {
        let again = lay_out(&formatted, options);
        if again == formatted {
            break;
        }
        formatted = again;
    }
    formatted
}

fn lay_out(text: &str, options: &FormatOptions) -> String {
    let (tree, errors) = parse(text);
    if !errors.is_empty() {
        return text.to_owned();
    }
    let line_ending = line_ending(&tree, options);
    let mut printer = Printer::new(options, line_ending);
    let documents = Layout::new(&tree).file();
    for document in &documents {
        printer.print(0, document);
    }
    if options.final_line_ending && !documents.is_empty() {
        printer.end_line(0);
    }
    printer.finish()
}

fn line_ending(tree: &Tree, options: &FormatOptions) -> &'static str {
    match options.line_ending {
        LineEnding::LineFeed => "\n",
        LineEnding::CarriageReturnLineFeed => "\r\n",
        LineEnding::CarriageReturn => "\r",
        LineEnding::AsItIs => {
            let is_break = |kind: TokenKind| kind == TokenKind::NewLine;
            let first = tree.tokens().iter().find(|token| is_break(token.kind));
            match first.map(|token| tree.slice(token.span)) {
                Some("\r\n") => "\r\n",
                Some("\r") => "\r",
                _ => "\n",
            }
        }
    }
}
