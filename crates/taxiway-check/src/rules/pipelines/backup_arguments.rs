//! A backup is asked for with options that no version of the Azure CLI knows together.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "backup-arguments",
    "a backup is asked for with options that no Azure CLI knows together",
    include_str!("backup_arguments.md"),
    look,
);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for script in files.all_scripts() {
        for command in script.commands() {
            let is_backup = command.is(&["az", "postgres", "flexible-server", "backup", "create"]);
            if is_backup && command.option(&["--server-name", "-s"]).is_some() && let Some(name) = command.option(&["--backup-name", "-b"]) {
                let message = "`--server-name` and `--backup-name` are of different versions of the Azure CLI: the backup always fails";
                let start = script.text[..name.start].rfind("--backup-name").or_else(|| script.text[..name.start].rfind("-b")).unwrap_or(name.start);
                marks.push(Mark::at(script.location(start, name.end), message).help("from 2.86 on: --server-name SERVER --name BACKUP; before: --name SERVER --backup-name BACKUP"));
            }
        }
    }
}
