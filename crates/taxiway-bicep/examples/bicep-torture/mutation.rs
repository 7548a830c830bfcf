//! Changes to a text, at random and repeatable.

use taxiway_bicep::syntax::parse;

/// Numbers that look random and follow from a seed (xorshift64*).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(mixed).unwrap_or(0) % limit
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Words that mean something somewhere in the language.
const WORDS: [&str; 68] = [
    "param",
    "var",
    "resource",
    "module",
    "output",
    "type",
    "func",
    "import",
    "metadata",
    "using",
    "extends",
    "extension",
    "assert",
    "targetScope",
    "for",
    "in",
    "if",
    "existing",
    "from",
    "as",
    "with",
    "null",
    "true",
    "a",
    "0",
    "2147483648",
    "99999999999999999999",
    "''",
    "'x'",
    "'${",
    "}'",
    "'''",
    "$'''",
    "$${",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ":",
    "=",
    "=>",
    "?",
    ".",
    ".?",
    "[?",
    "...",
    "??",
    "|",
    "!",
    "\n",
    "\r",
    "@",
    "/*",
    "*/",
    "//",
    "*",
    ",",
    "\\u{",
    "<",
    ">",
    "^",
    "::",
    "#disable-next-line x\n",
    "\u{feff}",
    "💪",
    "resourceInput<'a/b@c'>.x",
];

/// `text` with one to four changes; what it takes from elsewhere comes out of `others`.
pub(crate) fn mutate(text: &str, others: &[String], dice: &mut Dice) -> String {
    let mut text = text.to_owned();
    for _ in 0..=dice.below(4) {
        text = once(&text, others, dice);
    }
    text
}

fn once(text: &str, others: &[String], dice: &mut Dice) -> String {
    let bounds = token_bounds(text);
    let cut = |dice: &mut Dice| bounds[dice.below(bounds.len())];
    let (first, second) = (cut(dice), cut(dice));
    let (start, end) = (first.min(second), first.max(second));
    match dice.below(8) {
        0 => format!("{}{}", &text[..start], &text[end..]),
        1 => {
            let near = bounds
                .iter()
                .copied()
                .find(|bound| *bound > start)
                .unwrap_or(end);
            format!("{}{}", &text[..start], &text[near..])
        }
        2 | 3 => format!(
            "{} {} {}",
            &text[..start],
            dice.pick(&WORDS),
            &text[start..]
        ),
        4 => format!("{}{}{}", &text[..end], &text[start..end], &text[end..]),
        5 => {
            let other = dice.pick(others);
            let bounds = token_bounds(other);
            let (first, second) = (*dice.pick(&bounds), *dice.pick(&bounds));
            let part = &other[first.min(second)..first.max(second)];
            let part = &part[..floor(part, 2000)];
            format!("{}{part}{}", &text[..start], &text[start..])
        }
        6 => {
            let word = dice.pick(&WORDS);
            let count = dice.below(200);
            format!("{}{}{}", &text[..start], word.repeat(count), &text[start..])
        }
        _ => {
            let at = floor(text, dice.below(text.len() + 1));
            let after = text[at..]
                .chars()
                .next()
                .map_or(at, |character| at + character.len_utf8());
            format!("{}{}", &text[..at], &text[after..])
        }
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Where tokens start and end.
pub(crate) fn token_bounds(text: &str) -> Vec<usize> {
    let (tree, _) = parse(text);
    let mut bounds: Vec<usize> = tree
        .tokens()
        .iter()
        .map(|token| token.span.start as usize)
        .collect();
    bounds.push(text.len());
    bounds.dedup();
    bounds
}
