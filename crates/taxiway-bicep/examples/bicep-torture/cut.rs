//! Files cut off at every character, and without each of their tokens.

use std::time::{Duration, Instant};

use camino::Utf8Path;
use taxiway_bicep::syntax::{TokenKind, parse};

use crate::{files, rules};

/// Tries the files of `folder`; if `limit` is too short for all cuts, evenly spread ones. Whether nothing broke a rule.
pub(crate) fn run(folder: &Utf8Path, limit: Duration) -> bool {
    let texts = files::bicep(folder);
    let start = Instant::now();
    let total: usize = texts.iter().map(|(_, text)| text.len() * text.len()).sum();
    let (mut tried, mut possible, mut broken) = (0u64, 0u64, 0u64);
    for (path, text) in &texts {
        let cuts = cuts(text);
        // What a cut costs grows with the length of the text, and a file has as many cuts.
        let share = limit.mul_f64(share(text.len() * text.len(), total));
        let begun = Instant::now();
        let mut at = 0;
        while at < cuts.len() {
            tried += 1;
            if let Some(why) = rules::broken(&cuts[at](text)) {
                broken += 1;
                eprintln!(
                    "{path}, cut {at}: {}",
                    why.chars().take(300).collect::<String>()
                );
            }
            let done = share_of_time(begun.elapsed(), share);
            at += 1;
            // Skips ahead to where the time that has gone by would have led.
            while share_of_cuts(at, cuts.len()) < done && at < cuts.len() {
                at += 1;
            }
        }
        possible += cuts.len() as u64;
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

#[expect(
    clippy::cast_precision_loss,
    reason = "a share of time need not be exact"
)]
fn share(part: usize, total: usize) -> f64 {
    part as f64 / total.max(1) as f64
}

fn share_of_cuts(done: usize, total: usize) -> f64 {
    share(done, total)
}

fn share_of_time(gone: Duration, whole: Duration) -> f64 {
    if whole.is_zero() {
        return 1.0;
    }
    gone.as_secs_f64() / whole.as_secs_f64()
}
