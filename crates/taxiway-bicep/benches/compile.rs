//! How long compiling takes, against what is promised: `cargo bench -p taxiway-bicep`.
//!
//! A harness of its own, as a median of many runs is all that is asked for. Each line is a measurement with its limit;
//! one above its limit fails. What the lines show:
//!
//! - `a small file`: what a keystroke in an editor costs, 2 ms at most. As a process of its own, of 10 ms at most, it is
//!   measured from outside: `perf stat target/release/examples/bicep-build FILE`
//! - `a tree of 100 modules`: files that lead to files; each module is compiled once and stands in many templates
//! - `100 resources` to `10000 resources`, and `linear`: that a resource costs the same in a long file as in a short one
//! - `a file of yours`: `BICEP_BASELINE=FILE`, with the limit of the largest official baseline
//!
//! Beside each stands the peak of memory since it began, for those above it as well where the allocator has kept what
//! they gave back. A folder of files in one process is `bicep-torture time FOLDER`, an example of this crate.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "this is a command"
)]

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use taxiway_bicep::compile;
use taxiway_diagnostics::{DiskSources, MemorySources, Sources};

fn main() -> ExitCode {
    let mut bench = Bench { is_met: true };
    let small = files([("main.bicep", SMALL.to_owned())]);
    bench.measure(
        "a small file",
        &small,
        "main.bicep".into(),
        Duration::from_millis(2),
    );
    bench.measure(
        "a tree of 100 modules",
        &tree(100),
        "main.bicep".into(),
        Duration::from_millis(100),
    );
    let mut each = Vec::new();
    for count in [100, 1_000, 10_000] {
        let name = format!("{count} resources");
        let limit = Duration::from_micros(500 * u64::from(count));
        let median = bench.measure(&name, &resources(count), "main.bicep".into(), limit);
        each.push(median / count);
    }
    let growth = each[2].as_secs_f64() / each[0].as_secs_f64().max(1e-9);
    println!(
        "{:<28} {growth:>9.2}   each of 10,000 resources against each of 100 (limit 3)",
        "linear"
    );
    bench.is_met &= growth < 3.0;
    if let Ok(file) = std::env::var("BICEP_BASELINE") {
        let file = Utf8PathBuf::from(file);
        bench.measure(
            "a file of yours",
            &DiskSources::new("", []),
            &file,
            Duration::from_millis(100),
        );
    }
    if bench.is_met {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Bench {
    is_met: bool,
}

impl Bench {
    /// The median time of compiling `entry`.
    fn measure(
        &mut self,
        name: &str,
        sources: &dyn Sources,
        entry: &Utf8Path,
        limit: Duration,
    ) -> Duration {
        forget_peak();
        let begun = Instant::now();
        let mut times = Vec::new();
        while times.len() < 5 || (begun.elapsed() < Duration::from_secs(1) && times.len() < 1000) {
            let start = Instant::now();
            let compilation = compile(sources, entry);
            times.push(start.elapsed());
            assert!(
                compilation.template.is_some(),
                "{name}: {:?}",
                compilation.diagnostics
            );
        }
        times.sort();
        let median = times[times.len() / 2];
        self.is_met &= median < limit;
        println!(
            "{name:<28} {:>9.2?}   median of {} (limit {limit:?}), peak memory {}",
            median,
            times.len(),
            peak_memory().unwrap_or_else(|| "unknown".to_owned())
        );
        median
    }
}

fn files<const COUNT: usize>(files: [(&str, String); COUNT]) -> MemorySources {
    files.into_iter().collect()
}

const SMALL: &str = "param location string = resourceGroup().location
param name string
var plan = '${name}-plan'
resource serverFarm 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: plan
  location: location
  sku: { name: 'B1' }
}
resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: name
  location: location
  properties: {
    serverFarmId: serverFarm.id
    httpsOnly: true
  }
}
output host string = site.properties.defaultHostName
";

/// Modules that each use two others, down to the leaves.
fn tree(count: usize) -> MemorySources {
    let mut sources = MemorySources::new();
    for index in 0..count {
        let mut text = SMALL.to_owned();
        for child in [2 * index + 1, 2 * index + 2]
            .into_iter()
            .filter(|child| *child < count)
        {
            let _ = writeln!(
                text,
                "module child{child} 'm{child}.bicep' = {{\n  name: 'child{child}'\n  params: {{ name: '${{name}}-{child}' }}\n}}"
            );
        }
        let name = if index == 0 {
            "main.bicep".to_owned()
        } else {
            format!("m{index}.bicep")
        };
        sources.insert(name, text);
    }
    sources
}

fn resources(count: u32) -> MemorySources {
    let mut text = String::from("param location string\n");
    for index in 0..count {
        let _ = writeln!(
            text,
            "resource r{index} 'Microsoft.Storage/storageAccounts@2023-05-01' = {{\n  name: 'account{index}'\n  location: location\n  sku: {{ name: 'Standard_LRS' }}\n  kind: 'StorageV2'\n}}"
        );
    }
    files([("main.bicep", text)])
}

/// Makes the kernel count the peak from now on; where it cannot, the peak is that of the whole run.
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// As the kernel counts it; nothing where it does not.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}
