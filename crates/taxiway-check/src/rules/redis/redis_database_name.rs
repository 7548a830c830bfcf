//! The database of a managed cache has another name than `default`.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "redis-database-name",
    "the database of a managed cache has another name than `default`",
    include_str!("redis_database_name.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for database in graph.of("Microsoft.Cache/redisEnterprise/databases") {
        if database.known_name().is_some_and(|name| !name.eq_ignore_ascii_case("default")) {
            report.push(Found::on(database, format!("the database is called `{}`; a cache has one, called `default`", database.name())));
        }
    }
}
