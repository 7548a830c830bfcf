//! Old backups are deleted by a command that deletes none, or all.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "backups-never-pruned",
    "old backups are deleted by a command that deletes none, or all",
    include_str!("backups_never_pruned.md"),
    look,
)
.gate(Gate::Operations);

fn look(files: &Files, marks: &mut Marks<'_>) {
    for script in files.all_scripts() {
        for command in script.commands().iter().filter(|command| command.program() == "gsutil") {
            let words = command.call();
            let Some(verb) = words.iter().position(|word| word.text == "rm") else { continue };
            let flag = words[verb..].iter().position(|word| matches!(word.text.as_str(), "-r" | "-R" | "-a"));
            let target = words[verb + 1..].iter().position(|word| !word.text.starts_with('-')).map(|at| at + 1);
            let (Some(flag), Some(target)) = (flag, target) else { continue };
            let path = &words[verb + target].text;
            let place = script.location(command.start, command.end);
            if flag > target {
                marks.push(Mark::at(place, "gsutil refuses an option behind the path: nothing is ever deleted").help("a lifecycle rule of the bucket deletes what is older than so many days"));
            } else if path.to_lowercase().contains("backup") && path.ends_with("/*") {
                marks.push(Mark::at(place, "this deletes every backup, the newest included").help("a lifecycle rule of the bucket deletes what is older than so many days"));
            }
        }
    }
}
