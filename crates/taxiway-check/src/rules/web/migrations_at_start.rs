//! Every instance migrates the database when it starts.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "migrations-at-start",
    "every instance migrates the database when it starts",
    include_str!("migrations_at_start.md"),
    look,
)
.warning()
.confidence(Confidence::Medium);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for site in sites(graph) {
        let part = site.config("appCommandLine");
        let text = part.text().unwrap_or_default();
        if ["manage.py migrate", "alembic upgrade", "flask db upgrade"].iter().any(|command| text.contains(command)) {
            let message = format!("{} migrates the database at every start of every instance", site.title());
            report.push(Found::at(&part, message).help("migrate once, as a step of the release, before the swap"));
        }
    }
}
