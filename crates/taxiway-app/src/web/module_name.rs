//! The dotted name by which a file is imported, and from where.

use camino::{Utf8Path, Utf8PathBuf};

use crate::django::project::import_root;
use crate::repository::{Repository, join};

/// The dotted name of a file's module, and the folder it is imported from: the one from which the file's own imports work.
pub(crate) fn module_of(
    repository: &Repository<'_>,
    root: &Utf8Path,
    file: &Utf8Path,
) -> (Utf8PathBuf, String) {
    let mut folder = import_root(repository, file);
    if let Some(text) = repository.text(file) {
        let mut candidates: Vec<Utf8PathBuf> = Vec::new();
        let mut current = file.parent();
        while let Some(path) = current {
            let is_package = repository.is_file(&path.join("__init__.py"));
            if (path.starts_with(root) || path == root) && !is_package {
                candidates.push(path.to_owned());
            }
            current = path.parent();
        }
        // The farthest folder from which an absolute import of the file can be found.
        let imports: Vec<String> = text
            .lines()
            .filter_map(|line| {
                let rest = line
                    .trim_start()
                    .strip_prefix("from ")
                    .or_else(|| line.trim_start().strip_prefix("import "))?;
                let module = rest.split([' ', ',', ';']).next()?;
                (!module.starts_with('.')).then(|| module.replace('.', "/"))
            })
            .collect();
        let resolves = |folder: &Utf8Path| {
            imports
                .iter()
                .filter(|module| {
                    join(folder, module).is_some_and(|base| {
                        repository.is_file(&Utf8PathBuf::from(format!("{base}.py")))
                            || repository.is_file(&base.join("__init__.py"))
                            || (module.contains('/') && repository.is_folder(&base))
                    })
                })
                .count()
        };
        let best = candidates
            .iter()
            .map(|candidate| (resolves(candidate), candidate))
            .max_by_key(|(count, candidate)| {
                (*count, std::cmp::Reverse(candidate.components().count()))
            });
        if let Some((count, candidate)) = best
            && count > resolves(&folder)
        {
            folder.clone_from(candidate);
        }
    }
    let relative = file.strip_prefix(&folder).unwrap_or(file);
    let dotted = relative.as_str().trim_end_matches(".py").replace('/', ".");
    let dotted = dotted
        .strip_suffix(".__init__")
        .unwrap_or(&dotted)
        .to_owned();
    (folder, dotted)
}
