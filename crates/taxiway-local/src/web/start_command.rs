//! The command that starts an application.
//!
//! Source: microsoft/Oryx, start-up script generator for Python, and App Service documentation, "Configure a Linux Python app":
//! the custom command if there is one, else Django by a first-level folder with `wsgi.py`, else FastAPI (from Python 3.14 on),
//! else Flask.

use camino::{Utf8Path, Utf8PathBuf};

const FASTAPI_FILES: [&str; 8] = [
    "main.py",
    "app.py",
    "application.py",
    "server.py",
    "asgi.py",
    "api.py",
    "index.py",
    "run.py",
];
const FLASK_FILES: [&str; 6] = [
    "application.py",
    "app.py",
    "run.py",
    "index.py",
    "server.py",
    "wsgi.py",
];
const GUNICORN: &str = "gunicorn --timeout 600 --access-logfile - --error-logfile -";

/// The shell text that runs the application in `root`; none when nothing was found to run.
pub(super) fn start_command(custom: Option<&str>, root: &Utf8Path, minor: u32) -> Option<String> {
    match custom.map(str::trim).filter(|command| !command.is_empty()) {
        Some(command) => Some(shell_text(command, root)),
        None => detected(root, minor).map(|command| format!("exec {command}")),
    }
}

/// A custom command, so that the application itself is the child that gets signals.
fn shell_text(command: &str, root: &Utf8Path) -> String {
    let is_script = !command.contains(char::is_whitespace) && root.join(command).is_file();
    let first_word = command.split_whitespace().next().unwrap_or_default();
    let is_compound = command.contains([';', '&', '|', '\n', '(', '{', '`']);
    if is_script {
        format!("exec {}", script_command(&root.join(command)))
    } else if is_compound || first_word == "exec" || first_word == "cd" {
        command.to_owned()
    } else if first_word.contains('=') {
        format!("exec env {command}")
    } else {
        format!("exec {command}")
    }
}

/// A script is run by the interpreter that its first line names, else by the shell.
fn script_command(script: &Utf8PathBuf) -> String {
    let text = std::fs::read(script).unwrap_or_default();
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first_line = String::from_utf8_lossy(first_line);
    let interpreter = first_line.strip_prefix("#!").map_or("/bin/sh", str::trim);
    format!("{interpreter} '{script}'")
}

fn detected(root: &Utf8Path, minor: u32) -> Option<String> {
    if let Some(folder) = django_folder(root) {
        return Some(format!("{GUNICORN} {folder}.wsgi"));
    }
    let mentions = |file: &str, word: &str| {
        std::fs::read_to_string(root.join(file)).is_ok_and(|text| text.contains(word))
    };
    let fastapi = FASTAPI_FILES
        .iter()
        .filter(|_| minor >= 14)
        .find(|file| mentions(file, "fastapi") && !mentions(file, "from flask"));
    if let Some(file) = fastapi {
        let module = file.trim_end_matches(".py");
        return Some(format!(
            "{GUNICORN} -k uvicorn_worker.UvicornWorker {module}:app"
        ));
    }
    let file = FLASK_FILES.iter().find(|file| root.join(file).is_file())?;
    Some(format!("{GUNICORN} {}:app", file.trim_end_matches(".py")))
}

fn django_folder(root: &Utf8Path) -> Option<String> {
    let mut folders: Vec<String> = root
        .read_dir_utf8()
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("wsgi.py").is_file())
        .map(|entry| entry.file_name().to_owned())
        .filter(|name| name != "antenv")
        .collect();
    folders.sort();
    folders.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[(&str, &str)], custom: Option<&str>, minor: u32, expected: Option<&str>) {
        let folder = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(folder.path()).unwrap();
        for (path, text) in files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let command = start_command(custom, root, minor)
            .map(|command| command.replace(root.as_str(), "ROOT"));
        assert_eq!(command.as_deref(), expected);
    }

    #[test]
    fn a_custom_command_becomes_the_child_itself() {
        check(
            &[],
            Some("gunicorn shop.wsgi"),
            12,
            Some("exec gunicorn shop.wsgi"),
        );
        check(
            &[],
            Some("A=1 gunicorn shop.wsgi"),
            12,
            Some("exec env A=1 gunicorn shop.wsgi"),
        );
        check(
            &[],
            Some("python prepare.py && gunicorn x"),
            12,
            Some("python prepare.py && gunicorn x"),
        );
        check(
            &[("start.sh", "echo")],
            Some("start.sh"),
            12,
            Some("exec /bin/sh 'ROOT/start.sh'"),
        );
        check(
            &[("start.sh", "#!/usr/bin/env bash\n")],
            Some("start.sh"),
            12,
            Some("exec /usr/bin/env bash 'ROOT/start.sh'"),
        );
    }

    #[test]
    fn without_one_the_framework_is_found() {
        let gunicorn = |rest: &str| Some(format!("exec {GUNICORN} {rest}"));
        check(
            &[("shop/wsgi.py", "")],
            None,
            12,
            gunicorn("shop.wsgi").as_deref(),
        );
        check(
            &[("app.py", "from flask import Flask")],
            Some(" "),
            14,
            gunicorn("app:app").as_deref(),
        );
        let fastapi = [("main.py", "from fastapi import FastAPI")];
        check(
            &fastapi,
            None,
            14,
            gunicorn("-k uvicorn_worker.UvicornWorker main:app").as_deref(),
        );
        check(&fastapi, None, 13, None);
        check(&[("readme.txt", "")], None, 14, None);
    }
}
