//! A server without passwords is given a login and a password.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "login-without-passwords",
    "a server has an administrator with a password that nobody can use",
    include_str!("login_without_passwords.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("IM-1")]);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let (off, login) = (server.at("properties/authConfig/passwordAuth"), server.at("properties/administratorLoginPassword"));
        let has_others = graph.children(server, "administrators").next().is_some();
        if off.is("Disabled") && has_others && login.is_present() && !login.text().is_some_and(str::is_empty) {
            let message = format!("nobody signs in to `{}` with a password, and it is given one", server.name());
            report.push(Found::at(&login, message).label(&off, "no passwords").help("leave `administratorLogin` and `administratorLoginPassword` out"));
        }
    }
}
