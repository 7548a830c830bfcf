//! How Flask's `app.config` takes over modules and files. Source: Flask's documentation, "Configuration Handling".

use std::collections::BTreeSet;

use super::Spot;
use super::call::Arguments;
use super::evaluator::{Evaluator, Frame};
use super::value::{ROOT, Value};
use crate::evidence::sample;
use crate::repository::{folder_of, join};

impl<'a> Evaluator<'a> {
    /// Executes what a method of `app.config` takes over; false where the method is no such one.
    pub(super) fn configure(
        &mut self,
        method: &str,
        arguments: &Arguments<'a>,
        spot: Spot,
        frame: &Frame<'a>,
    ) -> bool {
        if method == "from_prefixed_env" {
            let prefix = arguments.get(0, "prefix").map(|prefix| prefix.as_text());
            // Quart's own prefix is `QUART`.
            let prefixes = match prefix {
                Some(Some(prefix)) => vec![prefix],
                Some(None) => Vec::new(),
                None => vec!["FLASK", "QUART"],
            };
            for prefix in prefixes {
                self.read_prefixed(prefix, spot);
            }
            return true;
        }
        let Some(first) = arguments.positional.first() else {
            return false;
        };
        let texts: Vec<String> = first
            .alternatives()
            .into_iter()
            .filter_map(|value| value.as_text().map(str::to_owned))
            .collect();
        match method {
            "from_object" => texts
                .iter()
                .for_each(|path| self.import_configuration(path)),
            "from_pyfile" => texts.iter().for_each(|path| self.load_file(path, frame)),
            "from_envvar" => {
                let silent = arguments.named.iter().find(|(name, _)| &**name == "silent");
                let is_optional = silent.is_some_and(|(_, value)| value.truth() != Some(false));
                let name = first.clone();
                self.read(&name, is_optional.then_some(Value::None), spot);
            }
            _ => return false,
        }
        method != "from_object" || !texts.is_empty()
    }

    /// `from_prefixed_env()`: the variables are those with the prefix that files of variables set.
    fn read_prefixed(&mut self, prefix: &str, spot: Spot) {
        let prefix = format!("{prefix}_");
        let set = self.search.iter().flat_map(|folder| {
            sample::variables(self.repository, folder)
                .filter(|(name, _)| name.starts_with(&prefix))
                .map(|(name, _)| name.to_owned())
        });
        let names: BTreeSet<String> = set.collect();
        for name in names {
            self.read(&Value::text(&name), Some(Value::None), spot);
        }
    }

    /// `from_object("shop.config.Production")`.
    fn import_configuration(&mut self, path: &str) {
        let module = match path.rsplit_once('.') {
            Some((module, _)) if self.find(path).is_none() => module,
            _ => path,
        };
        if self.is_own(module) {
            self.with_spare(|own| own.import(module));
        }
    }

    /// `from_pyfile("shop.cfg")`: Python by another name, beside the package that makes the application.
    fn load_file(&mut self, path: &str, frame: &Frame<'a>) {
        let written = path
            .strip_prefix(ROOT)
            .map(|path| path.trim_start_matches('/'));
        let mut folder = match written {
            Some(_) => "".into(),
            None => folder_of(&self.modules[frame.module].path).to_owned(),
        };
        let path = written.unwrap_or(path);
        loop {
            let places = [join(&folder, path), join(&folder.join("instance"), path)];
            let file = places
                .into_iter()
                .flatten()
                .find(|file| self.repository.is_file(file));
            if let Some(file) = file {
                self.with_spare(|own| own.load(path, file, false));
                return;
            }
            if folder.as_str().is_empty() {
                return;
            }
            folder = folder_of(&folder).to_owned();
        }
    }
}
