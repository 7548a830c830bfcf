//! Few combinations in which every two choices meet that can meet at all.

use std::collections::BTreeSet;

type Pair<'a> = (usize, &'a str, usize, &'a str);

/// The indices of rows that hold, together, every pair of values of two columns that any row holds.
///
/// Greedy: the row with the most new pairs, and the first of several. Always the same for the same rows.
pub(crate) fn covering<const N: usize>(rows: &[[String; N]]) -> Vec<usize> {
    let pairs: Vec<BTreeSet<Pair<'_>>> = rows.iter().map(pairs).collect();
    let mut open: BTreeSet<Pair<'_>> = pairs.iter().flatten().copied().collect();
    let mut chosen = Vec::new();
    while !open.is_empty() {
        let new = |index: &usize| pairs[*index].intersection(&open).count();
        let best = (0..rows.len())
            .rev()
            .max_by_key(new)
            .expect("a pair is of a row");
        open.retain(|pair| !pairs[best].contains(pair));
        chosen.push(best);
    }
    chosen.sort_unstable();
    chosen
}

fn pairs<const N: usize>(row: &[String; N]) -> BTreeSet<Pair<'_>> {
    let of = |first: usize| {
        (first + 1..N).map(move |second| (first, row[first].as_str(), second, row[second].as_str()))
    };
    (0..N).flat_map(of).collect()
}

#[test]
fn every_two_values_meet_in_few_rows() {
    let mut rows = Vec::new();
    for a in 0..4 {
        for b in 0..3 {
            for c in 0..3 {
                // One pair that cannot be.
                if (a, b) != (3, 2) {
                    rows.push([format!("a{a}"), format!("b{b}"), format!("c{c}")]);
                }
            }
        }
    }
    let chosen = covering(&rows);
    let met: BTreeSet<Pair<'_>> = chosen.iter().flat_map(|row| pairs(&rows[*row])).collect();
    assert_eq!(met.len(), (4 * 3 - 1) + 4 * 3 + 3 * 3);
    assert!(chosen.len() <= 14, "{} rows", chosen.len());
}
