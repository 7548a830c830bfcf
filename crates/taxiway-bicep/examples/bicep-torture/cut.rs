//! Files cut off at every character, and without each of their tokens.

use std::time::Instant;

use camino::Utf8Path;
use taxiway_bicep::syntax::{TokenKind, parse};

use crate::{files, rules};

/// Tries the files of `folder`, about `limit` cuts in all: a file's part goes by its length, and its cuts are evenly
/// spread. Whether nothing broke a rule.
pub(crate) fn run(folder: &Utf8Path, limit: Option<usize>) -> bool {
    let texts = files::bicep(folder);
    let start = Instant::now();
    let total: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let (mut tried, mut possible, mut broken) = (0usize, 0usize, 0usize);
    for (path, text) in &texts {
        let cuts = cuts(text);
        let share = limit.map_or(cuts.len(), |limit| limit * text.len() / total.max(1));
        let count = share.clamp(1, cuts.len().max(1));
        for (at, cut) in cuts.iter().enumerate() {
            if at * count % cuts.len() >= count {
                continue;
            }
            tried += 1;
            if let Some(why) = rules::broken(&cut(text)) {
                broken += 1;
                eprintln!(
                    "{path}, cut {at}: {}",
                    why.chars().take(300).collect::<String>()
                );
            }
        }
        possible += cuts.len();
    }
    println!(
        "{tried} of {possible} cuts of {} files in {:.0?}, {broken} broke a rule",
        texts.len(),
        start.elapsed()
    );
    broken == 0
}

type Cut = Box<dyn Fn(&str) -> String>;

fn cuts(text: &str) -> Vec<Cut> {
    let (tree, _) = parse(text);
    let ends = text
        .char_indices()
        .map(|(end, _)| -> Cut { Box::new(move |text| text[..end].to_owned()) });
    let tokens = tree
        .tokens()
        .iter()
        .filter(|token| token.kind != TokenKind::Whitespace && !token.span.is_empty())
        .map(|token| {
            let range = token.span.range();
            let cut: Cut =
                Box::new(move |text| format!("{}{}", &text[..range.start], &text[range.end..]));
            cut
        });
    ends.chain(tokens).collect()
}
