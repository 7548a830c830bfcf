//! `bicep-format`: formats standard input to standard output.
#![expect(clippy::print_stdout, reason = "this is a command")]

use std::io::Read;

fn main() -> std::io::Result<()> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    print!("{}", taxiway_bicep::format(&text));
    Ok(())
}
