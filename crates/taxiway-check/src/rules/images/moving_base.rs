//! What an image is built on changes from one build to the next.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::of_files(
    "moving-base",
    "what an image is built on changes from one build to the next",
    include_str!("moving_base.md"),
    look,
)
.warning()
.gate(Gate::Operations)
.benchmarks(&[Mcsb("DS-2"), Checkov("CKV_DOCKER_7")]);

/// Images of Docker Hub that have no owner's name in front. Source: Docker Hub, official images.
const PUBLISHED: [&str; 20] = [
    "almalinux", "alpine", "amazonlinux", "busybox", "caddy", "centos", "debian", "fedora", "golang", "httpd", "mysql", "nginx", "node", "postgres", "pypy",
    "python", "redis", "rockylinux", "rust", "ubuntu",
];

fn look(files: &Files, marks: &mut Marks<'_>) {
    for image in &files.images {
        for (index, stage) in image.stages.iter().enumerate() {
            let base = stage.base.as_str();
            let is_stage = image.stages[..index].iter().any(|before| before.name.as_deref() == Some(base.to_lowercase().as_str()));
            // A variable is whatever the build is told.
            if is_stage || base == "scratch" || base.is_empty() || base.contains(['$', '@']) {
                continue;
            }
            let tag = base.rsplit('/').next().and_then(|name| name.split_once(':')).map(|(_, tag)| tag);
            // A name alone may be one that was built on this machine before.
            let is_published = base.contains('/') || PUBLISHED.contains(&base);
            if tag == Some("latest") || (tag.is_none() && is_published) {
                let message = format!("`{base}` is another image with every release of it");
                marks.push(Mark::at(stage.from.clone(), message).help("name the version that the project runs with, as in `python:3.13-slim`, best with its digest"));
            }
        }
    }
}
