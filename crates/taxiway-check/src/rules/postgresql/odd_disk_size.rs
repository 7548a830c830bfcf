//! A server has a disk size that there is not.

use crate::rules::prelude::*;

pub(crate) static RULE: Rule = Rule::new(
    "odd-disk-size",
    "a server has a disk size that there is not",
    include_str!("odd_disk_size.md"),
    look,
);

fn look(graph: &Graph<'_>, report: &mut Report<'_>) {
    for server in graph.of(POSTGRESQL) {
        let part = server.at("properties/storage/storageSizeGB");
        let kind = server.at("properties/storage/type");
        let is_ssd = kind.is_absent() || kind.is("Premium_LRS");
        let is_known = |size: f64| taxiway_arm::catalogue::PREMIUM_SSDS.iter().any(|known| f64::from(known.gib) == size);
        if is_ssd && part.number().is_some_and(|size| !is_known(size)) {
            report.push(Found::at(&part, format!("there is no disk of {} GiB", part.shown())).help("take 32, 64, 128, 256, 512, 1024, 2048, 4095, 4096, 8192, 16384 or 32767"));
        }
    }
}
