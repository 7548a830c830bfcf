//! Judging: rules over resources, places, suppressions, and what is left.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use taxiway_diagnostics::{Diagnostic, Label, LineIndex, Location, Place, Severity, Sources, Span};

use crate::evaluated::Evaluated;
use crate::files::Files;
use crate::finding::{Finding, Found, Mark, Marks, Report};
use crate::graph::{Graph, Stage};
use crate::origin::{declarations, origin};
use crate::rule::{Gate, Look, Persona, Rule};
use crate::suppression::{self, Suppression};
use crate::{ALL, fix, member};

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Also what could be better.
    pub pedantic: bool,
    /// Only the rules of this gate.
    pub gate: Option<Gate>,
    /// Only the rules with these codes.
    pub only: Option<Vec<String>>,
    /// What `taxiway.toml` accepts.
    pub allowed: Vec<Allowance>,
}

/// A finding that is accepted for a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The rule.
    pub rule: String,
    /// Only for resources whose type or name holds this text.
    pub resource: Option<String>,
    /// Where this is said.
    pub place: Place,
}

/// One judgement over one or several templates.
pub struct Run<'s> {
    sources: &'s dyn Sources,
    options: Options,
    findings: Vec<Finding>,
    suppressions: Vec<Suppression>,
    allowed: Vec<bool>,
    texts: BTreeMap<Utf8PathBuf, String>,
    judged: BTreeSet<Utf8PathBuf>,
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Run")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl<'s> Run<'s> {
    /// Nothing is judged yet.
    pub fn new(sources: &'s dyn Sources, options: Options) -> Self {
        Self {
            sources,
            allowed: vec![false; options.allowed.len()],
            options,
            findings: Vec::new(),
            suppressions: Vec::new(),
            texts: BTreeMap::new(),
            judged: BTreeSet::new(),
        }
    }

    /// Judges the resources of one template.
    pub fn judge(&mut self, evaluated: &Evaluated) {
        self.read(evaluated);
        let graph = Graph::new(evaluated);
        let mut found: Vec<(&'static Rule, Found)> = Vec::new();
        for rule in ALL.iter().filter(|rule| self.is_asked(rule, graph.stage())) {
            let mut report = Report {
                found: &mut found,
                rule,
            };
            if let Look::Resources(look) = rule.look {
                look(&graph, &mut report);
            }
        }
        for (rule, found) in found {
            let finding = self.locate(evaluated, &graph, rule, &found);
            if !self.is_suppressed(&finding) {
                self.add(finding);
            }
        }
    }

    /// Judges pipelines, images, scripts and code.
    pub fn judge_files(&mut self, files: &Files) {
        let mut found = Vec::new();
        for rule in ALL
            .iter()
            .filter(|rule| self.is_asked(rule, Stage::Production))
        {
            if let Look::Files(look) = rule.look {
                let mut marks = Marks {
                    found: &mut found,
                    rule,
                };
                look(files, &mut marks);
            }
        }
        for path in files.paths() {
            self.read_text(path.clone());
        }
        found.retain(|(_, mark)| files.is_told(mark.location.path()));
        for (rule, mark) in found {
            self.read_text(mark.location.path.clone());
            let finding = of_file(rule, mark);
            if !self.is_suppressed(&finding) {
                self.add(finding);
            }
        }
    }

    fn is_asked(&self, rule: &Rule, stage: Stage) -> bool {
        let is_chosen = self
            .options
            .only
            .as_ref()
            .is_none_or(|only| only.iter().any(|code| code == rule.code));
        // The local cloud listens on the loopback interface and holds nothing that anybody needs tomorrow.
        let is_apt = stage != Stage::Local || rule.gate == Gate::Infrastructure;
        is_chosen && is_apt && self.options.gate.is_none_or(|gate| gate == rule.gate)
    }

    fn read(&mut self, evaluated: &Evaluated) {
        for path in evaluated.files() {
            self.read_text(path);
        }
    }

    fn read_text(&mut self, path: Utf8PathBuf) {
        if self.judged.insert(path.clone())
            && let Ok(text) = self.sources.read_text(&path)
        {
            self.suppressions.extend(suppression::read(&path, &text));
            self.texts.insert(path, text);
        }
    }

    fn locate(
        &self,
        evaluated: &Evaluated,
        graph: &Graph<'_>,
        rule: &'static Rule,
        found: &Found,
    ) -> Finding {
        let resource = graph.nodes[found.node].resource;
        let declared = declarations(evaluated, resource);
        let way = origin(evaluated, resource, &found.path);
        let whole = way.place.as_ref();
        let written = whole.and_then(|place| {
            member::written(evaluated, &self.texts, place, &way.pointer, &way.missing)
        });
        let is_inside = written.is_some();
        // The name of a resource has no place of its own.
        let at_resource = !is_inside
            && (way.is_resource && !way.missing.is_empty()
                || found.path.is_empty()
                || whole == declared.first());
        let full = if at_resource {
            declared.first().cloned()
        } else {
            written.or_else(|| way.place.clone())
        };
        let severity = if found.is_note {
            Severity::Info
        } else {
            rule.severity
        };
        let mut diagnostic = Diagnostic::new(severity, rule.code, found.message.clone());
        diagnostic.location = full.as_ref().map(|full| self.head(full, at_resource));
        if let Some(place) = whole.filter(|_| is_inside) {
            let used = label(self.head(place, false), "used here");
            diagnostic.labels.push(used);
        }
        for hop in &way.hops {
            let hop = self.head(hop, false);
            if Some(&hop) != diagnostic.location.as_ref() && !at_resource {
                diagnostic.labels.push(label(hop, "used here"));
            }
        }
        for (node, path, text) in &found.labels {
            let other = graph.nodes[*node].resource;
            let way = origin(evaluated, other, path);
            let is_whole = path.is_empty() || way.is_resource && !way.missing.is_empty();
            let place = if is_whole {
                declarations(evaluated, other).into_iter().next()
            } else {
                way.place
            };
            diagnostic
                .labels
                .extend(place.map(|place| label(self.head(&place, is_whole), text)));
        }
        diagnostic.help.clone_from(&found.help);
        diagnostic.fix = found.change.as_ref().and_then(|change| {
            fix::build(
                evaluated,
                graph.nodes[change.node].resource,
                change,
                &self.texts,
            )
        });
        let node = &graph.nodes[found.node];
        Finding {
            rule,
            persona: if found.is_pedantic {
                Persona::Pedantic
            } else {
                rule.persona
            },
            diagnostic,
            resource: Some(format!("{} {}", resource.resource_type, node.name())),
            entries: vec![evaluated.entry.name().to_owned()],
            declarations: declared,
        }
    }

    /// What people look at: of a statement the name that it declares, of anything else its first line.
    fn head(&self, location: &Location, is_declaration: bool) -> Location {
        let Some(text) = self
            .texts
            .get(location.path())
            .and_then(|text| text.get(location.span.range()))
        else {
            return location.clone();
        };
        let (start, length) = if is_declaration {
            declared_name(text)
        } else {
            (0, text.lines().next().unwrap_or_default().trim_end().len())
        };
        let begin = location.span.start + small(start);
        Location::new(location.path(), Span::new(begin, begin + small(length)))
    }

    fn is_suppressed(&mut self, finding: &Finding) -> bool {
        let lines = |path: &Utf8PathBuf, offset: u32| {
            self.texts
                .get(path)
                .map_or(0, |text| LineIndex::new(text).line(offset))
        };
        let mut is_suppressed = false;
        for suppression in &mut self.suppressions {
            if suppression.covers(finding, &lines) {
                suppression.is_used = true;
                is_suppressed = true;
            }
        }
        for (allowance, is_used) in self.options.allowed.iter().zip(&mut self.allowed) {
            let is_meant = allowance.rule == finding.rule.code
                && allowance.resource.as_ref().is_none_or(|text| {
                    let resource = finding.resource.as_deref().unwrap_or_default();
                    resource.to_lowercase().contains(&text.to_lowercase())
                });
            *is_used |= is_meant;
            is_suppressed |= is_meant;
        }
        is_suppressed
    }

    /// One place is told once, also where several resources or environments come from it.
    fn add(&mut self, finding: Finding) {
        let same = self.findings.iter_mut().find(|known| {
            let is_told = known.diagnostic.message == finding.diagnostic.message
                || known.resource != finding.resource
                || known.entries != finding.entries;
            known.rule.code == finding.rule.code
                && known.diagnostic.location == finding.diagnostic.location
                && is_told
        });
        match same {
            Some(known) => {
                known.entries.extend(finding.entries);
                known.entries.sort();
                known.entries.dedup();
            }
            None => self.findings.push(finding),
        }
    }

    /// What was found, in the order of files and places.
    pub fn finish(mut self) -> Vec<Finding> {
        let own = suppression::findings(&self.suppressions, &self.options, &self.allowed);
        self.findings.extend(own.into_iter().filter(|finding| {
            let gate = self.options.gate;
            gate.is_none_or(|gate| gate == finding.rule.gate)
                && self
                    .options
                    .only
                    .as_ref()
                    .is_none_or(|only| only.iter().any(|code| code == finding.rule.code))
        }));
        let is_pedantic = self.options.pedantic;
        self.findings
            .retain(|finding| is_pedantic || finding.persona == Persona::Quiet);
        self.findings
            .sort_by(|one, other| one.diagnostic.sort_key().cmp(&other.diagnostic.sort_key()));
        self.findings
    }
}

/// Where in a statement, or in a resource of a template, its name stands: start and length.
fn declared_name(text: &str) -> (usize, usize) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        let name = ["resource ", "module "]
            .iter()
            .find_map(|word| trimmed.strip_prefix(word));
        if let Some(name) = name {
            let length = name.split([' ', '\'']).next().unwrap_or_default().len();
            return (start + indent + trimmed.len() - name.len(), length);
        }
        if trimmed.starts_with("\"type\"") {
            return (
                start + indent,
                trimmed.trim_end().trim_end_matches(',').len(),
            );
        }
        start += line.len();
    }
    (0, text.lines().next().unwrap_or_default().trim_end().len())
}

/// What is about a file is about no resource; `[[check.allow]]` names its path instead.
fn of_file(rule: &'static Rule, mark: Mark) -> Finding {
    let mut diagnostic = Diagnostic::new(rule.severity, rule.code, mark.message);
    let path = mark.location.path.clone();
    diagnostic.location = Some(mark.location);
    diagnostic.help = mark.help;
    diagnostic.fix = mark.fix;
    let labels = mark.labels.into_iter();
    diagnostic.labels = labels
        .map(|(location, text)| Label { location, text })
        .collect();
    Finding {
        rule,
        persona: if mark.is_pedantic {
            Persona::Pedantic
        } else {
            rule.persona
        },
        diagnostic,
        resource: Some(path.to_string()),
        entries: vec![path],
        declarations: Vec::new(),
    }
}

fn label(location: Location, text: &str) -> Label {
    Label {
        location,
        text: text.to_owned(),
    }
}

fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
