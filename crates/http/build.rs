//! The binary holds the web apps as they lie in `web/dist`: when they are built anew, so is this crate.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let dist = Path::new("../../web/dist");
    // An API without web apps: a folder that is not there would be news at every build.
    std::fs::create_dir_all(dist)?;
    println!("cargo::rerun-if-changed={}", dist.display());
    Ok(())
}
