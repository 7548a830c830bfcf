//! What an image serves runs as root.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "image-as-root",
    "what an image serves runs as root",
    include_str!("image_as_root.md"),
    look,
)
.warning()
.gate(Gate::Security)
.benchmarks(&[Mcsb("PA-7"), Checkov("CKV_DOCKER_3"), Checkov("CKV_DOCKER_8")]);

/// Images that are root's unless somebody says otherwise.
const ROOTS: [&str; 7] = ["python", "debian", "ubuntu", "alpine", "pypy", "node", "uv"];
/// Programs of a start script that go on as somebody else.
const STEPPING_DOWN: [&str; 5] = ["gosu", "su-exec", "setpriv", "runuser", "sudo -u"];

fn look(files: &Files, marks: &mut Marks<'_>) {
    for image in files.images.iter().filter(|image| !image.is_for_work() && ROOTS.contains(&image.root())) {
        let Some(start) = image.start().last().copied() else { continue };
        let user = image.last("USER");
        let name = user.map_or("root", |user| user.script.text.trim().split(':').next().unwrap_or_default());
        let is_left = |text: &str| STEPPING_DOWN.iter().any(|program| text.contains(program));
        let leaves_root = image.start().iter().any(|start| is_left(&start.script.text)) || files.scripts.iter().any(|script| is_left(&script.text));
        if !matches!(name, "root" | "0") || leaves_root {
            continue;
        }
        let place = start.location();
        let mark = Mark::at(place.clone(), "this runs as root: whoever gets in through the application may change it, and the container")
            .help("make what it serves readable for everybody, and say `USER 10001:10001` before it");
        // Another `USER` stays as it is: what it is for cannot be told.
        marks.push(if user.is_some() { mark } else { mark.fix("run it as a user without rights", FixSafety::Unsafe, start.before(), "USER 10001:10001\n") });
    }
}
