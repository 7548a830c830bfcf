//! Findings that are accepted in the source: `// taxiway:allow(code) reason`, and `# taxiway:allow(code) reason` where `#` starts a
//! comment.
//!
//! Behind a line's code the comment is about that line; on a line of its own, about the next one. Above or behind the head of
//! a `resource` or `module` statement it is about everything that the statement declares.

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_diagnostics::{Diagnostic, Location, Span};

use crate::finding::Finding;
use crate::rule::Rule;
use crate::rules::{ALL, EXPLAINED, STALE, UNKNOWN};
use crate::run::Options;

const START: &str = "taxiway:allow(";

/// One code that one comment allows.
#[derive(Debug)]
pub(crate) struct Suppression {
    code: String,
    reason: String,
    place: Location,
    /// The lines that it is about, from 1.
    lines: std::ops::RangeInclusive<u32>,
    pub(crate) is_used: bool,
}

/// The suppressions in a text.
pub(crate) fn read(path: &Utf8Path, text: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
    if !text.contains(START) {
        return found;
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let mut offset = 0;
    for (index, line) in lines.iter().enumerate() {
        if let Some(comment) = comment(line) {
            let start = offset + comment;
            let place = Location::new(
                path,
                Span::new(small(start), small(offset + line.trim_end().len())),
            );
            let covered = covered(&lines, index, comment);
            found.extend(parse(&line[comment..], &place, &covered));
        }
        offset += line.len() + 1;
    }
    found
}

/// Where in the line the comment starts.
fn comment(line: &str) -> Option<usize> {
    let start = line.find(START)?;
    let before = line[..start].trim_end();
    let sign = ["//", "#"].iter().find(|sign| before.ends_with(**sign))?;
    Some(before.len() - sign.len())
}

fn covered(lines: &[&str], index: usize, comment: usize) -> std::ops::RangeInclusive<u32> {
    let line = small(index + 1);
    if !lines[index][..comment].trim().is_empty() {
        return line..=line;
    }
    let is_between = |line: &&str| {
        let text = line.trim();
        text.is_empty() || text.starts_with("//") || text.starts_with(['@', '#'])
    };
    let skipped = lines[index + 1..]
        .iter()
        .take_while(|line| is_between(line))
        .count();
    line..=line + small(skipped) + 1
}

fn parse(
    comment: &str,
    place: &Location,
    lines: &std::ops::RangeInclusive<u32>,
) -> Vec<Suppression> {
    let inner = comment.split_once(START).map_or("", |(_, rest)| rest);
    let (codes, reason) = inner.split_once(')').unwrap_or((inner, ""));
    codes
        .split(',')
        .map(|code| Suppression {
            code: code.trim().to_owned(),
            reason: reason.trim_start_matches([':', ' ']).trim().to_owned(),
            place: place.clone(),
            lines: lines.clone(),
            is_used: false,
        })
        .collect()
}

impl Suppression {
    /// Whether it is about a finding; `line` tells the line of an offset.
    pub(crate) fn covers(
        &self,
        finding: &Finding,
        line: &dyn Fn(&Utf8PathBuf, u32) -> u32,
    ) -> bool {
        if self.code != finding.rule.code || self.reason.is_empty() {
            return false;
        }
        let is_on_line = |location: &Location| {
            location.path == self.place.path
                && self
                    .lines
                    .contains(&line(&location.path, location.span.start))
        };
        // A statement starts with its decorators; its head may be any line of those that the comment is about.
        let starts_here = |location: &Location| {
            location.path == self.place.path && {
                let first = line(&location.path, location.span.start);
                self.lines.contains(&first)
            }
        };
        let diagnostic = &finding.diagnostic;
        diagnostic.location.as_ref().is_some_and(is_on_line)
            || diagnostic
                .labels
                .iter()
                .any(|label| is_on_line(&label.location))
            || finding.declarations.iter().any(starts_here)
    }
}

/// What is wrong with the suppressions themselves.
pub(crate) fn findings(
    suppressions: &[Suppression],
    options: &Options,
    allowed: &[bool],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_asked = |code: &str| {
        let rule = ALL.iter().find(|rule| rule.code == code);
        rule.is_some_and(|rule| options.gate.is_none_or(|gate| gate == rule.gate))
            && options
                .only
                .as_ref()
                .is_none_or(|only| only.iter().any(|one| one == code))
    };
    for suppression in suppressions {
        let code = &suppression.code;
        let place = &suppression.place;
        if !is_known(code) {
            findings.push(finding(&UNKNOWN, place.clone(), unknown(code)));
        } else if suppression.reason.is_empty() {
            findings.push(finding(
                &EXPLAINED,
                place.clone(),
                format!("`{code}` is allowed without a reason"),
            ));
        } else if !suppression.is_used && is_asked(code) {
            findings.push(finding(
                &STALE,
                place.clone(),
                format!("`{code}` is allowed, and nothing has it"),
            ));
        }
    }
    for (allowance, is_used) in options.allowed.iter().zip(allowed) {
        let place = Location::new(allowance.place.path(), Span::at(0));
        let line = allowance.place.line();
        if !is_known(&allowance.rule) {
            let message = format!("{} (line {line})", unknown(&allowance.rule));
            findings.push(finding(&UNKNOWN, place, message));
        } else if !is_used && is_asked(&allowance.rule) {
            let message = format!(
                "`{}` is allowed in line {line}, and nothing has it",
                allowance.rule
            );
            findings.push(finding(&STALE, place, message));
        }
    }
    findings
}

fn is_known(code: &str) -> bool {
    ALL.iter().any(|rule| rule.code == code)
}

fn unknown(code: &str) -> String {
    format!("there is no rule `{code}`")
}

fn finding(rule: &'static Rule, place: Location, message: String) -> Finding {
    let mut diagnostic = Diagnostic::new(rule.severity, rule.code, message);
    diagnostic.location = Some(place);
    Finding {
        rule,
        persona: rule.persona,
        diagnostic,
        resource: None,
        entries: Vec::new(),
        declarations: Vec::new(),
    }
}

fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
