//! Files changed at random.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use camino::Utf8Path;

use crate::mutation::{Dice, mutate, token_bounds};
use crate::{files, rules};

/// How long a text may get; the official limits are far lower.
const LONGEST: usize = 60_000;
/// What is no answer after this time never ends.
const STUCK: Duration = Duration::from_secs(60);

/// Makes `count` texts out of the files of `folder`; whether none broke a rule. The same seed makes the same texts.
pub(crate) fn run(folder: &Utf8Path, count: u64, seed: u64) -> bool {
    let texts: Vec<String> = files::bicep(folder)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    if texts.is_empty() {
        eprintln!("no Bicep files below {folder}");
        return false;
    }
    let (inputs, receiver) = mpsc::channel::<String>();
    let (sender, verdicts) = mpsc::channel::<Option<String>>();
    // The stack is that of a thread of tests, smaller than the main thread's.
    std::thread::spawn(move || {
        for text in receiver {
            let _ = sender.send(rules::broken(&text));
        }
    });
    std::panic::set_hook(Box::new(|_| {}));
    let judge = |text: &str| -> Option<String> {
        keep("current.bicep", text);
        inputs.send(text.to_owned()).ok()?;
        verdicts
            .recv_timeout(STUCK)
            .unwrap_or_else(|_| Some("stuck".to_owned()))
    };
    let start = Instant::now();
    let mut dice = Dice::new(seed);
    let (mut tried, mut found) = (0u64, 0u32);
    while tried < count && found < 20 {
        let chosen: &String = dice.pick(&texts);
        let text = mutate(chosen, &texts, &mut dice);
        if text.len() > LONGEST {
            continue;
        }
        tried += 1;
        let Some(why) = judge(&text) else { continue };
        found += 1;
        let small = if why == "stuck" {
            text
        } else {
            minimise(text, &judge)
        };
        let name = format!("{seed}-{found}.bicep");
        keep(&name, &small);
        eprintln!(
            "found/{name}: {}",
            why.chars().take(300).collect::<String>()
        );
        if why == "stuck" {
            break;
        }
    }
    println!(
        "{tried} texts in {:.0?}, {found} broke a rule",
        start.elapsed()
    );
    found == 0
}

fn keep(name: &str, text: &str) {
    let kept = std::fs::create_dir_all("found")
        .and_then(|()| std::fs::write(Utf8Path::new("found").join(name), text));
    if let Err(error) = kept {
        eprintln!("found/{name} cannot be written: {error}");
    }
}

/// The text with as many stretches of tokens removed as can be while a rule stays broken.
fn minimise(mut text: String, judge: &dyn Fn(&str) -> Option<String>) -> String {
    let start = Instant::now();
    let mut width = token_bounds(&text).len() / 2;
    while width > 0 && start.elapsed() < Duration::from_secs(60) {
        let mut at = 0;
        loop {
            let bounds = token_bounds(&text);
            if at + width >= bounds.len() || start.elapsed() > Duration::from_secs(60) {
                break;
            }
            let without = format!("{}{}", &text[..bounds[at]], &text[bounds[at + width]..]);
            if judge(&without).is_some() {
                text = without;
            } else {
                at += width;
            }
        }
        width /= 2;
    }
    text
}
